"""One line above the page for what concerns the whole window: no master, no keyring, muted."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.theme import ICON, Theme


class Banner(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "toast")
        self.setProperty("level", "bad")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 8)
        layout.setSpacing(10)
        self._icon = PlainLabel(self)
        self._words = PlainLabel(self)
        self._words.setWordWrap(True)
        layout.addWidget(self._icon)
        layout.addWidget(self._words, 1)
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def say(self, words: str) -> None:
        """Show a sentence; empty hides."""
        self._words.setText(words)
        self.setVisible(bool(words))

    def _draw(self) -> None:
        self._icon.setPixmap(self._theme.icon("warning", "bad").pixmap(QSize(ICON, ICON)))
