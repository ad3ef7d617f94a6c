"""Lines over time, drawn from the tokens: they break where nothing was measured, and tell what lies at the pointer."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, floor
from operator import itemgetter

from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.delegates.plots import HEAD, Plot
from desktop.delegates.scales import Scale, Words, halved
from desktop.theme import SMALL, Theme

LINE = 1.6
DOT = 2.2
GAP = 1.6
"""Steps between two points after which something is missing."""
COLUMN = 2.0
"""Pixels in which no more than two points are drawn."""
Marks = Callable[[int, int], list[tuple[float, str]]]
"""From two moments in UTC ms to (UTC seconds, words) of marks between them."""
Points = Sequence[tuple[int, float]]
"""UTC ms and value, oldest first."""
_when, _what = itemgetter(0), itemgetter(1)


@dataclass(frozen=True)
class Line:
    """One line: what it is, the token of its colour, (UTC ms, value) oldest first, None where nothing was measured.

    ``fill``: the ground below it; ``dots``: each measurement is marked.
    """

    title: str
    tone: str
    points: Sequence[tuple[int, float | None]]
    fill: bool = False
    dots: bool = False

    @cached_property
    def known(self) -> Points:
        """What was measured."""
        return [(at, value) for at, value in self.points if value is not None]

    def said(self, words: str) -> str:
        """Return the words of a value with the title, if there is one."""
        return f"{self.title}: {words}" if self.title else words


def runs(points: Sequence[tuple[int, float | None]], step_ms: int) -> list[Points]:
    """Return the parts of a line between which steps of ``step_ms`` are missing or nothing was measured."""
    found: list[list[tuple[int, float]]] = []
    before: int | None = None
    for at, value in points:
        if value is None:
            before = None
            continue
        if before is not None and at - before <= step_ms * GAP:
            found[-1].append((at, value))
        else:
            found.append([(at, value)])
        before = at
    return list(found)


def thinned(points: Points, column_ms: float) -> Points:
    """Return the lowest and the highest point of each column, so that no peak is lost and many are drawn at once."""
    if len(points) < 3 or (points[-1][0] - points[0][0]) / len(points) * 2 >= column_ms:
        return points
    kept: list[tuple[int, float]] = []
    begin = 0
    while begin < len(points):
        end = bisect_left(points, points[begin][0] + column_ms, begin + 1, key=_when)
        low, high = min(points[begin:end], key=_what), max(points[begin:end], key=_what)
        kept += [low] if low == high else sorted((low, high))
        begin = end
    return kept


def columns(placed: Sequence[QPointF], bottom: float) -> list[QRectF]:
    """Return the ground below a line in columns of a pixel: as a path, that of a dense line is slow to fill."""
    spots = [(point.x(), point.y()) for point in placed]
    found: list[QRectF] = []
    position = 0
    for left in range(floor(spots[0][0]), ceil(spots[-1][0])):
        middle = min(max(left + 0.5, spots[0][0]), spots[-1][0])
        while position < len(spots) - 2 and spots[position + 1][0] < middle:
            position += 1
        (begin, low), (end, high) = spots[position], spots[position + 1]
        y = low + (high - low) * (middle - begin) / (end - begin) if end > begin else high
        found.append(QRectF(left, y, 1, bottom - y))
    return found


class TimeLines(Plot):
    """Some lines over the same time; they break where steps are missing."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        words: Words,
        moment: Callable[[int], str],
        marks: Marks,
        parent: QWidget | None = None,
        *,
        scale: Callable[[float, Words], Scale] = halved,
    ) -> None:
        """``moment`` says a UTC ms; ``marks`` names moments of the scale below; ``scale`` makes that of the values."""
        super().__init__(theme, title, words, parent)
        self._moment, self._marks, self._make_scale = moment, marks, scale
        self.lines: list[Line] = []
        self._runs: list[tuple[Line, list[Points]]] = []
        self._moments: list[int] = []
        self._since, self._until = 0, 1

    def set_lines(self, lines: list[Line], since: int, until: int, step_ms: int) -> None:
        """Show lines between two moments, of steps that last ``step_ms``."""
        self.lines, self._since, self._until = lines, since, max(until, since + 1)
        self._runs = [(line, runs(line.points, step_ms)) for line in lines]
        self._moments = sorted({at for line in lines for at, _value in line.known})
        highest = max((value for line in lines for _at, value in line.known), default=0.0)
        self._scale = self._make_scale(highest, self._words)
        newest = [f"{line.title} {self._words(line.known[-1][1])}".strip() for line in lines if line.known]
        self.setAccessibleDescription(", ".join(newest))
        self.update()

    def _x(self, at: float, box: QRectF) -> float:
        return box.left() + (at - self._since) / (self._until - self._since) * box.width()

    def nearest(self, at: QPoint) -> int | None:
        """Return the moment of the measurement nearest to a point, None without any."""
        box = self._box(QFontMetrics(self._theme.font(SMALL)))
        wanted = self._since + (at.x() - box.left()) / max(1.0, box.width()) * (self._until - self._since)
        after = bisect_left(self._moments, wanted)
        return min(self._moments[max(0, after - 1) : after + 1], key=lambda one: abs(one - wanted), default=None)

    def tell(self, at: QPoint) -> str:
        """Moment and values of the measurement that lies nearest."""
        moment = self.nearest(at)
        if moment is None:
            return ""
        said = [line.said(self._words(value)) for line in self.lines for one, value in line.known if one == moment]
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
        painter.setClipRect(box.adjusted(-DOT - 1, -HEAD, DOT + 1, DOT + 1))  # measurements from before are no words
        for line, parts in self._runs:
            for part in parts:
                self._draw_run(painter, box, line, part)
        if self._hovered is not None and (moment := self.nearest(self._hovered)) is not None:
            painter.setPen(QPen(self._theme.tokens.color("muted"), 1, Qt.PenStyle.DashLine))
            x = floor(self._x(moment, box)) + 0.5  # sharp
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def _draw_run(self, painter: QPainter, box: QRectF, line: Line, part: Points) -> None:
        color = self._theme.tokens.color(line.tone)
        drawn = thinned(part, COLUMN * (self._until - self._since) / max(1.0, box.width()))
        left, bottom, top = self._x(0, box), box.bottom(), self._scale.top
        pace, height = box.width() / (self._until - self._since), box.height() / top
        placed = [QPointF(left + at * pace, bottom - min(value, top) * height) for at, value in drawn]
        if line.fill and len(placed) > 1:
            ground = QColor(color)
            ground.setAlphaF(0.10)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # columns meet; the line hides their steps
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRects(columns(placed, box.bottom()))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(placed) > 1:
            pen = QPen(color, LINE)
            pen.setCapStyle(Qt.PenCapStyle.SquareCap)
            painter.setPen(pen)
            # As one path, a line that goes up and down in every column would take Qt a tenth of a second.
            painter.drawLines([QLineF(begin, end) for begin, end in pairwise(placed)])
        if line.dots or len(placed) == 1:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            for point in placed:
                painter.drawEllipse(point, DOT, DOT)
