"""The Socket.IO server with its three namespaces."""

import asyncio
import logging
from typing import Any, Final

import engineio
from socketio import packet

from master.libraries import socketio
from master.services.services import Services
from master.sockets.admin_namespace import AdminNamespace
from master.sockets.client_namespace import ClientNamespace
from master.sockets.listeners import ListenerNamespace
from master.sockets.worker_namespace import WorkerNamespace
from worker.protocol.codec import MAX_FRAME_BYTES, refuse
from worker.protocol.states import ErrorCode

PING_INTERVAL: Final = 10
PING_TIMEOUT: Final = 20
CLOSE_SECONDS: Final = 1.0
SIGN_IN_SECONDS: Final = 10.0
"""A connection that has joined no namespace by then is closed."""
EVENT: Final = "message"
"""All messages travel as this event."""

MAX_ATTACHMENTS: Final = 2
"""Binary parts of one packet that are waited for, so that it can be refused aloud."""
BINARY: Final = frozenset({str(packet.BINARY_EVENT), str(packet.BINARY_ACK)})

logger = logging.getLogger(__name__)


class Engine(engineio.AsyncServer):  # type: ignore[misc] # the library has no types
    """Knows its background tasks: the library forgets those that wait to ping a peer that has gone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._running: set[asyncio.Task[Any]] = set()

    def start_background_task(self, target: Any, *args: Any, **kwargs: Any) -> "asyncio.Task[Any]":
        """Run a coroutine function of the library."""
        task: asyncio.Task[Any] = super().start_background_task(target, *args, **kwargs)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def shutdown(self) -> None:
        """End all of them."""
        await super().shutdown()
        left = tuple(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


class SocketServer(socketio.AsyncServer):  # type: ignore[misc] # the library has no types
    """Answers what the library would let fall, and ends in order."""

    def __init__(self, listeners: list[ListenerNamespace], workers: WorkerNamespace) -> None:
        super().__init__(
            async_mode="aiohttp",
            max_http_buffer_size=MAX_FRAME_BYTES,
            ping_interval=PING_INTERVAL,
            ping_timeout=PING_TIMEOUT,
            logger=False,
            engineio_logger=False,  # it would print granted secrets
        )
        self._ours: tuple[ListenerNamespace | WorkerNamespace, ...] = (*listeners, workers)
        for namespace in self._ours:
            self.register_namespace(namespace)

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    async def shutdown(self) -> None:
        """Stop sending, say goodbye to everybody, and end all tasks."""
        for namespace in self._ours:
            await namespace.close()
        sockets = list(self.eio.sockets.values())
        if sockets:
            goodbyes = (socket.close(reason=self.reason.SERVER_DISCONNECT) for socket in sockets)
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await asyncio.gather(*goodbyes, return_exceptions=True)
            except TimeoutError:
                logger.info("some of %d connections did not say goodbye", len(sockets))
        await super().shutdown()

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> Any:
        """Give a new connection the time to sign in."""
        self.start_background_task(self._expect_sign_in, eio_sid)
        return await super()._handle_eio_connect(eio_sid, environ)

    async def _expect_sign_in(self, eio_sid: str) -> None:
        await asyncio.sleep(SIGN_IN_SECONDS)
        if not any(self.manager.sid_from_eio_sid(eio_sid, name) for name in self.namespace_handlers):
            await self.eio.disconnect(eio_sid)

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        """Take one packet; what is none ends the connection. Binary parts, which mean nothing here, cannot pile up."""
        try:
            if isinstance(data, str) and data[:1] in BINARY and int(data[1:].partition("-")[0]) > MAX_ATTACHMENTS:
                raise ValueError("too many binary parts")
            await super()._handle_eio_message(eio_sid, data)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            logger.warning("a connection sent what is no Socket.IO packet and is closed (%s)", type(error).__name__)
            await self.eio.disconnect(eio_sid)

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:  # noqa: A002
        """Hand a message to its namespace. Other events would reach methods that are not meant for them."""
        if not isinstance(data, list) or not data or not isinstance(data[0], str):
            raise TypeError("an event is a list that begins with its name")
        namespace = namespace or "/"
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        if not self.manager.is_connected(sid, namespace):
            problem = refuse(ErrorCode.AUTH_FAILED, f"not connected to {namespace[:60]}")
        elif data[0] != EVENT:
            problem = refuse(ErrorCode.INVALID_PAYLOAD, f"messages travel as the event {EVENT!r}")
        else:
            await super()._handle_event(eio_sid, namespace, id, data)
            return
        logger.warning("refused: %s", problem["error"]["message"])
        if id is not None:
            answer = self.packet_class(packet.ACK, namespace=namespace, id=id, data=[problem])
            await self._send_packet(eio_sid, answer)


def make_server(services: Services, worker_namespace: WorkerNamespace) -> SocketServer:
    """Return the server; the namespace of the workers is attached by the composition root."""
    return SocketServer([AdminNamespace(services), ClientNamespace(services)], worker_namespace)
