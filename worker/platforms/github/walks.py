"""What is known of an inbox, and what a page of it adds: pure, no network.

The inbox is listed newest first. A walk begins at its top and goes down until it meets what was known: page by page
by time, because numbered pages shift when somebody reads a thread meanwhile, and what shifted would be missed.
"""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from .threads import Thread

OVERLAP_SECONDS: Final = 3600.0
"""So far below the newest thread is looked again: one may come into view later than its time says."""
MAX_MARKS: Final = 2000
_Moment = Annotated[float, msgspec.Meta(ge=0, le=32_503_680_000)]


class Known(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The cursor. Times are those of the server, in seconds since 1970.

    ``modified``: what the server said of the list, which was ``asked`` for in this way. ``before`` is set while a walk
    is under way: the rest lies below it, down to ``floor``.
    """

    newest: _Moment
    marks: tuple[str, ...] = ()
    modified: str = ""
    asked: str = ""
    before: _Moment = 0.0
    floor: _Moment = 0.0


class Walk:
    """One check's way down the inbox. ``lowest``: how far down it came, 0 before its first page."""

    def __init__(self, known: Known | None, now: float) -> None:
        self.is_baseline = known is None
        self._known = known if known is not None else Known(newest=now)
        self._began = self._known.before
        self._floor = self._known.floor if self._began else max(0.0, self._known.newest - OVERLAP_SECONDS)
        self._told = frozenset(self._known.marks)
        self._found: dict[str, Thread] = {}
        self._seen: dict[str, float] = {}
        self._listed: set[str] = set()
        self.lowest = 0.0
        self.whole = False
        """The list was read to its end."""

    def add(self, page: Sequence[Thread]) -> bool:
        """Take a page. Return whether what lies below it may be new too. Raises ``ValueError`` for odd times."""
        for thread in page:
            mark, moment = thread.mark, thread.moment
            self._seen[mark] = moment
            self._listed.add(thread.id)
            if self.is_baseline or (moment >= self._floor and mark not in self._told):
                self._found[mark] = thread
        if not page:
            return False
        bottom = min(thread.moment for thread in page)
        self.lowest = min(self.lowest or bottom, bottom)
        return self.is_baseline or self.lowest >= self._floor

    def lacks(self, thread: str, moment: float) -> bool:
        """Whether a thread that changed then would be in what was read, and is not: it is unread no more."""
        return thread not in self._listed and (self.whole or (self.lowest > 0 and moment > self.lowest))

    def oldest_first(self) -> list[Thread]:
        """Return what was found."""
        return sorted(self._found.values(), key=lambda thread: thread.moment)

    def known(self, modified: str, asked: str, unfinished: bool) -> Known:
        """Return what is known now; ``unfinished``: the next check goes on below."""
        before = self._known
        newest = max([0.0 if self.is_baseline and self._seen else before.newest, *self._seen.values()])
        fresh = [mark for mark, at in self._seen.items() if unfinished or at >= newest - OVERLAP_SECONDS]
        marks = tuple(dict.fromkeys((*fresh, *before.marks)))[:MAX_MARKS]
        if not unfinished:
            return Known(newest=newest, marks=marks, modified=modified, asked=asked)
        # More threads of one second than a poll takes: the second is left behind.
        lowest = self.lowest if self.lowest < self._began or not self._began else self._began - 2
        return Known(newest=newest, marks=marks, asked=asked, before=lowest, floor=self._floor)
