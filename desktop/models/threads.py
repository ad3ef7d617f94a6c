"""Conversations of the inbox: one row each, the one with the newest item first."""

from typing import Any

from msgspec import UNSET
from PySide6.QtCore import QObject, Qt

from desktop.models.items import GroupOf, fits_accounts, no_group
from desktop.models.pages import PagedListModel
from desktop.models.rows import AnyIndex
from desktop.words import CELL_LENGTH, cut_line, plain_tip
from master.api.item_threads import ItemThread, ThreadFilter
from master.api.schema import Item

EXCERPT = 200
Key = tuple[str, str]


def key_of(row: ItemThread | Item) -> Key:
    """Return what a conversation is known by: its account and the platform's name of it."""
    return row.account_id, row.thread


class ThreadListModel(PagedListModel[ItemThread]):
    """The conversations that fit ``filter``."""

    def __init__(self, group_of: GroupOf = no_group, parent: QObject | None = None) -> None:
        """``group_of`` gives the group of an account."""
        super().__init__(parent)
        self._group_of = group_of
        self.filter = ThreadFilter()
        self._by_key: dict[Key, int] = {}

    def id_of(self, row: ItemThread) -> int:
        """The newest item's id: it is in no other conversation."""
        return row.last_id

    def replace_all(self, rows: list[ItemThread], next_cursor: str | None) -> None:
        """Show the first page."""
        self._by_key = {key_of(row): row.last_id for row in rows}
        super().replace_all(rows, next_cursor)

    def append_page(self, rows: list[ItemThread], next_cursor: str | None) -> None:
        """Add the next page; a conversation that moved up meanwhile is there already."""
        fresh = [row for row in rows if key_of(row) not in self._by_key]
        self._by_key.update((key_of(row), row.last_id) for row in fresh)
        super().append_page(fresh, next_cursor)

    def find(self, key: Key) -> ItemThread | None:
        """Return a conversation that is loaded."""
        last = self._by_key.get(key)
        position = self.position_of(last) if last is not None else None
        return self.at(position) if position is not None else None

    def put(self, row: ItemThread) -> None:
        """Show the new state of a conversation, or a new one; with a newer item it moves up."""
        known = self._by_key.get(key_of(row))
        if known == row.last_id:
            self.replace(row)
            return
        self._by_key[key_of(row)] = row.last_id
        if known is not None:
            self.move(known, row)
        else:
            self.add(row)
        if self.position_of(row.last_id) is None:
            self._by_key.pop(key_of(row), None)  # it comes with its page, or the list began anew meanwhile

    def take_item(self, item: Item) -> None:
        """An item of a conversation was found."""
        if not item.thread:
            return
        known = self.find(key_of(item))
        if known is not None and item.id <= known.last_id:
            return
        fresh = ItemThread(
            account_id=item.account_id,
            thread=item.thread,
            title=item.title or (known.title if known is not None else ""),
            author=item.author,
            excerpt=item.text[:EXCERPT],
            kind=item.kind,
            last_id=item.id,
            last_at=item.detected_at,
            count=(known.count if known is not None else 0) + 1,
            unread=(known.unread if known is not None else 0) + (not item.read),
        )
        if known is not None or self.fits(fresh):
            self.put(fresh)

    def forget_account(self, account_id: str) -> None:
        """An account was deleted without its history."""
        self._by_key = {key: last for key, last in self._by_key.items() if key[0] != account_id}
        self.remove_at([position for position, row in enumerate(self._rows) if row.account_id == account_id])

    def fits(self, row: ItemThread) -> bool:
        """Whether it is one of those that are shown, as far as that can be said here."""
        wanted = self.filter
        return not (
            not fits_accounts(wanted, row.account_id, self._group_of)
            or (wanted.kind not in (UNSET, row.kind))
            or (wanted.unread is True and not row.unread)
            or (wanted.unread is False and row.unread)
        )

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The conversation, its title, what is said of it aloud."""
        row = self.at(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return cut_line(row.title or row.excerpt, CELL_LENGTH)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            unread = self.tr("%n unread", "", row.unread) if row.unread else ""
            count = self.tr("%n message(s)", "", row.count)
            return " · ".join(part for part in (unread, row.author, row.title, row.excerpt[:120], count) if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(row.title)
        return super().data(index, role)
