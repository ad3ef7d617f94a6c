"""What people ask of the items, as a question to the tables; and where one page ends and the next begins."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec
from msgspec import UNSET, UnsetType

from master.api.items import ItemFilter, ItemOrder
from master.errors import Invalid
from master.services.pages import read_cursor, wrong_cursor
from master.store.engine import Connection
from master.store.item_pages import ItemQuery
from master.store.items import ItemRecord, ItemStore
from worker.protocol.texts import text


class Grouped(Protocol):
    """What is asked of an account."""

    @property
    def group_id(self) -> str | None: ...


class Place(NamedTuple):
    """Behind which item a page begins; ``read``: among the read ones (where the unread come first)."""

    after: int | None = None
    read: bool = False


def accounts_of(
    account_id: str | UnsetType,
    account_ids: Sequence[str] | UnsetType,
    group_id: str | UnsetType,
    rows: Mapping[str, Grouped],
) -> list[str] | UnsetType:
    """Return the accounts that a filter names in its three ways, each once; unset when it names none."""
    if account_id is UNSET and account_ids is UNSET and group_id is UNSET:
        return UNSET
    named = [] if account_id is UNSET else [account_id]
    named += [] if account_ids is UNSET else account_ids
    if group_id is not UNSET:
        named += [one for one, row in rows.items() if row.group_id == group_id]
    return list(dict.fromkeys(named))


def query_of(filter: ItemFilter, rows: Mapping[str, Grouped]) -> ItemQuery:  # noqa: A002
    """Return the question. Raises :class:`Invalid` for a conversation without its account."""
    accounts = accounts_of(filter.account_id, filter.account_ids, filter.group_id, rows)
    if filter.thread is not UNSET and accounts is UNSET:
        raise Invalid(fields={"account_id": text("item_thread_account")})
    kinds = [] if filter.kind is UNSET else [filter.kind]
    kinds += [] if filter.kinds is UNSET else filter.kinds
    restricted = filter.kind is not UNSET or filter.kinds is not UNSET
    return ItemQuery(
        accounts=accounts,
        kinds=list(dict.fromkeys(kinds)) if restricted else UNSET,
        thread=filter.thread,
        unread=filter.unread,
        q=filter.q,
        author=filter.author,
        since=filter.since,
        until=filter.until,
        ids=filter.ids,
    )


def place_of(cursor: str | None, order: ItemOrder) -> Place:
    """Return what a cursor says. Raises :class:`Invalid` when it is not one of ours."""
    if cursor is None or order != "unread_first":
        return Place(read_cursor(cursor))
    if cursor[:1] not in ("u", "r"):
        raise wrong_cursor()
    return Place(read_cursor(cursor[1:]), cursor[0] == "r")


def cursor_of(last: ItemRecord, order: ItemOrder) -> str:
    """Return the cursor behind an item."""
    return f"{'r' if last.read else 'u'}{last.id}" if order == "unread_first" else str(last.id)


def read_page(
    conn: Connection, store: ItemStore, query: ItemQuery, order: ItemOrder, place: Place, limit: int
) -> list[ItemRecord]:
    """Return up to ``limit`` items behind a place."""
    if order != "unread_first" or query.unread is not UNSET:
        return store.page(conn, query, limit, place.after, newest=order != "oldest")
    found: list[ItemRecord] = []
    after = place.after
    if not place.read:
        found = store.page(conn, msgspec.structs.replace(query, unread=True), limit, after)
        after = None
    if len(found) < limit:
        found += store.page(conn, msgspec.structs.replace(query, unread=False), limit - len(found), after)
    return found
