"""A row of what the inbox can be restricted to: square or icon, name, how much is unread."""

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from desktop.delegates.cells import RIGHT, AnyIndex, CellDelegate
from desktop.models.scopes import HEADING, Scope
from desktop.theme import SMALL, Theme
from desktop.words import Wording

SQUARE = 18
SIDE = 10
STEP = 12
FOLD = 12
"""Width of the sign that folds a group."""
SNOOZE = 14
HEIGHT, HEADING_HEIGHT = 32, 30


class ScopeDelegate(CellDelegate):
    """No lines between the rows: they are places to go to, not data."""

    lead = 0

    def __init__(self, theme: Theme, wording: Wording, parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self._wording = wording

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Headings are lower."""
        row: Scope | None = self.row(index)
        return QSize(120, HEADING_HEIGHT if row is not None and row.sort == HEADING else HEIGHT)

    def paint_background(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, index: AnyIndex) -> None:
        """A rounded ground under the chosen row."""
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.tokens.color("accent_surface"))
            painter.drawRoundedRect(QRectF(rect).adjusted(4, 1, -4, -1), 6, 6)
            if state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(self.theme.tokens.color("accent"))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(rect).adjusted(4.5, 1.5, -4.5, -1.5), 6, 6)

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw the row."""
        row: Scope = self.row(index)
        left = rect.left() + SIDE + row.indent * STEP
        inner = QRect(left, rect.top(), rect.right() - SIDE - left + 1, rect.height())
        if row.sort == HEADING:
            below = inner.adjusted(2, 8, 0, 0)
            self.draw_text(painter, below, row.title, "muted", size=SMALL, bold=True)
            return
        top = rect.top() + (rect.height() - SQUARE) // 2
        ratio = painter.device().devicePixelRatioF()
        if row.folded is not None:
            glyph = QRect(inner.left() - 2, inner.top(), FOLD, inner.height())
            self.draw_text(painter, glyph, "▸" if row.folded else "▾", "muted", size=SMALL)
            inner.adjust(FOLD, 0, 0, 0)
        if row.badge is not None:
            painter.drawPixmap(inner.left(), top, self.square(row.badge, ratio, SQUARE))
        elif row.icon:
            icon = self.theme.icon(row.icon, "muted")
            painter.drawPixmap(inner.left(), top, icon.pixmap(QSize(SQUARE, SQUARE), ratio))
        inner.adjust(SQUARE + 8, 0, 0, 0)
        if row.unread:
            text = self._wording.number(row.unread) if row.unread < 10_000 else self._wording.number(9999) + "+"
            width = self.font(SMALL, bold=True)[1].horizontalAdvance(text)
            self.draw_text(painter, inner, text, "accent", RIGHT, size=SMALL, bold=True)
            inner.adjust(0, 0, -width - 6, 0)
        if row.needs:
            self._draw_needs(painter, inner)
            inner.adjust(0, 0, -14, 0)
        if row.snoozed:
            clock = self.theme.icon("snooze", "muted").pixmap(QSize(SNOOZE, SNOOZE), ratio)
            painter.drawPixmap(inner.right() - SNOOZE, rect.top() + (rect.height() - SNOOZE) // 2, clock)
            inner.adjust(0, 0, -SNOOZE - 4, 0)
        self.draw_text(painter, inner, row.title, bold=row.unread > 0)

    def _draw_needs(self, painter: QPainter, inner: QRect) -> None:
        """A triangle says that something is wrong there; the tooltip says what."""
        self.draw_text(painter, inner, "▲", "warn", RIGHT, size=SMALL)
