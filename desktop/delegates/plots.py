"""What all drawings with a scale have: no frame, a scale with units from the tokens, words at the pointer."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.delegates.scales import Words, halved
from desktop.theme import Theme
from desktop.words import plain_tip

HEIGHT = 116
FOOT, HEAD = 18, 6
"""Room for the marks of the time below, and for the topmost letter above."""
SPACE = 6
LEFT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
CENTRE = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)


class Plot(QWidget):
    """The base: the scale at the left, the ground line, words at the pointer."""

    def __init__(self, theme: Theme, title: str, words: Words, parent: QWidget | None = None) -> None:
        """``words`` says a value with its unit."""
        super().__init__(parent)
        self._theme, self._words = theme, words
        self._scale = halved(0.0, words)
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
        words = max(metrics.horizontalAdvance(self._words(value)) for value in self._scale.named)
        return QRectF(self.rect()).adjusted(words + SPACE, HEAD, -2, -FOOT)

    def _y(self, value: float, box: QRectF) -> float:
        return box.bottom() - min(1.0, value / self._scale.top) * box.height()

    def _draw_scale(self, painter: QPainter, box: QRectF) -> None:
        tokens = self._theme.tokens
        line = QPen(tokens.color("line"), 1)
        for value in self._scale.grid:
            y = round(self._y(value, box)) + 0.5
            painter.setPen(line)
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            if value in self._scale.named:
                painter.setPen(tokens.color("muted"))
                place = QRectF(0, y - 8, box.left() - SPACE, 16)
                painter.drawText(place, LEFT, self._words(value))

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
