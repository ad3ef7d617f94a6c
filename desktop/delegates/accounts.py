"""The account cell: the platform's square and the account's name."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem

from desktop.delegates.cells import PADDING, AnyIndex, CellDelegate, draw_badge, new_pixmap
from desktop.models.accounts import Badge
from desktop.models.grouped_rows import GroupHead
from desktop.theme import SMALL, Theme
from master.api.schema import Account

SQUARE = 22


class AccountDelegate(CellDelegate):
    """``badge_of`` gives the square of an account."""

    def __init__(self, theme: Theme, badge_of: Callable[[Account], Badge], parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self._badge_of = badge_of

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw the cell, or the head of a group over the whole width."""
        head = self.row(index)
        if not isinstance(head, GroupHead):
            super().paint(painter, option, index)
            return
        painter.save()
        rect: QRect = option.rect
        painter.setClipRect(rect)
        painter.fillRect(rect, self.theme.tokens.color("raised"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self.theme.tokens.color("line"))
        self.draw_text(painter, self.inner(rect), head.words, "muted", size=SMALL)
        painter.restore()

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw square and name."""
        account: Account = self.row(index)
        ratio = painter.device().devicePixelRatioF()
        pixmap = self._square(self._badge_of(account), ratio)
        painter.drawPixmap(rect.left() + PADDING, rect.top() + (rect.height() - SQUARE) // 2, pixmap)
        self.draw_text(painter, self.inner(rect).adjusted(SQUARE + 9, 0, 0, 0), account.name)

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
