"""The base of all delegates: background, line and text of a cell, from the tokens."""

from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.delegates.hovered_rows import is_hovered
from desktop.models.accounts import Badge
from desktop.models.rows import ObjectRole
from desktop.theme import NORMAL, ON_BADGE, ROW, SMALL, Theme

AnyIndex = QModelIndex | QPersistentModelIndex
PADDING, LEAD = 12, 3
"""At the sides of a cell, and more before the first: with the table's line, other cards begin there too."""
EDGE = 0.18
"""How much of the letter's white the edge of a badge has: a dark one is seen on a dark ground."""
OPEN = "ends_open"
"""Property of a table that is as high as its rows: the line of its card is the line of the last one."""
CACHE = 2048
"""Drawn pixmaps kept by one delegate."""
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Signs that force the direction of what follows: with them a name can read as another one."""


class CellDelegate(QStyledItemDelegate):
    """Paints the model's text; subclasses paint the row's object. Pixmaps are kept until the scheme changes."""

    lead = LEAD
    """More room before the first column."""

    def __init__(self, theme: Theme, parent: QObject | None = None, *, muted: bool = False) -> None:
        super().__init__(parent)
        self.theme = theme
        self._muted = muted
        self._pixmaps: dict[Any, QPixmap] = {}
        self._fonts: dict[tuple[int, bool], tuple[QFont, QFontMetrics]] = {}
        theme.changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        self._pixmaps.clear()
        self._fonts.clear()

    def font(self, size: int = NORMAL, *, bold: bool = False) -> tuple[QFont, QFontMetrics]:
        """Return a kept font with its metrics."""
        pair = self._fonts.get((size, bold))
        if pair is None:
            font = self.theme.font(size, bold=bold)
            pair = self._fonts[size, bold] = (font, QFontMetrics(font))
        return pair

    def kept(self, key: Any) -> QPixmap | None:
        """Return a pixmap drawn before."""
        return self._pixmaps.get(key)

    def keep(self, key: Any, pixmap: QPixmap) -> QPixmap:
        """Keep a pixmap; when too many are kept all are dropped."""
        if len(self._pixmaps) >= CACHE:
            self._pixmaps.clear()
        self._pixmaps[key] = pixmap
        return pixmap

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Background, bottom line, then the cell."""
        painter.save()
        rect: QRect = option.rect
        self.paint_background(painter, option, rect, index)
        painter.setClipRect(rect)
        self.paint_cell(painter, rect if index.column() else rect.adjusted(self.lead, 0, 0, 0), index)
        painter.restore()

    def paint_background(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, index: AnyIndex) -> None:
        """Fill a chosen row, or the one under the pointer, and draw the line under it."""
        tokens = self.theme.tokens
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, tokens.color("accent_surface"))
        elif is_hovered(option.widget, index.row()):
            painter.fillRect(rect, tokens.color("base"))
        if not ends_open(option.widget, index):
            painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.color("line"))

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw the model's text."""
        text = index.data(Qt.ItemDataRole.DisplayRole)
        alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
        self.draw_text(painter, self.inner(rect), text or "", "muted" if self._muted else "text", alignment or LEFT)

    def draw_text(
        self,
        painter: QPainter,
        rect: QRect,
        text: str,
        tone: str = "text",
        alignment: Qt.AlignmentFlag = LEFT,
        *,
        size: int = NORMAL,
        bold: bool = False,
    ) -> None:
        """Draw one line of plain text, elided to ``rect``."""
        font, metrics = self.font(size, bold=bold)
        painter.setFont(font)
        painter.setPen(self.theme.tokens.color(tone))
        text = one_line(text)
        if metrics.horizontalAdvance(text) > rect.width():
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, int(alignment) | int(Qt.TextFlag.TextSingleLine), text)

    def square(self, badge: Badge, ratio: float, side: int) -> QPixmap:
        """Return the square of a platform or a runner, ``side`` device-independent pixels wide."""
        key = (badge.letter, badge.color, ratio, side)
        pixmap = self.kept(key)
        if pixmap is None:
            pixmap = new_pixmap(side, side, ratio)
            painter = QPainter(pixmap)
            draw_badge(painter, QRectF(0, 0, side, side), badge.letter, badge.color, self.font(SMALL, bold=True)[0])
            painter.end()
            self.keep(key, pixmap)
        return pixmap

    def inner(self, rect: QRect) -> QRect:
        """Return ``rect`` without the padding at its sides."""
        return rect.adjusted(PADDING, 0, -PADDING, 0)

    def row(self, index: AnyIndex) -> Any:
        """Return the object of the row."""
        return index.data(ObjectRole)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Rows are fixed; the width is the header's."""
        return QSize(80, ROW)


def ends_open(table: QWidget | None, index: AnyIndex) -> bool:
    """Whether the line under this row would stand beside that of the card."""
    return table is not None and bool(table.property(OPEN)) and index.row() == index.model().rowCount() - 1


def one_line(text: str) -> str:
    """Return ``text`` as a row draws it: an elided one would end at its first line break, and none turns around."""
    return text if text.isprintable() else " ".join(text.translate(DIRECTIONS).split())


def new_pixmap(width: int, height: int, ratio: float) -> QPixmap:
    """Return a transparent pixmap; sizes in device-independent pixels."""
    pixmap = QPixmap(QSize(max(1, round(width * ratio)), max(1, round(height * ratio))))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


def draw_badge(painter: QPainter, rect: QRectF, letter: str, color: str, font: QFont) -> None:
    """Draw the square of a platform: a white letter on its colour."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = QColor(ON_BADGE)
    edge.setAlphaF(EDGE)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
    painter.setPen(QColor(ON_BADGE))
    painter.setFont(font)
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), letter)
