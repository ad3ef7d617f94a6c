"""Time zones as clocks on a wall: how far one is from Greenwich, and when it shows a time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

LOCAL: Final = "local"
"""The time zone of this machine."""
NEAR: Final = 26 * 3600
"""So far from a clock's time, taken as UTC, its moment surely lies on that side."""

Offset = Callable[[int], int]
"""Seconds east of Greenwich at a moment; both as seconds."""


def offset_of(zone: str) -> Offset:
    """Return the clock of a zone. Raises ``ZoneInfoNotFoundError``, ``ValueError`` or ``OSError``: there is none."""
    if zone == LOCAL:
        return lambda moment: time.localtime(moment).tm_gmtoff
    if zone.upper() == "UTC":
        return lambda _moment: 0
    known = ZoneInfo(zone)

    def offset(moment: int) -> int:
        found = datetime.fromtimestamp(moment, UTC).astimezone(known).utcoffset()
        return 0 if found is None else int(found.total_seconds())

    return offset


def change_between(offset: Offset, low: int, high: int) -> int:
    """Return the first second after ``low`` at which the clock is another than at ``low``, as at ``high``."""
    before = offset(low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return high


def moment_of(offset: Offset, local: int, *, second: bool = False) -> int:
    """Return when a clock shows the time ``local`` (seconds since 1970 on that clock).

    A time that is left out: the moment of the change. One that is shown twice: the first, or the ``second`` time.
    """
    before, behind = offset(local - NEAR), offset(local + NEAR)
    first, other = local - before, local - behind
    if before == behind:
        return first
    fits_first, fits_other = offset(first) == before, offset(other) == behind
    if fits_first and fits_other:
        return other if second else first
    if fits_first:
        return first
    if fits_other:
        return other
    return change_between(offset, local - NEAR, local + NEAR)
