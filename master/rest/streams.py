"""Bodies that are files: read in pieces, bounded in size and time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import hdrs, web

PIECE_BYTES: Final = 256 * 1024
QUIET_SECONDS: Final = 30.0
"""A body of which nothing comes for so long does not come."""


async def pieces(request: web.Request) -> AsyncIterator[bytes]:
    """Yield the body as it comes. Raises ``HTTPRequestTimeout``."""
    while True:
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                piece = await request.content.read(PIECE_BYTES)
        except TimeoutError as error:
            raise web.HTTPRequestTimeout(reason="the body did not come") from error
        if not piece:
            return
        yield piece


async def read_all(request: web.Request, limit: int) -> bytes | None:
    """Return the body, None when it has more than ``limit`` bytes."""
    if int(request.headers.get(hdrs.CONTENT_LENGTH, 0)) > limit:
        return None
    raw = bytearray()
    async for piece in pieces(request):
        raw += piece
        if len(raw) > limit:
            return None
    return bytes(raw)
