"""Items: stored once for ever, told once, read when somebody says so."""

import contextlib
import itertools
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Final, Literal, NamedTuple, Protocol

import msgspec
from msgspec import UNSET

from master.api.events import ItemsDeleted, ItemsRead, Unread
from master.api.items import Item, ItemFilter, ItemOrder, Trace
from master.api.rows import Count, Page
from master.api.schema import Account
from master.errors import NotFound
from master.services.events import Publisher
from master.services.ingestions import Circumstances, Ingested, Ingestion, gone
from master.services.item_queries import Place, cursor_of, place_of, query_of, read_page
from master.services.item_rows import row_of, steps_of
from master.services.notifications import NotificationService
from master.services.rules import StaleRules
from master.services.settings import SettingsService
from master.store.assignments import Progress
from master.store.engine import Connection, Database
from master.store.item_marks import ItemMarks
from master.store.item_pages import ItemQuery
from master.store.items import ItemRecord, ItemStore, Marked
from master.store.notifications import NotificationRecord, Showing
from worker.protocol.codec import now_ms
from worker.protocol.item_messages import ItemsAcknowledged, ItemsDetected
from worker.protocol.texts import text

ANNOUNCED: Final = 500
"""Most single ids in one event; a larger change is told by its limits."""
EXPORTED: Final = 500
"""So many items are read for a file at a time."""
AT_ONCE: Final = 2000
"""So many items are marked in one transaction: whoever wants to write meanwhile waits for no more."""


class ItemAccounts(Protocol):
    """What is asked of the accounts, and what they are told."""

    def rows(self) -> Mapping[str, Account]: ...

    def reporting(self) -> Mapping[str, Account]: ...

    def stored(self, account_id: str, progress: Progress | None, baseline_done: bool) -> None: ...

    def set_unread(self, counts: Mapping[str, int]) -> None: ...

    def watch_deletions(self, callback: Callable[[str, bool], None]) -> None: ...


class Marker(Protocol):
    """Has items marked as read at their services."""

    def wanted(self, account_id: str) -> bool:
        """Tell whether what is read of an account is to be marked there."""

    def kick(self, account_ids: Iterable[str]) -> None:
        """Something of these accounts waits."""


class ItemService:
    """Owns the items. Unread counts are kept in memory and follow every commit."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: ItemAccounts,
        notifications: NotificationService,
        publisher: Publisher,
        settings: SettingsService,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._notifications = notifications
        self._publisher = publisher
        self._settings = settings
        notifications.attach(accounts.reporting)
        self._store = ItemStore()
        self._ingestion = Ingestion()
        self._marks = ItemMarks()
        self._marker: Marker | None = None
        self._unread: dict[str, int] = {}
        accounts.watch_deletions(self._deleted)

    def attach(self, marker: Marker) -> None:
        """Close the circle at composition."""
        self._marker = marker

    async def load(self) -> None:
        """Count what is unread."""
        self._unread = await self._database.read(self._store.unread)
        self._accounts.set_unread(self._unread)

    # ------------------------------------------------------------ what workers find

    async def ingest(self, worker_id: str, batch: ItemsDetected) -> ItemsAcknowledged:
        """Store a batch, then announce it. When this returns it is committed."""
        account = self._accounts.reporting().get(batch.account_id)
        if account is None:
            return _acknowledged(gone(batch))
        done = await self._store_batch(worker_id, account, batch)
        if done.progress is not None or done.baseline_done:
            self._accounts.stored(batch.account_id, done.progress, done.baseline_done)
        for record in done.items:
            self._publisher.publish("item.detected", row_of(record))
        self._notifications.announce(done.notifications, done.recounted)
        self._notifications.rules.counted(done.hits, now_ms())
        if done.items:
            self._count({batch.account_id: len(done.items)})
        if done.read:
            self._announce_marked(done.read, True, done.withdrawn)
        return _acknowledged(done)

    async def _store_batch(self, worker_id: str, account: Account, batch: ItemsDetected) -> Ingested:
        """Store a batch; what is told of it is found out before the transaction, again when the rules changed."""
        rules = self._notifications.rules
        for attempt in itertools.count():
            telling = await self._notifications.prepare(
                batch.account_id, [report.item for report in batch.reports], attempt
            )
            world = Circumstances(worker_id=worker_id, account_name=account.name, telling=telling, now=now_ms())
            with contextlib.suppress(StaleRules):
                return await self._database.write(partial(self._ingestion.store, batch=batch, world=world, rules=rules))
        raise AssertionError

    # ------------------------------------------------------------ reading

    async def page(
        self,
        filter: ItemFilter,  # noqa: A002
        limit: int = 100,
        cursor: str | None = None,
        order: ItemOrder = "newest",
    ) -> Page:
        """Return items in order. Raises :class:`Invalid` on a wrong cursor or filter."""
        place, query = place_of(cursor, order), self.query(filter)
        records = await self._database.read(lambda conn: read_page(conn, self._store, query, order, place, limit + 1))
        more = len(records) > limit
        rows = [row_of(record) for record in records[:limit]]
        return Page(rows=rows, next_cursor=cursor_of(records[limit - 1], order) if more else None)

    async def export(
        self,
        filter: ItemFilter,  # noqa: A002
        order: Literal["newest", "oldest"] = "newest",
    ) -> AsyncGenerator[list[Item], None]:
        """Yield all items of a filter that are there now, some at a time. Raises :class:`Invalid` at the first."""
        until_id = await self._database.read(self._store.last_id)
        query = msgspec.structs.replace(self.query(filter), until_id=until_id)
        after: int | None = None
        while True:
            read = partial(read_page, store=self._store, query=query, order=order, place=Place(after), limit=EXPORTED)
            records = await self._database.read(read)
            if records:
                yield [row_of(record) for record in records]
            if len(records) < EXPORTED:
                return
            after = records[-1].id

    def query(self, filter: ItemFilter) -> ItemQuery:  # noqa: A002
        """Return what a filter asks of the tables now. Raises :class:`Invalid`."""
        return query_of(filter, self._accounts.rows())

    async def get(self, item_id: int) -> Item:
        """Return one item. Raises :class:`NotFound`."""
        return row_of(await self._database.read(lambda conn: self._found(conn, item_id)))

    async def trace(self, item_id: int) -> Trace:
        """Return the life of an item so far. Raises :class:`NotFound`."""

        def read(conn: Connection) -> tuple[ItemRecord, list[NotificationRecord], list[Showing]]:
            item = self._found(conn, item_id)
            told = self._notifications.store.of_item(conn, item_id)
            numbers = [one for record in told for one in (record.id, record.told_by) if one is not None]
            return item, told, self._notifications.store.showings(conn, numbers)

        return Trace(item_id=item_id, steps=steps_of(*await self._database.read(read)))

    def unread(self) -> Unread:
        """Return the counts of all accounts that have unread items."""
        return Unread(total=sum(self._unread.values()), accounts=dict(self._unread))

    def unread_of(self, account_id: str) -> int:
        """Return how many items of an account are unread."""
        return self._unread.get(account_id, 0)

    # ------------------------------------------------------------ marking

    async def mark(self, item_id: int, read: bool) -> Item:
        """Mark one item. Raises :class:`NotFound`."""

        def work(conn: Connection) -> Change:
            self._found(conn, item_id)
            return self._change(conn, self._store.mark_some(conn, [item_id], read, now_ms()), read)

        self._told(await self._database.write(work), read)
        return await self.get(item_id)

    async def mark_many(self, filter: ItemFilter, read: bool = True) -> Count:  # noqa: A002
        """Mark all items of a filter; say how many were not so before. Raises :class:`Invalid`.

        What comes meanwhile stays as it is.
        """
        until_id = await self._database.read(self._store.last_id)
        query = msgspec.structs.replace(self.query(filter), until_id=until_id)
        named = {name for name in ItemFilter.__struct_fields__ if getattr(filter, name) is not UNSET}
        plain = named <= {"account_id", "unread"}
        count, more = 0, True
        while more:
            change = await self._database.write(
                lambda conn: self._change(conn, self._store.mark(conn, query, read, now_ms(), AT_ONCE), read)
            )
            count += len(change.marked)
            more = len(change.marked) == AT_ONCE
            self._told(change, read, quietly=plain and (more or count > ANNOUNCED))
        if plain and count > ANNOUNCED:
            account_id = filter.account_id or None
            self._publisher.publish(
                "items.read", ItemsRead(ids=[], read=read, account_id=account_id, until_id=until_id)
            )
        return Count(count=count)

    async def remove(self, ids: Sequence[int]) -> int:
        """Delete items for ever, their keys excepted; return how many there were."""

        def work(conn: Connection) -> tuple[list[ItemRecord], list[NotificationRecord]]:
            # Before that: what is told of an item goes with it.
            withdrawn = self._notifications.store.read_items(conn, ids)
            return self._store.delete(conn, ids), withdrawn

        gone, withdrawn = await self._database.write(work)
        if gone:
            self._publisher.publish("items.deleted", ItemsDeleted(ids=[one.id for one in gone]))
            self._notifications.announce_read(withdrawn)
        deltas: dict[str, int] = {}
        for one in gone:
            if not one.read:
                deltas[one.account_id] = deltas.get(one.account_id, 0) - 1
        if deltas:
            self._count(deltas)
        return len(gone)

    def _change(self, conn: Connection, marked: list[Marked], read: bool) -> "Change":
        """Do in the transaction of a marking what follows from it: by a person, not by the service."""
        told = self._notifications.store.read_items(conn, (one.id for one in marked)) if read else []
        if self._marker is not None:
            wanted = {one for one in {one.account_id for one in marked} if self._marker.wanted(one)}
            keys = [(one.account_id, one.key) for one in marked if one.account_id in wanted]
            if read:
                self._marks.add(conn, keys, now_ms())
            else:
                self._marks.withdraw(conn, keys)
        return Change(marked, told)

    def _told(self, change: "Change", read: bool, *, quietly: bool = False) -> None:
        self._announce_marked(change.marked, read, change.withdrawn, quietly=quietly)
        if self._marker is not None and read and change.marked:
            self._marker.kick({one.account_id for one in change.marked})

    def _announce_marked(
        self,
        marked: Sequence[Marked],
        read: bool,
        withdrawn: Sequence[NotificationRecord],
        *,
        quietly: bool = False,
    ) -> None:
        """Tell everybody what was marked; ``quietly``: the ids are told otherwise."""
        if not marked:
            return
        ids = [one.id for one in marked]
        if not quietly:
            for start in range(0, len(ids), ANNOUNCED):
                self._publisher.publish("items.read", ItemsRead(ids=ids[start : start + ANNOUNCED], read=read))
        self._notifications.announce_read(withdrawn)
        deltas: dict[str, int] = {}
        for one in marked:
            deltas[one.account_id] = deltas.get(one.account_id, 0) + (-1 if read else 1)
        self._count(deltas)

    # ------------------------------------------------------------ inside

    def _deleted(self, account_id: str, keep_history: bool) -> None:
        if not keep_history and self._unread.pop(account_id, 0):
            self._tell_unread((account_id,))

    def _count(self, deltas: Mapping[str, int]) -> None:
        for account_id, delta in deltas.items():
            count = self._unread.get(account_id, 0) + delta
            if count > 0:
                self._unread[account_id] = count
            else:
                self._unread.pop(account_id, None)
        self._accounts.set_unread({account_id: self._unread.get(account_id, 0) for account_id in deltas})
        self._tell_unread(deltas)

    def _tell_unread(self, account_ids: Iterable[str]) -> None:
        accounts = {account_id: self._unread.get(account_id, 0) for account_id in account_ids}
        self._publisher.publish("unread.changed", Unread(total=sum(self._unread.values()), accounts=accounts))

    def _found(self, conn: Connection, item_id: int) -> ItemRecord:
        record = self._store.get(conn, item_id)
        if record is None:
            raise NotFound(text("item_unknown", id=item_id))
        return record


class Change(NamedTuple):
    """What a transaction marked, and what is no longer to be told because of it."""

    marked: list[Marked]
    withdrawn: list[NotificationRecord]


def _acknowledged(done: Ingested) -> ItemsAcknowledged:
    return ItemsAcknowledged(results=done.results, cursor=done.cursor)
