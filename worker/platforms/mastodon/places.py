"""How far the notifications are known: pure, no network.

Ids are given when a notification is begun and come into view when it is stored, so that a greater one may be seen
before a smaller one. The place in the list therefore stays behind what is younger than a minute; what was told of that
is remembered by name.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from .notices import Notice

SETTLED_SECONDS: Final = 60.0
MAX_RECENT: Final = 1000
BEGINNING: Final = "0"
"""Smaller than every id, be they numbers or words."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor: all up to the id ``after`` is known, and above it those of ``recent``."""

    after: str
    recent: tuple[str, ...] = ()


def baseline(newest: Sequence[Notice], now: float, full: bool) -> Known:
    """Return the place after the newest page, newest first; ``full``: there may be older ones below it."""
    start = newest[-1].id if full and newest else BEGINNING
    return advanced(Known(after=start), newest[::-1], now, settle=False)


def fresh(known: Known, page: Sequence[Notice]) -> list[Notice]:
    """Return those of ``page`` that were not known."""
    recent = frozenset(known.recent)
    return [notice for notice in page if notice.id not in recent]


def advanced(known: Known, found: Sequence[Notice], now: float, settle: bool) -> Known:
    """Return the place after ``found`` (all above ``known.after``, oldest first), at the server's time ``now``.

    ``settle``: more are waiting above, so that the place has to move on whatever their age.
    Raises ``ValueError`` for odd times.
    """
    young = len(found)
    for number, notice in enumerate(found):
        if notice.moment > now - SETTLED_SECONDS:
            young = number
            break
    if settle or len(found) - young > MAX_RECENT:
        young = len(found)
    after = found[young - 1].id if young else known.after
    return Known(after=after, recent=tuple(notice.id for notice in found[young:]))
