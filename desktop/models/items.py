"""Items of the inbox, in pages that are asked for as the list is scrolled."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import UNSET
from PySide6.QtCore import QObject, Qt

from desktop.models.pages import PagedListModel
from desktop.models.rows import AnyIndex
from desktop.words import CELL_LENGTH, cut_line, plain_tip
from master.api.events import ItemsRead
from master.api.item_threads import ThreadFilter
from master.api.items import ItemOrder
from master.api.schema import Item, ItemFilter

WHOLE = 1000
"""Rows whose text is kept whole; of those further down, that a person may scroll past in thousands, the beginning."""
EXCERPT = 200
"""Characters of a text that are shown in a row."""


GroupOf = Callable[[str], str | None]


def fits_accounts(wanted: ItemFilter | ThreadFilter, account_id: str, group_of: GroupOf) -> bool:
    """Whether an account is one of those that a filter names; one that names none takes all."""
    named = wanted.account_id is not UNSET or wanted.account_ids is not UNSET or wanted.group_id is not UNSET
    if not named or wanted.account_id == account_id:
        return True
    if wanted.account_ids is not UNSET and account_id in wanted.account_ids:
        return True
    return wanted.group_id is not UNSET and group_of(account_id) == wanted.group_id


def judged_by_master(wanted: ItemFilter) -> bool:
    """Whether only the master can say if an item fits: words are searched."""
    return bool(wanted.q or wanted.author)


def no_group(_account_id: str) -> str | None:
    """No account is in a group."""
    return None


class ItemListModel(PagedListModel[Item]):
    """The items that fit ``filter``; what arrives and fits is put where it belongs."""

    def __init__(self, group_of: GroupOf = no_group, parent: QObject | None = None) -> None:
        """``group_of`` gives the group of an account."""
        super().__init__(parent)
        self._group_of = group_of
        self.filter = ItemFilter()
        self.order: ItemOrder = "newest"
        self._cut: set[int] = set()

    def id_of(self, row: Item) -> int:
        """The item's id."""
        return row.id

    def sort_key(self, row: Item) -> Any:
        """As the master sorts its pages."""
        if self.order == "oldest":
            return row.id
        return (row.read if self.order == "unread_first" else False, -row.id)

    def keys_of_id(self, row_id: int) -> tuple[Any, ...]:
        """A row keeps the key that it was put in its place by: it may have been read since."""
        if self.order == "oldest":
            return (row_id,)
        return ((False, -row_id), (True, -row_id))

    def slim(self, row: Item) -> Item:
        """Keep the beginning of a long text: the whole one is asked for when it is read."""
        return row if len(self._rows) < WHOLE else self._slim(row)

    def _slim(self, row: Item) -> Item:
        if len(row.text) <= EXCERPT:
            return row
        self._cut.add(row.id)
        return msgspec.structs.replace(row, text=row.text[:EXCERPT])

    def add(self, row: Item) -> None:
        """Put a new item in; the one that moves out of the first rows keeps the beginning of its text."""
        before = len(self._rows)
        super().add(row)
        if len(self._rows) > max(before, WHOLE):
            self._rows[WHOLE] = self._slim(self._rows[WHOLE])

    def is_cut(self, item_id: int) -> bool:
        """Only the beginning of its text is here."""
        return item_id in self._cut

    def replace(self, row: Item) -> bool:
        """Show the new state of an item."""
        self._cut.discard(row.id)
        return super().replace(row)

    def replace_all(self, rows: list[Item], next_cursor: str | None) -> None:
        """Show the first page of the current filter."""
        self._cut.clear()
        super().replace_all(rows, next_cursor)

    def apply_read(self, event: ItemsRead) -> None:
        """Items were marked. A read one stays in an *unread* list until that is loaded again: it is being looked at."""
        if event.ids:
            positions = [found for one in event.ids if (found := self.position_of(one)) is not None]
        else:
            positions = [position for position, item in enumerate(self._rows) if _meant(event, item)]
        for position in positions:
            item = self._rows[position]
            if item.read != event.read:
                self._rows[position] = msgspec.structs.replace(item, read=event.read)
                index = self.index(position)
                self.dataChanged.emit(index, index)
        self.counted.emit()

    def forget_account(self, account_id: str) -> None:
        """An account was deleted without its history."""
        self.remove_at([position for position, item in enumerate(self._rows) if item.account_id == account_id])

    def remove_ids(self, ids: Iterable[int]) -> None:
        """Take items away that are no more."""
        self.remove_at([position for one in ids if (position := self.position_of(one)) is not None])

    def fits(self, row: Item) -> bool:
        """Whether it is one of those that are shown, as far as that can be said here."""
        wanted = self.filter
        kinds = set() if wanted.kinds is UNSET else set(wanted.kinds)
        if wanted.kind is not UNSET:
            kinds.add(wanted.kind)
        return not (
            not fits_accounts(wanted, row.account_id, self._group_of)
            or (kinds and row.kind not in kinds)
            or (wanted.unread is not UNSET and wanted.unread == row.read)
            or (wanted.thread is not UNSET and wanted.thread != row.thread)
            or (wanted.since is not UNSET and row.detected_at < wanted.since)
            or (wanted.until is not UNSET and row.detected_at > wanted.until)
        )

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The item, its title, what is said of it aloud."""
        item = self.at(index.row()) if index.isValid() else None
        if item is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return cut_line(item.title or item.text[:80], CELL_LENGTH)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            unread = "" if item.read else self.tr("unread")
            parts = (unread, item.author, item.title, item.text[:120])
            return " · ".join(part for part in parts if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(item.title)
        return super().data(index, role)


def _meant(event: ItemsRead, item: Item) -> bool:
    return event.account_id in (None, item.account_id) and (event.until_id is None or item.id <= event.until_id)
