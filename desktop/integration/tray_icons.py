"""The icon of the tray: the worst state by shape and colour, and how much is unread, drawn for each size by itself.

What stands out is cut free of what is below it, so that it is told apart on light panels and on dark ones.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from desktop.theme import BRAND, DARK, LIGHT, render_svg

SIZES = (16, 20, 22, 24, 32, 40, 44, 48, 64)
"""In pixels: what panels ask for at 100 and 200 %."""
FADED = 0.5
"""Opacity of the picture while nothing is watched."""
SMALL, MEDIUM = 22, 32
"""Below these, numbers of one and of two digits are the most that can be read."""
WIDTHS, LETTERS = (1.0, 1.0, 1.3, 1.5), (0.0, 0.84, 0.76, 0.62)
"""Of a badge with so many letters, for its height: how wide it is and how high they are."""


def _between(one: str, other: str) -> str:
    """Return the colour in the middle: nobody knows whether the panel is light or dark."""
    return QColor(*((a + b) // 2 for a, b in zip(_rgb(one), _rgb(other), strict=True))).name()


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


COLORS = {name: _between(getattr(LIGHT, name), getattr(DARK, name)) for name in ("warn", "bad", "idle")}


@dataclass(frozen=True, kw_only=True)
class Face:
    """What the icon shows. ``level`` is ``ok warn bad idle``; ``mask``: in shape alone, as macOS wants it."""

    level: str = "ok"
    unread: int = 0
    mask: bool = False


@lru_cache(maxsize=32)
def draw_icon(face: Face) -> QIcon:
    """Return the icon in all sizes."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(draw_pixmap(face, size))
    icon.setIsMask(face.mask)
    return icon


def draw_pixmap(face: Face, size: int) -> QPixmap:
    """Return the icon in ``size`` pixels."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if face.level == "idle":
        painter.setOpacity(FADED)
    painter.drawPixmap(0, 0, _base(size, face.mask))
    painter.setOpacity(1)
    if face.level != "ok":
        _draw_state(painter, face, size)
    if face.unread:
        _draw_badge(painter, face, size)
    painter.end()
    return pixmap


@cache
def _base(size: int, mask: bool) -> QPixmap:
    return render_svg("app_mask", "#000000", size) if mask else render_svg("app", BRAND, size)


def badge_label(unread: int, size: int) -> str:
    """Return the number that can be read at ``size``; empty: a dot alone."""
    if size < SMALL:
        return str(unread) if unread < 10 else ""
    if size < MEDIUM:
        return str(unread) if unread < 100 else ""
    return str(unread) if unread < 100 else "99+"


def _cut(painter: QPainter, path: QPainterPath, gap: float) -> None:
    """Clear ``path`` and ``gap`` pixels around it."""
    painter.save()
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    around = QPen(QColor("black"), 2 * gap)
    around.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(around)
    painter.setBrush(Qt.GlobalColor.black)
    painter.drawPath(path)
    painter.restore()


def _fill(painter: QPainter, path: QPainterPath, face: Face, color: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("black" if face.mask else color))
    painter.drawPath(path)


def _ink(painter: QPainter, face: Face, width: float) -> None:
    """What is drawn next stands on a filled shape: white, or cut out of it."""
    if face.mask:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    pen = QPen(QColor("white"), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)


def _draw_badge(painter: QPainter, face: Face, size: int) -> None:
    """The number unread, at the upper right."""
    label = badge_label(face.unread, size)
    height = round(size * (0.56 if label else 0.44))
    width = max(height, round(height * WIDTHS[len(label)]))
    box = QRectF(size - width, 0, width, height)
    path = QPainterPath()
    path.addRoundedRect(box, height / 2, height / 2)
    _cut(painter, path, size / 18)
    _fill(painter, path, face, COLORS["bad"])
    if not label:
        return
    painter.save()
    _ink(painter, face, 1)
    font = QFont(painter.font())
    font.setPixelSize(max(8, round(height * LETTERS[len(label)])))
    font.setBold(True)
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
    painter.restore()


def _draw_state(painter: QPainter, face: Face, size: int) -> None:
    """A triangle, a cross on a square or two bars on a disc, at the lower left."""
    edge = round(size * 0.5)
    box = QRectF(0, size - edge, edge, edge)
    path = QPainterPath()
    if face.level == "warn":
        path.addPolygon(QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()]))
        path.closeSubpath()
    elif face.level == "bad":
        path.addRoundedRect(box, edge / 6, edge / 6)
    else:
        path.addEllipse(box)
    _cut(painter, path, size / 18)
    _fill(painter, path, face, COLORS[face.level])
    painter.save()
    _ink(painter, face, max(1.2, edge / 6))
    inner = box.adjusted(edge * 0.28, edge * 0.28, -edge * 0.28, -edge * 0.28)
    if face.level == "bad":
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())
    elif face.level == "idle":
        for x in (box.center().x() - edge * 0.14, box.center().x() + edge * 0.14):
            painter.drawLine(QPointF(x, inner.top()), QPointF(x, inner.bottom()))
    elif size >= MEDIUM:
        x = box.center().x()
        painter.drawLine(QPointF(x, box.top() + edge * 0.42), QPointF(x, box.top() + edge * 0.64))
        painter.drawPoint(QPointF(x, box.top() + edge * 0.85))
    painter.restore()
