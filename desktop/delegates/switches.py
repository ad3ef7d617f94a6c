"""A switch in a cell: where its knob is and its word tell it, not its colour alone."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from desktop.delegates.cells import PADDING, AnyIndex, CellDelegate
from desktop.theme import SMALL, Theme

WIDTH, HEIGHT = 30, 16


class SwitchDelegate(CellDelegate):
    """``state_of`` tells whether a row is on, and the word of it."""

    def __init__(
        self, theme: Theme, state_of: Callable[[Any], tuple[bool, str]], parent: QObject | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._state_of = state_of

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw it."""
        on, word = self._state_of(self.row(index))
        tokens = self.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(rect.left() + PADDING, rect.center().y() - HEIGHT / 2 + 1, WIDTH, HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("accent_fill" if on else "muted"))
        painter.drawRoundedRect(box, HEIGHT / 2, HEIGHT / 2)
        painter.setBrush(tokens.color("on_fill" if on else "surface"))
        knob = HEIGHT - 4
        painter.drawEllipse(QRectF(box.right() - knob - 2 if on else box.left() + 2, box.top() + 2, knob, knob))
        beside = QRect(rect.left() + PADDING + WIDTH + 8, rect.top(), rect.width() - PADDING - WIDTH - 8, rect.height())
        self.draw_text(painter, beside, word, "text" if on else "muted", size=SMALL)
