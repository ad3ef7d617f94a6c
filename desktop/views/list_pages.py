"""The base of pages that are one searched table of what a person made and switches on and off: rules, schedules."""

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.models.palettes import Verb
from desktop.models.rows import RowTableModel
from desktop.views.actions import show_keys
from desktop.views.page import Page
from desktop.views.tables import RowTable
from desktop.views.undo_offers import undo_by


class Made(Protocol):
    """What a person made: it has a name, and a switch."""

    @property
    def id(self) -> str:
        """Its key in the model."""

    @property
    def name(self) -> str:
        """What the person called it."""

    @property
    def enabled(self) -> bool:
        """It is switched on."""


T = TypeVar("T", bound=Made)


@dataclass(frozen=True, kw_only=True)
class DeleteWords:
    """What is said when some are deleted. ``several`` is the question for more than one."""

    several: str
    body: str
    verb: str
    done: str


class SwitchTable(RowTable):
    """Space turns the switch of the chosen rows."""

    switched = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space; the rest moves and opens."""
        if event.key() == Qt.Key.Key_Space and self.chosen:
            self.switched.emit()
        else:
            super().keyPressEvent(event)


class ListPage(Page, Generic[T]):
    """Its subclass makes ``model`` and ``table``, then calls :meth:`follow`."""

    offer = Signal(str, str, str, object)
    """Title, body and level of a short message, and its button: its words, and what it does."""
    notice = Signal(str, str, str)
    """Title, body and level of a short message."""

    switch_column: int
    """The column whose click turns the switch of a row."""
    last_column: int
    """Gives way in a window narrower than ``narrow`` pixels."""
    narrow = 820

    def __init__(self, context: Context, model: RowTableModel[T], parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.model = model
        self.table: SwitchTable

    def follow(self, table: SwitchTable) -> None:
        """Obey what is done in the table, and show what the model tells."""
        table.clicked.connect(self._on_clicked)
        table.switched.connect(self.switch)
        table.menu_wanted.connect(self._open_menu)
        table.opened.connect(lambda _key: self.edit())
        table.delete_wanted.connect(self.delete)
        self.model.settled.connect(self.refresh)
        self.context.settings.changed.connect(self._on_settings)
        self._on_settings()

    # -- for subclasses

    def sentence_words(self) -> str:
        """Answer "is everything all right?", from loaded rows."""
        raise NotImplementedError

    def open_dialog(self, row: T | None) -> None:
        """Open the dialog that edits a row; None makes one."""
        raise NotImplementedError

    def switch_one(self, row: T) -> Coroutine[Any, Any, None]:
        """Ask the master to turn the switch of a row, and take the answer."""
        raise NotImplementedError

    def delete_words(self, rows: Sequence[T]) -> DeleteWords:
        """Say what it means to delete these."""
        raise NotImplementedError

    def delete_one(self, row: T) -> Coroutine[Any, Any, Any]:
        """Return the request that deletes a row."""
        raise NotImplementedError

    def restore(self, rows: Sequence[T]) -> Coroutine[Any, Any, None]:
        """Make deleted rows again."""
        raise NotImplementedError

    def fill_menu(self, menu: QMenu, row: T) -> None:
        """Add what can be done with the one chosen row."""

    # -- what the page says

    def is_empty(self) -> bool:
        """None fits."""
        return self.model.rowCount() == 0

    def on_empty_clicked(self) -> None:
        """Clear the search, or make one."""
        if self.model.filter_text:
            self._clear_search()
        else:
            self.add()

    def on_search(self, text: str) -> None:
        """Filter."""
        self.model.set_filter(text)
        self.refresh()

    def refresh(self) -> None:
        """Say how all of them are."""
        self._say()
        super().refresh()

    def tick(self) -> None:
        """Moments come nearer."""
        self._say()

    def _say(self) -> None:
        if self.model.load_status.state == "ready":
            self.set_sentence(self.sentence_words())

    def _clear_search(self) -> None:
        if self.search is not None:
            self.search.clear()
            self.on_search("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window a column gives way."""
        super().resizeEvent(event)
        self.table.setColumnHidden(self.last_column, event.size().width() < self.narrow)

    def _on_settings(self) -> None:
        self.table.set_compact(self.context.settings.values.compact_rows)

    # -- choosing

    def chosen(self) -> list[T]:
        """Return the chosen rows."""
        return [row for key in self.table.chosen if (row := self.model.get(key)) is not None]

    def choose(self, key: str) -> None:
        """Show one row, whatever is searched."""
        if self.model.position_of(key) is None:
            self._clear_search()
        self.table.choose(key)

    # -- what the person does

    def add(self) -> bool:
        """Make a new one."""
        self.open_dialog(None)
        return True

    def edit(self) -> None:
        """Edit the chosen one."""
        if len(chosen := self.chosen()) == 1:
            self.open_dialog(chosen[0])

    def switch(self) -> None:
        """Turn the switch of the chosen ones."""
        self.switch_rows(self.chosen())

    def switch_rows(self, rows: Sequence[T]) -> None:
        """Turn the switch of these."""
        for row in rows:
            working(self.context, self, self.switch_one(row))

    def switch_verb(self, row: T) -> Verb:
        """Return what turns the switch of a row, for the palette."""
        title = self.tr("Switch off") if row.enabled else self.tr("Switch on")
        return Verb(title=title, act=partial(self.switch_rows, [row]), name="disable" if row.enabled else "enable")

    def delete(self) -> None:
        """Ask, then delete the chosen ones."""
        self.confirm_delete(self.chosen())

    def confirm_delete(self, rows: Sequence[T]) -> None:
        """Ask, then delete these."""
        if not rows:
            return
        words = self.delete_words(rows)
        ConfirmDialog(
            self.context,
            self.tr("Delete {name}?").format(name=rows[0].name) if len(rows) == 1 else words.several,
            words.body,
            words.verb,
            lambda: self._delete(rows),
            self.window(),
        ).open()

    async def _delete(self, rows: Sequence[T]) -> None:
        for row in rows:
            await self.context.bridge.call(self.delete_one(row))
        undo = undo_by(self.context, self, lambda: self.restore(rows))
        self.offer.emit(self.delete_words(rows).done, "", "info", undo)

    def _on_clicked(self, index: QModelIndex) -> None:
        key = self.model.key_at(index.row())
        row = self.model.get(key) if key is not None else None
        if index.column() == self.switch_column and row is not None:
            self.switch_rows([row])

    def _open_menu(self, at: QPoint) -> None:
        chosen = self.chosen()
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        if len(chosen) == 1:
            self.fill_menu(menu, chosen[0])
        words = self.tr("Switch off") if any(row.enabled for row in chosen) else self.tr("Switch on")
        show_keys(menu.addAction(words, self.switch), "Space")
        menu.addSeparator()
        show_keys(menu.addAction(self.tr("Delete…"), self.delete), "Del")
        menu.popup(at)
