"""State pills: a shape, a word and a colour."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.delegates.cells import PADDING, AnyIndex, CellDelegate, new_pixmap
from desktop.theme import SMALL, Theme, Tokens
from desktop.words import Face

HEIGHT = 20
SHAPE = 9
SIDE = 8
GAP = 5


def draw_shape(painter: QPainter, box: QRectF, shape: str, color: QColor) -> None:
    """Draw one of the shapes ``dot half triangle cross bars square ring`` into ``box``."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = QPen(color, 1.6)
    line.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(color))
    if shape == "dot":
        painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
    elif shape == "half":
        painter.drawPie(box.adjusted(0.5, 0.5, -0.5, -0.5), 90 * 16, 180 * 16)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, 1.3))
        painter.drawEllipse(box.adjusted(0.7, 0.7, -0.7, -0.7))
    elif shape == "triangle":
        points = [QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()]
        painter.drawPolygon(QPolygonF(points))
    elif shape == "cross":
        line.setWidthF(2.2)
        painter.setPen(line)
        inner = box.adjusted(1.2, 1.2, -1.2, -1.2)
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())
    elif shape == "bars":
        painter.drawRect(QRectF(box.left() + 1.5, box.top(), 2, box.height()))
        painter.drawRect(QRectF(box.right() - 3.5, box.top(), 2, box.height()))
    elif shape == "square":
        painter.drawRect(box.adjusted(1, 1, -1, -1))
    else:
        line.setWidthF(1.4)
        line.setDashPattern([1.4, 1.8])
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box.adjusted(0.7, 0.7, -0.7, -0.7))


def draw_pill(face: Face, tokens: Tokens, font: QFont, ratio: float, room: int | None = None) -> QPixmap:
    """Return the pill of a state as a pixmap of its own width, its word cut where there is less ``room``."""
    metrics = QFontMetrics(font)
    word, around = face.word, SIDE * 2 + SHAPE + GAP
    if room is not None:
        word = metrics.elidedText(word, Qt.TextElideMode.ElideRight, max(0, room - around))
    width = around + metrics.horizontalAdvance(word)
    pixmap = new_pixmap(width, HEIGHT, ratio)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.color(f"{face.level}_surface"))
    painter.drawRoundedRect(QRectF(0, 0, width, HEIGHT), HEIGHT / 2, HEIGHT / 2)
    color = tokens.color(face.level)
    draw_shape(painter, QRectF(SIDE, (HEIGHT - SHAPE) / 2, SHAPE, SHAPE), face.shape, color)
    painter.setFont(font)
    painter.setPen(color)
    text = QRectF(SIDE + SHAPE + GAP, 0, width, HEIGHT)
    painter.drawText(text, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), word)
    painter.end()
    return pixmap


class StateDelegate(CellDelegate):
    """The pill of the row's state."""

    def __init__(self, theme: Theme, face_of: Callable[[Any], Face], parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self._face_of = face_of

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw the kept pill."""
        face = self._face_of(self.row(index))
        ratio = painter.device().devicePixelRatioF()
        room = rect.width() - PADDING
        pixmap = self.kept((face, ratio, room))
        if pixmap is None:
            font, _metrics = self.font(SMALL, bold=True)
            pixmap = self.keep((face, ratio, room), draw_pill(face, self.theme.tokens, font, ratio, room))
        painter.drawPixmap(rect.left() + PADDING, rect.top() + (rect.height() - HEIGHT) // 2, pixmap)


class StatePill(QWidget):
    """A pill as a widget."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._face: Face | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_face(self, face: Face) -> None:
        """Show a state."""
        if face != self._face:
            self._face = face
            self.setAccessibleName(face.word)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as its word."""
        if self._face is None:
            return QSize(0, HEIGHT)
        metrics = QFontMetrics(self._theme.font(SMALL, bold=True))
        return QSize(SIDE * 2 + SHAPE + GAP + metrics.horizontalAdvance(self._face.word), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill."""
        if self._face is not None:
            font = self._theme.font(SMALL, bold=True)
            painter = QPainter(self)
            painter.drawPixmap(0, 0, draw_pill(self._face, self._theme.tokens, font, self.devicePixelRatioF()))
