"""What was done in a list, and *Undo* beside it: a message of the window would lie under the dialog."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.delegates.labels import PlainLabel

Back = Callable[[], Coroutine[Any, Any, Any]]
"""Takes back what was done."""


class UndoLine(QWidget):
    """Hidden while there is nothing to take back. The usual key does it too. ``run`` starts what takes it back."""

    def __init__(self, run: Callable[[Coroutine[Any, Any, Any]], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._start = run
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self._words = PlainLabel(self)
        self._words.setProperty("kind", "muted")
        self._words.setWordWrap(True)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.button = QPushButton(self.tr("Undo"), self)
        self.button.setProperty("kind", "link")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(lambda _checked=False: self.undo())
        line.addWidget(self._words, 1)
        line.addWidget(self.button)
        self._back: Back | None = None
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), parent)
        shortcut.activated.connect(self.undo)
        self.hide()

    @property
    def words(self) -> str:
        """What was done; empty when nothing can be taken back."""
        return self._words.text() if self._back is not None else ""

    def offer(self, words: str, back: Back) -> None:
        """Say what was done; ``back`` takes it back."""
        self._words.setText(words)
        self._back = back
        self.show()

    def undo(self) -> None:
        """Take it back, once."""
        if (back := self.take()) is not None:
            self._start(back())

    def take(self) -> Back | None:
        """Return what takes it back, if anything is to be, and offer it no more."""
        back, self._back = self._back, None
        self.hide()
        return back
