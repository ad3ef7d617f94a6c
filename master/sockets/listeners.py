"""What ``/admin`` and ``/client`` have in common: who is let in, how messages are answered, how events go out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import Any

from master.api.events import Event
from master.api.messages import accept, decode
from master.api.rows import Body, Row
from master.context import request_id
from master.errors import ServiceError, TooBusy
from master.libraries import socketio
from master.services.services import Services
from master.sockets.outlets import Outlet
from master.tasks import Tasks
from worker.protocol.codec import ProtocolError, refuse
from worker.protocol.states import ErrorCode

logger = logging.getLogger(__name__)

Handler = Callable[[Any, Any], Awaitable[Row]]


class Listener:
    """One connection."""

    def __init__(self, sid: str, outlet: Outlet) -> None:
        self.sid = sid
        self.outlet = outlet
        self.token = ""
        self.sender: asyncio.Task[None] | None = None
        self.unsubscribe: Callable[[], None] | None = None

    def close(self) -> None:
        """Nothing goes out any more."""
        if self.unsubscribe is not None:
            self.unsubscribe()
        if self.sender is not None:
            self.sender.cancel()


class ListenerNamespace(socketio.AsyncNamespace):  # type: ignore[misc] # the library has no types
    """Base of both."""

    def __init__(
        self, name: str, services: Services, *, scopes: Collection[str], messages: Mapping[str, type[Body]]
    ) -> None:
        """``scopes``: of the tokens that open it; ``messages``: what it understands."""
        super().__init__(name)
        self._services = services
        self._scopes = frozenset(scopes)
        self._messages = messages
        self._handlers: dict[type[Body], Handler] = {}
        self._listeners: dict[str, Any] = {}
        self._tasks = Tasks()
        services.tokens.watch_revocations(self._on_revoked)

    async def close(self) -> None:
        """Nothing goes out any more, to nobody."""
        for listener in tuple(self._listeners.values()):
            listener.close()
        await self._tasks.close()

    # ------------------------------------------------------------ for the two

    def welcome(self, sid: str) -> Listener:
        """Return the listener of a new connection."""
        return Listener(sid, self.make_outlet(sid))

    def part(self, listener: Any) -> None:
        """A connection ended."""

    def listen(self, listener: Any, callback: Callable[[Event], None]) -> None:
        """Hand events to ``callback``, and send what it puts into the outlet."""
        listener.unsubscribe = self._services.publisher.subscribe(callback)
        listener.sender = self._tasks.spawn(listener.outlet.run(), name=f"{self.namespace} {listener.sid}")

    def make_outlet(self, sid: str) -> Outlet:
        """Return what leads to one connection."""
        return Outlet(
            send=lambda message: self.emit("message", message, to=sid),
            in_socket=partial(self._in_socket, sid),
            give_up=lambda: self.disconnect(sid),
        )

    def is_connected(self, listener: Any) -> bool:
        """Tell whether its connection still stands."""
        return self._listeners.get(listener.sid) is listener

    def _on_revoked(self) -> None:
        for listener in tuple(self._listeners.values()):
            if self._services.tokens.scope_of(listener.token) is None:
                logger.info("%s: the token of a connection was revoked", self.namespace)
                self._tasks.spawn(self.disconnect(listener.sid), name=f"end {listener.sid}")

    def _in_socket(self, sid: str) -> int:
        # The library has no word for it: how many packets wait until the peer has read those before.
        server = self.server
        socket = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, self.namespace))
        return socket.queue.qsize() if socket is not None else 0

    # ------------------------------------------------------------ connections

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Let in whoever has a token of the right scope."""
        token = auth.get("token") if isinstance(auth, dict) else None
        scope = self._services.tokens.scope_of(token) if isinstance(token, str) else None
        if scope not in self._scopes:
            reason = "the token is not valid" if scope is None else f"a {scope} token does not open {self.namespace}"
            logger.warning("a connection to %s was refused: %s", self.namespace, reason)
            raise socketio.exceptions.ConnectionRefusedError(reason, {"code": ErrorCode.AUTH_FAILED.value})
        listener = self.welcome(sid)
        listener.token = token or ""
        self._listeners[sid] = listener

    async def on_disconnect(self, sid: str, reason: str = "") -> None:
        """Forget a connection that ended."""
        listener = self._listeners.pop(sid, None)
        if listener is not None:
            listener.close()
            self.part(listener)
            dropped = listener.outlet.dropped
            logger.info("%s: a connection ended (%s), %d messages merged", self.namespace, reason or "-", dropped)

    async def on_message(self, sid: str, data: Any = None, *_surplus: Any) -> dict[str, Any]:
        """Answer one message; whatever is wrong with it is said, never swallowed."""
        listener = self._listeners.get(sid)
        if listener is None:
            return refuse(ErrorCode.AUTH_FAILED, "this connection is not signed in")
        try:
            envelope, body = decode(data, self._messages)
            request_id.set(envelope.request_id)
            return accept(await self._handlers[type(body)](listener, body))
        except ProtocolError as error:
            logger.warning("%s: refused: %s %s", self.namespace, error.code, error.message)
            return refuse(error.code, error.message)
        except ServiceError as error:
            logger.warning("%s: refused: %s %s", self.namespace, error.code, error.text.message)
            return refuse(_code_of(error), error.text.message)
        except Exception:
            # The namespace's guard: a fault of ours is logged with its traceback and answered like any other refusal.
            logger.exception("%s: a message could not be handled", self.namespace)
            return refuse(ErrorCode.INTERNAL, "the master could not handle this; its log says why")


def _code_of(error: ServiceError) -> ErrorCode:
    if isinstance(error, TooBusy):
        return ErrorCode.RATE_LIMITED
    return ErrorCode.INVALID_PAYLOAD if error.status < 500 else ErrorCode.INTERNAL
