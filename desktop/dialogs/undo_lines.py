"""What was done in a list, and *Undo* beside it: a message of the window would lie under the dialog."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.delegates.announcements import announce
from desktop.delegates.labels import PlainLabel

Back = Callable[[], Coroutine[Any, Any, Any]]
"""Takes back what was done."""


class UndoLine(QWidget):
    """Hidden while there is nothing to take back. The usual key does it too.

    ``run`` starts what takes it back; False: something else runs, and it is not begun.
    """

    def __init__(self, run: Callable[[Coroutine[Any, Any, Any]], bool], parent: QWidget) -> None:
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
        # A list may stand in the window, whose own key of the same kind would do nothing beside it.
        self._key = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), parent)
        self._key.setEnabled(False)
        self._key.activated.connect(self.undo)
        self.hide()

    @property
    def words(self) -> str:
        """What was done; empty when nothing can be taken back."""
        return self._words.text() if self._back is not None else ""

    def offer(self, words: str, back: Back) -> None:
        """Say what was done; ``back`` takes it back."""
        self._words.setText(words)
        self._back = back
        self._key.setEnabled(True)
        self.show()
        announce(self, words)

    def undo(self) -> None:
        """Take it back, once; while something else runs it stays offered."""
        back = self._back
        if back is not None and self._start(back()):
            self.take()

    def take(self) -> Back | None:
        """Return what takes it back, if anything is to be, and offer it no more."""
        back, self._back = self._back, None
        self._key.setEnabled(False)
        self.hide()
        return back
