"""The base of all tables: rows by key, and an order that Python sorts.

A change emits ``dataChanged`` for its one row. What moves a row (a new sort value, a filter that no longer fits) waits
for the next settling, once a second, so that hundreds of changes a second cost one sort.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from desktop.words import CELL_LENGTH, cut_line, plain_tip

T = TypeVar("T")
AnyIndex = QModelIndex | QPersistentModelIndex

ObjectRole = int(Qt.ItemDataRole.UserRole) + 1
"""The row's object."""
SortRole = int(Qt.ItemDataRole.UserRole) + 2
"""What the column sorts by."""

SETTLE_MS = 1000
MANY = 64
"""More rows than this leaving at once are a reset."""
NAMES = 20_000
"""Names whose sort keys are kept."""
DIGITS = re.compile(r"([0-9]+)")


@lru_cache(NAMES)
def natural_key(name: str) -> tuple[str | tuple[int, str], ...]:
    """Return what sorts names as people count: ``feed 2`` before ``feed 10``, whatever the case.

    Odd parts are numbers as (digits, digits without leading zeros): no text is too long for that.
    """
    parts = DIGITS.split(name.casefold())
    return tuple(
        (len(part.lstrip("0")), part.lstrip("0")) if position % 2 else part for position, part in enumerate(parts)
    )


@dataclass(frozen=True, kw_only=True)
class Column(Generic[T]):
    """One column: its title, its plain text, and what it sorts by (the text when absent)."""

    title: str
    text: Callable[[T], str]
    sort: Callable[[T], Any] | None = None
    right: bool = False
    """Aligned right: figures."""


class LoadStatus(QObject):
    """Whether what a model shows has been loaded."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = "loading"
        """``loading``, ``ready`` or ``failed``."""
        self.message = ""

    def set_loading(self) -> None:
        """A first load began; one that is ready stays so while it is refreshed."""
        if self.state != "ready":
            self._set("loading", "")

    def set_ready(self) -> None:
        """Rows are there."""
        self._set("ready", "")

    def set_failed(self, message: str) -> None:
        """The load failed; ``message`` says why."""
        self._set("failed", message)

    def _set(self, state: str, message: str) -> None:
        if (state, message) != (self.state, self.message):
            self.state, self.message = state, message
            self.changed.emit()


class RowTableModel(QAbstractTableModel, Generic[T]):
    """Rows of type ``T`` by key. Not thread-safe: the GUI thread only."""

    settled = Signal()
    """Rows were added, removed or changed; at most once a second. Pages word their sentence anew."""

    def __init__(self, columns: list[Column[T]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = columns
        self.load_status = LoadStatus(self)
        self._rows: dict[str, T] = {}
        self._order: list[str] = []
        self._position: dict[str, int] = {}
        self._sort_column = 0
        self._descending = False
        self._filter = ""
        self._moved = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self.settle)

    # -- for subclasses

    def key_of(self, row: T) -> str:
        """Return the key of a row."""
        raise NotImplementedError

    def search_text(self, row: T) -> str:
        """Return what the filter looks in, case-folded."""
        raise NotImplementedError

    # -- rows

    @property
    def total(self) -> int:
        """Rows, hidden ones included."""
        return len(self._rows)

    def values(self) -> Iterable[T]:
        """All rows, hidden ones included, in no order."""
        return self._rows.values()

    def get(self, key: str) -> T | None:
        """Return the row with ``key``."""
        return self._rows.get(key)

    def key_at(self, position: int) -> str | None:
        """Return the key shown at ``position``."""
        return self._order[position] if 0 <= position < len(self._order) else None

    def position_of(self, key: str) -> int | None:
        """Return where ``key`` is shown, None when it is hidden or unknown."""
        return self._position.get(key)

    def replace_all(self, rows: Iterable[T]) -> None:
        """Show these rows and no other."""
        self.beginResetModel()
        self._rows = {self.key_of(row): row for row in rows}
        self._order = self._wanted_order()
        self._index()
        self.endResetModel()
        self._moved = False
        self.load_status.set_ready()
        self.settled.emit()

    def upsert(self, row: T) -> None:
        """Add a row or replace the one with its key."""
        key = self.key_of(row)
        old = self._rows.get(key)
        self._rows[key] = row
        position = self._position.get(key)
        if position is not None:
            self.dataChanged.emit(self.index(position, 0), self.index(position, len(self.columns) - 1))
            if old is not None and (self._sort_value(old) != self._sort_value(row) or not self._fits(row)):
                self._moved = True
        elif self._fits(row):
            self.beginInsertRows(QModelIndex(), len(self._order), len(self._order))
            self._position[key] = len(self._order)
            self._order.append(key)
            self.endInsertRows()
            self._moved = True
        self._wake()

    def remove(self, key: str) -> None:
        """Take a row away; an unknown key is no error."""
        if key not in self._rows:
            return
        position = self._position.get(key)
        if position is not None:
            self._remove_at(position)
        del self._rows[key]
        self._wake()

    def set_filter(self, text: str) -> None:
        """Show only rows whose search text has every word of ``text``."""
        wanted = text.casefold().strip()
        if wanted != self._filter:
            self._filter = wanted
            self._moved = True
            self.settle()

    @property
    def filter_text(self) -> str:
        """The filter, case-folded; empty shows all."""
        return self._filter

    def settle(self) -> None:
        """Put every row where it belongs. Selections stay with their rows."""
        self._timer.stop()
        if self._moved:
            self._moved = False
            self._rearrange(self._wanted_order())
        self.settled.emit()

    def touch(self) -> None:
        """Announce that what hangs on the rows changed (counts, names), without moving any."""
        self._wake()

    # -- Qt's own

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Rows that are shown."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The row's object, text, sort value or alignment."""
        if not index.isValid():
            return None
        row = self._rows[self._order[index.row()]]
        if role == ObjectRole:
            return row
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cut_line(column.text(row), CELL_LENGTH)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return cut_line(column.text(row), CELL_LENGTH) or "–"  # an empty cell is heard as one too
        if role == SortRole:
            return column.sort(row) if column.sort else column.text(row).casefold()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.tool_tip(row, index.column())) or None
        return None

    def tool_tip(self, row: T, column: int) -> str:
        """Return the tooltip of a cell."""
        return ""

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, now."""
        if 0 <= column < len(self.columns):
            self._sort_column = column
            self._descending = order == Qt.SortOrder.DescendingOrder
            self._rearrange(self._wanted_order())

    # -- order

    def _sort_value(self, row: T) -> Any:
        column = self.columns[self._sort_column]
        return column.sort(row) if column.sort else column.text(row).casefold()

    def _fits(self, row: T) -> bool:
        if not self._filter:
            return True
        text = self.search_text(row)
        return all(word in text for word in self._filter.split())

    def _wanted_order(self) -> list[str]:
        rows = self._rows
        keys = [key for key, row in rows.items() if self._fits(row)] if self._filter else list(rows)
        keys.sort(key=lambda key: (self._sort_value(rows[key]), key), reverse=self._descending)
        return keys

    def _rearrange(self, wanted: list[str]) -> None:
        keep = set(wanted)
        gone = [position for position, key in enumerate(self._order) if key not in keep]
        fresh = [key for key in wanted if key not in self._position]
        if len(gone) > MANY or len(fresh) > MANY:
            self.beginResetModel()
            self._order = wanted
            self._index()
            self.endResetModel()
            return
        for position in reversed(gone):
            self._remove_at(position)
        if fresh:
            self.beginInsertRows(QModelIndex(), len(self._order), len(self._order) + len(fresh) - 1)
            self._order.extend(fresh)
            self._index()
            self.endInsertRows()
        if self._order != wanted:
            self._reorder(wanted)

    def _reorder(self, wanted: list[str]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [(self._order[index.row()], index.column()) for index in before]
        self._order = wanted
        self._index()
        self.changePersistentIndexList(before, [self.index(self._position[key], column) for key, column in keys])
        self.layoutChanged.emit()

    def _remove_at(self, position: int) -> None:
        self.beginRemoveRows(QModelIndex(), position, position)
        del self._order[position]
        self._index()
        self.endRemoveRows()

    def _index(self) -> None:
        self._position = {key: position for position, key in enumerate(self._order)}

    def _wake(self) -> None:
        if not self._timer.isActive():
            self._timer.start()
