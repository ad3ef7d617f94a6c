"""The user's stream of notifications over a WebSocket: it says that something is new, and the API tells what."""

import asyncio
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import msgspec

from worker.sdk.apis import is_here
from worker.sdk.errors import TemporaryFailure
from worker.sdk.fetches import CONNECT_SECONDS
from worker.sdk.proxies import connector

from .calls import Calls, lost

HEARTBEAT_SECONDS: Final = 30.0
"""So often the server is asked for a sign of life; half of that later the connection counts as dead."""
QUIET_SECONDS: Final = 60.0
SETTLE_SECONDS: Final = 3.0
"""A server takes a connection first and listens for its user then: what came in between is looked for once more."""
CLOSE_SECONDS: Final = 1.0
MAX_MESSAGE: Final = 1024 * 1024
_NEWS: Final = frozenset(("notification", "notifications_merged"))


class _Event(msgspec.Struct, frozen=True):
    event: str = ""


class Stream:
    """One connection. It has a session of its own: a standing connection must take no place of a request."""

    def __init__(self, calls: Calls, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._calls = calls
        self._session = session
        self._socket = socket
        self._settled = False

    @classmethod
    async def opened(cls, calls: Calls, url: str) -> "Stream":
        """Connect to the server that ``url`` names. Raises ``TemporaryFailure``."""
        site = calls.api.site
        headers = calls.api.signed(await calls.token())
        session = aiohttp.ClientSession(connector=connector(calls.context), cookie_jar=aiohttp.DummyCookieJar())
        try:
            async with asyncio.timeout(2 * CONNECT_SECONDS):
                socket = await session.ws_connect(
                    f"{url.rstrip('/')}/api/v1/streaming",
                    params={"stream": "user:notification"},
                    headers=headers,
                    heartbeat=HEARTBEAT_SECONDS,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
                    max_msg_size=MAX_MESSAGE,
                    ssl=await calls.api.tls(),
                )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            # Whatever it is, a refused token too: the poll that follows says it better.
            await session.close()
            raise lost(site, f"{type(error).__name__}: {error}") from error
        except BaseException:
            await session.close()
            raise
        return cls(calls, session, socket)

    async def news(self) -> bool:
        """Wait: True for news, False when it was quiet for a while on a living connection. Raises when it has ended."""
        settled = self._settled
        try:
            async with asyncio.timeout(QUIET_SECONDS if settled else SETTLE_SECONDS):
                while True:
                    message = await self._socket.receive()
                    if message.type is aiohttp.WSMsgType.TEXT:
                        if self._is_news(message.data):
                            self._settled = True
                            return True
                    elif message.type is not aiohttp.WSMsgType.BINARY:
                        raise lost(self._calls.api.site, f"the stream ended ({message.type.name} {message.data})")
        except TimeoutError:
            self._settled = True
            return not settled

    def _is_news(self, said: str) -> bool:
        try:
            return msgspec.json.decode(said, type=_Event).event in _NEWS
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise TemporaryFailure(self._calls.api.site.garbage().reason) from error

    async def close(self) -> None:
        """Hang up."""
        try:
            # Of its own accord the session would leave the connection open.
            await self._socket.close()
        finally:
            await self._session.close()


def is_safe(url: str) -> bool:
    """Return whether a token may go to this stream: encrypted, or on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme in ("wss", "https") or (parts.scheme in ("ws", "http") and is_here(host)))
