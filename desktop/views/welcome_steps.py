"""One step of the first minutes: done, under way or still to come, with what can be done about it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.words import Face, breakable, cut_line

LONGEST = 300
"""Characters of a text that comes from a service."""
PILL = 120


class WelcomeStep(QWidget):
    """State, title, words and at most one button."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(16)
        grid.setColumnMinimumWidth(0, PILL)
        grid.setColumnStretch(1, 1)
        self._pill = StatePill(context.theme, self)
        words = QVBoxLayout()
        words.setSpacing(4)
        self.title = PlainLabel(self)
        self.title.setProperty("kind", "strong")
        self.words = PlainLabel(self)
        self.words.setProperty("kind", "muted")
        for label in (self.title, self.words):
            label.setWordWrap(True)
            words.addWidget(label)
        self.button = QPushButton(self)
        grid.addWidget(self._pill, 0, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        grid.addLayout(words, 0, 1)
        grid.addWidget(self.button, 0, 2, Qt.AlignmentFlag.AlignVCenter)
        self.button.hide()

    def set(self, face: Face, title: str, words: str, button: str = "", *, primary: bool = False) -> None:
        """Say how the step is; without ``button`` there is nothing to do."""
        self._pill.set_face(face)
        self.title.setText(breakable(cut_line(title, LONGEST)))
        self.words.setText(breakable(cut_line(words, LONGEST)))
        self.words.setVisible(bool(words))
        self.button.setText(button)
        self.button.setVisible(bool(button))
        kind = "primary" if primary else ""
        if self.button.property("kind") != kind:
            self.button.setProperty("kind", kind)
            self.button.style().unpolish(self.button)
            self.button.style().polish(self.button)
