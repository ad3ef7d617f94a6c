"""Items that were read here and are to be marked at their service: kept until a worker has done it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection


class Mark(NamedTuple):
    """One of them."""

    id: int
    key: str


class ItemMarks:
    """The table ``item_marks``."""

    def add(self, conn: Connection, keys: Iterable[tuple[str, str]], at: int) -> None:
        """Add items by account and key; one that waits already waits on."""
        rows = [(account_id, key, at) for account_id, key in keys]
        if rows:
            conn.exec_driver_sql(
                "INSERT INTO item_marks (account_id, key, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows
            )

    def withdraw(self, conn: Connection, keys: Iterable[tuple[str, str]]) -> None:
        """Take out what is no longer wanted: it was marked unread again."""
        rows = list(keys)
        if rows:
            conn.exec_driver_sql("DELETE FROM item_marks WHERE account_id = ? AND key = ?", rows)

    def waiting(self, conn: Connection) -> list[str]:
        """Return the accounts of which something waits."""
        return list(conn.exec_driver_sql("SELECT DISTINCT account_id FROM item_marks ORDER BY account_id").scalars())

    def next(self, conn: Connection, account_id: str, limit: int) -> list[Mark]:
        """Return the first that wait for an account."""
        rows = conn.exec_driver_sql(
            "SELECT id, key FROM item_marks WHERE account_id = ? ORDER BY id LIMIT ?", (account_id, limit)
        )
        return [Mark(*row) for row in rows]

    def done(self, conn: Connection, ids: Sequence[int]) -> None:
        """Drop what was done."""
        if ids:
            conn.exec_driver_sql("DELETE FROM item_marks WHERE id = ?", [(one,) for one in ids])

    def drop(self, conn: Connection, account_id: str) -> None:
        """Drop what waits for an account."""
        conn.exec_driver_sql("DELETE FROM item_marks WHERE account_id = ?", (account_id,))

    def count_old(self, conn: Connection, before: int) -> int:
        """Return how many have waited since before a moment."""
        statement = "SELECT count(*) FROM item_marks WHERE created_at < ?"
        return int(conn.exec_driver_sql(statement, (before,)).scalar() or 0)

    def drop_old(self, conn: Connection, before: int) -> int:
        """Drop those; return how many there were."""
        return conn.exec_driver_sql("DELETE FROM item_marks WHERE created_at < ?", (before,)).rowcount
