"""A row of the history of notifications: what it said, what became of it, and why."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, QSize
from PySide6.QtGui import QPainter

from desktop.delegates.cells import AnyIndex
from desktop.delegates.items import SIDE, SQUARE, ItemDelegate, preview
from desktop.delegates.states import draw_pill
from desktop.models.accounts import Badge
from desktop.models.notifications import SEEN, NotificationWords
from desktop.theme import SMALL, Theme
from desktop.words import Wording
from master.api.notifications import Notification

ICONS = {"job": "jobs", "alert": "alerts", "system": "bell"}
GAP = 8


class NotificationDelegate(ItemDelegate):
    """Three lines: what it said, its text, its state with the reason."""

    def __init__(
        self,
        theme: Theme,
        wording: Wording,
        words: NotificationWords,
        badge_of: Callable[[str], Badge],
        name_of: Callable[[str], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(theme, wording, badge_of, name_of, parent)
        self._words = words

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw the three lines."""
        row: Notification = self.row(index)
        inner = rect.adjusted(SIDE, 0, -SIDE, 0)
        if row.account_id is not None:
            self.draw_square(painter, inner, row.account_id)
        else:
            icon = self.theme.icon(ICONS.get(row.kind, "bell"), "muted")
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(inner.left(), inner.top() + 10, icon.pixmap(QSize(SQUARE, SQUARE), ratio))
        left = inner.left() + SQUARE + GAP
        top = self.draw_when(painter, inner, row.created_at)
        self.draw_text(painter, top, self._words.title(row), bold=row.state in SEEN)
        self.draw_text(painter, QRect(left, inner.top() + 30, inner.right() - left, 18), preview(self._words.body(row)))
        self._draw_state(painter, QRect(left, inner.top() + 51, inner.right() - left, 18), row)

    def _draw_state(self, painter: QPainter, line: QRect, row: Notification) -> None:
        face = self._words.face(row)
        ratio = painter.device().devicePixelRatioF()
        pixmap = self.kept((face, ratio))
        if pixmap is None:
            pixmap = self.keep((face, ratio), draw_pill(face, self.theme.tokens, self.font(SMALL, bold=True)[0], ratio))
        painter.drawPixmap(line.left(), line.top() - 1, pixmap)
        rest = line.adjusted(round(pixmap.width() / ratio) + GAP, 0, 0, 0)
        self.draw_text(painter, rest, self._words.why(row), "muted", size=SMALL)
