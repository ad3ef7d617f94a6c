"""The base of dialogs that show a short list with buttons below it: groups, proxies, backups."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPushButton, QTableView, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.plain_tables import plain_table
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.models.rows import ObjectRole
from desktop.models.tables import Row, SmallTableModel

HEIGHT: Final = 230


class ListDialog(BaseDialog):
    """Rows are :class:`Row` whose subject is the object; subclasses load them and act on the chosen one."""

    def __init__(
        self,
        context: Context,
        title: str,
        columns: tuple[str, ...],
        right: frozenset[int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, title, parent)
        self.hint = PlainLabel(self)
        self.hint.setProperty("kind", "muted")
        self.hint.setWordWrap(True)
        self.hint.hide()
        self.body.addWidget(self.hint)
        self.rows = SmallTableModel(columns, right, self)
        self.table: QTableView = plain_table(self.rows, context.theme, self)
        self.table.setAccessibleName(title)
        self.table.setFixedHeight(HEIGHT)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.body.addWidget(self.table)
        self.nothing = PlainLabel(self)
        self.nothing.setProperty("kind", "muted")
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        self.body.addWidget(self.nothing)
        self._commands = QHBoxLayout()
        self._commands.setSpacing(8)
        self.body.addLayout(self._commands)
        self.commands: list[QPushButton] = []
        self._needs_row: list[QPushButton] = []
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self.on_chosen())
        self.rows.modelReset.connect(self.on_chosen)
        self.table.doubleClicked.connect(lambda _index: self.open_chosen())

    def add_command(
        self, words: str, act: Callable[[], object], *, needs_row: bool = True, kind: str = ""
    ) -> QPushButton:
        """Add a button under the list."""
        button = QPushButton(words, self)
        button.setAutoDefault(False)
        if kind:
            button.setProperty("kind", kind)
        button.clicked.connect(lambda _checked=False: act())
        if needs_row:
            self._needs_row.append(button)
        self._commands.addWidget(button)
        self.commands.append(button)
        return button

    def finish(self) -> None:
        """Call it when all buttons are there: adds *Close*, and loads."""
        self._commands.addStretch(1)
        self.close_button = self.add_button(self.tr("Close"), busy=False)
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        self.on_chosen()
        self.reload()

    def on_free(self) -> None:
        """The list has the focus where nothing else wants it: arrows choose at once."""
        held = self.focusWidget()
        if held is self.table or (held in self.commands and held.isEnabled()):
            return
        ready = [button for button in self.commands if button.isEnabled()]
        wanted = self.table if self.rows.rowCount() else next(iter(ready), self.close_button)
        wanted.setFocus()

    def chosen(self) -> Any:
        """Return the object of the chosen row, None without one."""
        indexes = self.table.selectionModel().selectedRows()
        return indexes[0].data(ObjectRole) if indexes else None

    def on_chosen(self) -> None:
        """Enable what needs a row."""
        for button in self._needs_row:
            button.setEnabled(self.chosen() is not None)

    def open_chosen(self) -> None:
        """A double click."""

    def show_rows(self, rows: list[Row], nothing: str) -> None:
        """Show these, or say that there is none."""
        self.rows.show(rows)
        self.table.setVisible(bool(rows))
        self.nothing.setText(nothing)
        self.nothing.setVisible(not rows)
        if rows and self.chosen() is None:
            self.table.setCurrentIndex(self.rows.index(0, 0))
        self.on_chosen()
        self.fit()

    def reload(self) -> None:
        """Load the rows, now or again."""
        self.start(self.load())

    async def load(self) -> None:
        """Ask for the rows and show them."""
        raise NotImplementedError

    def act(self, request: Coroutine[Any, Any, Any]) -> None:
        """Run a request, then load again."""
        self.start(self._act(request))

    async def _act(self, request: Coroutine[Any, Any, Any]) -> None:
        await request
        if not self.gone:
            await self.load()
