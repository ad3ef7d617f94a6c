"""What one click restricts the inbox to: all, what is unread, a kind, a group, an account, a saved search."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from desktop.models.accounts import Badge
from desktop.models.rows import AnyIndex, ObjectRole, natural_key
from desktop.words import CELL_LENGTH, cut_line, plain_tip

HEADING, ALL, UNREAD, KIND, PLATFORM, GROUP, ACCOUNT, SEARCH = (
    "heading", "all", "unread", "kind", "platform", "group", "account", "search",
)  # fmt: skip
"""Sorts of rows."""


class Scope(NamedTuple):
    """One row; ``value`` is the kind, platform or id that it stands for."""

    sort: str
    title: str
    value: str = ""
    unread: int = 0
    """Unread items in it."""
    icon: str = ""
    badge: Badge | None = None
    indent: int = 0
    needs: str = ""
    """What is wrong with the account, in a word; empty when nothing is."""
    snoozed: str = ""
    """Until when nothing is told of it, in words; empty when it is not snoozed."""
    folded: bool | None = None
    """Of a group: its accounts are not shown; None where nothing can be folded."""

    @property
    def key(self) -> str:
        """What it is known by."""
        return f"{self.sort}:{self.value}"


class Member(NamedTuple):
    """An account as it stands here."""

    id: str
    name: str
    badge: Badge
    unread: int
    group: str = ""
    """Id of its group; empty without one."""
    needs: str = ""
    snoozed: str = ""


def account_rows(
    members: Iterable[Member],
    groups: Iterable[tuple[str, str]],
    rest: str,
    folded: Collection[str] = (),
    snoozed: Mapping[str, str] | None = None,
) -> list[Scope]:
    """Return the rows of groups (id and name) with their accounts, then of those without one under ``rest``.

    ``folded``: ids of groups whose accounts are not shown; ``snoozed``: until when groups are, by id.
    """
    by_group: dict[str, list[Member]] = {}
    for member in members:
        by_group.setdefault(member.group, []).append(member)
    known = list(groups)
    named = {group for group, _name in known}
    loose = [member for group, found in by_group.items() if group not in named for member in found]
    rows: list[Scope] = []
    for group, name in known:
        found = by_group.get(group, [])
        unread = sum(one.unread for one in found)
        until = (snoozed or {}).get(group, "")
        rows.append(Scope(GROUP, name, group, unread, "group", snoozed=until, folded=group in folded))
        if group not in folded:
            rows += _accounts(found, 1)
    if loose:
        rows.append(Scope(HEADING, rest, "accounts"))
        rows += _accounts(loose, 0)
    return rows


def _accounts(members: Iterable[Member], indent: int) -> list[Scope]:
    ordered = sorted(members, key=lambda one: natural_key(one.name))
    return [
        Scope(
            ACCOUNT, one.name, one.id, one.unread, badge=one.badge, indent=indent, needs=one.needs, snoozed=one.snoozed
        )
        for one in ordered
    ]


class ScopeListModel(QAbstractListModel):
    """Rows that are shown whole; the ones that changed are painted anew."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Scope] = []
        self._positions: dict[str, int] = {}

    def show(self, rows: list[Scope]) -> None:
        """Show these."""
        if [one.key for one in rows] == [one.key for one in self.rows]:
            before, self.rows = self.rows, rows
            for position, (old, new) in enumerate(zip(before, rows, strict=True)):
                if old != new:
                    index = self.index(position)
                    self.dataChanged.emit(index, index)
            return
        self.beginResetModel()
        self.rows = rows
        self._positions = {one.key: position for position, one in enumerate(rows)}
        self.endResetModel()

    def count(self, key: str, more: int) -> None:
        """So many more unread items are in a row, or fewer; a row that is not there is no error."""
        row = self.at(self._positions.get(key, -1))
        if more and row is not None:
            self.put(row._replace(unread=row.unread + more))

    def put(self, row: Scope) -> None:
        """Show a row anew."""
        position = self._positions.get(row.key)
        if position is not None and self.rows[position] != row:
            self.rows[position] = row
            index = self.index(position)
            self.dataChanged.emit(index, index)

    def position_of(self, key: str) -> int | None:
        """Return where a row stands."""
        return self._positions.get(key)

    def at(self, position: int) -> Scope | None:
        """Return the row at a position."""
        return self.rows[position] if 0 <= position < len(self.rows) else None

    # -- Qt's own

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Rows."""
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        row = self.at(index.row())
        if row is None or row.sort == HEADING:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The row, its title, what is said of it aloud."""
        row = self.at(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role == ObjectRole:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return cut_line(row.title, CELL_LENGTH)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            count = self.tr("%n unread", "", row.unread) if row.unread else ""
            parts = (cut_line(row.title, CELL_LENGTH), count, row.needs, row.snoozed)
            return " · ".join(part for part in parts if part)
        if role == Qt.ItemDataRole.ToolTipRole and row.sort != HEADING:
            return plain_tip("\n".join(part for part in (row.title, row.needs, row.snoozed) if part))
        return None
