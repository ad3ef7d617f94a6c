"""Items: stored once for ever, told once, read when somebody says so."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from master.api.events import ItemsRead, Unread
from master.api.items import Item, ItemFilter, Trace, TraceStep
from master.api.rows import Count, Page
from master.api.schema import Account
from master.errors import NotFound
from master.services.events import Publisher
from master.services.ingestions import Circumstances, Ingested, Ingestion, gone
from master.services.notifications import NotificationService
from master.services.pages import read_cursor
from master.services.settings import SettingsService
from master.store.assignments import Progress
from master.store.engine import Connection, Database
from master.store.items import ItemQuery, ItemRecord, ItemStore
from master.store.notifications import NotificationRecord, Showing
from worker.protocol.codec import now_ms
from worker.protocol.messages import ItemsAcknowledged, ItemsDetected
from worker.protocol.texts import Text, text

ANNOUNCED = 500
"""Most single ids in one event; a larger change is told by its limits."""


class ItemAccounts(Protocol):
    """What is asked of the accounts, and what they are told."""

    def rows(self) -> Mapping[str, Account]: ...

    def stored(self, account_id: str, progress: Progress | None, baseline_done: bool) -> None: ...

    def set_unread(self, counts: Mapping[str, int]) -> None: ...

    def watch_deletions(self, callback: Callable[[str, bool], None]) -> None: ...


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
        self._store = ItemStore()
        self._ingestion = Ingestion()
        self._unread: dict[str, int] = {}
        accounts.watch_deletions(self._deleted)

    async def load(self) -> None:
        """Count what is unread."""
        self._unread = await self._database.read(self._store.unread)
        self._accounts.set_unread(self._unread)

    # ------------------------------------------------------------ what workers find

    async def ingest(self, worker_id: str, batch: ItemsDetected) -> ItemsAcknowledged:
        """Store a batch, then announce it. When this returns it is committed."""
        account = self._accounts.rows().get(batch.account_id)
        if account is None:
            return _acknowledged(gone(batch))
        now = now_ms()
        world = Circumstances(
            worker_id=worker_id,
            account_name=account.name,
            muted=self._notifications.muted(now),
            burst_limit=self._settings.current.item_burst_limit,
            now=now,
        )
        done = await self._database.write(lambda conn: self._ingestion.store(conn, batch, world))
        if done.progress is not None or done.baseline_done:
            self._accounts.stored(batch.account_id, done.progress, done.baseline_done)
        for record in done.items:
            self._publisher.publish("item.detected", row_of(record))
        self._notifications.announce(done.notifications)
        if done.items:
            self._count({batch.account_id: len(done.items)})
        return _acknowledged(done)

    # ------------------------------------------------------------ reading

    async def page(self, filter: ItemFilter, limit: int = 100, cursor: str | None = None) -> Page:  # noqa: A002
        """Return items, newest first. Raises :class:`Invalid` on a wrong cursor."""
        after = read_cursor(cursor)
        query = _query(filter)
        records = await self._database.read(lambda conn: self._store.page(conn, query, limit + 1, after))
        rows = [row_of(record) for record in records[:limit]]
        return Page(rows=rows, next_cursor=str(rows[-1].id) if len(records) > limit else None)

    async def get(self, item_id: int) -> Item:
        """Return one item. Raises :class:`NotFound`."""
        return row_of(await self._database.read(lambda conn: self._found(conn, item_id)))

    async def trace(self, item_id: int) -> Trace:
        """Return the life of an item so far. Raises :class:`NotFound`."""

        def read(conn: Connection) -> tuple[ItemRecord, list[NotificationRecord], list[Showing]]:
            item = self._found(conn, item_id)
            told = self._notifications.store.of_item(conn, item_id)
            return item, told, self._notifications.store.showings(conn, [record.id for record in told])

        return Trace(item_id=item_id, steps=_steps(*await self._database.read(read)))

    def unread(self) -> Unread:
        """Return the counts of all accounts that have unread items."""
        return Unread(total=sum(self._unread.values()), accounts=dict(self._unread))

    # ------------------------------------------------------------ marking

    async def mark(self, item_id: int, read: bool) -> Item:
        """Mark one item. Raises :class:`NotFound`."""

        def check(conn: Connection) -> None:
            self._found(conn, item_id)

        await self._mark(ItemFilter(ids=[item_id]), read, check)
        return await self.get(item_id)

    async def mark_many(self, filter: ItemFilter, read: bool = True) -> Count:  # noqa: A002
        """Mark all items of a filter; say how many were not so before."""
        return Count(count=await self._mark(filter, read))

    async def _mark(self, filter: ItemFilter, read: bool, check: "Check | None" = None) -> int:  # noqa: A002
        now = now_ms()

        def work(conn: Connection) -> tuple[list[tuple[int, str]], list[NotificationRecord], int]:
            if check is not None:
                check(conn)
            until_id = self._store.last_id(conn)
            changed = self._store.mark(conn, _query(filter), read, now)
            told = self._notifications.store.read_items(conn, (one for one, _ in changed)) if read else []
            return changed, told, until_id

        changed, told, until_id = await self._database.write(work)
        if not changed:
            return 0
        ids = [item_id for item_id, _ in changed]
        plain = not (filter.kind or filter.q or filter.since or filter.until or filter.ids)
        if plain and len(ids) > ANNOUNCED:
            account_id = filter.account_id or None
            self._publisher.publish(
                "items.read", ItemsRead(ids=[], read=read, account_id=account_id, until_id=until_id)
            )
        else:
            for start in range(0, len(ids), ANNOUNCED):
                self._publisher.publish("items.read", ItemsRead(ids=ids[start : start + ANNOUNCED], read=read))
        self._notifications.announce_read(told)
        deltas: dict[str, int] = {}
        for _, account_id in changed:
            deltas[account_id] = deltas.get(account_id, 0) + (-1 if read else 1)
        self._count(deltas)
        return len(ids)

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


class Check(Protocol):
    """Raises when a change must not be made."""

    def __call__(self, conn: Connection, /) -> None: ...


def row_of(record: ItemRecord) -> Item:
    """Return what clients see of a stored item."""
    return Item(
        id=record.id,
        account_id=record.account_id,
        kind=record.kind,
        key=record.key,
        title=record.title,
        text=record.text,
        author=record.author,
        url=record.url,
        thread=record.thread,
        created_at=record.created_at,
        detected_at=record.detected_at,
        stored_at=record.stored_at,
        read=record.read,
        truncated=record.truncated,
    )


def _acknowledged(done: Ingested) -> ItemsAcknowledged:
    return ItemsAcknowledged(results=done.results, cursor=done.cursor)


def _query(filter: ItemFilter) -> ItemQuery:  # noqa: A002
    return ItemQuery(
        account_id=filter.account_id,
        kind=filter.kind,
        unread=filter.unread,
        q=filter.q,
        since=filter.since,
        until=filter.until,
        ids=filter.ids,
    )


def _steps(item: ItemRecord, told: list[NotificationRecord], showings: list[Showing]) -> list[TraceStep]:
    steps = [
        TraceStep(at=item.detected_at, text=text("trace_found", worker=item.worker_id, how=item.how)),
        TraceStep(at=item.stored_at, text=text("trace_stored")),
    ]
    for record in told:
        reason = record.reason or Text(code="", message="")
        code = "trace_suppressed" if record.state == "suppressed" else "trace_notified"
        steps.append(TraceStep(at=record.created_at, text=text(code, reason=reason.message)))
    steps += [TraceStep(at=shown.shown_at, text=text("trace_shown", device=shown.device_name)) for shown in showings]
    if item.read_at is not None:
        steps.append(TraceStep(at=item.read_at, text=text("trace_opened")))
    return steps
