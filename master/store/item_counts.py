"""How many items were found when: counted in the transaction that stores them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import Connection

QUARTER_MS: Final = 900_000
DAY_MS: Final = 86_400_000
QUARTER: Final = 0
DAY: Final = 1
OCTAD: Final = 2
_SIZES: Final = ((OCTAD, 8 * DAY_MS), (DAY, DAY_MS), (QUARTER, QUARTER_MS))
"""From wide to narrow; each is a whole number of the next."""
ALL: Final = ""
"""The account under which all of them are counted."""
_SHORT_MS: Final = 2 * DAY_MS
_FEW: Final = 20
"""So many accounts are looked at one by one where limits of all would do."""

_BY_KIND: Final = " GROUP BY account_id, kind"
_ADD: Final = """
INSERT INTO item_counts (account_id, size, slot, kind, count, first_id, last_id) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, size, slot, kind) DO UPDATE SET count = count + excluded.count,
first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id)
"""


class Found(Protocol):
    """What is counted of an item."""

    @property
    def id(self) -> int: ...
    @property
    def account_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def detected_at(self) -> int: ...


class Counted(NamedTuple):
    """So many items of a kind, found within a quarter of an hour or a day; ``at``: when that began."""

    account_id: str
    at: int
    kind: str
    number: int


class ItemCounts:
    """The table ``item_counts``."""

    def add(self, conn: Connection, items: Iterable[Found]) -> None:
        """Count items."""
        found: dict[tuple[str, int, str], list[int]] = {}
        for item in items:
            found.setdefault((item.account_id, item.detected_at // QUARTER_MS, str(item.kind)), []).append(item.id)
        rows: list[tuple[str, int, int, str, int, int, int]] = []
        for (account_id, quarter, kind), ids in found.items():
            limits = (len(ids), min(ids), max(ids))
            for size, width in _SIZES:
                slot = quarter * QUARTER_MS // width
                rows += ((account_id, size, slot, kind, *limits), (ALL, size, slot, kind, *limits))
        if rows:
            conn.exec_driver_sql(_ADD, rows)

    def forget(self, conn: Connection, account_id: str) -> None:
        """Take an account out, as if nothing had ever been found for it."""
        conn.exec_driver_sql(
            "UPDATE item_counts SET count = count - (SELECT one.count FROM item_counts AS one WHERE one.account_id = ?1"
            " AND one.size = item_counts.size AND one.slot = item_counts.slot AND one.kind = item_counts.kind)"
            " WHERE account_id = ?2 AND (size, slot, kind) IN"
            " (SELECT size, slot, kind FROM item_counts WHERE account_id = ?1)",
            (account_id, ALL),
        )
        conn.exec_driver_sql("DELETE FROM item_counts WHERE account_id = ?", (account_id,))

    def limits(
        self, conn: Connection, accounts: Sequence[str] | None, since: int | None, until: int | None
    ) -> tuple[int, int]:
        """Return between which ids everything lies that was found from ``since`` to ``until``; (1, 0) for nothing."""
        first, last = since or 0, until if until is not None else 1 << 53
        # A long time in days: its ends are a little wide, which costs little.
        size, width = (QUARTER, QUARTER_MS) if last - first <= _SHORT_MS else (DAY, DAY_MS)
        low, high = 0, 0
        for account_id in accounts if accounts is not None and len(accounts) <= _FEW else (ALL,):
            row = conn.exec_driver_sql(
                "SELECT min(first_id), max(last_id) FROM item_counts"
                " WHERE account_id = ? AND size = ? AND slot BETWEEN ? AND ?",
                (account_id, size, first // width, last // width),
            ).one()
            if row[0] is not None:
                low, high = min(low or row[0], row[0]), max(high, row[1])
        return (low, high) if low else (1, 0)

    def accounts(self, conn: Connection) -> list[str]:
        """Return every account for which anything was ever found, without reading every row of it."""
        rows = conn.exec_driver_sql(
            "WITH RECURSIVE one(id) AS (SELECT min(account_id) FROM item_counts WHERE account_id > ''"
            " UNION ALL SELECT (SELECT min(account_id) FROM item_counts WHERE account_id > one.id) FROM one"
            " WHERE one.id IS NOT NULL) SELECT id FROM one WHERE id IS NOT NULL"
        )
        return list(rows.scalars())

    def quarters(
        self, conn: Connection, accounts: Sequence[str] | None, kind: str | None, since: int, until: int
    ) -> list[Counted]:
        """Return the quarters of ``accounts`` (of all, added up, for None) from ``since`` up to ``until``."""
        columns = "account_id, slot, kind, count"
        rows = self._rows(conn, columns, accounts or (ALL,), (QUARTER, QUARTER_MS), kind, since, until)
        return [Counted(row[0], row[1] * QUARTER_MS, row[2], row[3]) for row in rows if row[3]]

    def sums(
        self, conn: Connection, accounts: Sequence[str], kind: str | None, since: int, until: int
    ) -> dict[str, dict[str, int]]:
        """Return how many of each kind every account has from ``since`` up to ``until``, both at a quarter's start."""
        sums: dict[str, dict[str, int]] = {}
        for size, width, begin, end in _spans(since, until):
            rows = self._rows(conn, "account_id, kind, sum(count)", accounts, (size, width), kind, begin, end, _BY_KIND)
            for row in rows:
                kinds = sums.setdefault(row[0], {})
                kinds[row[1]] = kinds.get(row[1], 0) + row[2]
        return sums

    def total(self, conn: Connection, accounts: Sequence[str] | None, kind: str | None) -> int:
        """Return how many were ever found."""
        rows = self._rows(conn, "sum(count)", accounts or (ALL,), _SIZES[0], kind, 0, 1 << 53)
        return rows[0][0] or 0

    def _rows(
        self,
        conn: Connection,
        columns: str,
        accounts: Sequence[str],
        size: tuple[int, int],
        kind: str | None,
        since: int,
        until: int,
        grouped: str = "",
    ) -> list[Any]:
        """Return the rows of slots that begin from ``since`` up to ``until``; ``size``: which, and how wide."""
        if since >= until:
            return []
        known = json.dumps(list(dict.fromkeys(accounts)))
        given: tuple[Any, ...] = (known, size[0], -(-since // size[1]), -(-until // size[1]))
        one_kind = "" if kind is None else " AND kind = ?"
        statement = (
            f"SELECT {columns} FROM json_each(?) AS wanted CROSS JOIN item_counts"  # noqa: S608
            f" WHERE account_id = wanted.value AND size = ? AND slot >= ? AND slot < ?{one_kind}{grouped}"
        )
        return list(conn.exec_driver_sql(statement, given if kind is None else (*given, kind)))


def _spans(since: int, until: int, sizes: Sequence[tuple[int, int]] = _SIZES) -> list[tuple[int, int, int, int]]:
    """Return a time as size, width, beginning and end of slots: as wide ones as fit, narrow ones at both ends."""
    (size, width), *narrower = sizes
    first, last = -(-since // width) * width, until // width * width
    if not narrower:
        return [(size, width, since, until)]
    if first >= last:
        return _spans(since, until, narrower)
    return [(size, width, first, last), *_spans(since, first, narrower), *_spans(last, until, narrower)]
