"""A name beside the square of its runner."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QPainter

from desktop.delegates.cells import PADDING, AnyIndex, CellDelegate
from desktop.models.accounts import Badge
from desktop.theme import Theme

SQUARE = 22


class BadgeDelegate(CellDelegate):
    """``badge_of`` gives the square of a row; beside it stands the cell's text."""

    def __init__(self, theme: Theme, badge_of: Callable[[Any], Badge], parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self._badge_of = badge_of

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw square and name."""
        pixmap = self.square(self._badge_of(self.row(index)), painter.device().devicePixelRatioF(), SQUARE)
        painter.drawPixmap(rect.left() + PADDING, rect.top() + (rect.height() - SQUARE) // 2, pixmap)
        self.draw_text(painter, self.inner(rect).adjusted(SQUARE + 8, 0, 0, 0), str(index.data() or ""))
