"""Room for the bar of what scrolls: it stands in the margin, so that nothing moves where there is a bar."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLayout, QScrollArea

RING = 4
"""Pixels between what scrolls and the lines above and below that show the focus, with such a line."""
WITHIN = (RING - 1, RING - 1, 24 - 1, 16)
"""Margins of a column that scrolls in a page from edge to edge; the line around it has one pixel."""


class ScrollRoom(QObject):
    """Takes the bar's width from the right margin of a column, and gives it back where there is none."""

    def __init__(self, area: QScrollArea, column: QLayout) -> None:
        """``column`` lays out what ``area`` scrolls; its right margin, at least as wide as a bar, is that of no bar."""
        super().__init__(area)
        self._column, self._right = column, column.contentsMargins().right()
        self._bar = area.verticalScrollBar()
        self._bar.rangeChanged.connect(self._arrange)
        self._arrange(self._bar.minimum(), self._bar.maximum())

    def _arrange(self, _least: int, most: int) -> None:
        margins = self._column.contentsMargins()
        margins.setRight(self._right - (self._bar.sizeHint().width() if most > 0 else 0))
        self._column.setContentsMargins(margins)
