"""How far the notifications are known: pure, no network.

The list stands by moments that are partly the authors' own, so that one may come into view below others that are
known. What lies on the first page, and what is hardly older than the newest, is therefore always looked at, and what is
known there is remembered by name. The list is read from its top down: a walk that is longer than a poll goes on with
the next one, and only its end moves the place.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from .notices import Notice

OVERLAP_SECONDS: Final = 600.0
MAX_RECENT: Final = 1000
"""Names that are kept: where more than that comes within a while, what comes into view late may be missed."""
MAX_PAGES: Final = 400
"""Of one walk: a list that has no end is none."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """All below the moment ``floor`` is known, and from there on those of ``recent``: moments by short names."""

    floor: float = 0.0
    recent: dict[str, float] = {}

    def is_new(self, notice: Notice) -> bool:
        """Whether it was not known. Raises ``ValueError`` for an odd moment."""
        return notice.moment >= self.floor and digest(notice.key) not in self.recent

    def settled_before(self) -> float:
        """Below this moment nothing new is expected any more."""
        return max(self.floor, max(self.recent.values(), default=0.0) - OVERLAP_SECONDS)

    def joined(self, seen: dict[str, float]) -> "Known":
        """Return what is known with ``seen``; only so many are kept by name, and the floor rises above the others."""
        every = sorted((self.recent | seen).items(), key=lambda pair: pair[1], reverse=True)
        floor = max(self.floor, every[MAX_RECENT - 1][1]) if len(every) > MAX_RECENT else self.floor
        return Known(floor=floor, recent=dict(every[:MAX_RECENT]))


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """A walk that goes on at ``onward``. ``seen`` comes to be known when it ends."""

    onward: str
    seen: Known
    pages: int


class Steps:
    """The pages of one poll, from the newest down, or from where a walk goes on."""

    def __init__(self, known: Known, walk: Walk | None) -> None:
        self._known = known
        self._before = walk.seen if walk is not None else Known()
        self._pages = walk.pages if walk is not None else 0
        self._seen: dict[str, float] = {}
        self.found: dict[str, Notice] = {}
        self.read: list[str] = []
        """Keys of those that were read."""

    def add(self, page: Sequence[Notice]) -> bool:
        """Take a page. Return whether what lies below it has to be looked at. Raises ``ValueError`` for odd moments."""
        self._pages += 1
        # What the walk saw before lies above; its floor is for its end.
        fresh = [one for one in page if self._known.is_new(one) and digest(one.key) not in self._before.recent]
        self.found |= {one.key: one for one in fresh}
        self.read += [one.key for one in page if one.is_read]
        self._seen |= {digest(one.key): one.moment for one in page}
        lowest = min((one.moment for one in page), default=0.0)
        if self._pages >= MAX_PAGES or lowest < self._known.floor:
            return False
        return bool(fresh) or lowest > self._known.settled_before()

    def oldest_first(self) -> list[Notice]:
        """What was new on the pages of this poll."""
        newest_first = sorted(self.found.values(), key=lambda notice: notice.moment, reverse=True)
        return newest_first[::-1]

    def goes_on(self, onward: str) -> Walk:
        """Return the walk that is to go on."""
        return Walk(onward=onward, seen=self._before.joined(self._seen), pages=self._pages)

    def ended(self) -> Known:
        """Return the place after the walk."""
        whole = self._before.joined(self._seen)
        place = self._known.joined(whole.recent)
        return Known(floor=max(place.floor, whole.floor), recent=place.recent)

    def baseline(self, full: bool) -> Known:
        """Return the place after the first page alone: what is below a full one is known."""
        return Known(floor=min(self._seen.values()) if full and self._seen else 0.0).joined(self._seen)


def digest(key: str) -> str:
    """Return a short name of a key."""
    return blake2b(key.encode("utf-8", "replace"), digest_size=8).hexdigest()
