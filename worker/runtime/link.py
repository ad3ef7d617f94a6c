"""The connection to the master: made again for ever, every message answered, both ways."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, TypeVar

from worker.protocol.bases import Message
from worker.protocol.codec import ProtocolError, answer, decode, encode, read_answer, refuse
from worker.protocol.states import NOT_LET_IN, ErrorCode
from worker.runtime.requests import new_request_id, request_id
from worker.runtime.transports import Transport, TransportError

logger = logging.getLogger(__name__)

FIRST_DELAY: Final = 0.5
LONGEST_DELAY: Final = 10.0
STEADY_SECONDS: Final = 5.0
"""A connection that stood so long was a good one: the next attempt comes at once."""
REQUEST_SECONDS: Final = 10.0

M = TypeVar("M", bound=Message)
C = TypeVar("C", bound=Message)


class LinkDownError(Exception):
    """The master is away, or did not answer in time. Ask again when the link is up."""


class RefusedError(Exception):
    """The master will not have this worker now. ``code`` says why, and so whether it helps to ask again."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class Master(Protocol):
    """What the parts of a worker need of a link: whether somebody is there, and to ask."""

    @property
    def connected(self) -> bool:
        """Whether this worker is registered."""

    async def up(self) -> None:
        """Wait until it is."""

    async def request(self, message: Message, kind: type[M], timeout: float = REQUEST_SECONDS) -> M:
        """Return the answer of type ``kind``. Raises ``LinkDownError``, or ``ProtocolError`` when it is a refusal."""


class Link:
    """Connects, registers, and connects again after every loss; an attempt at once, then 0.5 s up to 10 s apart.

    ``token`` is asked before every attempt. ``on_connected`` registers the worker; it is called on every connection,
    and only when it returns does :attr:`connected` become true, and ``on_up`` is called.
    """

    def __init__(
        self,
        url: str,
        token: Callable[[], str],
        on_connected: Callable[[], Awaitable[None]],
        on_up: Callable[[], None],
        *,
        first_delay: float = FIRST_DELAY,
    ) -> None:
        self._url = url
        self._token = token
        self._on_connected = on_connected
        self._on_up = on_up
        self._first_delay = first_delay
        self._handlers: dict[type[Message], Callable[[Any], Awaitable[Message]]] = {}
        self._transport: Transport | None = None
        self._pending: set[asyncio.Future[Any]] = set()
        self._lost = asyncio.Event()
        self._up = asyncio.Event()
        self._registering = False

    @property
    def connected(self) -> bool:
        """Whether this worker is registered."""
        return self._up.is_set()

    async def up(self) -> None:
        """Wait until this worker is registered."""
        await self._up.wait()

    def handle(self, kind: type[C], handler: Callable[[C], Awaitable[Message]]) -> None:
        """Answer commands of type ``kind`` by ``handler``; it raises ``ProtocolError`` to refuse one."""
        self._handlers[kind] = handler

    async def request(self, message: Message, kind: type[M], timeout: float = REQUEST_SECONDS) -> M:
        """Send a message and return its answer of type ``kind``.

        Raises :class:`LinkDownError` when the master is away or silent for ``timeout`` seconds, ``ProtocolError``
        when it refuses the message or the message is too large.
        """
        transport = self._transport
        if transport is None or not (self.connected or self._registering):
            raise LinkDownError("the master is away")
        envelope = encode(message, request_id.get() or new_request_id())
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending.add(answered)
        try:
            async with asyncio.timeout(timeout):
                await transport.send(envelope, answered)
                data = await answered
        except TimeoutError as error:
            raise LinkDownError(f"no answer within {timeout:g} s") from error
        except TransportError as error:
            raise LinkDownError(str(error)) from error
        finally:
            self._pending.discard(answered)
        try:
            return read_answer(data, kind)
        except ProtocolError as error:
            if isinstance(data, dict) and data.get("success") is False:
                raise
            # Not a refusal: what cannot be understood is as good as no answer.
            raise LinkDownError(f"the answer cannot be read: {error.message}") from error

    async def run(self) -> None:
        """Hold the connection until cancelled. Raises :class:`RefusedError`."""
        failures, told, now = 0, False, asyncio.get_running_loop().time
        away_since = now()
        while True:
            try:
                await self._connect()
                told, since = False, now()
                await self._lost.wait()
                if now() - since >= STEADY_SECONDS:
                    failures = 0
                    away_since = now()
                logger.warning("the connection to the master was lost")
            except (LinkDownError, TransportError) as error:
                # Once until the next success: it may be away for days.
                logger.log(logging.DEBUG if told else logging.WARNING, "the master cannot be reached: %s", error)
                told = True
            finally:
                await self._disconnect()
            await asyncio.sleep(retry_delay(failures, now() - away_since, self._first_delay))
            failures += 1

    def reconnect(self, why: str) -> None:
        """Give this connection up and make a new one."""
        if self._transport is not None:
            logger.warning("connecting again: %s", why)
            self._on_lost()

    async def _connect(self) -> None:
        self._lost.clear()
        transport = Transport(self._url, self._on_message, self._on_lost)
        self._transport = transport
        try:
            token = self._token()
        except (OSError, UnicodeDecodeError) as error:
            raise LinkDownError(f"the token cannot be read: {error}") from error
        refusal = await transport.connect(token)
        if refusal is not None:
            raise RefusedError(*refusal)
        self._registering = True
        try:
            await self._on_connected()
        except ProtocolError as error:
            if error.code in NOT_LET_IN:
                raise RefusedError(error.code, error.message) from error
            raise LinkDownError(f"the registration was refused: {error.message}") from error
        finally:
            self._registering = False
        if self._lost.is_set():
            raise LinkDownError("the connection was lost while registering")
        self._up.set()
        self._on_up()

    async def _disconnect(self) -> None:
        self._on_lost()
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.close()

    def _on_lost(self) -> None:
        self._up.clear()
        self._lost.set()
        for answered in self._pending:
            if not answered.done():
                answered.set_exception(LinkDownError("the connection was lost"))
                # Whoever waits gets it; when nobody does any more, asyncio need not complain.
                answered.exception()

    async def _on_message(self, data: Any) -> dict[str, Any]:
        """Answer one command. Never silence: whatever is wrong with it is said."""
        try:
            envelope, message = decode(data)
            request_id.set(envelope.request_id or new_request_id())
            handler = self._handlers.get(type(message))
            if handler is None:
                raise ProtocolError(ErrorCode.INVALID_PAYLOAD, f"{envelope.type} is not for workers")
            return answer(await handler(message))
        except ProtocolError as error:
            logger.warning("a message of the master was refused: %s %s", error.code, error.message)
            return refuse(error.code, error.message)
        except Exception:
            # The guard of all handlers: a fault of ours is logged and answered like any other refusal.
            logger.exception("a message of the master could not be handled")
            return refuse(ErrorCode.INTERNAL, "the worker could not handle this; its log says why")


def retry_delay(failures: int, away: float, first: float = FIRST_DELAY) -> float:
    """Return the seconds until the next attempt after ``failures`` of them, ``away`` seconds after the loss.

    Twice as long each time, at most 10 s, and at most half of the time that the master has been away by then: whoever
    is back after five seconds is found within three.
    """
    if failures == 0:
        # Just a breath, so that a master that drops every connection is not overrun.
        return first / 10
    longest = min(first * 2.0 ** min(failures - 1, 10), max(first, away / 2), LONGEST_DELAY)
    return random.uniform(longest / 2, longest)  # noqa: S311 (jitter)
