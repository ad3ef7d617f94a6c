"""A label that shows what it is given, letter by letter: names, sentences and texts of servers are never markup."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from desktop.words import BREAK, breakable

WIDEST = 360
"""Pixels that a label insists on at most: a long name must not widen its page."""


class PlainLabel(QLabel):
    """The only label of the window."""

    def __init__(self, text: str | QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent if isinstance(text, str) else text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if isinstance(text, str):
            self.setText(text)

    def setText(self, text: str) -> None:
        """Show a text. Where lines are wrapped a word that is wider than any line has places to break.

        Not where it can be selected: what is copied is what stands there.
        """
        selectable = self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
        super().setText(breakable(text) if self.wordWrap() and not selectable else text)

    def setWordWrap(self, on: bool) -> None:
        """Wrap lines from now on."""
        super().setWordWrap(on)
        if on and self.text():
            self.setText(self.text())

    def text(self) -> str:
        """The text as it was given."""
        return super().text().replace(BREAK, "")

    def minimumSizeHint(self) -> QSize:
        """Never as wide as a long name."""
        hint = super().minimumSizeHint()
        return hint if hint.width() <= WIDEST else QSize(WIDEST, hint.height())
