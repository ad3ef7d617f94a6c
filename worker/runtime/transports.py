"""One connection by Socket.IO: the only file that knows the library."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from worker.protocol.authorities import late_authorities
from worker.protocol.codec import MAX_FRAME_BYTES
from worker.protocol.imports import without
from worker.protocol.states import NOT_LET_IN, ErrorCode

# The library's synchronous client, of which we have no use, imports these two if they are there:
# 100 ms and 6 MB of every worker.
# Where the third is installed, names would be resolved by it instead of the system: 20 ms and 1.4 MB more.
with without("requests", "websocket", "aiodns"), late_authorities():
    import aiohttp
    import socketio

NAMESPACE: Final = "/worker"
CONNECT_SECONDS: Final = 10.0
CLOSE_SECONDS: Final = 1.0

_QUIET: Final = logging.getLogger("worker.transport")
_QUIET.setLevel(logging.CRITICAL)
"""The library's own log prints payloads; what matters of it comes to us as exceptions."""


class TransportError(Exception):
    """The network, or the peer, in one line."""


class Transport:
    """One connection to the namespace of workers; after its end a new object is made."""

    def __init__(
        self,
        url: str,
        on_message: Callable[[Any], Awaitable[dict[str, Any]]],
        on_lost: Callable[[], None],
    ) -> None:
        self._url = url
        self._receive = on_message
        self._lost = on_lost
        self._refusal: tuple[ErrorCode, str] | None = None
        self._http: aiohttp.ClientSession | None = None
        self._client: Any = None

    async def connect(self, token: str) -> tuple[ErrorCode, str] | None:
        """Connect; return the code and the words of a refusal, None when let in. Raises :class:`TransportError`."""
        self._http = aiohttp.ClientSession()
        client = socketio.AsyncClient(
            reconnection=False,
            logger=_QUIET,
            engineio_logger=_QUIET,
            handle_sigint=False,
            http_session=self._http,
            websocket_extra_options={"max_msg_size": MAX_FRAME_BYTES},
        )
        self._client = client
        client.on("message", self._on_message, namespace=NAMESPACE)
        client.on("disconnect", self._on_disconnect, namespace=NAMESPACE)
        client.on("connect_error", self._on_refused, namespace=NAMESPACE)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await client.connect(
                    self._url,
                    auth={"token": token},
                    namespaces=[NAMESPACE],
                    transports=["websocket"],
                    wait_timeout=CONNECT_SECONDS,
                )
        except TimeoutError as error:
            raise TransportError(f"no connection within {CONNECT_SECONDS:g} s") from error
        except (socketio.exceptions.SocketIOError, aiohttp.ClientError, OSError) as error:
            if self._refusal is not None:
                return self._refusal
            raise TransportError(str(error) or type(error).__name__) from error
        return None

    async def send(self, envelope: dict[str, Any], answered: "asyncio.Future[Any]") -> None:
        """Send a message; its acknowledgement becomes the result of ``answered``. Raises :class:`TransportError`."""

        def on_acknowledged(*data: Any) -> None:
            if not answered.done():
                answered.set_result(data[0] if data else None)

        try:
            await self._client.emit("message", envelope, namespace=NAMESPACE, callback=on_acknowledged)
        except socketio.exceptions.SocketIOError as error:
            raise TransportError(str(error)) from error

    async def close(self) -> None:
        """End the connection, by force after a second: the peer may be frozen."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(TimeoutError, socketio.exceptions.SocketIOError, aiohttp.ClientError, OSError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await client.disconnect()
        if self._http is not None:
            await self._http.close()
        if client is not None:
            loops = [task for task in (client.eio.read_loop_task, client.eio.write_loop_task) if task is not None]
            for task in loops:
                task.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    async def _on_message(self, data: Any = None, *_surplus: Any) -> dict[str, Any]:
        return await self._receive(data)

    async def _on_disconnect(self, *_reason: Any) -> None:
        self._lost()

    async def _on_refused(self, data: Any = None, *_surplus: Any) -> None:
        """Keep a refusal of the namespace; anything else is the network's."""
        detail = data.get("data") if isinstance(data, dict) else None
        code = detail.get("code") if isinstance(detail, dict) else None
        if isinstance(code, str) and code in {known.value for known in NOT_LET_IN}:
            self._refusal = ErrorCode(code), str(data.get("message", "refused"))
