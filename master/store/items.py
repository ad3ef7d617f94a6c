"""Items, and the ledger of keys that says what was seen before."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET
from sqlalchemy import Connection, Row, func, insert, select

from master.store.columns import to_json
from master.store.item_counts import ItemCounts
from master.store.item_indices import ItemIndices
from master.store.item_pages import ItemPages, ItemQuery
from master.store.item_tables import item_keys, items, rejected
from master.store.item_threads import ItemThreads
from master.store.item_words import WORDS_VERSION
from master.store.meta import MetaStore
from worker.protocol.item_messages import Report
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text

KNOWN_FROM: Final = "items_known_from"
WORDS_FROM: Final = "items_words_from"
WORDS: Final = "items_words"
_PART: Final = 200
REPORT_CHARACTERS: Final = 20_000
"""So much of a rejected report is kept."""


class ItemRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One row; ``id`` 0 before it is stored."""

    id: int = 0
    account_id: str
    kind: ItemKind
    key: str
    title: str
    text: str
    author: str
    url: str
    thread: str
    created_at: int
    detected_at: int
    stored_at: int
    read: bool = False
    read_at: int | None = None
    truncated: bool
    worker_id: str
    how: str


class Marked(NamedTuple):
    """An item that was marked."""

    id: int
    account_id: str
    key: str
    thread: str
    read: bool
    """As it was before."""


class ItemStore:
    """The tables of items and of their keys."""

    def __init__(self) -> None:
        self.indices: Final = ItemIndices()
        self.counts: Final = ItemCounts()
        self.threads: Final = ItemThreads()
        self.pages: Final = ItemPages()

    # ------------------------------------------------------------ storing

    def new_keys(self, conn: Connection, account_id: str, keys: Iterable[str]) -> set[str]:
        """Return those of ``keys`` that the ledger does not have."""
        wanted = set(keys)
        if not wanted:
            return wanted
        columns = item_keys.c
        known = conn.execute(select(columns.key).where(columns.account_id == account_id, columns.key.in_(wanted)))
        return wanted - set(known.scalars())

    def add_keys(
        self, conn: Connection, account_id: str, keys: Iterable[str], records: Iterable[ItemRecord] = ()
    ) -> None:
        """Put new keys into the ledger; ``records``: the items that were made of some of them."""
        ids = {record.key: record.id for record in records}
        rows = [(account_id, key, ids.get(key)) for key in keys]
        if rows:
            conn.exec_driver_sql("INSERT INTO item_keys (account_id, key, item_id) VALUES (?, ?, ?)", rows)

    def insert(self, conn: Connection, records: Sequence[ItemRecord]) -> list[ItemRecord]:
        """Add items, index and count them; return them with their ids, in the same order."""
        if not records:
            return []
        # One writer, and ids that are never used again: the next ones are known beforehand.
        first = self.last_id(conn) + 1
        numbered = [msgspec.structs.replace(record, id=first + n) for n, record in enumerate(records)]
        conn.exec_driver_sql(_INSERT, [msgspec.structs.astuple(record) for record in numbered])
        self.indices.add(conn, numbered)
        self.counts.add(conn, numbered)
        self.threads.add(conn, numbered)
        return numbered

    def last_id(self, conn: Connection) -> int:
        """Return the highest id that was ever given."""
        found = conn.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'items'").scalar()
        return int(found or 0)

    def get(self, conn: Connection, item_id: int) -> ItemRecord | None:
        """Return one item."""
        found = self.some(conn, [item_id])
        return found[0] if found else None

    def page(
        self, conn: Connection, query: ItemQuery, limit: int, after: int | None = None, *, newest: bool = True
    ) -> list[ItemRecord]:
        """Return up to ``limit`` items in order of storing; ``after``: the id at which the page before ended."""
        return self.some(conn, self.pages.ids(conn, query, limit, after, newest=newest))

    def some(self, conn: Connection, ids: Sequence[int]) -> list[ItemRecord]:
        """Return items in the order of ``ids``; those that are gone are left out."""
        rows = conn.exec_driver_sql(_SOME, (msgspec.json.encode(ids).decode(),))
        found = {row[0]: _record(row) for row in rows}
        return [found[one] for one in ids if one in found]

    # ------------------------------------------------------------ marking

    def mark(self, conn: Connection, query: ItemQuery, read: bool, at: int, limit: int) -> list[Marked]:
        """Mark up to ``limit`` items of a query, those first that were not so before; return these as they were."""
        if query.unread is not UNSET and query.unread is not read:
            return []
        ids = self.pages.ids(conn, msgspec.structs.replace(query, unread=read), limit)
        return self.mark_some(conn, ids, read, at)

    def mark_some(self, conn: Connection, ids: Sequence[int], read: bool, at: int) -> list[Marked]:
        """Mark items (un)read; return those that were not so before."""
        known = msgspec.json.encode(ids).decode()
        rows = conn.exec_driver_sql(
            "SELECT id, account_id, key, thread, read FROM items"
            " WHERE id IN (SELECT value FROM json_each(?)) AND read = ?",
            (known, not read),
        )
        marked = [Marked(*row) for row in rows]
        if marked:
            conn.exec_driver_sql(
                "UPDATE items SET read = ?, read_at = ? WHERE id = ?",
                [(read, at if read else None, one.id) for one in marked],
            )
            known_from = self.known_from(conn)
            self.threads.mark(conn, [one for one in marked if one.id >= known_from], read)
        return marked

    def with_keys(self, conn: Connection, account_id: str, keys: Iterable[str]) -> list[int]:
        """Return the ids of an account's items with these keys."""
        columns = item_keys.c
        statement = select(columns.item_id).where(
            columns.account_id == account_id, columns.key.in_(set(keys)), columns.item_id.is_not(None)
        )
        return list(conn.execute(statement).scalars())

    # ------------------------------------------------------------ deleting; the ledger of keys is never touched

    def delete(self, conn: Connection, ids: Sequence[int]) -> list[ItemRecord]:
        """Delete items; return them as they were. What was counted of them stays counted."""
        records = self.some(conn, ids)
        words_from, known_from = self.words_from(conn), self.known_from(conn)
        self.indices.remove(conn, [record for record in records if record.id >= words_from])
        conn.exec_driver_sql(
            "DELETE FROM items WHERE id IN (SELECT value FROM json_each(?))", (msgspec.json.encode(ids).decode(),)
        )
        self.threads.remove(conn, [record for record in records if record.id >= known_from])
        return records

    def thin(self, conn: Connection, account_id: str) -> int:
        """Delete some items of an account; return how many."""
        return len(self.delete(conn, self.pages.ids(conn, ItemQuery(accounts=[account_id]), _PART)))

    def forget(self, conn: Connection, account_id: str) -> None:
        """Delete all items of an account, and what was counted of them."""
        while self.thin(conn, account_id):
            pass
        self.threads.forget(conn, account_id)
        self.counts.forget(conn, account_id)
        conn.exec_driver_sql("DELETE FROM item_marks WHERE account_id = ?", (account_id,))

    # ------------------------------------------------------------ an older history

    def known_from(self, conn: Connection) -> int:
        """Return the first id that is counted."""
        return int(MetaStore().get(conn, KNOWN_FROM) or 0)

    def words_from(self, conn: Connection) -> int:
        """Return the first id that can be searched for."""
        return int(MetaStore().get(conn, WORDS_FROM) or self.known_from(conn))

    def begin(self, conn: Connection) -> int:
        """Look whether the index is of this version, and return how far back there is something to learn (0: none)."""
        meta = MetaStore()
        if meta.get(conn, WORDS) != WORDS_VERSION:
            if meta.get(conn, WORDS) is not None:
                self.indices.clear(conn)
                meta.set(conn, WORDS_FROM, str(self.last_id(conn) + 1))
            meta.set(conn, WORDS, WORDS_VERSION)
        return max(self.words_from(conn), self.known_from(conn))

    def unlearnt(self, conn: Connection) -> int:
        """Return how many items are not yet indexed or counted."""
        position = max(self.words_from(conn), self.known_from(conn))
        return conn.execute(select(func.count()).select_from(items).where(items.c.id < position)).scalar_one()

    def learn(self, conn: Connection, limit: int) -> tuple[int, int]:
        """Index and count the newest items that are not yet; return where it is by now (0: the end), and how many."""
        words_from, known_from = self.words_from(conn), self.known_from(conn)
        position = max(words_from, known_from)
        statement = select(items).where(items.c.id < position).order_by(items.c.id.desc()).limit(limit)
        records = [_record(row) for row in conn.execute(statement)]
        self.indices.add(conn, [record for record in records if record.id < words_from])
        uncounted = [record for record in records if record.id < known_from]
        self.counts.add(conn, uncounted)
        self.threads.add(conn, uncounted)
        if uncounted:
            conn.exec_driver_sql(
                "UPDATE item_keys SET item_id = ? WHERE account_id = ? AND key = ?",
                [(record.id, record.account_id, record.key) for record in uncounted],
            )
        position = records[-1].id if len(records) == limit else 0
        meta = MetaStore()
        meta.set(conn, WORDS_FROM, str(min(words_from, position)))
        meta.set(conn, KNOWN_FROM, str(min(known_from, position)))
        return position, len(records)

    # ------------------------------------------------------------ counts, and what is no item

    def count(self, conn: Connection) -> int:
        """Return how many items there are."""
        return int(conn.exec_driver_sql("SELECT count(*) FROM items").scalar() or 0)

    def unread(self, conn: Connection) -> dict[str, int]:
        """Return how many items of each account are unread."""
        columns = items.c
        statement = select(columns.account_id, func.count()).where(columns.read.is_(False)).group_by(columns.account_id)
        return {row[0]: row[1] for row in conn.execute(statement)}

    def reject(
        self, conn: Connection, account_id: str, worker_id: str, epoch: int, report: Report, error: Text, at: int
    ) -> None:
        """Keep a report that is no valid item, cut to a bounded size."""
        conn.execute(
            insert(rejected).values(
                account_id=account_id,
                worker_id=worker_id,
                epoch=epoch,
                seq=report.seq,
                report=_told(report)[:REPORT_CHARACTERS],
                error=to_json(error),
                rejected_at=at,
            )
        )


def _told(report: Report) -> str:
    """Return a report as JSON, also with text that is no Unicode."""
    fields = msgspec.to_builtins(report)
    item = {
        name: value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
        for name, value in fields["item"].items()
    }
    return msgspec.json.encode(fields | {"item": item}).decode()


_FIELDS: Final = ItemRecord.__struct_fields__
_INSERT: Final = f"INSERT INTO items ({', '.join(_FIELDS)}) VALUES ({', '.join('?' * len(_FIELDS))})"  # noqa: S608
_SOME: Final = f"SELECT {', '.join(_FIELDS)} FROM items WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608


def _record(row: Row[Any]) -> ItemRecord:
    values = dict(zip(_FIELDS, row, strict=True))
    values["kind"] = ItemKind(values["kind"])
    values["read"], values["truncated"] = bool(values["read"]), bool(values["truncated"])
    return ItemRecord(**values)
