"""Figures of one worker over an hour, a day or a week."""

from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.views.charts import Chart
from desktop.views.worker_tabs import WorkerTab
from desktop.views.worker_words import WorkerWords
from master.api.schema import WorkerMetrics

HOUR_MS = 3_600_000
POLL_SECONDS = 30
COLUMNS = 2


class ChartsTab(WorkerTab):
    """CPU, memory, failed checks, items and round trip; drawn when this is first seen."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._say = WorkerWords(context, self)
        self._ticks = 0
        self._span = HOUR_MS
        self.charts: dict[str, Chart] = {}
        bar = QHBoxLayout()
        bar.setSpacing(8)
        self._group = QButtonGroup(self)
        for title, span in (
            (self.tr("1 hour"), HOUR_MS),
            (self.tr("24 hours"), 24 * HOUR_MS),
            (self.tr("7 days"), 168 * HOUR_MS),
        ):
            button = QPushButton(title, self.content)
            button.setCheckable(True)
            button.setChecked(span == self._span)
            button.toggled.connect(lambda on, span=span: self.set_span(span) if on else None)
            self._group.addButton(button)
            bar.addWidget(button)
        bar.addStretch(1)
        area = QScrollArea(self.content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self.tr("Charts"))
        inside = QWidget(area)
        inside.setProperty("kind", "scrolled")
        self._inside = inside
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 8, 8)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(12)
        area.setWidget(inside)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(16, 8, 8, 0)
        layout.setSpacing(8)
        layout.addLayout(bar)
        layout.addWidget(area, 1)

    def set_span(self, span_ms: int) -> None:
        """Show the last so many milliseconds."""
        self._span = span_ms
        self.reload()

    async def load(self, worker_id: str) -> None:
        """Ask for the points since then."""
        bridge, span = self.context.bridge, self._span
        until = now_ms()
        metrics = await bridge.call(bridge.client.worker_metrics(worker_id, since=until - span))
        if worker_id == self.worker_id and span == self._span:
            self._show(metrics, max(until, metrics.since + span))

    def tick(self) -> None:
        """Ask again."""
        self._ticks += 1
        if self._ticks % POLL_SECONDS == 0:
            self.reload()

    def _show(self, metrics: WorkerMetrics, until: int) -> None:
        if not metrics.points and not self.charts:
            longest = self._group.buttons()[-1]
            step = None if longest.isChecked() else (self.tr("Show 7 days"), longest.click)
            self.say(self.tr("Nothing has been measured in this time."), step=step)
            return
        self.say("")
        if not self.charts:
            self._make()
        for name, chart in self.charts.items():
            points = [(point.at, getattr(point, name)) for point in metrics.points]
            chart.set_points(points, metrics.step_seconds * 1000, until - self._span, until)

    def _make(self) -> None:
        number = self.context.wording.number
        for position, (name, title, words) in enumerate(
            (
                ("cpu_percent", self.tr("CPU"), self._say.percent),
                ("memory_mb", self.tr("Memory"), self._say.megabytes),
                (
                    "errors",
                    self.tr("Failed checks"),
                    lambda value: self.tr("{count} a minute").format(count=number(value, 1)),
                ),
                ("items", self.tr("Items"), lambda value: self.tr("{count} a minute").format(count=number(value, 1))),
                (
                    "round_trip_ms",
                    self.tr("Round trip"),
                    lambda value: self.tr("{count} ms").format(count=number(value, 1)),
                ),
                ("accounts", self.tr("Accounts"), lambda value: number(round(value))),
            )
        ):
            chart = Chart(self.context, title, words, self._inside)
            self._grid.addWidget(chart, position // COLUMNS, position % COLUMNS)
            self.charts[name] = chart
