"""The HTTP session of a worker's accounts: one for all, made with the first and closed with the last."""

import asyncio

import aiohttp

from .places import REQUESTS

_sessions: dict[asyncio.AbstractEventLoop, tuple[aiohttp.ClientSession, set[object]]] = {}


def borrow(user: object) -> aiohttp.ClientSession:
    """Return the session of the running loop; ``user`` keeps it open until it gives it back."""
    loop = asyncio.get_running_loop()
    if loop not in _sessions:
        # Who waits for a connection here would take its time for the server's: requests wait for a place before.
        # Names as the system resolves them, whatever resolver else is installed.
        connector = aiohttp.TCPConnector(limit=REQUESTS, resolver=aiohttp.ThreadedResolver())
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
