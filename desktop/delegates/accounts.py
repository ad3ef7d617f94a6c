"""The account cell: the platform's square and the account's name."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from desktop.delegates.badges import BadgeDelegate
from desktop.delegates.cells import AnyIndex
from desktop.models.grouped_rows import GroupHead
from desktop.theme import SMALL


class AccountDelegate(BadgeDelegate):
    """Draws the heads of groups too."""

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
        self.draw_text(painter, self.inner(rect).adjusted(self.lead, 0, 0, 0), head.words, "muted", size=SMALL)
        painter.restore()
