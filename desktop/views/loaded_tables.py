"""A small table that is asked for when it is shown: its rows, or why there are none, and buttons under it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.cells import OPEN
from desktop.delegates.labels import PlainLabel
from desktop.delegates.plain_tables import plain_table
from desktop.dialogs.context import Context
from desktop.dialogs.error_lines import ErrorLine
from desktop.models.rows import ObjectRole
from desktop.models.tables import Row, SmallTableModel
from desktop.theme import ROW_COMPACT, ROW_HEAD
from desktop.views.tables import make_card
from master.api.client import ApiError


class LoadedTable(QWidget):
    """``titles``: of the columns; ``widths``: in pixels, 0 takes the rest; subclasses load the rows."""

    notice = Signal(str, str, str)

    def __init__(
        self,
        context: Context,
        name: str,
        titles: tuple[str, ...],
        widths: tuple[int, ...],
        *,
        most: int = 6,
        parent: QWidget | None = None,
    ) -> None:
        """``name``: for those who do not see it; ``most``: rows that are shown without scrolling."""
        super().__init__(parent)
        self.context = context
        self._alive = [True]
        self.destroyed.connect(self._alive.clear)
        self._asking = False
        self._most = most
        self.rows = SmallTableModel(titles, frozenset(), self)
        self.table = plain_table(self.rows, context.theme, self)
        self.table.setAccessibleName(name)
        header = self.table.horizontalHeader()
        for column, width in enumerate(widths):
            if width:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
                self.table.setColumnWidth(column, width)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._card = make_card(self.table, self)
        self._card.hide()
        self._column.addWidget(self._card)
        self.nothing = PlainLabel(self.tr("Loading…"), self)
        self.nothing.setProperty("kind", "muted")
        self.nothing.setWordWrap(True)
        self._column.addWidget(self.nothing)
        self.problem = ErrorLine(context.theme, self)
        self._column.addWidget(self.problem)
        self._commands = QHBoxLayout()
        self._commands.setSpacing(8)
        self._column.addLayout(self._commands)
        self._needs_row: list[QPushButton] = []
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self.on_chosen())
        self.rows.modelReset.connect(self.on_chosen)

    # -- for subclasses

    async def load(self) -> list[Row]:
        """Ask for the rows."""
        raise NotImplementedError

    def empty_words(self) -> str:
        """Say that there is none."""
        return ""

    def add_command(self, words: str, act: Callable[[], object], *, needs_row: bool = False) -> QPushButton:
        """Add a button under the table."""
        button = QPushButton(words, self)
        button.clicked.connect(lambda _checked=False: act())
        if needs_row:
            self._needs_row.append(button)
            button.setEnabled(False)
        self._commands.addWidget(button)
        return button

    def finish(self) -> None:
        """All buttons are there."""
        self._commands.addStretch(1)

    def on_chosen(self) -> None:
        """Enable what needs a row."""
        for button in self._needs_row:
            button.setEnabled(self.chosen() is not None)

    def chosen(self) -> Any:
        """Return the object of the chosen row, None without one."""
        indexes = self.table.selectionModel().selectedRows()
        return indexes[0].data(ObjectRole) if indexes else None

    # -- loading

    def reload(self) -> None:
        """Load the rows, now or again; not twice at the same time."""
        if not self._asking:
            self._asking = True
            self.context.run(self._reload())

    async def _reload(self) -> None:
        try:
            rows = await self.load()
        except ApiError as error:
            if self._alive:
                self.nothing.hide()
                self.problem.say(self.context.wording.refusal(error), self.reload)
        else:
            if self._alive:
                self.show_rows(rows)
        finally:
            if self._alive:
                self._asking = False

    def show_rows(self, rows: list[Row]) -> None:
        """Show these, or say that there is none."""
        self.problem.say("")
        self.rows.show(rows)
        self._card.setVisible(bool(rows))
        self.nothing.setText(self.empty_words())
        self.nothing.setVisible(not rows)
        self.table.setFixedHeight(ROW_HEAD + ROW_COMPACT * min(self._most, max(1, len(rows))))
        more = len(rows) > self._most
        self.table.setProperty(OPEN, not more)
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if more else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.table.setVerticalScrollBarPolicy(policy)
        self.on_chosen()
