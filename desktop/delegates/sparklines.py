"""Sparklines: a line of the last ten minutes without frame or axis, drawn from the tokens."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.theme import Theme
from desktop.words import plain_tip

HEIGHT = 26
LEAST_WIDTH = 60
LINE = 1.5
EDGE = 2.0
"""Room for the width of the line, in pixels."""

Points = Sequence[tuple[int, float]]
"""UTC milliseconds and value, oldest first."""


def place(points: Points, since: int, until: int, least_span: float, box: QRectF) -> list[QPointF]:
    """Return where the points lie in ``box``: time to the right, values upwards.

    The scale goes from the lowest to the highest value, but spans at least ``least_span``, so that noise stays flat.
    """
    values = [value for _at, value in points]
    low, high = min(values), max(values)
    if high - low < least_span:
        low = max(0.0, (low + high - least_span) / 2)
        high = low + least_span
    width, height = box.width() / max(1, until - since), box.height() / (high - low)
    return [QPointF(box.left() + (at - since) * width, box.bottom() - (value - low) * height) for at, value in points]


def runs(points: Points, gap_ms: float) -> list[tuple[int, int]]:
    """Return begin and end (exclusive) of the runs of points without a gap of more than ``gap_ms``."""
    found: list[tuple[int, int]] = []
    begin = 0
    for position in range(1, len(points) + 1):
        if position == len(points) or points[position][0] - points[position - 1][0] > gap_ms:
            found.append((begin, position))
            begin = position
    return found if points else []


class Sparkline(QWidget):
    """One line. ``words`` says a point in its tooltip; ``least_span`` is the smallest scale in the value's unit."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        words: Callable[[int, float], str],
        least_span: float,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._words, self._least_span = theme, words, least_span
        self._points: list[tuple[int, float]] = []
        self._since, self._until, self._gap_ms = 0, 1, 60_000.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)
        theme.changed.connect(self.update)

    @property
    def points(self) -> Points:
        """What is shown."""
        return self._points

    def set_points(self, points: list[tuple[int, float]], since: int, until: int, gap_ms: float) -> None:
        """Show points between two moments; the line breaks where more than ``gap_ms`` is missing."""
        self._since, self._until, self._gap_ms = since, until, gap_ms
        self._points = [point for point in points if point[0] >= since]
        self.setAccessibleDescription(self._words(*self._points[-1]) if self._points else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Low and wide."""
        return QSize(120, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """It may get narrow."""
        return QSize(LEAST_WIDTH, HEIGHT)

    def _box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)

    def nearest(self, x: int) -> tuple[int, float] | None:
        """Return the point that lies nearest to ``x`` pixels, None when there is none."""
        box = self._box()
        at = self._since + (x - box.left()) / max(1.0, box.width()) * (self._until - self._since)
        return min(self._points, key=lambda point: abs(point[0] - at), default=None)

    def event(self, event: QEvent) -> bool:
        """Tell of the point under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            point = self.nearest(event.pos().x())
            if point is not None:
                QToolTip.showText(event.globalPos() + QPoint(0, 8), plain_tip(self._words(*point)), self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line over a faint ground; without two points a thin base line."""
        tokens, box = self._theme.tokens, self._box()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._points:
            painter.setPen(QPen(tokens.color("line"), 1))
            painter.drawLine(box.bottomLeft(), box.bottomRight())
            return
        pen = QPen(tokens.color("accent"), LINE)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        ground = QColor(tokens.color("accent"))
        ground.setAlphaF(0.10)
        placed = place(self._points, self._since, self._until, self._least_span, box)
        for begin, end in runs(self._points, self._gap_ms):
            part = placed[begin:end]
            if len(part) == 1:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(tokens.color("accent"))
                painter.drawEllipse(part[0], LINE, LINE)
                continue
            path = QPainterPath(QPointF(part[0].x(), box.bottom() + EDGE))
            for point in part:
                path.lineTo(point)
            path.lineTo(part[-1].x(), box.bottom() + EDGE)
            painter.fillPath(path, ground)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(part))
