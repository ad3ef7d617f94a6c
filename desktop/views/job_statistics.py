"""How jobs went: the rate of success, how long they took, why they failed; by day, by job, by worker."""

from datetime import date, datetime, timedelta

from PySide6.QtCore import QCoreApplication, Qt, QTimeZone, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.labels import PlainLabel
from desktop.delegates.scales import DURATIONS
from desktop.delegates.stacked_bars import Bar, Legend, StackedBars
from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.models.job_words import JobWords
from desktop.models.tables import Row, SmallTableModel
from desktop.views.charts import Chart
from desktop.views.figure_views import FiguresView
from master.api.jobs import JobGroup
from master.api.schema import JobStats

DAY_MS = 86_400_000
MOST_ROWS = 8


class StatisticsView(FiguresView):
    """Figures of 24 hours, 7 or 30 days; the chart is made when this is first seen."""

    icon = "jobs"
    new_job_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, QCoreApplication.translate("StatisticsView", "Statistics"), parent)
        self._words = JobWords(context.wording)
        self._days = 7
        self.chart: Chart | None = None
        self.add_choices(
            ((self.tr("24 hours"), 1), (self.tr("7 days"), 7), (self.tr("30 days"), 30)), self._days, self.set_days
        )
        self.add_figures(
            {
                "rate": self.tr("success"),
                "completed": self.tr("completed"),
                "failed": self.tr("failed"),
                "cancelled": self.tr("cancelled"),
                "mean": self.tr("mean duration"),
                "range": self.tr("shortest – longest"),
                "wait": self.tr("mean wait"),
            }
        )
        self._charts_card()
        self._reasons_card()
        self.jobs, jobs_table = self._group_table(self.tr("Job"))
        self.workers, workers_table = self._group_table(self.tr("Worker"))
        self._tables = ((self.jobs, jobs_table), (self.workers, workers_table))
        self.column.addStretch(1)

    # -- making

    def _charts_card(self) -> None:
        card, column = self.add_card()
        self._charts = QHBoxLayout()
        self._charts.setSpacing(24)
        left = QVBoxLayout()
        left.setSpacing(8)
        head = PlainLabel(self.tr("Ends by day"), card)
        head.setProperty("kind", "label")
        self.bars = StackedBars(self.context.theme, self.tr("Ends by day"), card)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(head)
        row.addStretch(1)
        for words, tone in ((self.tr("completed"), "ok"), (self.tr("failed"), "bad"), (self.tr("cancelled"), "idle")):
            legend = Legend(self.context.theme, tone, 1.0, card)
            legend.set_word(words)
            row.addWidget(legend)
        left.addLayout(row)
        left.addWidget(self.bars)
        left.addStretch(1)
        self._charts.addLayout(left, 1)
        column.addLayout(self._charts)

    def _reasons_card(self) -> None:
        card, column = self.add_card()
        head = PlainLabel(self.tr("Why jobs failed"), card)
        head.setProperty("kind", "label")
        self.reasons = PlainLabel(card)
        self.reasons.setWordWrap(True)
        column.addWidget(head)
        column.addWidget(self.reasons)

    def _group_table(self, title: str) -> tuple[SmallTableModel, QTableView]:
        titles = (
            title, self.tr("Ended"), self.tr("Success"), self.tr("Failed"), self.tr("Shortest"), self.tr("Mean"),
            self.tr("Longest"),
        )  # fmt: skip
        return self.add_table(titles, (84, 84, 84, 112, 112, 112))

    # -- what there is to see

    def set_days(self, days: int) -> None:
        """Show the last so many days."""
        self._days = days
        self.reload()

    async def load(self) -> None:
        """Ask for the figures."""
        bridge, days = self.context.bridge, self._days
        zone = bytes(QTimeZone.systemTimeZoneId().data()).decode() or None
        stats: JobStats = await bridge.call(bridge.client.job_stats(since=now_ms() - days * DAY_MS, time_zone=zone))
        if days == self._days:
            self._show(stats)

    def _show(self, stats: JobStats) -> None:
        if not stats.total and self._days == 30:
            self.say(self.tr("No job in the last 30 days."), step=(self.tr("New job"), self.new_job_wanted.emit))
            return
        self.say("")
        number, span = self.context.wording.number, self._words.span
        rate = stats.success_rate
        shown = {
            "rate": "–" if rate is None else self.tr("{percent} %").format(percent=number(100 * rate, 1)),
            "completed": number(stats.completed),
            "failed": number(stats.failed),
            "cancelled": number(stats.cancelled),
            "mean": span(stats.mean_ms),
            "range": f"{span(stats.shortest_ms)} – {span(stats.longest_ms)}" if stats.longest_ms is not None else "–",
            "wait": span(stats.mean_wait_ms),
        }
        for name, words in shown.items():
            self.figures[name].setText(words)
        self._show_days(stats)
        reasons = sorted(stats.reasons.items(), key=lambda one: -one[1])
        lines = [f"{self._words.reason(name)}: {number(count)}" for name, count in reasons]
        self.reasons.setText(" · ".join(lines) or self.tr("None did."))
        for (model, table), groups in zip(self._tables, (stats.by_name, stats.by_worker), strict=True):
            self.fill(model, table, [self._row(group) for group in groups], MOST_ROWS)

    def _row(self, group: JobGroup) -> Row:
        number, span = self.context.wording.number, self._words.span
        judged = group.completed + group.failed
        rate = self.tr("{percent} %").format(percent=number(100 * group.completed / judged)) if judged else "–"
        spans = (span(group.shortest_ms), span(group.mean_ms), span(group.longest_ms))
        return Row((group.key or "–", number(group.total), rate, number(group.failed), *spans), group.key, group.key)

    def _show_days(self, stats: JobStats) -> None:
        known = {group.key: group for group in stats.by_day}
        today = date.today()  # noqa: DTZ011 (days of this machine)
        span = max(7, self._days)
        days: list[Bar] = []
        points: list[tuple[int, float | None]] = []
        for back in range(span - 1, -1, -1):
            day = today - timedelta(days=back)
            group = known.get(day.isoformat())
            days.append(self._day(day, group))
            noon = int(self._local_noon(day))
            points.append((noon, None if group is None or group.mean_ms is None else group.mean_ms / 1000))
        self.bars.set_bars(days)
        if self.chart is None:
            self._make_chart()
        if self.chart is not None:
            self.chart.set_points(points, DAY_MS, points[0][0] - DAY_MS // 2, points[-1][0] + DAY_MS // 2)

    def _local_noon(self, day: date) -> float:
        return datetime(day.year, day.month, day.day, 12).astimezone().timestamp() * 1000

    def _day(self, day: date, group: JobGroup | None) -> Bar:
        number = self.context.wording.number
        completed, failed, cancelled = (group.completed, group.failed, group.cancelled) if group else (0, 0, 0)
        words = self.tr("{completed} completed, {failed} failed, {cancelled} cancelled").format(
            completed=number(completed), failed=number(failed), cancelled=number(cancelled)
        )
        title = self.tr("mean duration")
        mean = f"\n{title}: {self._words.span(group.mean_ms)}" if group and group.mean_ms else ""
        dates, when = self.context.wording.dates, datetime(day.year, day.month, day.day)  # noqa: DTZ001 (this machine's)
        parts = ((completed, "ok", 1.0), (cancelled, "idle", 1.0), (failed, "bad", 1.0))
        return Bar(dates.day(when), parts, f"{dates.date(when)}\n{words}{mean}")

    def _make_chart(self) -> None:
        self.chart = Chart(
            self.context,
            self.tr("Mean duration"),
            lambda seconds: self._words.span(round(seconds * 1000)),
            self.inside,
            dots=True,
            steps=DURATIONS,
        )
        self._charts.addWidget(self.chart, 1, Qt.AlignmentFlag.AlignTop)
