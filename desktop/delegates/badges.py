"""A name beside the square of its runner."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap

from desktop.delegates.cells import PADDING, AnyIndex, CellDelegate, draw_badge, new_pixmap
from desktop.models.accounts import Badge
from desktop.theme import SMALL, Theme

SQUARE = 22


class BadgeDelegate(CellDelegate):
    """``badge_of`` gives the square of a row; beside it stands the cell's text."""

    def __init__(self, theme: Theme, badge_of: Callable[[Any], Badge], parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self._badge_of = badge_of

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw square and name."""
        pixmap = self._square(self._badge_of(self.row(index)), painter.device().devicePixelRatioF())
        painter.drawPixmap(rect.left() + PADDING, rect.top() + (rect.height() - SQUARE) // 2, pixmap)
        self.draw_text(painter, self.inner(rect).adjusted(SQUARE + 9, 0, 0, 0), str(index.data() or ""))

    def _square(self, badge: Badge, ratio: float) -> QPixmap:
        key = (badge.letter, badge.color, ratio)
        pixmap = self.kept(key)
        if pixmap is None:
            pixmap = new_pixmap(SQUARE, SQUARE, ratio)
            painter = QPainter(pixmap)
            draw_badge(painter, QRectF(0, 0, SQUARE, SQUARE), badge.letter, badge.color, self.font(SMALL, bold=True)[0])
            painter.end()
            self.keep(key, pixmap)
        return pixmap
