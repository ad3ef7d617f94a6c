"""When it is quiet: windows of the week on the clock of a time zone."""

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from master.api.rules import QuietWindow
from master.errors import Invalid
from master.services.zones import moment_of, offset_of
from worker.protocol.texts import text

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = 86_400
_THURSDAY: Final = 3
"""The first day of 1970."""
_AHEAD: Final = 9
"""Days that are looked at: a week, and both its ends."""
_KNOWN_MS: Final = 60_000
"""So long an answer is kept: the clock of the machine may be given another zone."""


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """What is true at a moment."""

    quiet: bool
    until: int | None = None
    """When that ends (UTC ms); None: it is not quiet, or always."""
    next: int | None = None
    """When it begins next; None: it is quiet, or never is."""


NEVER: Final = Quiet(quiet=False)


class QuietClock:
    """Windows in one time zone. They are read as a clock on the wall shows them.

    A beginning or an end that the clock leaves out is the moment of the change. A time that it shows twice begins a
    window the first time and ends one the second time.
    """

    def __init__(self, windows: Sequence[QuietWindow], zone: str) -> None:
        """Raises :class:`Invalid` with the field ``time_zone``."""
        try:
            self._offset: Final = offset_of(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise Invalid(fields={"time_zone": text("time_zone_unknown", name=zone)}) from error
        self._windows: Final = [
            (frozenset(map(DAYS.index, window.days)), _seconds(window.start), _seconds(window.end))
            for window in windows
        ]
        self._known: tuple[int, int, Quiet] | None = None

    def at(self, now: int) -> Quiet:
        """Return what is true at ``now`` (UTC milliseconds)."""
        if not self._windows:
            return NEVER
        if self._known is not None and self._known[0] <= now < self._known[1]:
            return self._known[2]
        found = self._look(now)
        change = found.until if found.quiet else found.next
        end = now + _KNOWN_MS
        self._known = (now, end if change is None else min(end, change), found)
        return found

    def _look(self, now: int) -> Quiet:
        moment = now // 1000
        today = (moment + self._offset(moment)) // _DAY
        spans = sorted(self._spans(today))
        merged: list[tuple[int, int]] = []
        for begin, end in spans:
            if merged and begin <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(merged[-1][1], end)
            else:
                merged.append((begin, end))
        horizon = moment + (_AHEAD - 2) * _DAY
        for begin, end in merged:
            if begin * 1000 <= now < end * 1000:
                return Quiet(quiet=True, until=end * 1000 if end < horizon else None)
            if begin * 1000 > now:
                return Quiet(quiet=False, next=begin * 1000)
        return NEVER

    def _spans(self, today: int) -> list[tuple[int, int]]:
        """Return beginning and end (seconds) of what begins the day before yesterday or later."""
        spans = []
        for day in range(today - 2, today + _AHEAD):
            weekday = (day + _THURSDAY) % 7
            for days, start, end in self._windows:
                if weekday not in days:
                    continue
                begin = moment_of(self._offset, day * _DAY + start)
                last = day * _DAY + end + (0 if end > start else _DAY)
                over = moment_of(self._offset, last, second=True)
                if over > begin:
                    spans.append((begin, over))
        return spans


def _seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60
