"""Conversations: counted in the transactions that store, mark and delete items."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import Connection

_ADD: Final = """
INSERT INTO item_threads (account_id, thread, last_id, count, unread) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (account_id, thread) DO UPDATE SET last_id = max(last_id, excluded.last_id),
count = count + excluded.count, unread = unread + excluded.unread
"""
_COLUMNS: Final = (
    "t.account_id, t.thread, t.last_id, t.count, t.unread,"
    " i.title, i.author, substr(i.text, 1, 200) AS excerpt, i.kind, i.detected_at"
)
_PART: Final = 200


class Threaded(Protocol):
    """What is counted of an item."""

    @property
    def id(self) -> int: ...
    @property
    def account_id(self) -> str: ...
    @property
    def thread(self) -> str: ...
    @property
    def read(self) -> bool: ...


class ThreadRecord(NamedTuple):
    """A conversation with what its newest item says."""

    account_id: str
    thread: str
    last_id: int
    size: int
    unread: int
    title: str
    author: str
    excerpt: str
    kind: str
    detected_at: int


class ItemThreads:
    """The table ``item_threads``."""

    def add(self, conn: Connection, items: Iterable[Threaded]) -> None:
        """Count items in."""
        found: dict[tuple[str, str], list[int]] = {}
        for item in items:
            if item.thread:
                one = found.setdefault((item.account_id, item.thread), [0, 0, 0])
                one[0] = max(one[0], item.id)
                one[1] += 1
                one[2] += not item.read
        if found:
            conn.exec_driver_sql(_ADD, [(*key, *one) for key, one in found.items()])

    def mark(self, conn: Connection, items: Iterable[Threaded], read: bool) -> None:
        """Count what was marked (un)read."""
        found: dict[tuple[str, str], int] = {}
        for item in items:
            if item.thread:
                key = item.account_id, item.thread
                found[key] = found.get(key, 0) + (-1 if read else 1)
        if found:
            conn.exec_driver_sql(
                "UPDATE item_threads SET unread = unread + ? WHERE account_id = ? AND thread = ?",
                [(delta, *key) for key, delta in found.items()],
            )

    def remove(self, conn: Connection, items: Iterable[Threaded]) -> None:
        """Count out items that have been deleted from their table already."""
        found: dict[tuple[str, str], list[int]] = {}
        for item in items:
            if item.thread:
                one = found.setdefault((item.account_id, item.thread), [0, 0])
                one[0] += 1
                one[1] += not item.read
        if not found:
            return
        conn.exec_driver_sql(
            "UPDATE item_threads SET count = count - ?, unread = unread - ? WHERE account_id = ? AND thread = ?",
            [(*one, *key) for key, one in found.items()],
        )
        keys = list(found)
        conn.exec_driver_sql("DELETE FROM item_threads WHERE account_id = ? AND thread = ? AND count <= 0", keys)
        conn.exec_driver_sql(
            "UPDATE item_threads SET last_id = coalesce((SELECT max(id) FROM items INDEXED BY items_thread"
            " WHERE items.account_id = item_threads.account_id AND items.thread = item_threads.thread"
            " AND items.thread <> ''), last_id) WHERE account_id = ? AND thread = ?",
            keys,
        )

    def forget(self, conn: Connection, account_id: str) -> None:
        """Drop all of an account."""
        conn.exec_driver_sql("DELETE FROM item_threads WHERE account_id = ?", (account_id,))

    def get(self, conn: Connection, account_id: str, thread: str) -> ThreadRecord | None:
        """Return one."""
        row = conn.exec_driver_sql(
            f"SELECT {_COLUMNS} FROM item_threads AS t JOIN items AS i ON i.id = t.last_id"  # noqa: S608
            " WHERE t.account_id = ? AND t.thread = ?",
            (account_id, thread),
        ).one_or_none()
        return None if row is None else ThreadRecord(*row)

    def page(
        self,
        conn: Connection,
        limit: int,
        after: int | None = None,
        *,
        accounts: Sequence[str] | None = None,
        unread: bool | None = None,
        kind: str | None = None,
    ) -> list[ThreadRecord]:
        """Return up to ``limit``, the one with the newest item first; ``after``: the last id of the page before."""
        if accounts is None:
            index = "item_threads_unread" if unread else "item_threads_last"
            return self._leg(conn, index, "", (), limit, after or 1 << 62, unread, kind)
        found: list[ThreadRecord] = []
        before, above = after or 1 << 62, 0
        for account_id in dict.fromkeys(accounts):
            leg = self._leg(
                conn, "item_threads_account", "t.account_id = ? AND", (account_id,), limit, before, unread, kind, above
            )
            if leg:
                found = sorted([*found, *leg], key=lambda row: -row.last_id)[:limit]
                above = found[-1].last_id if len(found) == limit else 0
        return found

    def _leg(
        self,
        conn: Connection,
        index: str,
        where: str,
        given: tuple[Any, ...],
        limit: int,
        before: int,
        unread: bool | None,
        kind: str | None,
        above: int = 0,
    ) -> list[ThreadRecord]:
        terms = where
        if unread is not None:
            terms += " t.unread > 0 AND" if unread else " t.unread <= 0 AND"
        if kind is not None:
            terms += " i.kind = ? AND"
            given = (*given, kind)
        rows = conn.exec_driver_sql(
            f"SELECT {_COLUMNS} FROM item_threads AS t INDEXED BY {index} CROSS JOIN items AS i ON i.id = t.last_id"  # noqa: S608
            f" WHERE {terms} t.last_id < ? AND t.last_id > ? ORDER BY t.last_id DESC LIMIT ?",
            (*given, before, above, limit),
        )
        return [ThreadRecord(*row) for row in rows]
