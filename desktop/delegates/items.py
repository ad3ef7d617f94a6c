"""A row of the inbox: who, when, what, and the first line of the text."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from desktop.delegates.cells import RIGHT, AnyIndex, CellDelegate
from desktop.models.accounts import Badge, now_ms
from desktop.theme import SMALL, Theme
from desktop.words import Wording
from master.api.schema import Item

SQUARE = 18
SIDE = 16
HEIGHT = 76
PREVIEW = 200
"""Characters of the text that are looked at for the preview."""


def preview(text: str) -> str:
    """Return the beginning of a text as one line."""
    return " ".join(text[:PREVIEW].split())


class ItemDelegate(CellDelegate):
    """Content is untrusted: everything is drawn as plain text."""

    lead = 0

    def __init__(
        self,
        theme: Theme,
        wording: Wording,
        badge_of: Callable[[str], Badge],
        name_of: Callable[[str], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._wording, self._badge_of, self._name_of = wording, badge_of, name_of

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Three lines."""
        return QSize(200, HEIGHT)

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw the three lines."""
        item: Item = self.row(index)
        fresh = not item.read
        inner = rect.adjusted(SIDE, 0, -SIDE, 0)
        self.draw_square(painter, inner, item.account_id)
        top = self.draw_when(painter, inner, item.detected_at)
        self.draw_text(painter, top, item.author or self._name_of(item.account_id), bold=fresh)
        middle = QRect(inner.left(), inner.top() + 31, inner.width(), 19)
        if fresh:
            self.draw_mark(painter, middle)
            middle.adjust(15, 0, 0, 0)
        line = preview(item.text)
        self.draw_text(painter, middle, item.title or line or self._wording.kind(item.kind), bold=fresh)
        bottom = QRect(inner.left(), inner.top() + 51, inner.width(), 17)
        below = line if item.title else self._wording.kind(item.kind)
        self.draw_text(painter, bottom, below or self._wording.kind(item.kind), "muted", size=SMALL)

    def draw_square(self, painter: QPainter, inner: QRect, account_id: str) -> None:
        """Draw the square of an account's platform at the left of the first line."""
        pixmap = self.square(self._badge_of(account_id), painter.device().devicePixelRatioF(), SQUARE)
        painter.drawPixmap(inner.left(), inner.top() + 10, pixmap)

    def draw_when(self, painter: QPainter, inner: QRect, at: int) -> QRect:
        """Draw the time at the right of the first line; return what it leaves of that."""
        when = self._wording.clock(at, now_ms())
        line = QRect(inner.left() + SQUARE + 8, inner.top() + 9, inner.width() - SQUARE - 8, 20)
        self.draw_text(painter, line, when, "muted", RIGHT, size=SMALL)
        return line.adjusted(0, 0, -self.font(SMALL)[1].horizontalAdvance(when) - 8, 0)

    def draw_mark(self, painter: QPainter, middle: QRect) -> None:
        """Draw the dot of what is unread."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.tokens.color("accent_fill"))
        painter.drawEllipse(QRectF(middle.left() + 1, middle.center().y() - 4, 9, 9))
