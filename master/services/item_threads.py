"""Conversations as people see them, and what stands around an item."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import UNSET

from master.api.item_threads import ItemContext, ItemThread, ThreadFilter
from master.api.rows import Page
from master.errors import NotFound
from master.services.item_queries import Grouped, accounts_of
from master.services.item_rows import row_of
from master.services.pages import read_cursor
from master.store.engine import Connection, Database
from master.store.item_pages import ItemQuery
from master.store.item_threads import ThreadRecord
from master.store.items import ItemStore
from worker.protocol.states import ItemKind
from worker.protocol.texts import text


class Accounts(Protocol):
    """What is asked of the accounts."""

    def rows(self) -> Mapping[str, Grouped]: ...


class ItemThreadService:
    """Reads; what there is was counted as items came and were read."""

    def __init__(self, *, database: Database, accounts: Accounts) -> None:
        self._database = database
        self._accounts = accounts
        self._store = ItemStore()

    async def page(
        self,
        filter: ThreadFilter,  # noqa: A002
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page:
        """Return conversations, the one with the newest item first. Raises :class:`Invalid` on a wrong cursor.

        One that gets a new item while somebody turns the pages goes to the front, and is on no later page.
        """
        after = read_cursor(cursor)
        named = accounts_of(filter.account_id, filter.account_ids, filter.group_id, self._accounts.rows())
        records = await self._database.read(
            lambda conn: self._store.threads.page(
                conn,
                limit + 1,
                after,
                accounts=None if named is UNSET else named,
                unread=None if filter.unread is UNSET else filter.unread,
                kind=None if filter.kind is UNSET else str(filter.kind),
            )
        )
        rows = [thread_of(record) for record in records[:limit]]
        return Page(rows=rows, next_cursor=str(rows[-1].last_id) if len(records) > limit else None)

    async def context(self, item_id: int, limit: int = 20) -> ItemContext:
        """Return an item with what was stored before and after it in its conversation. Raises :class:`NotFound`."""

        def read(conn: Connection) -> ItemContext:
            item = self._store.get(conn, item_id)
            if item is None:
                raise NotFound(text("item_unknown", id=item_id))
            query = ItemQuery(accounts=[item.account_id], thread=item.thread or UNSET)
            earlier = self._store.page(conn, query, limit + 1, item_id)
            later = self._store.page(conn, query, limit + 1, item_id, newest=False)
            thread = self._store.threads.get(conn, item.account_id, item.thread) if item.thread else None
            return ItemContext(
                item=row_of(item),
                thread=None if thread is None else thread_of(thread),
                earlier=[row_of(one) for one in reversed(earlier[:limit])],
                later=[row_of(one) for one in later[:limit]],
                more_earlier=len(earlier) > limit,
                more_later=len(later) > limit,
            )

        return await self._database.read(read)


def thread_of(record: ThreadRecord) -> ItemThread:
    """Return what clients see of a conversation."""
    return ItemThread(
        account_id=record.account_id,
        thread=record.thread,
        title=record.title,
        author=record.author,
        excerpt=record.excerpt,
        kind=ItemKind(record.kind),
        last_id=record.last_id,
        last_at=record.detected_at,
        count=record.size,
        unread=max(0, record.unread),
    )
