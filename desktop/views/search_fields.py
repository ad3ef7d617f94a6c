"""The search field of a page."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

LEAST = 180
CROWDED = 90
"""Pixels that stay where the buttons beside it need the room."""
AROUND = 44
"""Pixels for the frame and the button that clears."""


class SearchField(QLineEdit):
    """Escape gives up the search."""

    given_up = Signal()

    def __init__(self, placeholder: str, parent: QWidget | None = None, *, width: int = LEAST) -> None:
        super().__init__(parent)
        self._least = self._wanted = width
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(min(CROWDED, width))
        self.setMaximumWidth(width)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as its hint."""
        return QSize(self._wanted, super().sizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        """Be as wide as the hint, in the font that is known only now."""
        super().showEvent(event)
        hint = self.fontMetrics().horizontalAdvance(self.placeholderText())
        self._wanted = max(self._least, hint + AROUND)
        self.setMaximumWidth(self._wanted)
        self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape; the rest is typed."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)
