"""How far the notifications were read elsewhere: the marker that clients of this account share."""

import asyncio
from typing import Final

import msgspec

from worker.sdk.errors import AuthFailed, TemporaryFailure

from .calls import Calls

LOOK_SECONDS: Final = 60.0
MAX_UNREAD: Final = 1000
_WHAT: Final = [("timeline[]", "notifications")]


class _Marker(msgspec.Struct, frozen=True):
    last_read_id: str = ""


class _Markers(msgspec.Struct, frozen=True):
    notifications: _Marker | None = None


class Unread:
    """Told notifications that no other client has marked as read, as far as is known."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}
        self._looked_at = -LOOK_SECONDS
        self._offered = True

    def note(self, key: str, notice: str) -> None:
        """Remember a told notification by the key of its item."""
        self._keys[key] = notice
        while len(self._keys) > MAX_UNREAD:
            del self._keys[next(iter(self._keys))]

    async def take_read(self, calls: Calls) -> list[str]:
        """Return the keys of what was read elsewhere since; asks now and then, and only where something is unread."""
        now = asyncio.get_running_loop().time()
        if not self._keys or not self._offered or now - self._looked_at < LOOK_SECONDS:
            return []
        self._looked_at = now
        try:
            marker = (await calls.get("/api/v1/markers", _WHAT)).read(_Markers).notifications
        except AuthFailed:
            # The token opens the notifications, but not this: it is no sign-in that has ended.
            self._offered = False
            return []
        except TemporaryFailure:
            return []
        last = marker.last_read_id if marker is not None else ""
        read = [key for key, notice in self._keys.items() if _order(notice) <= _order(last)]
        for key in read:
            del self._keys[key]
        return read


def _order(notice: str) -> tuple[int, str]:
    """Ids grow: as numbers, or as words of one length."""
    return len(notice), notice
