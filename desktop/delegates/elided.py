"""Words that end in an ellipsis where their place ends; the whole of them is in the tooltip and for readers."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyleOption, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.words import plain_tip

LEAST = 24
"""Pixels that it may shrink to."""
MOST = 400
"""Characters that are measured: no place is as wide."""


class ElidedLabel(PlainLabel):
    """One line of plain text."""

    def __init__(self, text: str | QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_words(self, text: str) -> None:
        """Show a text; line breaks become spaces."""
        text = " ".join(text.split())
        if text != self.text():
            self.setText(text)
            self.setToolTip(plain_tip(text))

    def minimumSizeHint(self) -> QSize:
        """It may get narrow."""
        return QSize(LEAST, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as there is room for."""
        option = QStyleOption()
        option.initFrom(self)
        rect = self.contentsRect()
        words = self.fontMetrics().elidedText(self.text()[:MOST], Qt.TextElideMode.ElideRight, rect.width())
        self.style().drawItemText(
            QPainter(self), rect, int(self.alignment().value), option.palette, self.isEnabled(), words,
            self.foregroundRole(),
        )  # fmt: skip


class ElidedLink(QPushButton):
    """A place that one can go to: a button that looks like words."""

    def __init__(self, parent: QWidget | None = None, *, kind: str = "place") -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._words = ""

    @property
    def words(self) -> str:
        """The whole text."""
        return self._words

    def set_words(self, text: str) -> None:
        """Show a text."""
        text = " ".join(text.split())
        if text != self._words:
            self._words = text
            self.setToolTip(plain_tip(text))
            self.setAccessibleName(text)
            self._elide()
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        self.ensurePolished()
        width = self.fontMetrics().horizontalAdvance(self._words[:MOST])
        return QSize(width + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """It may get narrow."""
        return QSize(LEAST, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._words[:MOST], Qt.TextElideMode.ElideRight, max(LEAST, self.width()))
        self.setText(shown.replace("&", "&&"))
