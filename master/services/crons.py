"""Cron expressions: when they come true, and what they say, over ``cronsim`` and ``cron-descriptor``.

Around a change of the clocks the rule of Vixie's cron holds, for five fields and for six. An expression whose minute
or hour begins with ``*`` keeps its intervals: nothing is due at times that the clock leaves out, and times that it
shows twice count twice. Any other one names times of the day: one that is left out is due at the moment of the change,
one that comes twice is due the first time only.
"""

import calendar
import functools
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from master.errors import Invalid
from master.services.zones import LOCAL, NEAR, change_between, moment_of
from master.services.zones import offset_of as _offset_of
from worker.protocol.bases import LATEST_MS
from worker.protocol.texts import Text, text

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 (a clock on the wall)
_DAY: Final = 86_400
_PROBE: Final = 6 * 3600
"""No zone changes its clocks twice within this."""

_FAULTS: Final = {
    "Bad second": "cron_second",
    "Bad minute": "cron_minute",
    "Bad hour": "cron_hour",
    "Bad day-of-month": "cron_day",
    "Bad month": "cron_month",
    "Bad day-of-week": "cron_weekday",
}


class Cron:
    """One expression in one time zone."""

    def __init__(self, expression: str, zone: str = LOCAL, *, zone_field: str = "time_zone") -> None:
        """Raises :class:`Invalid` with the fields ``cron`` and ``zone_field``."""
        fields: dict[str, Text] = {}
        self.expression: Final = " ".join(expression.split())
        try:
            parsed = CronSim(self.expression, _EPOCH)
        except CronSimError as error:
            fields["cron"] = _fault(self.expression, str(error))
        try:
            self._offset: Final = _offset_of(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            fields[zone_field] = text("time_zone_unknown", name=zone)
        if fields:
            raise Invalid(fields=fields)
        self._keeps_intervals: Final = parsed.parts[1].startswith("*") or parsed.parts[2].startswith("*")

    def next(self, after: int) -> int | None:
        """Return the first moment after ``after`` (UTC milliseconds); None: it never comes true again."""
        return next(self.upcoming(after), None)

    def upcoming(self, after: int) -> Iterator[int]:
        """Yield the moments after ``after`` (UTC milliseconds), the nearest first."""
        walk = self._intervals if self._keeps_intervals else self._times
        for moment in walk(after // 1000):
            if moment * 1000 > LATEST_MS:
                return
            yield moment * 1000

    def latest(self, since: int, until: int, limit: int) -> list[int]:
        """Return the last ``limit`` moments after ``since`` and not after ``until``, in order."""
        span = limit * 1000
        while True:
            start = max(since, until - span)
            found = []
            for moment in self.upcoming(start):
                if moment > until:
                    break
                found.append(moment)
            if start == since or len(found) >= limit:
                return found[-limit:]
            span *= 4

    # ------------------------------------------------------------ on the clock of the zone

    def _naive(self, local: int) -> Iterator[int]:
        """Yield the times of the clock after ``local`` that match, as if no clock was ever changed."""
        for found in CronSim(self.expression, _EPOCH + timedelta(seconds=local)):
            yield int((found - _EPOCH).total_seconds())

    def _times(self, after: int) -> Iterator[int]:
        """Times of the day: each once, the missing ones at the moment of the change."""
        last = after
        for local in self._naive(after + self._offset(after)):
            moment = moment_of(self._offset, local)
            if moment > last:
                yield moment
                last = moment

    def _intervals(self, after: int) -> Iterator[int]:
        """Times as the clock shows them, whatever happens to it."""
        start, offset = after, self._offset(after)
        shown = start + offset
        while True:
            # While the clock is not changed one walk does; a change begins another.
            for local in self._naive(shown):
                moment = local - offset
                change = self._first_change(start, min(moment, start + 3 * _DAY))
                if change is not None:
                    start, offset = change, self._offset(change)
                    shown = start + offset - 1
                    break
                if self._offset(moment) != offset:
                    # Far away: nothing matches in between, begin again shortly before it.
                    start = local - NEAR
                    offset = self._offset(start)
                    shown = start + offset
                    break
                yield moment
                start = moment
            else:
                return

    def _first_change(self, start: int, end: int) -> int | None:
        """Return the first second after ``start`` up to ``end`` at which the clock is another."""
        offset, low = self._offset(start), start
        while low < end:
            high = min(low + _PROBE, end)
            if self._offset(high) != offset:
                return change_between(self._offset, low, high)
            low = high
        return None


def preview(expression: str, zone: str, now: int, count: int) -> list[int]:
    """Return the next ``count`` moments after ``now``. Raises :class:`Invalid` with the fields ``cron``, ``tz``."""
    return list(islice(Cron(expression, zone, zone_field="tz").upcoming(now), count))


def local_zone() -> tuple[object, ...]:
    """Return what tells whether somebody gave this machine another time zone."""
    if hasattr(time, "tzset"):
        time.tzset()
    return time.timezone, time.altzone, time.tzname


def _fault(expression: str, message: str) -> Text:
    parts = expression.split()
    code = _FAULTS.get(message)
    if code is None or len(parts) not in {5, 6}:
        return text("cron_fields", count=len(parts))
    place = list(_FAULTS.values()).index(code) - (6 - len(parts))
    return text(code, value=parts[place])


# ---------------------------------------------------------------- in words

_LOCALES: Final = {"en": "en_US", "zh_CN": "zh_CN"}
_DAYS: Final = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh_CN": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
}
_MONTHS: Final = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "zh_CN": ("一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"),
}
_CJK: Final = "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"


@functools.lru_cache(maxsize=512)
def _describe(expression: str) -> tuple[tuple[str, str], ...]:
    from cron_descriptor import ExpressionDescriptor, Options  # slow to import
    from cron_descriptor.Exception import FormatError

    words = []
    for language, code in _LOCALES.items():
        options = Options(locale_code=code, use_24hour_time_format=True)
        try:
            said = ExpressionDescriptor(expression, options).get_description()
        except (FormatError, OSError):
            # It reads a little less than is understood here; or its texts were left out of a package.
            said = expression
        words.append((language, _polish(said, language, expression)))
    return tuple(words)


def describe(expression: str) -> dict[str, str]:
    """Return what a valid expression says, per language."""
    return dict(_describe(" ".join(expression.upper().split())))


def _polish(said: str, language: str, expression: str) -> str:
    # Its names of days and months are those of the process's locale, whatever language was asked for.
    names = zip(
        (*calendar.day_name, *list(calendar.month_name)[1:]), (*_DAYS[language], *_MONTHS[language]), strict=True
    )
    for name, ours in sorted(names, key=lambda pair: -len(pair[0])):
        if name != ours:
            said = re.sub(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", ours, said)
    day, weekday = expression.split()[-3], expression.split()[-1]
    both = "*" not in {day, weekday} and (day.startswith("*") or weekday.startswith("*"))
    if both:
        said = said.replace(", or on ", ", and only on ").replace(", 或", ", 且仅在")
    if language == "zh_CN":
        said = re.sub(rf"(?<={_CJK})\s+(?={_CJK})", "", said.replace(", ", "，").strip())
        said = re.sub(r"在(第.个星期.)每月", r"每月的\1", said).replace("，和", "和")
    return said.strip()
