"""A chart over time with its title and its newest value."""

import math
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.dates import Dates
from desktop.delegates.labels import PlainLabel
from desktop.delegates.scales import Words, rounded
from desktop.delegates.time_lines import Line, TimeLines
from desktop.dialogs.context import Context

STEPS = (300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800)
"""Seconds between two marks of the time axis."""
MOST_MARKS = 6


def time_marks(since: int, until: int, dates: Dates) -> list[tuple[float, str]]:
    """Return at most seven marks (seconds, local time in words) at round times between two moments in UTC ms."""
    span = max(1.0, (until - since) / 1000)
    step = next((one for one in STEPS if span / one <= MOST_MARKS), STEPS[-1])
    offset = datetime.fromtimestamp(since / 1000).astimezone().utcoffset()
    shift = offset.total_seconds() if offset is not None else 0.0
    first = math.ceil((since / 1000 + shift) / step) * step - shift
    marks: list[tuple[float, str]] = []
    while first <= until / 1000:
        when = datetime.fromtimestamp(first).astimezone()
        day = step >= 86_400 or (when.hour == 0 and when.minute == 0 and span > 86_400)
        marks.append((first, dates.day(when) if day else dates.time(when)))
        first += step
    return marks


class Chart(QWidget):
    """One line over time with its title, its newest value and a tooltip. ``words`` says a value with its unit."""

    def __init__(
        self,
        context: Context,
        title: str,
        words: Words,
        parent: QWidget | None = None,
        *,
        dots: bool = False,
        steps: Sequence[float] = (),
    ) -> None:
        """``dots``: each measurement is marked; ``steps``: distances on the scale, round in the value's unit."""
        super().__init__(parent)
        self._words, self._dots = words, dots
        head = QHBoxLayout()
        name = PlainLabel(title, self)
        name.setProperty("kind", "label")
        self.newest = PlainLabel("–", self)
        self.newest.setProperty("kind", "muted")
        head.addWidget(name)
        head.addStretch(1)
        head.addWidget(self.newest)
        wording = context.wording
        self.plot = TimeLines(
            context.theme,
            title,
            words,
            wording.moment,
            lambda since, until: time_marks(since, until, wording.dates),
            self,
            scale=lambda highest, said: rounded(highest, said, steps),
        )
        self.setAccessibleName(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.plot)

    def set_points(self, points: Sequence[tuple[int, float | None]], step_ms: int, since: int, until: int) -> None:
        """Show points (UTC ms, value; None where nothing was measured) of steps of ``step_ms``, between two moments."""
        line = Line("", "accent", points, fill=True, dots=self._dots)
        self.newest.setText(self._words(line.known[-1][1]) if line.known else "–")
        self.setAccessibleDescription(self.newest.text())
        self.plot.set_lines([line], since, until, step_ms)
