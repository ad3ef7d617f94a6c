"""Who wrote the latest comment of a thread, and what: asked for each, as far as the token may read it."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from worker.sdk import fetches
from worker.sdk.errors import InvalidConfig, TemporaryFailure

from .calls import Calls
from .threads import Detail, Thread

MOST: Final = 20
"""Of a poll; a flood is told by its titles."""
SECONDS: Final = 15.0


async def details_of(calls: Calls, threads: Sequence[Thread]) -> dict[str, Detail]:
    """Return by key what the newest of ``threads`` (oldest first) say. Raises nothing: without it they are told too."""
    found: dict[str, Detail] = {}
    try:
        async with asyncio.timeout(SECONDS):
            for thread in reversed(threads[-MOST:]):
                url = thread.subject.latest_comment_url or thread.subject.url
                if url is None or not _is_there(calls, url):
                    continue
                answer = await calls.look(url)
                if answer.status in (403, 429) and "retry-after" in answer.headers:
                    break
                if answer.status == 200:
                    found[thread.key] = _read(answer.body)
    except (TemporaryFailure, InvalidConfig, TimeoutError):
        # The inbox was read: what it says is told now.
        return found
    return found


def _is_there(calls: Calls, url: str) -> bool:
    try:
        return fetches.origin(url) == fetches.origin(calls.api.site.url)
    except ValueError:
        return False


def _read(body: bytes) -> Detail:
    try:
        return msgspec.json.decode(body, type=Detail)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Detail()
