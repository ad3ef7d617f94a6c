"""A sentence under a field, with what can be done about it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.delegates.labels import PlainLabel


class NoteLine(QWidget):
    """A sentence under a field with up to two things to do about it; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        self.words = PlainLabel(self)
        self.words.setProperty("kind", "warn")
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        layout.addWidget(self.words, 1)
        self.first, self.second = QPushButton(self), QPushButton(self)
        for button in (self.first, self.second):
            button.setProperty("kind", "link")
            button.setAutoDefault(False)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(self, words: str, first: str = "", second: str = "") -> None:
        """Say it; empty hides."""
        self.words.setText(words)
        for button, text in ((self.first, first), (self.second, second)):
            button.setText(text)
            button.setVisible(bool(text))
        self.setVisible(bool(words))
