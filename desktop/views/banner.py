"""One line above the page for what concerns the whole window: no master, no keyring."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from desktop.delegates.announcements import announce
from desktop.delegates.labels import PlainLabel
from desktop.theme import ICON, IconBinding, Theme


class Banner(QFrame):
    """Hidden while there is nothing to say. A warning can be put away; what is ``bad`` stays until it is over."""

    shown = Signal(bool)
    """It is seen from now on, or no longer."""
    acted = Signal()
    """Its button was pressed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._level = "bad"
        self._put_away = ""
        self.setProperty("kind", "toast")
        self.setProperty("level", self._level)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(12)
        self._icon = PlainLabel(self)
        self._words = PlainLabel(self)
        self._words.setWordWrap(True)
        self.close_button = QToolButton(self)
        self.close_button.setAccessibleName(self.tr("Close"))
        self.close_button.hide()
        IconBinding(theme, self.close_button, "close", "muted")
        self.close_button.clicked.connect(self._on_close)
        layout.addWidget(self._icon)
        layout.addWidget(self._words, 1)
        self.action = QPushButton(self)
        self.action.clicked.connect(lambda _checked=False: self.acted.emit())
        self.action.hide()
        layout.addWidget(self.action)
        layout.addWidget(self.close_button)
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    @property
    def words(self) -> str:
        """What it says, also while that is put away."""
        return self._words.text()

    @property
    def level(self) -> str:
        """``warn`` or ``bad``."""
        return self._level

    def say(self, words: str, level: str = "bad") -> None:
        """Show a sentence; empty hides. A ``warn`` that was put away stays so until something else is said."""
        if (words, level) != (self._words.text(), self._level):
            self._put_away = ""
            self._words.setText(words)
            self._level = level
            self.setAccessibleName(words)
            announce(self, words, urgent=level == "bad")
            self.setProperty("level", level)
            self.style().unpolish(self)
            self.style().polish(self)
            self.close_button.setVisible(level == "warn")
            self._draw()
        self._show()

    def offer(self, words: str) -> None:
        """Show a button that says what it does about it; empty shows none."""
        self.action.setText(words)
        self.action.setVisible(bool(words))

    def _on_close(self) -> None:
        self._put_away = self._words.text()
        self._show()

    def _show(self) -> None:
        there = bool(self._words.text()) and self._put_away != self._words.text()
        self.setVisible(there)
        self.shown.emit(there)

    def _draw(self) -> None:
        self._icon.setPixmap(self._theme.icon("warning", self._level).pixmap(QSize(ICON, ICON)))
