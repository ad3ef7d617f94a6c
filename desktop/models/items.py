"""Items of the inbox, newest first, in pages that are asked for as the list is scrolled."""

from typing import Any

import msgspec
from msgspec import UNSET
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal

from desktop.models.rows import AnyIndex, LoadStatus, ObjectRole
from master.api.events import ItemsRead
from master.api.schema import Item, ItemFilter


class ItemListModel(QAbstractListModel):
    """The items that fit ``filter``; what arrives and fits is put on top."""

    more_wanted = Signal()
    """The end was reached, and there is another page."""
    counted = Signal()
    """Rows or their read marks changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.load_status = LoadStatus(self)
        self.filter = ItemFilter()
        self.next_cursor: str | None = None
        self.unread_total = 0
        self._rows: list[Item] = []
        self._ids: set[int] = set()
        self._asked = False

    def replace_all(self, items: list[Item], next_cursor: str | None) -> None:
        """Show the first page of the current filter."""
        self.beginResetModel()
        self._rows = list(items)
        self._ids = {item.id for item in items}
        self.next_cursor = next_cursor
        self._asked = False
        self.endResetModel()
        self.load_status.set_ready()
        self.counted.emit()

    def append_page(self, items: list[Item], next_cursor: str | None) -> None:
        """Add an older page at the end."""
        fresh = [item for item in items if item.id not in self._ids]
        self._asked = False
        self.next_cursor = next_cursor
        if fresh:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(fresh) - 1)
            self._rows.extend(fresh)
            self._ids.update(item.id for item in fresh)
            self.endInsertRows()

    def page_failed(self) -> None:
        """The next page did not come; it may be asked for again."""
        self._asked = False

    def add(self, item: Item) -> None:
        """An item was detected: it stands on top if it fits the filter."""
        if item.id in self._ids or not self._fits(item):
            return
        place = 0
        while place < len(self._rows) and self._rows[place].id > item.id:
            place += 1
        self.beginInsertRows(QModelIndex(), place, place)
        self._rows.insert(place, item)
        self._ids.add(item.id)
        self.endInsertRows()
        self.counted.emit()

    def apply_read(self, event: ItemsRead) -> None:
        """Items were marked. A read one stays in an *unread* list until that is loaded again: it is being looked at."""
        marked = set(event.ids)
        for position, item in enumerate(self._rows):
            hit = item.id in marked or (
                not marked
                and event.account_id in (None, item.account_id)
                and (event.until_id is None or item.id <= event.until_id)
            )
            if hit and item.read != event.read:
                self._rows[position] = msgspec.structs.replace(item, read=event.read)
                index = self.index(position)
                self.dataChanged.emit(index, index)
        self.counted.emit()

    def forget_account(self, account_id: str) -> None:
        """An account was deleted without its history."""
        for position in reversed([p for p, item in enumerate(self._rows) if item.account_id == account_id]):
            self.beginRemoveRows(QModelIndex(), position, position)
            self._ids.discard(self._rows[position].id)
            del self._rows[position]
            self.endRemoveRows()
        self.counted.emit()

    def at(self, position: int) -> Item | None:
        """Return the item shown at ``position``."""
        return self._rows[position] if 0 <= position < len(self._rows) else None

    def position_of(self, item_id: int) -> int | None:
        """Return where an item is shown."""
        return next((position for position, item in enumerate(self._rows) if item.id == item_id), None)

    def _fits(self, item: Item) -> bool:
        wanted = self.filter
        if wanted.account_id is not UNSET and item.account_id != wanted.account_id:
            return False
        if wanted.kind is not UNSET and item.kind != wanted.kind:
            return False
        if wanted.unread is not UNSET and wanted.unread == item.read:
            return False
        if wanted.q is not UNSET and wanted.q:
            text = f"{item.title}\n{item.text}\n{item.author}".casefold()
            return all(word in text for word in wanted.q.casefold().split())
        return True

    # -- Qt's own

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Items loaded."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The item, or its title."""
        if not index.isValid():
            return None
        item = self._rows[index.row()]
        if role == ObjectRole:
            return item
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title or item.text[:80]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return " · ".join(part for part in (item.author, item.title, item.text[:120]) if part)
        return None

    def canFetchMore(self, parent: AnyIndex) -> bool:
        """There is another page, and it was not asked for yet."""
        return not parent.isValid() and self.next_cursor is not None and not self._asked

    def fetchMore(self, parent: AnyIndex) -> None:
        """Ask for it."""
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit()
