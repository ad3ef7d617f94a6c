"""Items, and the ledger of keys that says what was seen before."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, true, update

from master.store.columns import to_json
from master.store.item_tables import item_keys, items, rejected
from worker.protocol.messages import Report
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text

REPORT_CHARACTERS: Final = 20_000
"""So much of a rejected report is kept."""


class ItemOrder(StrEnum):
    """What items may be sorted by."""

    NEWEST = "newest"
    OLDEST = "oldest"


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


class ItemQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which items; what is absent does not restrict. ``until_id``: only those that were stored up to it."""

    account_id: str | UnsetType = UNSET
    kind: ItemKind | UnsetType = UNSET
    unread: bool | UnsetType = UNSET
    q: str | UnsetType = UNSET
    since: int | UnsetType = UNSET
    until: int | UnsetType = UNSET
    ids: list[int] | UnsetType = UNSET
    until_id: int | UnsetType = UNSET


class ItemStore:
    """The tables of items and of their keys."""

    def add_keys(self, conn: Connection, account_id: str, keys: Iterable[str]) -> set[str]:
        """Put keys into the ledger and return those that were not there."""
        wanted = set(keys)
        if not wanted:
            return wanted
        columns = item_keys.c
        known = conn.execute(select(columns.key).where(columns.account_id == account_id, columns.key.in_(wanted)))
        new = wanted - set(known.scalars())
        if new:
            conn.execute(insert(item_keys), [{"account_id": account_id, "key": key} for key in new])
        return new

    def insert(self, conn: Connection, records: Sequence[ItemRecord]) -> list[ItemRecord]:
        """Add items and return them with their ids, in the same order."""
        if not records:
            return []
        # One writer, and ids that are never used again: the next ones are known beforehand.
        first = self.last_id(conn) + 1
        numbered = [msgspec.structs.replace(record, id=first + n) for n, record in enumerate(records)]
        conn.execute(insert(items), [msgspec.structs.asdict(record) for record in numbered])
        return numbered

    def last_id(self, conn: Connection) -> int:
        """Return the highest id that was ever given."""
        found = conn.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'items'").scalar()
        return int(found or 0)

    def get(self, conn: Connection, item_id: int) -> ItemRecord | None:
        """Return one item."""
        row = conn.execute(select(items).where(items.c.id == item_id)).mappings().one_or_none()
        return None if row is None else _record(row)

    def page(
        self,
        conn: Connection,
        query: ItemQuery,
        limit: int,
        after: int | None = None,
        order: ItemOrder = ItemOrder.NEWEST,
    ) -> list[ItemRecord]:
        """Return up to ``limit`` items in ``order`` of storing; ``after``: the id at which the page before ended."""
        statement = select(items).where(_where(query)).limit(limit)
        if order is ItemOrder.NEWEST:
            statement = statement.order_by(items.c.id.desc())
            if after is not None:
                statement = statement.where(items.c.id < after)
        else:
            statement = statement.order_by(items.c.id)
            if after is not None:
                statement = statement.where(items.c.id > after)
        return [_record(row) for row in conn.execute(statement).mappings()]

    def mark(self, conn: Connection, query: ItemQuery, read: bool, at: int) -> list[tuple[int, str]]:
        """Mark items (un)read; return id and account of those that were not so before."""
        where = and_(_where(query), items.c.read.is_(not read))
        changed = conn.execute(select(items.c.id, items.c.account_id).where(where)).all()
        if changed:
            conn.execute(update(items).where(where).values(read=read, read_at=at if read else None))
        return [(item_id, account_id) for item_id, account_id in changed]

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


def _where(query: ItemQuery) -> ColumnElement[bool]:
    columns = items.c
    terms: list[ColumnElement[bool]] = [true()]
    if query.account_id is not UNSET:
        terms.append(columns.account_id == query.account_id)
    if query.kind is not UNSET:
        terms.append(columns.kind == query.kind)
    if query.unread is not UNSET:
        terms.append(columns.read.is_(not query.unread))
    if query.since is not UNSET:
        terms.append(columns.detected_at >= query.since)
    if query.until is not UNSET:
        terms.append(columns.detected_at <= query.until)
    if query.ids is not UNSET:
        terms.append(columns.id.in_(query.ids))
    if query.until_id is not UNSET:
        terms.append(columns.id <= query.until_id)
    if query.q is not UNSET and query.q:
        found = [column.contains(query.q, autoescape=True) for column in (columns.title, columns.text, columns.author)]
        terms.append(or_(*found))
    return and_(*terms)


def _record(row: Mapping[Any, Any]) -> ItemRecord:
    values = dict(row)
    values["kind"] = ItemKind(values["kind"])
    return ItemRecord(**values)
