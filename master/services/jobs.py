"""Jobs from start to stop of the master: taken up again, placed, and told of by workers."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from master.api.events import Deleted, Event, JobPrinted
from master.api.jobs import JobTemplate
from master.api.schema import Worker
from master.errors import NotFound
from master.services.catalog import CatalogService
from master.services.deliveries import Send
from master.services.events import Publisher
from master.services.job_books import Entry, JobBook
from master.services.job_commands import Credentials, JobCommands
from master.services.job_deliveries import JobDeliveries
from master.services.job_dispatches import JobDispatcher, Workers, slots_for
from master.services.job_outputs import JobOutputs, is_job_id
from master.services.job_reports import JobReports, Notifies
from master.services.job_retention import JobRetention, Purge
from master.services.notifications import NotificationService
from master.services.settings import SettingsService
from master.store.engine import Connection, Database
from master.store.jobs import OpenJob
from master.supervision.job_queue import JobQueue
from master.tasks import Tasks
from worker.protocol.job_messages import JobPrinted as Printed
from worker.protocol.job_messages import JobReported, RunJob
from worker.protocol.states import JobState, ReservationState
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

STUCK_SECONDS: Final = 30.0
LOST_SECONDS: Final = 10.0
"""Jobs that are found lost within so long of each other were lost together."""


class JobService(JobCommands):
    """All jobs. Those that have not ended are in memory, too; every change is written before it counts."""

    def __init__(
        self,
        *,
        database: Database,
        publisher: Publisher,
        catalog: CatalogService,
        settings: SettingsService,
        notifications: NotificationService,
        workers: Workers,
        credentials: Credentials,
        send: Send,
        tasks: Tasks,
        folder: Path,
        lost: Callable[[int], None] = lambda _count: None,
    ) -> None:
        """``folder`` has one folder a job; ``lost(n)``: of n jobs nothing was left."""
        self._publisher = publisher
        self._on_lost = lost
        self._lost = 0
        self._lost_at = 0.0
        self._stuck_due = time.monotonic() + STUCK_SECONDS
        book = JobBook(database=database, publisher=publisher, notifications=notifications, waiting=self._waiting)
        deliveries = JobDeliveries(send=send, tasks=tasks, settings=settings, present=self._present)
        dispatcher = JobDispatcher(book=book, queue=JobQueue(), workers=workers, deliveries=deliveries, tasks=tasks)
        outputs = JobOutputs(folder)
        super().__init__(
            database=database,
            tasks=tasks,
            catalog=catalog,
            settings=settings,
            workers=workers,
            credentials=credentials,
            book=book,
            dispatcher=dispatcher,
            outputs=outputs,
            deliveries=deliveries,
            reports=JobReports(book=book, dispatcher=dispatcher, notifications=notifications, lost=self._note_lost),
            retention=JobRetention(
                database=database,
                publisher=publisher,
                settings=settings,
                book=book,
                outputs=outputs,
                deliveries=deliveries,
                present=self._present,
            ),
        )
        publisher.subscribe(self._hear)

    # ------------------------------------------------------------ start and stop

    async def load(self) -> None:
        """Read the jobs that have not ended, and the highest id that was ever given."""
        opened, last = await self._database.read(lambda conn: (self._store.open(conn), self._store.last_id(conn)))
        names = await asyncio.to_thread(self._outputs.names)
        self._last_id = max((int(name, 16) for name in (last, *names) if is_job_id(name)), default=0)
        for job in opened:
            self._take_up(job)

    def _take_up(self, job: OpenJob[JobTemplate]) -> None:
        entry = Entry(record=job.record, begun=job.begun)
        self._book.add(entry)
        if job.held is not None:
            self._book.hold(entry, job.held)
        if entry.given:
            return
        self._dispatcher.withdraw(entry)
        if job.record.state is JobState.PENDING:
            self._dispatcher.enqueue(entry)

    async def recover(self) -> tuple[int, int]:
        """Put right slots that do not fit their jobs; return how many jobs were looked at, and how many mended."""
        mended = await self._retention.release_stale(dry_run=False)
        for entry in list(self._book.entries.values()):
            # It runs and holds nothing: no master of ours writes that. Whoever looks after it says what it is.
            if entry.record.state is JobState.RUNNING and not entry.given:
                mended += 1
                await self._restore(entry)
        return len(self._book.entries), mended

    async def _restore(self, entry: Entry) -> None:
        template, record = entry.record.template, entry.record
        slots = slots_for(entry, record.worker_id or "")
        slots = msgspec.structs.replace(slots, run=record.attempts, state=ReservationState.ALLOCATED)
        logger.warning("job %s (%s) ran without slots", record.id, template.runner)

        def work(conn: Connection) -> None:
            self._store.restore(conn, slots)

        await self._database.write(work)
        self._book.hold(entry, slots)

    def open(self) -> None:
        """All workers that start with the master are being started: what others left is taken up from now on."""
        self._dispatcher.opened = True
        self._dispatcher.sweep()
        self._dispatcher.kick()

    def close(self) -> None:
        """Give nothing to workers any more: they are about to stop. What runs goes on."""
        self._dispatcher.closed = True
        for entry in self._book.entries.values():
            if entry.timer is not None:
                entry.timer.cancel()

    def tick(self) -> None:
        """Once a second: place what waits, see to what workers left, and ask about what went silent."""
        self._dispatcher.sweep()
        self._dispatcher.kick()
        self._dispatcher.refresh()
        now = time.monotonic()
        if now >= self._stuck_due:
            self._stuck_due = now + STUCK_SECONDS
            self._tasks.spawn(self._retention.ask_stuck(dry_run=False), name="silent jobs")
        if self._lost and now - self._lost_at >= LOST_SECONDS:
            self._lost = 0

    # ------------------------------------------------------------ what workers say

    def registered(self, worker_id: str, runners: list[str]) -> list[RunJob]:
        """A worker's socket stands: return the jobs that it is to take up again."""
        return self._dispatcher.registered(worker_id, runners)

    def disconnected(self, worker_id: str) -> None:
        """A worker's socket is gone."""
        self._dispatcher.disconnected(worker_id)

    async def reported(self, worker_id: str, message: JobReported) -> None:
        """Note what a worker says of a run; written when this returns."""
        await self._whole(self._reports.reported(worker_id, message), f"report of job {message.job_id}")

    def printed(self, worker_id: str, message: Printed) -> None:
        """Show what a run prints to those who look on."""
        entry = self._book.entries.get(message.job_id)
        if entry is None or entry.record.attempts != message.run:
            return
        shown = JobPrinted(
            job_id=message.job_id,
            attempt=message.run,
            stream=message.stream,
            offset=message.offset,
            text=message.text,
            next_offset=message.next_offset,
        )
        self._publisher.publish("job.printed", shown, numbered=False)

    async def secret(self, job_id: str, run: int, worker_id: str) -> dict[str, Any]:
        """Return the credential of a run, for the worker that has it.

        Raises :class:`NotFound` for everybody else, and as the credentials do.
        """
        entry = self._book.entries.get(job_id)
        held = entry.held if entry is not None and entry.given else None
        if entry is None or held is None or (held.run, held.worker_id) != (run, worker_id):
            raise NotFound(text("job_unknown", id=job_id[:40]))
        if entry.record.credential_id is None:
            return {}
        return await self._credentials.read(entry.record.credential_id)

    # ------------------------------------------------------------ for other services

    @property
    def notifies(self) -> Notifies:
        """Whether the person is told that a job ended so; set by the schedules for theirs."""
        return self._reports.notifies

    @notifies.setter
    def notifies(self, judge: Notifies) -> None:
        self._reports.notifies = judge

    def purges(self) -> Mapping[str, Purge]:
        """Return what the janitor clears away of jobs."""
        return self._retention.purges()

    # ------------------------------------------------------------ inside

    def _hear(self, event: Event) -> None:
        if isinstance(event.data, Worker):
            self._dispatcher.changed(event.data.worker_id)
        elif isinstance(event.data, Deleted) and event.type == "worker.deleted":
            self._dispatcher.changed(event.data.id)

    def _waiting(self, entry: Entry) -> Text | None:
        return self._dispatcher.waiting(entry)

    def _present(self, worker_id: str) -> bool:
        return self._dispatcher.present(worker_id)

    def _note_lost(self) -> None:
        self._lost += 1
        self._lost_at = time.monotonic()
        self._on_lost(self._lost)
