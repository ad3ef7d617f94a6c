"""The Socket.IO library without its synchronous client, of which we have no use: 50 ms and 4 MB of every master."""

from worker.protocol.imports import without

with without("requests", "websocket"):
    import socketio

__all__ = ["socketio"]
