"""The HTTP session of a worker's accounts: one for all, made with the first and closed with the last.

An account that has a proxy has a session of its own: what goes through one proxy must not travel by another way.
"""

import asyncio

import aiohttp

from .places import REQUESTS
from .platform import Context
from .proxies import connector

_sessions: dict[asyncio.AbstractEventLoop, tuple[aiohttp.ClientSession, set[object]]] = {}
_own: dict[object, aiohttp.ClientSession] = {}


def borrow(user: object, context: Context) -> aiohttp.ClientSession:
    """Return the session of the running loop, or that of the proxy of ``context``; ``user`` keeps it open."""
    if context.proxy is not None:
        if user not in _own:
            _own[user] = _made(context)
        return _own[user]
    loop = asyncio.get_running_loop()
    if loop not in _sessions:
        _sessions[loop] = (_made(context), set())
    session, users = _sessions[loop]
    users.add(user)
    return session


def _made(context: Context) -> aiohttp.ClientSession:
    # Who waits for a connection here would take its time for the server's: requests wait for a place before.
    # Bodies are decompressed by us, within a limit.
    return aiohttp.ClientSession(
        connector=connector(context, limit=REQUESTS), cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    )


async def give_back(user: object) -> None:
    """Let go of the session; the last one closes it."""
    own = _own.pop(user, None)
    if own is not None:
        await own.close()
    loop = asyncio.get_running_loop()
    if loop not in _sessions:
        return
    session, users = _sessions[loop]
    users.discard(user)
    if not users:
        del _sessions[loop]
        await session.close()
