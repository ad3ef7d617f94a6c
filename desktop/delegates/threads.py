"""A row of the inbox that is a conversation: with whom, the newest line, how much of it is unread."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from desktop.delegates.cells import RIGHT, AnyIndex
from desktop.delegates.items import SIDE, ItemDelegate, preview
from desktop.theme import SMALL
from master.api.item_threads import ItemThread


class ThreadDelegate(ItemDelegate):
    """Three lines, as an item has."""

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw the three lines."""
        row: ItemThread = self.row(index)
        fresh = row.unread > 0
        inner = rect.adjusted(SIDE, 0, -SIDE, 0)
        self.draw_square(painter, inner, row.account_id)
        top = self.draw_when(painter, inner, row.last_at)
        self.draw_text(painter, top, row.author or self._name_of(row.account_id), bold=fresh)
        middle = QRect(inner.left(), inner.top() + 31, inner.width(), 19)
        if fresh:
            self.draw_mark(painter, middle)
            middle.adjust(15, 0, 0, 0)
        count = self._wording.number(row.count)
        width = self.font(SMALL)[1].horizontalAdvance(count)
        self.draw_text(painter, middle, count, "muted", RIGHT, size=SMALL)
        middle.adjust(0, 0, -width - 8, 0)
        line = preview(row.excerpt)
        self.draw_text(painter, middle, row.title or line or self._wording.kind(row.kind), bold=fresh)
        bottom = QRect(inner.left(), inner.top() + 51, inner.width(), 17)
        below = line if row.title else self._wording.kind(row.kind)
        self.draw_text(painter, bottom, below or self._wording.kind(row.kind), "muted", size=SMALL)
