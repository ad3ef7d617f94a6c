"""What was looked at on a machine, one line each: how it is, what that means, and a button where one can help."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.words import Face
from master.api.results import CheckResult, Remedy

PILLS = 180
SHAPES = {"ok": "dot", "warn": "triangle", "bad": "cross"}


class CheckLines(QWidget):
    """``act`` does what the button of a remedy says; ``copy`` puts a command on the clipboard."""

    def __init__(
        self,
        context: Context,
        act: Callable[[Remedy], None],
        copy: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._act, self._copy = context, act, copy
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, PILLS)
        self.lines: dict[str, tuple[StatePill, PlainLabel]] = {}
        self.buttons: list[QPushButton] = []

    def title_of(self, name: str) -> str:
        """Return what a check is called."""
        return {
            "version": self.tr("Version"),
            "clock": self.tr("Clock"),
            "profile": self.tr("Profile folder"),
            "disk": self.tr("Disk"),
            "database": self.tr("Database"),
            "port": self.tr("Port"),
            "worker": self.tr("Worker process"),
            "keyring": self.tr("Keyring"),
            "workers": self.tr("Workers"),
            "versions": self.tr("Versions of the workers"),
            "display": self.tr("Display"),
            "libraries": self.tr("System libraries"),
            "tray": self.tr("Tray"),
            "notifications": self.tr("Notifications"),
        }.get(name, name)

    def level_word(self, level: str) -> str:
        """Return a level in a word."""
        return {"ok": self.tr("OK"), "warn": self.tr("Look at this")}.get(level, self.tr("Wrong"))

    def show_results(self, results: Sequence[CheckResult]) -> None:
        """Show these, what is wrong first."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.lines.clear()
        self.buttons.clear()
        order = {"bad": 0, "warn": 1, "ok": 2}
        for row, result in enumerate(sorted(results, key=lambda one: order[one.level])):
            self._add(row, result)

    def _add(self, row: int, result: CheckResult) -> None:
        title = self.title_of(result.name)
        pill = StatePill(self._context.theme, self)
        pill.set_face(Face(SHAPES[result.level], title, result.level))
        pill.setAccessibleName(f"{title}: {self.level_word(result.level)}")
        wording = self._context.wording
        cell = QWidget(self)
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(4)
        said = self._label(cell, wording.say(result.said) if result.said is not None else result.message)
        column.addWidget(said)
        # The keyring's own sentence says in one what is wrong and what to do.
        advice = wording.say(result.advised) if result.advised is not None else ""
        if advice:
            column.addWidget(self._label(cell, advice, "muted"))
        buttons = self._buttons(cell, result, title)
        if buttons is not None:
            column.addLayout(buttons)
        self._grid.addWidget(pill, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(cell, row, 1)
        self.lines[result.name] = (pill, said)

    def _label(self, parent: QWidget, text: str, kind: str = "") -> PlainLabel:
        label = PlainLabel(text, parent)
        if kind:
            label.setProperty("kind", kind)
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        return label

    def _buttons(self, parent: QWidget, result: CheckResult, title: str) -> QHBoxLayout | None:
        words = {
            "open_profile": self.tr("Open folder"),
            "show_workers": self.tr("Show workers"),
            "show_runners": self.tr("Show platforms and runners"),
            "show_backups": self.tr("Show backups"),
            "show_security": self.tr("Show security"),
        }.get(result.remedy)
        row = QHBoxLayout()
        row.setSpacing(8)
        if words is not None:
            self._button(parent, row, words, title, lambda: self._act(result.remedy))
        if result.command:
            self._button(parent, row, self.tr("Copy the command"), title, lambda: self._copy(result.command))
        if row.count() == 0:
            return None
        row.addStretch(1)
        return row

    def _button(self, parent: QWidget, row: QHBoxLayout, words: str, title: str, act: Callable[[], None]) -> None:
        button = QPushButton(words, parent)
        button.setAccessibleName(f"{title}: {words}")
        button.clicked.connect(lambda _checked=False: act())
        row.addWidget(button)
        self.buttons.append(button)
