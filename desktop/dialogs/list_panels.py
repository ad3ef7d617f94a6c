"""A short list inside a page, with buttons below it and what went wrong: proxies, backups."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHeaderView, QPushButton, QTableView, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.plain_tables import plain_table
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.error_lines import ErrorLine
from desktop.dialogs.flows import FlowLayout
from desktop.dialogs.progress import working
from desktop.dialogs.undo_lines import UndoLine
from desktop.models.rows import ObjectRole
from desktop.models.tables import Row, SmallTableModel
from master.api.client import ApiError

HEIGHT: Final = 230
UNBOUNDED: Final = 16_777_215
"""What Qt calls no greatest height."""


class ListPanel(QWidget):
    """Rows are :class:`Row` whose subject is the object; subclasses load them and act on the chosen one.

    One request at a time; what asks for one waits meanwhile.
    """

    settled = Signal()
    """A request is over."""

    def __init__(
        self,
        context: Context,
        title: str,
        columns: tuple[str, ...],
        right: frozenset[int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self._alive = [True]
        self.destroyed.connect(self._alive.clear)
        self._busy = False
        self._loaded = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        self.hint = PlainLabel(self)
        self.hint.setProperty("kind", "muted")
        self.hint.setWordWrap(True)
        self.hint.hide()
        layout.addWidget(self.hint)
        self.card = QFrame(self)
        self.card.setProperty("kind", "card")
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(0, 0, 0, 0)
        self.rows = SmallTableModel(columns, right, self)
        self.table: QTableView = plain_table(self.rows, context.theme, self.card)
        self.table.setAccessibleName(title)
        self.table.setFixedHeight(HEIGHT)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        inside.addWidget(self.table)
        self.nothing = PlainLabel(self.card)
        self.nothing.setProperty("kind", "muted")
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setContentsMargins(24, 24, 24, 24)
        self.nothing.hide()
        inside.addWidget(self.nothing)
        layout.addWidget(self.card)
        self._lines = layout
        self._commands = self._line()
        self.commands: list[QPushButton] = []
        self._needs_row: list[QPushButton] = []
        self.undo_line, self._problem = UndoLine(self.act, self), ErrorLine(context.theme, self)
        for line in (self.undo_line, self._problem):
            layout.addWidget(line)
        self._connect()

    def _connect(self) -> None:
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self.on_chosen())
        self.rows.modelReset.connect(self.on_chosen)
        self.table.doubleClicked.connect(lambda _index: self.open_chosen())
        for key in ("Return", "Enter"):  # else the dialog around it would take them for its own button
            self._on_key(key, self.open_chosen)

    @property
    def gone(self) -> bool:
        """It was closed with its window: what an answer would show has nowhere to go."""
        return not self._alive

    @property
    def problem(self) -> str:
        """What went wrong, empty when nothing did."""
        return self._problem.words

    def show_problem(self, words: str, again: Callable[[], object] | None = None) -> None:
        """Say what went wrong; empty takes it away. ``again``: what *Try again* does."""
        self._problem.say(words, again)

    def fill_place(self) -> None:
        """Take all the height there is: for a list that is a page."""
        self.table.setMinimumHeight(HEIGHT // 2)
        self.table.setMaximumHeight(UNBOUNDED)
        self._lines.setStretchFactor(self.card, 1)

    def _line(self) -> FlowLayout:
        line = FlowLayout()
        self._lines.addLayout(line)
        return line

    def add_line(self) -> None:
        """Put what is added from now on into another line of buttons."""
        self._commands = self._line()

    def add_command(
        self, words: str, act: Callable[[], object], *, needs_row: bool = True, kind: str = ""
    ) -> QPushButton:
        """Add a button under the list."""
        button = QPushButton(words, self)
        button.setAutoDefault(False)
        if kind:
            button.setProperty("kind", kind)
        if kind == "danger":
            self._on_key("Del", button.click)
        button.clicked.connect(lambda _checked=False: act())
        if needs_row:
            self._needs_row.append(button)
        self._commands.addWidget(button)
        self.commands.append(button)
        return button

    def _on_key(self, key: str, act: Callable[[], object]) -> None:
        """Let the list obey a key while it has the focus."""
        shortcut = QShortcut(QKeySequence(key), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(act)

    def add_below(self, widget: QWidget) -> None:
        """Put a widget under the buttons."""
        self._lines.addWidget(widget)

    def chosen(self) -> Any:
        """Return the object of the chosen row, None without one."""
        indexes = self.table.selectionModel().selectedRows()
        return indexes[0].data(ObjectRole) if indexes else None

    def on_chosen(self) -> None:
        """Enable what can be pressed now."""
        for button in self.commands:
            button.setEnabled(not self._busy and (button not in self._needs_row or self.chosen() is not None))

    def open_chosen(self) -> None:
        """A double click: edit it."""
        if (row := self.chosen()) is not None:
            self.edit(row)

    def edit(self, row: Any) -> None:
        """Open the dialog of a row; None makes one. Lists whose rows are not edited have none."""

    def show_dialog(self, dialog: BaseDialog) -> None:
        """Open what changes the rows; they are loaded again when it has."""
        dialog.accepted.connect(self.reload)
        dialog.open()

    def ask_to_delete(self, name: str, words: str, verb: str, request: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Ask, then delete what is called ``name``."""
        title = self.tr("Delete {name}?").format(name=name)
        self.show_dialog(ConfirmDialog(self.context, title, words, verb, request, self))

    def show_rows(self, rows: list[Row], nothing: str) -> None:
        """Show these, or say that there is none."""
        self._loaded = True
        self.rows.show(rows)
        self.table.setVisible(bool(rows))
        self.nothing.setText(nothing)
        self.nothing.setVisible(not rows)
        if rows and self.chosen() is None:
            self.table.setCurrentIndex(self.rows.index(0, 0))
        self.on_chosen()

    def reload(self) -> None:
        """Load the rows, now or again."""
        self.start(self.load())

    async def load(self) -> None:
        """Ask for the rows and show them."""
        raise NotImplementedError

    def act(self, request: Coroutine[Any, Any, Any]) -> bool:
        """Run a request, then load again. False: another one runs, and it is not begun."""
        if self._busy:
            request.close()
            return False
        self.start(self._act(request))
        return True

    def start(self, request: Coroutine[Any, Any, Any]) -> None:
        """Run a request; its error is shown here. One that comes while another runs is not begun."""
        if self._busy:
            request.close()
            return
        self._busy = True
        held = self.focusWidget()
        self.show_problem("")
        self.on_chosen()
        working(self.context, self, self._run(request, held))

    async def _run(self, request: Coroutine[Any, Any, Any], held: QWidget | None) -> None:
        try:
            await request
        except ApiError as error:
            if not self.gone:
                self.show_problem(self.context.wording.refusal(error), None if self._loaded else self.reload)
        finally:
            self._busy = False
            if not self.gone:
                self.on_chosen()
                if held in self.commands and held.isEnabled() and self.window().focusWidget() is None:
                    held.setFocus()
                self.settled.emit()

    async def _act(self, request: Coroutine[Any, Any, Any]) -> None:
        await request
        if not self.gone:
            await self.load()
