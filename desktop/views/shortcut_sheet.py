"""The sheet of shortcuts: every key that works, as the actions tell them."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.views.actions import Action, sequences

Section = tuple[str, list[Action]]
"""A title and what has keys under it."""


class ShortcutSheet(BaseDialog):
    """Sections of rows: what it does, and its keys as caps."""

    def __init__(self, context: Context, sections: Iterable[Section], parent: QWidget | None = None) -> None:
        super().__init__(context, self.tr("Keyboard shortcuts"), parent)
        self.rows: list[tuple[str, str, str]] = []
        """Section, words and keys of every row."""
        for title, actions in sections:
            with_keys = [one for one in actions if sequences(one.keys)]
            if with_keys:
                self._add_section(title, with_keys)
        self.body.addStretch(1)
        close = self.add_button(self.tr("Close"), busy=False)
        close.clicked.connect(self.accept)
        self._area_of_keys().setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # arrows scroll it

    def _area_of_keys(self) -> QScrollArea:
        found = self.findChild(QScrollArea)
        assert found is not None
        found.setAccessibleName(self.heading.text())
        return found

    def _add_section(self, title: str, actions: list[Action]) -> None:
        heading = PlainLabel(title, self)
        heading.setProperty("kind", "label")
        self.body.addWidget(heading)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        for row, action in enumerate(actions):
            words = [one.toString(one.SequenceFormat.NativeText) for one in sequences(action.keys)]
            label = PlainLabel(action.title, self)
            label.setWordWrap(True)
            grid.addWidget(label, row, 0)
            grid.addLayout(self._caps(words), row, 1)
            self.rows.append((title, action.title, "  ".join(words)))
        self.body.addLayout(grid)
        line = QFrame(self)
        line.setProperty("kind", "rule")
        self.body.addWidget(line)

    def _caps(self, words: list[str]) -> QHBoxLayout:
        caps = QHBoxLayout()
        caps.setSpacing(4)
        caps.addStretch(1)
        for one in words:
            cap = PlainLabel(one, self)
            cap.setProperty("kind", "key")
            caps.addWidget(cap)
        return caps
