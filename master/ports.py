"""The port that the master listens on: found, bound, and tried out before anybody is told of it."""

import asyncio
import errno
import logging
import socket
import sys
from typing import Final

from master.errors import StartError
from worker.protocol.texts import text

logger = logging.getLogger(__name__)

EXIT_PORT: Final = 3
NEXT_PORTS: Final = 100
"""How many ports after the default one are tried before any free one is taken."""
CHECK_SECONDS: Final = 5.0
_TAKEN: Final = frozenset({errno.EADDRINUSE, errno.EACCES, 10013, 10048})
"""With Windows' numbers: 10013 is a range that the system has reserved, 10048 a port in use."""


def bind(host: str, port: int, *, explicit: bool) -> socket.socket:
    """Return a bound socket. ``port`` 0: any; taken: the next free one, unless ``explicit`` (:class:`StartError` 3)."""
    candidates = [port] if explicit or port == 0 else [*range(port, min(port + NEXT_PORTS, 65_536)), 0]
    for candidate in candidates:
        try:
            bound = _bind(host, candidate)
        except OSError as error:
            if error.errno not in _TAKEN:
                reason = text("start_host_unusable", host=host, detail=error.strerror or str(error))
                raise StartError(EXIT_PORT, reason) from error
            continue
        if port not in (0, candidate):
            logger.warning("port %d is taken, port %d is used", port, bound.getsockname()[1])
        return bound
    raise StartError(EXIT_PORT, text("start_port_taken", port=port))


def url_of(host: str, bound: socket.socket) -> str:
    """Return the address by which this machine reaches the socket."""
    port = bound.getsockname()[1]
    return f"http://[{host.strip('[]')}]:{port}" if ":" in host else f"http://{host}:{port}"


async def check(host: str, port: int, expected: str) -> None:
    """Really ask ``GET /api/v1/health`` through the port; the answer must contain ``expected``.

    Raises :class:`StartError` 3 when something else answers, or nothing.
    """
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            body = await _get(host, port)
    except (OSError, TimeoutError) as error:
        reason = text("start_self_check", port=port, detail=str(error) or type(error).__name__)
        raise StartError(EXIT_PORT, reason) from error
    if expected not in body:
        raise StartError(EXIT_PORT, text("start_self_check", port=port, detail=body.partition("\r\n")[0][:200]))


async def _get(host: str, port: int) -> str:
    reader, writer = await asyncio.open_connection(host.strip("[]"), port)
    try:
        shown = f"[{host.strip('[]')}]" if ":" in host else host
        request = f"GET /api/v1/health HTTP/1.1\r\nHost: {shown}:{port}\r\nConnection: close\r\n\r\n"
        writer.write(request.encode())
        await writer.drain()
        return (await reader.read(65_536)).decode("utf-8", "replace")
    finally:
        writer.close()


def _bind(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        if sys.platform == "win32":
            # There SO_REUSEADDR would let two programs share a port.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.setblocking(False)
        # Bound is not taken: only a listening socket keeps others away.
        bound.listen(128)
    except OSError:
        bound.close()
        raise
    return bound
