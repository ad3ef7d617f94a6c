"""One connection to a data centre, over the MTProto layer of Telethon alone: its requests, and what it hears.

The client class of Telethon is not used: it keeps caches of everybody that it hears of, and asks for missed updates by
itself, which a poll does from its own cursor.
"""

import asyncio
import contextlib
import logging
import random
import socket
import struct
from collections import defaultdict
from typing import Any, Final

from pyasn1.error import PyAsn1Error
from telethon.crypto import AuthKey, rsa
from telethon.network import MTProtoSender
from telethon.network.connection import ConnectionTcpFull
from telethon.sessions import StringSession
from telethon.tl import functions, types
from telethon.tl.alltlobjects import LAYER

from worker.sdk.apis import own_text
from worker.sdk.errors import AuthFailed, PlatformError, TemporaryFailure
from worker.sdk.platform import Context, text
from worker.sdk.proxies import tunnel

from .ears import Ear
from .faults import CALL_SECONDS, CONNECT_SECONDS, GONE, RAISED, Lost, meaning
from .servers import Centre, key_unusable, read_key

CLOSE_SECONDS: Final = 2.0
MAX_PACKET: Final = 8 * 1024 * 1024
"""Far more than a page of anything that is asked for."""
_QUIET: Final = logging.getLogger("worker.platforms.telegram.mtproto")
# The library logs parts of what it receives.
_QUIET.setLevel(logging.CRITICAL + 1)
_LOGGERS: Final[dict[str, logging.Logger]] = defaultdict(lambda: _QUIET)


class _Bounded:
    """A stream of which nobody reads more than a packet may have: the library takes any length for true."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._stream = stream

    async def readexactly(self, length: int) -> bytes:
        """Read so many bytes. Raises ``ValueError`` for a packet that there cannot be."""
        if length > MAX_PACKET:
            raise ValueError(f"a packet of {length} bytes")
        return await self._stream.readexactly(length)


class Wire:
    """A connection. Errors are those of ``worker.sdk.errors``; after a failure of the line it is not used again."""

    def __init__(self, context: Context, api_id: int, centre: Centre, key: bytes | None) -> None:
        self.centre = centre
        self.ear = Ear()
        self._context = context
        self._api_id = api_id
        self._gone: asyncio.Future[Any] | None = None
        self._options: list[Any] = []
        self._sender = MTProtoSender(
            AuthKey(key) if key else None,
            loggers=_LOGGERS,
            retries=0,
            delay=0,
            auto_reconnect=False,
            connect_timeout=CONNECT_SECONDS,
            updates_queue=self.ear,
        )

    async def open(self) -> None:
        """Connect, agree on a key where there is none, and say who is there."""
        await self._trust_own_key()
        centre = self.centre
        line = ConnectionTcpFull(centre.address, centre.port, centre.number, loggers=_LOGGERS)
        # WORKAROUND: the library has no limit of its own.
        line._recv = lambda: line._codec.read_packet(_Bounded(line._reader))
        if self._context.proxy is not None:
            # WORKAROUND: the library's own proxies need another library, and resolve names themselves.
            line._proxy, line._proxy_connect = self._context.proxy, self._tunnel
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await self._sender.connect(line)
        except RAISED as error:
            raise meaning(await self._why(error), self._context, centre) from error
        gone = self._sender.disconnected
        gone.add_done_callback(self._on_gone)
        self._gone = gone
        config = await self.call(
            functions.InvokeWithLayerRequest(
                LAYER,
                functions.InitConnectionRequest(
                    api_id=self._api_id,
                    device_model="Watchkeeper",
                    system_version="1.0",
                    app_version="1",
                    lang_code="en",
                    system_lang_code="en",
                    lang_pack="",
                    query=functions.help.GetConfigRequest(),
                ),
            )
        )
        self._options = list(config.dc_options)

    async def open_or_close(self) -> None:
        """Open it; a failure leaves nothing open."""
        try:
            await self.open()
        except BaseException:
            await self.close()
            raise

    async def heard_something(self, seconds: float) -> bool:
        """Wait for news, or the end of the line. False: it was quiet so long."""
        try:
            async with asyncio.timeout(seconds):
                await self.ear.news.wait()
        except TimeoutError:
            return False
        return True

    async def call(self, request: Any) -> Any:
        """Ask, and return the answer."""
        try:
            future = self._sender.send(request)
        except ConnectionError as error:
            raise self._lost() from error
        try:
            await asyncio.wait([future], timeout=CALL_SECONDS)
            if not future.done():
                raise meaning(TimeoutError(), self._context, self.centre)
            if future.cancelled():
                raise self._lost()
            refused = future.exception()
            if refused is not None:
                raise meaning(refused, self._context, self.centre) from refused
            return future.result()
        finally:
            future.cancel()

    async def ask(self, request: Any) -> Any:
        """Ask of one chat; None where it is closed to us by now, or no more."""
        try:
            return await self.call(request)
        except TemporaryFailure as error:
            if isinstance(error.__cause__, GONE):
                return None
            raise

    async def ping(self) -> None:
        """See that the line lives."""
        await self.call(functions.PingRequest(random.getrandbits(62)))

    @property
    def is_open(self) -> bool:
        """Whether the line has not ended."""
        return self._gone is not None and not self._gone.done()

    def check(self) -> None:
        """Raise what the line ended with, if it has."""
        if not self.is_open:
            raise self._lost()

    @property
    def session(self) -> str:
        """What opens this account again: a secret."""
        session = StringSession()
        session.set_dc(self.centre.number, self.centre.address, self.centre.port)
        session.auth_key = self._sender.auth_key
        return str(session.save())

    def other(self, number: int) -> "Wire":
        """Return a connection, not yet open, to the data centre of that number. Raises ``TemporaryFailure``."""
        for option in self._options:
            if option.id == number and not (option.ipv6 or option.media_only or option.cdn or option.tcpo_only):
                centre = Centre(number=number, address=option.ip_address, port=option.port)
                return Wire(self._context, self._api_id, centre, None)
        raise meaning(Lost(f"no data centre {number}"), self._context, self.centre)

    async def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._sender.disconnect()

    def _on_gone(self, gone: "asyncio.Future[Any]") -> None:
        if not gone.cancelled():
            gone.exception()
        self.ear.news.set()
        self.ear.login.set()

    def _lost(self) -> PlatformError:
        error = self._gone.exception() if self._gone is not None and self._gone.done() else None
        return meaning(error or Lost("it hung up"), self._context, self.centre)

    async def _why(self, error: BaseException) -> BaseException:
        """Return what a connection failed for, which the library keeps to itself."""
        unsaid = isinstance(error, ConnectionError) and "Telegram failed" in str(error)
        if not unsaid or self._context.proxy is not None:
            return error
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, writer = await asyncio.open_connection(self.centre.address, self.centre.port)
        except OSError as again:
            return again
        writer.close()
        return error

    async def _tunnel(self, **_: Any) -> socket.socket:
        return await tunnel(self._context, self.centre.address, self.centre.port)

    async def _trust_own_key(self) -> None:
        pem = await self._context.run_blocking(lambda: read_key(self._context), CALL_SECONDS)
        if pem:
            try:
                rsa.add_key(pem.encode(), old=False)
            except (ValueError, TypeError, PyAsn1Error) as error:
                raise key_unusable(self._context, str(self._context.settings.get("server_key")), error) from error


def read_session(context: Context, session: str, first: Centre) -> tuple[Centre, bytes]:
    """Return where a session leads to, and its key. Raises ``AuthFailed``."""
    reason = own_text(context, "telegram_session_broken")
    if not session:
        raise AuthFailed(text("state_credentials_missing"), {"session": text("field_required")})
    try:
        read = StringSession(session)
        if read.auth_key is None or not 0 < len(session) < 1000:
            raise ValueError("no key")
        own = read.dc_id == first.number and bool(context.settings.get("server"))
        centre = first if own else Centre(number=read.dc_id, address=read.server_address, port=read.port)
        return centre, read.auth_key.key
    except (ValueError, struct.error) as error:
        raise AuthFailed(reason, {"session": reason}) from error


__all__ = ["Wire", "functions", "read_session", "types"]
