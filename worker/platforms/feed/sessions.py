"""The HTTP session of a worker's feeds: one for all, made with the first and closed with the last."""

import asyncio
from typing import Final

import aiohttp

CONNECTIONS: Final = 64
CONNECTIONS_A_HOST: Final = 8

_sessions: dict[asyncio.AbstractEventLoop, tuple[aiohttp.ClientSession, set[object]]] = {}


def borrow(user: object) -> aiohttp.ClientSession:
    """Return the session of the running loop; ``user`` keeps it open until it gives it back."""
    loop = asyncio.get_running_loop()
    if loop not in _sessions:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, limit_per_host=CONNECTIONS_A_HOST)
        # Bodies are decompressed by us, within a limit.
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False)
        _sessions[loop] = (session, set())
    session, users = _sessions[loop]
    users.add(user)
    return session


async def give_back(user: object) -> None:
    """Let go of the session; the last one closes it."""
    loop = asyncio.get_running_loop()
    if loop not in _sessions:
        return
    session, users = _sessions[loop]
    users.discard(user)
    if not users:
        del _sessions[loop]
        await session.close()
