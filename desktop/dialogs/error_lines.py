"""What went wrong, in red with an icon: under a field, or above the buttons of a dialog."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.theme import Theme

ICON = 14
LINE, WITH_BUTTON = 20, 24
"""Height of one line of words: the icon stands in its middle, however many there are."""


class ErrorLine(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self.sign = PlainLabel(self)
        self._words = PlainLabel(self)
        self._words.setProperty("kind", "bad")
        self._words.setWordWrap(True)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        line.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._words, 1)
        self._line = line
        self._act: Callable[[], object] = lambda: None
        self.again: QPushButton | None = None
        """*Try again*, once it was offered."""
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    @property
    def words(self) -> str:
        """What went wrong, empty when nothing did."""
        return self._words.text() if not self.isHidden() else ""

    def say(self, words: str, again: Callable[[], object] | None = None) -> None:
        """Show a sentence; empty hides. ``again``: what *Try again* beside it does."""
        self._words.setText(words)
        high = LINE if again is None else WITH_BUTTON
        self.sign.setFixedHeight(high)
        self._words.setMinimumHeight(high)
        self.setVisible(bool(words))
        if again is not None:
            self._act = again
            if self.again is None:
                self.again = self._make_again()
        if self.again is not None:
            self.again.setVisible(again is not None)

    def _make_again(self) -> QPushButton:
        button = QPushButton(self.tr("Try again"), self)
        button.setProperty("kind", "link")
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: self._act())
        self._line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return button

    def _draw(self) -> None:
        self.sign.setPixmap(self._theme.icon("error", "bad").pixmap(ICON, ICON))
