"""One connection to the master's socket, from its begin to its end."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, Final, TypeVar

import msgspec

from master.api.libraries import aiohttp
from master.api.messages import encode, read_answer, read_envelope
from master.api.rows import Body, Row
from master.api.transports import Transport
from master.libraries import socketio
from worker.protocol.codec import MAX_FRAME_BYTES, Envelope, ProtocolError

R = TypeVar("R", bound=Row)

ADMIN: Final = "/admin"
CLIENT: Final = "/client"

logger = logging.getLogger(__name__)


class Link:
    """Used once: a new attempt is a new link, so that nothing of an old one lives on."""

    CONNECT_SECONDS: ClassVar = 5.0
    ANSWER_SECONDS: ClassVar = 15.0

    def __init__(
        self, transport: Transport, namespaces: Sequence[str], on_message: Callable[[str, Envelope], None]
    ) -> None:
        """``on_message`` gets the namespace and every message, in order; it must not block."""
        self._transport = transport
        self._namespaces = list(namespaces)
        self._on_message = on_message
        self._refused = ""
        self._end: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._pending: set[asyncio.Future[Any]] = set()
        self._socket = socketio.AsyncClient(
            reconnection=False,
            logger=False,
            engineio_logger=False,  # it would print payloads
            handle_sigint=False,
            http_session=transport.session(),
            websocket_extra_options={"max_msg_size": MAX_FRAME_BYTES},
        )
        for namespace in self._namespaces:
            self._socket.on("message", partial(self._received, namespace), namespace=namespace)
            self._socket.on("disconnect", self._disconnected, namespace=namespace)
            self._socket.on("connect_error", self._connect_refused, namespace=namespace)

    async def open(self) -> None:
        """Connect. Raises ``ConnectionError`` of the library, or ``OSError`` with the master's reason."""
        try:
            await self._socket.connect(
                self._transport.url,
                auth={"token": self._transport.token},
                namespaces=self._namespaces,
                transports=["websocket"],
                wait_timeout=self.CONNECT_SECONDS,
            )
        except socketio.exceptions.ConnectionError as error:
            if self._refused:
                raise ConnectionRefusedError(self._refused) from error
            raise
        except (aiohttp.ClientError, ValueError, LookupError, TypeError) as error:
            # Something answers there that is no master.
            raise ConnectionRefusedError(f"no master answers at {self._transport.url}: {error}") from error

    async def call(self, namespace: str, name: str, body: Body, kind: type[R]) -> R:
        """Send a message and return its answer. Raises ``ProtocolError`` (refused), ``TimeoutError``, ``OSError``."""
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def on_answer(*data: Any) -> None:
            if not answered.done():
                answered.set_result(data[0] if data else None)

        self._pending.add(answered)
        try:
            async with asyncio.timeout(self.ANSWER_SECONDS):
                envelope = encode(name, body, uuid.uuid4().hex)
                await self._socket.emit("message", envelope, namespace=namespace, callback=on_answer)
                return read_answer(await answered, kind)
        finally:
            self._pending.discard(answered)

    async def ended(self) -> str:
        """Wait for the end of the connection and return its reason."""
        return await asyncio.shield(self._end)

    def end(self, reason: str) -> None:
        """Give the connection up; :meth:`close` has to follow."""
        if not self._end.done():
            self._end.set_result(reason)
        for answered in self._pending:
            if not answered.done():
                answered.set_exception(ConnectionResetError(reason))

    async def close(self) -> None:
        """Disconnect, and wait until the tasks of the library have ended."""
        self.end("closed")
        engine = self._socket.eio
        tasks = [task for task in (engine.read_loop_task, engine.write_loop_task) if task is not None]
        if engine.state == "connected":
            await self._socket.disconnect()
        if tasks:
            await asyncio.wait(tasks, timeout=self.CONNECT_SECONDS)

    def _received(self, namespace: str, data: Any = None, *_surplus: Any) -> None:
        try:
            self._on_message(namespace, read_envelope(data))
        except (ProtocolError, msgspec.ValidationError) as error:
            logger.error("a message of the master could not be read: %s", error)
            self.end(f"a message of the master could not be read: {error}")

    def _disconnected(self, _reason: str = "") -> None:
        self.end("the connection to the master was lost")

    def _connect_refused(self, data: Any = None) -> None:
        if isinstance(data, dict):
            data = data.get("message")
        if isinstance(data, str):
            self._refused = data
