"""Lines over time and bars of a day, drawn from the tokens: no frame, a scale with units, a tooltip."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.theme import SMALL, Theme
from desktop.words import plain_tip

HEIGHT = 116
FOOT, HEAD = 18, 6
"""Room for the marks of the time below, and for the topmost letter above."""
SPACE = 6
LINE = 1.6
DOT = 2.2
LEFT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
CENTRE = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
Marks = Callable[[int, int], list[tuple[float, str]]]
"""From two moments in UTC ms to (UTC seconds, words) of marks between them."""


def nice_top(value: float) -> float:
    """Return the next round number that is not below a value: 1, 2, 3, 4, 5, 6, 8, 10, 20 …; 1 for nothing."""
    if value <= 1:
        return 1.0
    power = 10 ** floor(log10(value))
    return float(next(step * power for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * power >= value))


@dataclass(frozen=True)
class Line:
    """One line: what it is, the token of its colour, (UTC ms, value) oldest first; ``fill``: the ground below it."""

    title: str
    tone: str
    points: Sequence[tuple[int, float]]
    fill: bool = False


class Plot(QWidget):
    """The base: the scale at the left, the ground line, words at the pointer."""

    def __init__(self, theme: Theme, title: str, words: Callable[[float], str], parent: QWidget | None = None) -> None:
        """``words`` says a value with its unit."""
        super().__init__(parent)
        self._theme, self._words = theme, words
        self._top = 1.0
        self._hovered: QPoint | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(title)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Low and wide."""
        return QSize(240, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """It may get narrow."""
        return QSize(120, HEIGHT)

    def tell(self, at: QPoint) -> str:
        """Return what lies at a point, in words."""
        raise NotImplementedError

    def _box(self, metrics: QFontMetrics) -> QRectF:
        words = max(metrics.horizontalAdvance(self._words(value)) for value in (0.0, self._top))
        return QRectF(self.rect()).adjusted(words + SPACE, HEAD, -2, -FOOT)

    def _draw_scale(self, painter: QPainter, box: QRectF) -> None:
        tokens = self._theme.tokens
        line = QPen(tokens.color("line"), 1)
        for share in (0.0, 0.5, 1.0):
            y = round(box.bottom() - box.height() * share) + 0.5
            painter.setPen(line)
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            if share != 0.5:
                painter.setPen(tokens.color("muted"))
                place = QRectF(0, y - 8, box.left() - SPACE, 16)
                painter.drawText(place, LEFT, self._words(self._top * share))

    def _draw_mark(self, painter: QPainter, box: QRectF, x: float, words: str) -> None:
        width = QFontMetrics(painter.font()).horizontalAdvance(words)
        left = min(max(x - width / 2, box.left() - SPACE), box.right() - width + 2)
        painter.setPen(self._theme.tokens.color("muted"))
        painter.drawText(QRectF(left, box.bottom() + 3, width + 2, FOOT - 3), CENTRE, words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The pointer shows a value."""
        self._hovered = event.position().toPoint()
        words = self.tell(self._hovered)
        if words:
            QToolTip.showText(event.globalPosition().toPoint(), plain_tip(words), self)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """No value is shown any more."""
        self._hovered = None
        self.update()


class TimeLines(Plot):
    """Some lines over the same time; they break where steps are missing."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        words: Callable[[float], str],
        moment: Callable[[int], str],
        marks: Marks,
        parent: QWidget | None = None,
    ) -> None:
        """``moment`` says a UTC ms; ``marks`` names moments of the scale below."""
        super().__init__(theme, title, words, parent)
        self._moment, self._marks = moment, marks
        self.lines: list[Line] = []
        self._since, self._until, self._step = 0, 1, 60_000

    def set_lines(self, lines: list[Line], since: int, until: int, step_ms: int) -> None:
        """Show lines between two moments, of steps that last ``step_ms``."""
        self.lines, self._since, self._until, self._step = lines, since, max(until, since + 1), step_ms
        self._top = nice_top(max((value for line in lines for _at, value in line.points), default=0.0))
        newest = [f"{line.title} {self._words(line.points[-1][1])}" for line in lines if line.points]
        self.setAccessibleDescription(", ".join(newest))
        self.update()

    def _x(self, at: float, box: QRectF) -> float:
        return box.left() + (at - self._since) / (self._until - self._since) * box.width()

    def nearest(self, at: QPoint) -> int | None:
        """Return the moment of the measurement nearest to a point, None without any."""
        box = self._box(QFontMetrics(self._theme.font(SMALL)))
        wanted = self._since + (at.x() - box.left()) / max(1.0, box.width()) * (self._until - self._since)
        moments = {moment for line in self.lines for moment, _value in line.points}
        return min(moments, key=lambda moment: abs(moment - wanted), default=None)

    def tell(self, at: QPoint) -> str:
        """Moment and values of the measurement that lies nearest."""
        moment = self.nearest(at)
        if moment is None:
            return ""
        said = [
            f"{line.title}: {self._words(value)}" for line in self.lines for at_ms, value in line.points
            if at_ms == moment
        ]  # fmt: skip
        return "\n".join([self._moment(moment), *said])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw scale, marks and lines."""
        painter = QPainter(self)
        painter.setFont(self._theme.font(SMALL))
        box = self._box(QFontMetrics(painter.font()))
        self._draw_scale(painter, box)
        ends = float("-inf")
        for seconds, words in self._marks(self._since, self._until):
            x, width = self._x(seconds * 1000, box), QFontMetrics(painter.font()).horizontalAdvance(words)
            if x - width / 2 > ends:
                self._draw_mark(painter, box, x, words)
                ends = x + width / 2 + 10
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line in self.lines:
            self._draw_line(painter, box, line)
        if self._hovered is not None and (moment := self.nearest(self._hovered)) is not None:
            painter.setPen(QPen(self._theme.tokens.color("muted"), 1, Qt.PenStyle.DashLine))
            x = self._x(moment, box)
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def _draw_line(self, painter: QPainter, box: QRectF, line: Line) -> None:
        color = self._theme.tokens.color(line.tone)
        pen = QPen(color, LINE)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        for run in _runs(line.points, self._step):
            placed = [
                QPointF(self._x(at, box), box.bottom() - min(1.0, value / self._top) * box.height())
                for at, value in run
            ]  # fmt: skip
            if len(placed) == 1:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(color)
                painter.drawEllipse(placed[0], DOT, DOT)
                continue
            if line.fill:
                ground = QColor(color)
                ground.setAlphaF(0.10)
                path = QPainterPath(QPointF(placed[0].x(), box.bottom()))
                for point in placed:
                    path.lineTo(point)
                path.lineTo(placed[-1].x(), box.bottom())
                painter.fillPath(path, ground)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(placed))


def _runs(points: Sequence[tuple[int, float]], step_ms: int) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = []
    for point in points:
        if runs and point[0] - runs[-1][-1][0] <= step_ms * 1.6:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


@dataclass(frozen=True)
class HourBar:
    """An hour of today: its mark on the scale, what was found in it and in that of the day before, the tooltip."""

    mark: str
    found: int
    before: int
    words: str


class HourBars(Plot):
    """The hours of a day; those of the day before stand wide and pale behind them."""

    def __init__(self, theme: Theme, title: str, words: Callable[[float], str], parent: QWidget | None = None) -> None:
        super().__init__(theme, title, words, parent)
        self.bars: list[HourBar] = []

    def set_bars(self, bars: list[HourBar]) -> None:
        """Show the hours of a day."""
        self.bars = bars
        self._top = nice_top(max((max(bar.found, bar.before) for bar in bars), default=0))
        self.update()

    def bar_at(self, at: QPoint) -> HourBar | None:
        """Return the bar at a point."""
        box = self._box(QFontMetrics(self._theme.font(SMALL)))
        position = int((at.x() - box.left()) / max(1.0, box.width()) * len(self.bars)) if at.x() >= box.left() else -1
        return self.bars[position] if 0 <= position < len(self.bars) else None

    def tell(self, at: QPoint) -> str:
        """What was found in the hour under the pointer."""
        bar = self.bar_at(at)
        return bar.words if bar is not None else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw scale and bars."""
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setFont(self._theme.font(SMALL))
        box = self._box(QFontMetrics(painter.font()))
        self._draw_scale(painter, box)
        if not self.bars:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        step = box.width() / len(self.bars)
        pale = QColor(tokens.color("idle"))
        pale.setAlphaF(0.28)
        for position, bar in enumerate(self.bars):
            for count, share, color in ((bar.before, 0.78, pale), (bar.found, 0.46, tokens.color("accent"))):
                if count:
                    height = max(2.0, box.height() * min(1.0, count / self._top))
                    left = box.left() + step * (position + (1 - share) / 2)
                    painter.setBrush(color)
                    painter.drawRoundedRect(QRectF(left, box.bottom() - height, step * share, height), 1.5, 1.5)
        every = max(1, len(self.bars) // 4)
        for position in range(0, len(self.bars), every):
            self._draw_mark(painter, box, box.left() + step * (position + 0.5), self.bars[position].mark)
