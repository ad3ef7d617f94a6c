"""Charts over time: pyqtgraph in our look, loaded only when the first chart is shown."""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QToolTip, QVBoxLayout, QWidget

from desktop.dates import Dates
from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.theme import SMALL

HEIGHT = 118
STEPS = (300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800)
"""Seconds between two marks of the time axis."""
MOST_MARKS = 6
AXIS_WIDTH = 44
DOT = 6


def load_library() -> Any:
    """Return pyqtgraph. It brings numpy along: half a second and 30 MB that a window without charts never pays."""
    import pyqtgraph  # not before the first chart

    pyqtgraph.setConfigOptions(antialias=True)
    return pyqtgraph


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


def with_gaps(points: list[tuple[int, float | None]], step_ms: int) -> tuple[list[float], list[float]]:
    """Return seconds and values; NaN where steps are missing or nothing was measured, so that the line breaks."""
    times: list[float] = []
    values: list[float] = []
    before: int | None = None
    for at, value in points:
        if before is not None and at - before > step_ms * 1.6:
            times.append((before + step_ms) / 1000)
            values.append(math.nan)
        times.append(at / 1000)
        values.append(math.nan if value is None else value)
        before = at
    return times, values


class Chart(QWidget):
    """One line over time with its title, its newest value and a tooltip. ``words`` says a value with its unit."""

    def __init__(
        self,
        context: Context,
        title: str,
        words: Callable[[float], str],
        parent: QWidget | None = None,
        *,
        dots: bool = False,
    ) -> None:
        """``dots``: each measurement is marked, so that one that stands alone is seen."""
        super().__init__(parent)
        self._context, self._words, self._dots = context, words, dots
        self._times: list[float] = []
        self._values: list[float] = []
        self._span: tuple[int, int] = (0, 1)
        library = load_library()
        head = QHBoxLayout()
        name = PlainLabel(title, self)
        name.setProperty("kind", "label")
        self.newest = PlainLabel("–", self)
        self.newest.setProperty("kind", "muted")
        head.addWidget(name)
        head.addStretch(1)
        head.addWidget(self.newest)
        self.plot: Any = library.PlotWidget(self)
        self.plot.setFixedHeight(HEIGHT)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(False, False)
        self.plot.hideButtons()
        self.plot.viewport().setMouseTracking(True)
        self.plot.viewport().installEventFilter(self)
        self._line: Any = self.plot.plot(connect="finite")
        self._mark: Any = library.InfiniteLine(angle=90, movable=False)
        self._mark.hide()
        self.plot.addItem(self._mark, ignoreBounds=True)
        for side in ("left", "bottom"):
            self.plot.getAxis(side).setStyle(tickLength=0)
        self.plot.getAxis("left").setWidth(AXIS_WIDTH)
        self.setAccessibleName(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.plot)
        context.theme.changed.connect(self._style)
        self._style()

    def set_points(self, points: list[tuple[int, float | None]], step_ms: int, since: int, until: int) -> None:
        """Show points (UTC ms, value) of steps that last ``step_ms``, between two moments."""
        self._times, self._values = with_gaps(points, step_ms)
        self._span = (since, until)
        known = [value for value in self._values if not math.isnan(value)]
        self._line.setData(*((self._times, self._values) if known else ([], [])))  # dots that are all NaN have no place
        self.newest.setText(self._words(known[-1]) if known else "–")
        self.setAccessibleDescription(self.newest.text())
        self.plot.setXRange(since / 1000, until / 1000, padding=0)
        top = max(known, default=0.0)
        self.plot.setYRange(0, top * 1.15 if top > 0 else 1, padding=0)
        self.plot.getAxis("bottom").setTicks([time_marks(since, until, self._context.wording.dates)])

    def nearest(self, seconds: float) -> tuple[float, float] | None:
        """Return time and value of the measurement nearest to a moment, None when there is none."""
        known = [(at, value) for at, value in zip(self._times, self._values, strict=True) if not math.isnan(value)]
        return min(known, key=lambda point: abs(point[0] - seconds), default=None)

    def tell(self, at: QPoint) -> str:
        """Mark the measurement nearest to a point of the plot; return it in words, empty when there is none."""
        where = self.plot.plotItem.vb.mapSceneToView(self.plot.mapToScene(at))
        point = self.nearest(where.x())
        if point is None:
            return ""
        self._mark.setPos(point[0])
        self._mark.show()
        return f"{self._context.wording.moment(int(point[0] * 1000))}\n{self._words(point[1])}"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The pointer shows a value; the wheel belongs to what the chart stands in."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            place: QPointF = event.position()
            words = self.tell(place.toPoint())
            if words:
                QToolTip.showText(event.globalPosition().toPoint(), words, self.plot)
        elif event.type() == QEvent.Type.Leave:
            self._mark.hide()
        elif event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _style(self) -> None:
        tokens = self._context.theme.tokens
        self.plot.setBackground(tokens.color("surface"))
        ground = QColor(tokens.color("accent"))
        ground.setAlphaF(0.10)
        pen = QPen(tokens.color("accent"), 1.5)
        pen.setCosmetic(True)
        self._line.setPen(pen)
        self._line.setFillLevel(0)
        self._line.setFillBrush(ground)
        if self._dots:
            self._line.setSymbol("o")
            self._line.setSymbolSize(DOT)
            self._line.setSymbolPen(None)
            self._line.setSymbolBrush(tokens.color("accent"))
        mark = QPen(tokens.color("muted"), 1, Qt.PenStyle.DashLine)
        mark.setCosmetic(True)
        self._mark.setPen(mark)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(QPen(tokens.color("line"), 1))
            axis.setTextPen(tokens.color("muted"))
            axis.setStyle(tickFont=self._context.theme.font(SMALL))
        self.plot.showGrid(x=False, y=True, alpha=0.5)
