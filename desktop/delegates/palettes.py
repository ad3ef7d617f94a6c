"""A row of the command palette: what it is, how it stands, which kind, and its key."""

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from desktop.delegates.cells import RIGHT, AnyIndex, CellDelegate
from desktop.delegates.states import draw_shape
from desktop.models.palettes import Entry
from desktop.theme import ICON, SMALL, Theme

HEIGHT = 36
SIDE = 12
GAP = 10
SHAPE = 9
KEY_PAD = 6
LEAST_TITLE = 160
"""Pixels that the title keeps: before it is cut the detail leaves."""


class PaletteDelegate(CellDelegate):
    """Names are untrusted: everything is drawn as plain text."""

    lead = 0

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, parent)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """One line."""
        return QSize(200, HEIGHT)

    def paint_background(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, index: AnyIndex) -> None:
        """The current row on the accent surface, with a bar at its edge: not by colour alone."""
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            tokens = self.theme.tokens
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("accent_surface"))
            painter.drawRoundedRect(QRectF(rect).adjusted(6, 1, -6, -1), 6, 6)
            painter.setBrush(tokens.color("accent"))
            painter.drawRoundedRect(QRectF(rect.left() + 6, rect.top() + 8, 3, rect.height() - 16), 1.5, 1.5)

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw from both sides; the title has what is left."""
        entry: Entry = self.row(index)
        inner = rect.adjusted(SIDE + 6, 0, -SIDE - 4, 0)
        if entry.icon:
            icon = self.theme.icon(entry.icon, "muted")
            pixmap = icon.pixmap(QSize(ICON, ICON), painter.device().devicePixelRatioF())
            painter.drawPixmap(inner.left(), inner.top() + (inner.height() - ICON) // 2, pixmap)
        inner.setLeft(inner.left() + ICON + GAP)
        inner = self._keys(painter, inner, entry)
        inner = self._right(painter, inner, entry.kind, "muted")
        if entry.face is not None:
            inner = self._right(painter, inner, entry.face.word, entry.face.level)
            box = QRectF(inner.right() - SHAPE, inner.center().y() - SHAPE / 2 + 0.5, SHAPE, SHAPE)
            draw_shape(painter, box, entry.face.shape, self.theme.tokens.color(entry.face.level))
            inner.setRight(inner.right() - SHAPE - GAP)
        metrics = self.font()[1]
        wide = metrics.horizontalAdvance(entry.title)
        room = inner.width() - wide - GAP
        self.draw_text(painter, inner if not entry.detail else inner.adjusted(0, 0, 0, 0), entry.title)
        if entry.detail and room > 40 and inner.width() > LEAST_TITLE:
            self.draw_text(painter, inner.adjusted(wide + GAP, 0, 0, 0), entry.detail, "muted", size=SMALL)

    def _right(self, painter: QPainter, inner: QRect, words: str, tone: str) -> QRect:
        """Draw small words at the right; return what is left of them."""
        if not words:
            return inner
        wide = self.font(SMALL)[1].horizontalAdvance(words)
        self.draw_text(painter, inner, words, tone, RIGHT, size=SMALL)
        return inner.adjusted(0, 0, -wide - (GAP if tone == "muted" else 4), 0)

    def _keys(self, painter: QPainter, inner: QRect, entry: Entry) -> QRect:
        """Draw the shortcut as a key cap."""
        if not entry.keys:
            return inner
        metrics = self.font(SMALL)[1]
        wide = metrics.horizontalAdvance(entry.keys) + 2 * KEY_PAD
        box = QRect(inner.right() - wide, inner.center().y() - 9, wide, 19)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.theme.tokens.color("line"))
        painter.setBrush(self.theme.tokens.color("raised"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        self.draw_text(painter, box, entry.keys, "muted", Qt.AlignmentFlag.AlignCenter, size=SMALL)
        return inner.adjusted(0, 0, -wide - GAP, 0)
