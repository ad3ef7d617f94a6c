"""What becomes of a batch of reports, inside one transaction. Runs on the writer's thread and touches nothing else."""

from collections.abc import Sequence
from typing import Final

import msgspec

from master.services.rules import RuleService
from master.services.tellings import EXCERPT, Teller, Telling, Told, fate
from master.store.accounts import AccountStore
from master.store.assignments import AssignmentStore, Progress
from master.store.engine import Connection
from master.store.items import ItemRecord, ItemStore, Marked
from master.store.notifications import NotificationRecord, NotificationStore
from master.store.restored_accounts import RestoredStore
from worker.protocol.bases import EARLIEST_MS, LATEST_MS
from worker.protocol.codec import MAX_ITEM_TEXT_BYTES
from worker.protocol.item_messages import Item, ItemsDetected, Report, ReportResult
from worker.protocol.texts import Text, text

MAX_KEY: Final = 512
MAX_WORDS: Final = 8192
"""Most characters of a title, author, address or thread."""
MAX_CURSOR: Final = 256 * 1024
MAX_AHEAD: Final = 10_000
"""So many numbers beyond a gap are remembered."""


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What the transaction needs to know of the world outside."""

    worker_id: str
    account_name: str
    telling: Telling
    now: int


class Ingested(msgspec.Struct, frozen=True, kw_only=True):
    """What was stored."""

    results: list[ReportResult]
    cursor: str
    """``stored``, ``stale``, ``gap`` or ``none``."""
    progress: Progress | None = None
    """How far the account is now; None when its account is gone or nothing of it changed."""
    baseline_done: bool = False
    items: list[ItemRecord] = []
    notifications: list[NotificationRecord] = []
    recounted: list[NotificationRecord] = []
    """Notifications that stand for more items now."""
    hits: dict[str, int] = {}
    """What rules decided."""
    read: list[Marked] = []
    """Items that were read at the service."""
    withdrawn: list[NotificationRecord] = []
    """What is no longer to be told because of that, as it was."""


class Ingestion:
    """The rules of storing, over the tables."""

    def __init__(self) -> None:
        self._accounts = AccountStore()
        self._assignments = AssignmentStore()
        self._items = ItemStore()
        self._notifications = NotificationStore()
        self._restored = RestoredStore()
        self._teller = Teller()

    def store(self, conn: Connection, batch: ItemsDetected, world: Circumstances, rules: RuleService) -> Ingested:
        """Store a batch of one account. Raises :class:`StaleRules` when ``rules`` are others than were asked."""
        rules.confirm(conn, world.telling.plan)
        before = self._assignments.progress(conn, batch.account_id)
        if before is None:
            return gone(batch)
        errors = {report.seq: error for report in batch.reports if (error := fault_of(report.item)) is not None}
        valid = [report for report in batch.reports if report.seq not in errors]
        new = self._items.new_keys(conn, batch.account_id, (report.item.key for report in valid))
        results, fresh = _sort(batch.reports, errors, new)
        items = self._items.insert(conn, [_record(report.item, batch, world) for report in fresh])
        self._items.add_keys(conn, batch.account_id, new, items)
        if self._restored.is_open(conn, batch.account_id):
            # It may have been told before: one message will say how many there were.
            told = Told(made=self._notifications.insert(conn, _untold(items, text("silent_restored"), world)))
            self._restored.add_found(conn, batch.account_id, len(items))
        else:
            told = self._tell(conn, batch, items, fresh, world)
            rules.count(conn, told.hits, world.now)
        rejected = self._reject(conn, batch, errors, world) if errors else []
        after, cursor = _advance(before, batch)
        if after != before:
            self._assignments.set_progress(conn, batch.account_id, after)
        baseline_done = cursor == "stored"
        if baseline_done:
            self._accounts.update(conn, batch.account_id, {"baseline_done": True})
        settled = [*batch.read, *(report.item.key for report in fresh if report.shown)]
        read = self._items.mark_some(conn, self._items.with_keys(conn, batch.account_id, settled), True, world.now)
        return Ingested(
            results=results,
            cursor=cursor,
            progress=after if after != before else None,
            baseline_done=baseline_done,
            items=items,
            notifications=[*told.made, *rejected],
            recounted=told.changed,
            hits=told.hits,
            read=read,
            withdrawn=self._notifications.read_items(conn, (one.id for one in read)),
        )

    def _tell(
        self,
        conn: Connection,
        batch: ItemsDetected,
        items: Sequence[ItemRecord],
        fresh: Sequence[Report],
        world: Circumstances,
    ) -> Told:
        """Tell of new items; what the same batch calls read at the service, or was there before, is no news."""
        old = {report.item.key for report in fresh if report.shown}
        read = set(batch.read) - old
        quiet = self._notifications.insert(
            conn,
            [
                *_untold([item for item in items if item.key in old], text("silent_existing"), world),
                *_untold([item for item in items if item.key in read], text("silent_read"), world),
            ],
        )
        known = old | read
        decided = {one.seq: said for one, said in zip(batch.reports, world.telling.plan.decisions, strict=True)}
        pairs = [
            (item, decided[report.seq]) for item, report in zip(items, fresh, strict=True) if item.key not in known
        ]
        told = self._teller.tell(conn, pairs, world.telling, world.now)
        return msgspec.structs.replace(told, made=[*quiet, *told.made])

    def _reject(
        self, conn: Connection, batch: ItemsDetected, errors: dict[int, Text], world: Circumstances
    ) -> list[NotificationRecord]:
        for report in batch.reports:
            error = errors.get(report.seq)
            if error is not None:
                self._items.reject(conn, batch.account_id, world.worker_id, batch.epoch, report, error, world.now)
        state, reason = fate(world.telling.standing, text("told_alert"))
        alert = NotificationRecord(
            kind="alert",
            account_id=batch.account_id,
            title=text("notify_rejected", account=world.account_name),
            text=next(iter(errors.values())).message,
            state=state,
            reason=reason,
            # One alert an account: a broken platform would else tell of every item that it finds.
            dedupe=f"rejected:{batch.account_id}",
            created_at=world.now,
        )
        return self._notifications.insert(conn, [alert])


def gone(batch: ItemsDetected) -> Ingested:
    """Return what a worker is told of an account that does not exist any more: drop it all."""
    error = text("item_account_gone")
    results = [ReportResult(seq=report.seq, result="rejected", error=error) for report in batch.reports]
    return Ingested(results=results, cursor="stale" if batch.cursor else "none")


def fault_of(item: Item) -> Text | None:
    """Say why an item cannot be stored, None when it can."""
    if not item.key or len(item.key) > MAX_KEY:
        return text("item_key_wrong", maximum=MAX_KEY)
    for name in ("key", "title", "text", "author", "url", "thread"):
        value: str = getattr(item, name)
        try:
            size = len(value.encode())
        except UnicodeEncodeError:
            return text("item_text_broken", field=name)
        if size > (MAX_ITEM_TEXT_BYTES if name == "text" else MAX_WORDS):
            return text("item_too_long", field=name)
    for name in ("created_at", "detected_at"):
        if not EARLIEST_MS <= getattr(item, name) <= LATEST_MS:
            return text("item_time_wrong", field=name)
    return None


def _sort(reports: Sequence[Report], errors: dict[int, Text], new: set[str]) -> tuple[list[ReportResult], list[Report]]:
    """Return the result of every report, and those that become items."""
    left = set(new)
    results: list[ReportResult] = []
    fresh: list[Report] = []
    for report in reports:
        error = errors.get(report.seq)
        if error is not None:
            results.append(ReportResult(seq=report.seq, result="rejected", error=error))
        elif report.item.key in left:
            left.discard(report.item.key)
            results.append(ReportResult(seq=report.seq, result="stored"))
            if not report.baseline or report.shown:
                fresh.append(report)
        else:
            results.append(ReportResult(seq=report.seq, result="known"))
    return results, fresh


def _record(item: Item, batch: ItemsDetected, world: Circumstances) -> ItemRecord:
    return ItemRecord(
        account_id=batch.account_id,
        kind=item.kind,
        key=item.key,
        title=item.title,
        text=item.text,
        author=item.author,
        url=item.url,
        thread=item.thread,
        created_at=min(item.created_at, item.detected_at),
        detected_at=item.detected_at,
        stored_at=world.now,
        truncated=item.truncated,
        worker_id=world.worker_id,
        how=batch.how[:16],
    )


def _untold(items: Sequence[ItemRecord], reason: Text, world: Circumstances) -> list[NotificationRecord]:
    """Return why items are not told one by one, whatever the rules say."""
    return [
        NotificationRecord(
            kind="item",
            item_id=item.id,
            account_id=item.account_id,
            title=text("notify_item", account=world.account_name, title=item.title),
            text=item.text[:EXCERPT],
            state="suppressed",
            reason=reason,
            created_at=world.now,
            item_kind=item.kind,
        )
        for item in items
    ]


def _advance(before: Progress, batch: ItemsDetected) -> tuple[Progress, str]:
    """Return how far (account, epoch) is stored now, and what became of the cursor."""
    if batch.epoch != before.epoch:
        return before, "stale" if batch.cursor else "none"
    stored = before.stored_seq
    ahead = set(before.ahead)
    ahead.update(report.seq for report in batch.reports if report.seq > stored)
    while stored + 1 in ahead:
        stored += 1
        ahead.discard(stored)
    after = msgspec.structs.replace(before, stored_seq=stored, ahead=sorted(ahead)[:MAX_AHEAD])
    report = batch.cursor
    if report is None:
        return after, "none"
    if report.seq > stored:
        return after, "gap"
    if report.seq < before.cursor_seq or len(report.value) > MAX_CURSOR:
        return after, "stale"
    return msgspec.structs.replace(after, cursor=report.value, cursor_seq=report.seq), "stored"
