"""The base of lists that are loaded a page at a time, as they are scrolled; what is new is put where it belongs."""

from bisect import bisect_left
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Signal

from desktop.models.rows import AnyIndex, LoadStatus, ObjectRole

T = TypeVar("T")

MOST_ARRIVED = 2000
"""A window that stays open for weeks does not keep all that came."""


class PagedListModel(QAbstractListModel, Generic[T]):
    """Rows by id in the order of the master's pages. Not thread-safe: the GUI thread only.

    A row stays where it was put, also when what it is sorted by changes: it is being looked at.
    """

    more_wanted = Signal()
    """The end was reached, and there is another page."""
    counted = Signal()
    """Rows or what is counted of them changed."""
    filter: Any
    """What the master is asked for: each model's own kind of filter."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.load_status = LoadStatus(self)
        self.next_cursor: str | None = None
        self._rows: list[T] = []
        self._keys: list[Any] = []
        self._ids: set[int] = set()
        self._asked = False
        self.arrived = 0
        """Rows that were put in since the first page was loaded."""

    # -- for subclasses

    def id_of(self, row: T) -> int:
        """Return the id of a row."""
        raise NotImplementedError

    def sort_key(self, row: T) -> Any:
        """Return what rows are sorted by, the smallest first. Newest first unless overridden."""
        return -self.id_of(row)

    def keys_of_id(self, row_id: int) -> tuple[Any, ...]:
        """Return under which sort keys a row with this id may stand."""
        return (-row_id,)

    def fits(self, row: T) -> bool:
        """Whether a new row belongs into this list."""
        return True

    def slim(self, row: T) -> T:
        """Return what is kept of a row of a later page, which may be one of very many."""
        return row

    # -- rows

    def replace_all(self, rows: list[T], next_cursor: str | None) -> None:
        """Show the first page."""
        self.beginResetModel()
        self._rows = list(rows)
        self._keys = [self.sort_key(row) for row in rows]
        self._ids = {self.id_of(row) for row in rows}
        self.next_cursor = next_cursor
        self._asked = False
        self.arrived = 0
        self.endResetModel()
        self.load_status.set_ready()
        self.counted.emit()

    def append_page(self, rows: list[T], next_cursor: str | None) -> None:
        """Add the next page at the end."""
        fresh = [self.slim(row) for row in rows if self.id_of(row) not in self._ids]
        self._asked = False
        self.next_cursor = next_cursor
        if fresh:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(fresh) - 1)
            self._rows.extend(fresh)
            self._keys.extend(self.sort_key(row) for row in fresh)
            self._ids.update(self.id_of(row) for row in fresh)
            self.endInsertRows()
        self.counted.emit()

    def page_failed(self) -> None:
        """The next page did not come; it may be asked for again."""
        self._asked = False

    def add(self, row: T) -> None:
        """Put a new row where it belongs, if it fits; one that is there already is replaced."""
        if self.id_of(row) in self._ids:
            self.replace(row)
            return
        if not self.fits(row):
            return
        key = self.sort_key(row)
        place = bisect_left(self._keys, key)
        if place == len(self._rows) and self.next_cursor is not None:
            return  # it comes with its page
        self.beginInsertRows(QModelIndex(), place, place)
        self._rows.insert(place, row)
        self._keys.insert(place, key)
        self._ids.add(self.id_of(row))
        self.arrived += 1
        self.endInsertRows()
        self.counted.emit()

    def replace(self, row: T) -> bool:
        """Show the new state of a row where it stands. False: it is not loaded."""
        position = self.position_of(self.id_of(row))
        if position is None:
            return False
        if self._rows[position] != row:
            self._rows[position] = row
            index = self.index(position)
            self.dataChanged.emit(index, index)
            self.counted.emit()
        return True

    def move(self, old_id: int, row: T) -> None:
        """Show the new state of a row that is known by another id now, where that belongs; it stays chosen."""
        source = self.position_of(old_id)
        if source is None:
            self.add(row)
            return
        key = self.sort_key(row)
        place = bisect_left(self._keys, key)
        if place not in (source, source + 1):
            self.beginMoveRows(QModelIndex(), source, source, QModelIndex(), place)
        self._ids.discard(old_id)
        del self._rows[source], self._keys[source]
        target = place if place <= source else place - 1
        self._rows.insert(target, row)
        self._keys.insert(target, key)
        self._ids.add(self.id_of(row))
        if place not in (source, source + 1):
            self.endMoveRows()
        index = self.index(target)
        self.dataChanged.emit(index, index)
        self.counted.emit()

    def remove_at(self, positions: list[int]) -> None:
        """Take rows away."""
        for position in sorted(positions, reverse=True):
            self.beginRemoveRows(QModelIndex(), position, position)
            self._ids.discard(self.id_of(self._rows[position]))
            del self._rows[position], self._keys[position]
            self.endRemoveRows()
        if positions:
            self.counted.emit()

    def at(self, position: int) -> T | None:
        """Return the row shown at ``position``."""
        return self._rows[position] if 0 <= position < len(self._rows) else None

    def position_of(self, row_id: int) -> int | None:
        """Return where a row is shown."""
        if row_id in self._ids:
            for key in self.keys_of_id(row_id):
                place = bisect_left(self._keys, key)
                if place < len(self._keys) and self._keys[place] == key:
                    return place
        return None

    # -- Qt's own

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Rows loaded."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = 0) -> Any:
        """The row; texts are a subclass's."""
        if index.isValid() and role == ObjectRole:
            return self._rows[index.row()]
        return None

    def canFetchMore(self, parent: AnyIndex) -> bool:
        """There is another page, and it was not asked for yet."""
        return not parent.isValid() and self.next_cursor is not None and not self._asked

    def fetchMore(self, parent: AnyIndex) -> None:
        """Ask for it."""
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit()
