"""Ages that run: the words are made when the cell is painted, so a repaint each second keeps them true."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QPainter

from desktop.delegates.cells import RIGHT, AnyIndex, CellDelegate
from desktop.theme import Theme


class AgeDelegate(CellDelegate):
    """A span in words, aligned right ("4 s")."""

    def __init__(self, theme: Theme, words_of: Callable[[Any], str], parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self._words_of = words_of

    def paint_cell(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        """Draw what the row says now."""
        self.draw_text(painter, self.inner(rect), self._words_of(self.row(index)), alignment=RIGHT)
