"""Rows under the heads of their groups, as a table of rows by key."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import Qt

from desktop.models.rows import AnyIndex, ObjectRole, RowTableModel

T = TypeVar("T")
HEAD = "\0group:"
"""What the key of a head begins with: no row has one like it."""


@dataclass(frozen=True)
class GroupHead:
    """The row above those of one group; it cannot be chosen."""

    id: str
    """Of the group; empty for the rows of none."""
    words: str


class GroupedTableModel(RowTableModel[T]):
    """Without groups it is a plain table. Heads are rows of their own: :attr:`shown` counts without them."""

    _heads: dict[str, GroupHead] = {}
    _ranks: dict[str, int] = {}

    def group_of(self, row: T) -> str:
        """Return the id of the group of a row, "" for none."""
        raise NotImplementedError

    def set_groups(self, groups: Iterable[tuple[str, str]], rest: str) -> None:
        """Show the rows under these groups (id and words, the first on top), what is in none below under ``rest``.

        No group: no heads.
        """
        known = list(groups)
        heads = {HEAD + key: GroupHead(key, words) for key, words in [*known, ("", rest)]} if known else {}
        if heads == self._heads and list(heads) == list(self._heads):
            return
        self._heads = heads
        self._ranks = {key: rank for rank, (key, _words) in enumerate(known)}
        self._moved = True
        self.settle()
        for key in heads:
            if (position := self.position_of(key)) is not None:
                self.dataChanged.emit(self.index(position, 0), self.index(position, len(self.columns) - 1))

    @property
    def shown(self) -> int:
        """Rows that are shown, without the heads."""
        return len(self._order) - len(self.head_positions())

    def head_positions(self) -> list[int]:
        """Return where heads stand."""
        return [position for key in self._heads if (position := self._position.get(key)) is not None]

    def head_at(self, position: int) -> GroupHead | None:
        """Return the head that stands there, None where there is a row."""
        key = self.key_at(position)
        return self._heads.get(key) if key is not None else None

    def remove(self, key: str) -> None:
        """Take a row away; the last one of a group takes its head along."""
        self._moved = self._moved or bool(self._heads)
        super().remove(key)

    # -- Qt's own

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Of a head: its words in the first column."""
        head = self.head_at(index.row()) if self._heads and index.isValid() else None
        if head is None:
            return super().data(index, role)
        if role == ObjectRole:
            return head
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) and index.column() == 0:
            return head.words
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """A head cannot be chosen."""
        if self._heads and index.isValid() and self.head_at(index.row()) is not None:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    # -- order

    def _rank(self, row: T) -> int:
        return self._ranks.get(self.group_of(row), len(self._ranks))

    def _sort_value(self, row: T) -> Any:
        value = super()._sort_value(row)
        return (self._rank(row), value) if self._heads else value

    def _wanted_order(self) -> list[str]:
        keys = super()._wanted_order()
        if not self._heads:
            return keys
        # Sorted downwards, the groups stay as they are: only what is in them turns round.
        rows: dict[int, list[str]] = {}
        for key in keys:
            rows.setdefault(self._rank(self._rows[key]), []).append(key)
        heads = list(self._heads)
        return [one for rank in sorted(rows) for one in (heads[rank], *rows[rank])]
