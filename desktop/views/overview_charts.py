"""Charts of the overview: checks a minute, how long they take, found to shown, today beside the day before."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.delegates.hour_bars import HourBar, HourBars
from desktop.delegates.plots import Plot
from desktop.delegates.stacked_bars import Legend
from desktop.delegates.time_lines import Line, TimeLines
from desktop.dialogs.context import Context
from desktop.views.charts import time_marks
from desktop.views.overview_cards import OverviewCard
from master.api.overviews import Latency, Overview

HOUR_MS = 3_600_000


class ChartCard(OverviewCard):
    """One chart with its newest value at the right; its title leads to the statistics."""

    wanted = Signal()

    def __init__(self, context: Context, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(context, title, parent)
        self.setObjectName(name)
        self.title_link.clicked.connect(lambda _checked=False: self.wanted.emit())
        self._column = QVBoxLayout(self.content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def _add_legends(self, *shades: tuple[str, float]) -> list[Legend]:
        """Add a row of squares that say which line is which, and how much."""
        row = QHBoxLayout()
        row.setSpacing(12)
        legends = [Legend(self.context.theme, tone, opacity, self.content) for tone, opacity in shades]
        for legend in legends:
            row.addWidget(legend)
        row.addStretch(1)
        self._column.addLayout(row)
        return legends

    def _milliseconds(self, value: float) -> str:
        number = self.context.wording.number
        if value < 1000:
            return self.tr("{count} ms").format(count=number(round(value)))
        seconds = value / 1000
        return self.tr("{count} s").format(count=number(seconds, 0 if seconds.is_integer() or seconds >= 10 else 1))

    def _lines(self, title: str) -> TimeLines:
        wording = self.context.wording
        plot = TimeLines(
            self.context.theme,
            title,
            self.words,
            wording.moment,
            lambda since, until: time_marks(since, until, wording.dates),
            self.content,
        )
        self._column.addWidget(plot)
        return plot

    def words(self, value: float) -> str:
        """Return a value of the scale with its unit."""
        return self._milliseconds(value)

    def show_overview(self, overview: Overview) -> None:
        """Draw it."""
        raise NotImplementedError


class ChecksCard(ChartCard):
    """Checks a minute."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "checks", "", parent)
        title = self.tr("Checks a minute")
        self.set_title(title)
        self.legends = self._add_legends(("accent", 1.0))
        self.plot: Plot = self._lines(title)

    def words(self, value: float) -> str:
        """Checks a minute, without a unit: the title has it."""
        return self.context.wording.number(value, 0 if float(value).is_integer() else 1)

    def show_overview(self, overview: Overview) -> None:
        """Draw the rate; say how many in all."""
        points = [(point.at, point.checks) for point in overview.points]
        if isinstance(self.plot, TimeLines):
            step = overview.step_seconds * 1000
            self.plot.set_lines(
                [Line(self.tr("a minute"), "accent", points, fill=True)], overview.since, overview.at, step
            )
        newest = self.words(points[-1][1]) if points else "–"
        self.legends[0].set_word(self.tr("{count} a minute").format(count=newest))
        self.aside.set_words(self.tr("%n check(s)", "", overview.check.measured))


class LatencyCard(ChartCard):
    """Median and 95th percentile of one thing: ``check`` or ``shown``."""

    def __init__(self, context: Context, what: str, parent: QWidget | None = None) -> None:
        super().__init__(context, what, "", parent)
        self._what = what
        title = self.tr("How long checks take") if what == "check" else self.tr("From found to shown")
        self.set_title(title)
        self.legends = self._add_legends(("accent", 1.0), ("idle", 1.0))
        self.plot = self._lines(title)

    def _of(self, source: object) -> Latency:
        found: Latency = getattr(source, self._what)
        return found

    def show_overview(self, overview: Overview) -> None:
        """Draw both lines."""
        halves, mosts = [], []
        for point in overview.points:
            latency = self._of(point)
            if latency.p50_ms is not None and latency.p95_ms is not None:
                halves.append((point.at, latency.p50_ms))
                mosts.append((point.at, latency.p95_ms))
        lines = [
            Line(self.tr("95 % within"), "idle", mosts),
            Line(self.tr("half within"), "accent", halves, fill=True),
        ]
        self.plot.set_lines(lines, overview.since, overview.at, overview.step_seconds * 1000)
        whole = self._of(overview)
        for legend, line, value in zip(self.legends, reversed(lines), (whole.p50_ms, whole.p95_ms), strict=True):
            legend.set_word(f"{line.title} {self._milliseconds(value) if value is not None else '–'}")
        self.aside.set_words("" if whole.measured else self.tr("nothing measured"))


class FoundCard(ChartCard):
    """What was found in the hours of today, beside those of the day before."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "found", "", parent)
        title = self.tr("Found today")
        self.set_title(title)
        self.legends = self._add_legends(("accent", 1.0), ("idle", 0.28))
        self.plot = HourBars(context.theme, title, lambda value: context.wording.number(round(value)), self.content)
        self._column.addWidget(self.plot)

    def show_overview(self, overview: Overview) -> None:
        """Draw the hours; say how many."""
        number = self.context.wording.number
        bars = [self._bar(hour.at, hour.found, hour.before) for hour in overview.hours]
        self.plot.set_bars(bars)
        words = (
            self.tr("{count} today").format(count=number(overview.found_today)),
            self.tr("{count} yesterday by now").format(count=number(overview.found_before)),
        )
        for legend, one in zip(self.legends, words, strict=True):
            legend.set_word(one)
        self.plot.setAccessibleDescription(", ".join(words))

    def _bar(self, at: int, found: int, before: int) -> HourBar:
        dates, number = self.context.wording.dates, self.context.wording.number
        begin, end = (datetime.fromtimestamp(one / 1000).astimezone() for one in (at, at + HOUR_MS))
        lines = (
            f"{dates.time(begin)} – {dates.time(end)}",
            self.tr("today: {count}").format(count=number(found)),
            self.tr("yesterday: {count}").format(count=number(before)),
        )
        return HourBar(dates.time(begin), found, before, "\n".join(lines))
