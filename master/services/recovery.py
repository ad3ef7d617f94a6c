"""What the last start found and repaired: every row that was left in the middle of something is looked at."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from master.api.events import Deleted, Event
from master.api.schema import Recovery, Repair, RepairKind, Worker
from master.api.workers import EXTERNAL
from master.errors import Unavailable
from master.services.accounts import AccountService
from master.services.events import Publisher
from master.services.items import ItemService
from master.services.jobs import JobService
from master.services.notifications import NotificationService
from master.services.workers import WorkerService
from master.store.engine import Database
from master.store.meta import MetaStore
from master.store.notifications import NotificationStore
from master.store.outboxes import OutboxError, forget_reports, read_outbox
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.states import LoginStatus, WorkerState
from worker.protocol.texts import text

logger = logging.getLogger(__name__)

STOPPED_IN_ORDER: Final = "stopped_in_order"


class RecoveryService:
    """Runs once at the start, before a worker is started; drains outboxes whenever a worker will not do it itself."""

    def __init__(
        self,
        *,
        database: Database,
        publisher: Publisher,
        tasks: Tasks,
        accounts: AccountService,
        workers: WorkerService,
        items: ItemService,
        notifications: NotificationService,
        jobs: JobService,
        folder: Path,
    ) -> None:
        """``folder`` has one folder a worker."""
        self._database = database
        self._accounts = accounts
        self._workers = workers
        self._items = items
        self._notifications = notifications
        self._jobs = jobs
        self._folder = folder
        self._meta = MetaStore()
        self._report: Recovery | None = None
        self._tasks = tasks
        self._draining = asyncio.Lock()
        self._more: list[Callable[[bool], Awaitable[list[Repair]]]] = []
        self._given_up: set[str] = set()
        """Workers in ``error`` whose outbox was drained since."""
        publisher.subscribe(self._hear)

    def also(self, repair: Callable[[bool], Awaitable[list[Repair]]]) -> None:
        """Have ``repair`` look at its rows too; it gets whether the master before stopped in order."""
        self._more.append(repair)

    @property
    def report(self) -> Recovery:
        """What was found. Raises :class:`Unavailable` while it is still being looked for."""
        if self._report is None:
            raise Unavailable(text("recovery_running"))
        return self._report

    async def run(self) -> Recovery:
        """Look at everything, repair it, and say so in the log."""
        began = time.monotonic()
        clean = await self._begin()
        repairs = [
            await self._processes(),
            self._assignments(),
            self._logins(),
            await self._due(),
            await self._outboxes(),
            await self._open_jobs(),
        ]
        for more in self._more:
            repairs += await more(clean)
        self._report = Recovery(at=now_ms(), clean=clean, repairs=repairs)
        repaired = sum(repair.repaired for repair in repairs)
        logger.info(
            "recovery: the master before %s, %d of %d rows repaired, %.0f ms",
            "stopped in order" if clean else "was killed",
            repaired,
            sum(repair.examined for repair in repairs),
            (time.monotonic() - began) * 1000,
        )
        return self._report

    async def finish(self) -> None:
        """Note that this master stops in order."""
        await self._database.write(lambda conn: self._meta.set(conn, STOPPED_IN_ORDER, "1"))

    async def drain(self, worker_id: str) -> tuple[int, int]:
        """Store what waits in the outbox of a worker that will not deliver it; return how much waited and was taken.

        Items are kept once, whatever their epoch; no cursor and no state is taken from there.
        """
        ledger = self._folder / worker_id / "ledger.db"
        waiting = taken = 0
        async with self._draining:
            try:
                for batch in await asyncio.to_thread(read_outbox, ledger):
                    waiting += len(batch.reports)
                    answer = await self._items.ingest(worker_id, batch)
                    done = [result.seq for result in answer.results]
                    await asyncio.to_thread(forget_reports, ledger, batch.account_id, batch.epoch, done)
                    taken += len(done)
            except OutboxError as error:
                logger.error("the outbox of %s cannot be read: %s", worker_id, error)
        return waiting, taken

    def _hear(self, event: Event) -> None:
        """Drain what a worker leaves that was deleted or given up: no process of it will deliver it."""
        if isinstance(event.data, Deleted) and event.type == "worker.deleted":
            self._given_up.discard(event.data.id)
            self._tasks.spawn(self.drain(event.data.id), name=f"outbox of {event.data.id}")
        elif isinstance(event.data, Worker):
            name = event.data.worker_id
            if event.data.status is not WorkerState.ERROR or event.data.deployment_type == EXTERNAL:
                self._given_up.discard(name)
            elif name not in self._given_up:
                self._given_up.add(name)
                self._tasks.spawn(self.drain(name), name=f"outbox of {name}")

    # ------------------------------------------------------------ one kind each

    async def _begin(self) -> bool:
        clean = await self._database.read(lambda conn: self._meta.get(conn, STOPPED_IN_ORDER)) != "0"
        await self._database.write(lambda conn: self._meta.set(conn, STOPPED_IN_ORDER, "0"))
        return clean

    async def _processes(self) -> Repair:
        examined, ended = await self._workers.end_leftovers()
        return _repair("process", examined, ended, "recovery_processes")

    def _assignments(self) -> Repair:
        held = [row.worker_id for row in self._accounts.rows().values() if row.worker_id is not None]
        # Nothing is written here: whoever is started next takes them over under a new epoch.
        lost = sum(not self._workers.exists(worker_id) for worker_id in held)
        return _repair("assignment", len(held), lost, "recovery_assignments")

    def _logins(self) -> Repair:
        pending = sum(row.login_status is LoginStatus.PENDING for row in self._accounts.rows().values())
        return _repair("account", pending, 0, "recovery_accounts")

    async def _due(self) -> Repair:
        store, now = NotificationStore(), now_ms()
        pending, due = await self._database.read(lambda conn: (store.count_pending(conn), len(store.due(conn, now))))
        # The notifications' own timer tells what is due by now as soon as it runs.
        return _repair("notification", pending + due, due, "recovery_notifications")

    async def _open_jobs(self) -> Repair:
        # What became of them is told by the workers that take them up, a moment after they are there.
        examined, mended = await self._jobs.recover()
        return _repair("job", examined, mended, "recovery_jobs")

    async def _outboxes(self) -> Repair:
        names = await asyncio.to_thread(_folders, self._folder)
        left = [name for name in names if not self._workers.exists(name) or self._stays_away(name)]
        counts = [await self.drain(name) for name in left]
        return _repair("outbox", sum(c[0] for c in counts), sum(c[1] for c in counts), "recovery_outboxes")

    def _stays_away(self, worker_id: str) -> bool:
        """Whether no process will deliver what it left here. One that is started elsewhere has its outbox there."""
        row = self._workers.get(worker_id)
        starts = row.enabled and row.auto_start and row.status is not WorkerState.ERROR
        return not starts and row.deployment_type != EXTERNAL


def _repair(kind: RepairKind, examined: int, repaired: int, code: str) -> Repair:
    return Repair(kind=kind, examined=examined, repaired=repaired, text=text(code, count=repaired, total=examined))


def _folders(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
