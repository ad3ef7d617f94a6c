"""Rules and quiet hours in words."""

from collections.abc import Callable, Iterable
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.words import Face, Wording
from master.api.rules import QuietHours, QuietWindow, RuleAction, RuleConditions, Weekday

DAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST = 3
"""So many names are listed; of more their number is said."""


class RuleWords:
    """Made once a window; the names are asked for whenever something is worded."""

    def __init__(self, wording: Wording, account_name: Callable[[str], str], group_name: Callable[[str], str]) -> None:
        """``account_name`` and ``group_name`` give the name of an id."""
        self._wording, self._account_name, self._group_name = wording, account_name, group_name
        translate = QCoreApplication.translate
        self._actions: dict[RuleAction, Face] = {
            "notify": Face("dot", translate("RuleWords", "Tell"), "ok"),
            "urgent": Face("triangle", translate("RuleWords", "Urgent"), "warn"),
            "silent": Face("ring", translate("RuleWords", "Silent"), "idle"),
            "ignore": Face("bars", translate("RuleWords", "Ignore"), "idle"),
        }

    def action(self, action: RuleAction) -> Face:
        """Return how what a rule does shows."""
        return self._actions[action]

    def conditions(self, conditions: RuleConditions) -> str:
        """Return what must be true, one condition after the other."""
        translate = QCoreApplication.translate
        parts = [
            self._keywords(conditions),
            self._listed(translate("RuleWords", "without {words}"), [f"“{word}”" for word in conditions.exclude]),
            translate("RuleWords", "pattern {pattern}").format(pattern=conditions.regex) if conditions.regex else "",
            translate("RuleWords", "from {name}").format(name=conditions.author) if conditions.author else "",
            self._listed("{words}", [self._wording.kind(kind) for kind in conditions.kinds]),
            self._listed("{words}", [self._account_name(one) for one in conditions.account_ids]),
            self._listed(
                translate("RuleWords", "group {words}"), [self._group_name(one) for one in conditions.group_ids]
            ),
            self._listed(translate("RuleWords", "tag {words}"), conditions.tags),
        ]
        return " · ".join(part for part in parts if part) or translate("RuleWords", "everything")

    def _keywords(self, conditions: RuleConditions) -> str:
        translate = QCoreApplication.translate
        words = [f"“{word}”" for word in conditions.include]
        if not words:
            return ""
        joint = translate("RuleWords", " and ") if conditions.match == "all" else translate("RuleWords", " or ")
        whole = translate("RuleWords", "{words} as whole words").format(words=joint.join(words))
        return whole if conditions.whole_words else joint.join(words)

    def _listed(self, template: str, names: Iterable[str]) -> str:
        found = list(names)
        if not found:
            return ""
        shown = ", ".join(found[:MOST])
        if len(found) > MOST:
            more = QCoreApplication.translate("RuleWords", "{names} and {count} more")
            shown = more.format(names=shown, count=self._wording.number(len(found) - MOST))
        return template.format(words=shown)

    # -- quiet hours

    def day(self, day: Weekday) -> str:
        """Return the short name of a day of the week."""
        return self._wording.locale.dayName(DAYS.index(day) + 1, QLocale.FormatType.ShortFormat)

    def window(self, window: QuietWindow) -> str:
        """Return one window: ``Mon–Fri 22:00–07:00``."""
        return f"{self.days(window.days)} {window.start}–{window.end}"

    def days(self, days: Iterable[Weekday]) -> str:
        """Return days of the week, those in a row as a span."""
        translate = QCoreApplication.translate
        numbers = sorted({DAYS.index(day) for day in days})
        if len(numbers) == len(DAYS):
            return translate("RuleWords", "daily")
        rows: list[list[int]] = []
        for number in numbers:
            if rows and number == rows[-1][-1] + 1:
                rows[-1].append(number)
            else:
                rows.append([number])
        parts = [
            f"{self.day(DAYS[row[0]])}–{self.day(DAYS[row[-1]])}"
            if len(row) > 2
            else ", ".join(self.day(DAYS[one]) for one in row)
            for row in rows
        ]
        return ", ".join(parts)

    def quiet(self, quiet: QuietHours, now: int) -> str:
        """Return how it is now: quiet until when, when next, or never."""
        translate = QCoreApplication.translate
        if not quiet.enabled or not quiet.windows:
            return translate("RuleWords", "no quiet hours")
        if quiet.active and quiet.until_at is not None:
            return translate("RuleWords", "quiet until {time}").format(time=self._time(quiet.until_at, now))
        if quiet.next_at is not None:
            return translate("RuleWords", "quiet from {time}").format(time=self._time(quiet.next_at, now))
        return translate("RuleWords", "no quiet hours")

    def _time(self, at: int, now: int) -> str:
        when = datetime.fromtimestamp(at / 1000).astimezone()
        if (at - now) < 86_400_000:
            return self._wording.dates.time(when)
        return self._wording.weekday_moment(at)
