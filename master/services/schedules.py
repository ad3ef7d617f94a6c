"""Schedules: jobs that are run again and again, by cron."""

import asyncio
import uuid
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET

from master.api.events import Deleted, Event
from master.api.jobs import Job, JobTemplate
from master.api.rows import Page
from master.api.schedules import Schedule, ScheduleCreate, SchedulePatch, SchedulePreview
from master.errors import Conflict, Invalid
from master.services.crons import Cron, describe, preview
from master.services.events import Publisher
from master.services.notifications import NotificationService
from master.services.pages import read_cursor
from master.services.schedule_books import Entry, Record, ScheduleBook, row_of, run_row
from master.services.schedule_jobs import Jobs
from master.services.schedule_notices import ScheduleNotices
from master.services.schedule_runs import ScheduleRunner
from master.services.schedule_starts import ScheduleStarter
from master.services.zones import LOCAL
from master.store.engine import Connection, Database
from master.store.schedules import RunRecord, ScheduleStore
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.states import JobState
from worker.protocol.texts import Text, text

OPEN = (JobState.PENDING, JobState.RUNNING)


class ScheduleService:
    """All schedules. Rows in memory follow every commit."""

    def __init__(
        self,
        *,
        database: Database,
        publisher: Publisher,
        notifications: NotificationService,
        jobs: Jobs,
        tasks: Tasks,
        ready: asyncio.Event,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        """``ready`` is set once jobs can be submitted; ``clock``: the wall's, in UTC milliseconds."""
        self._database = database
        self._publisher = publisher
        self._jobs = jobs
        self._ready = ready
        self._clock = clock
        self._store = ScheduleStore(JobTemplate)
        self._book = ScheduleBook(publisher)
        notices = ScheduleNotices(notifications, self._book)
        self._starter = ScheduleStarter(
            database=database, book=self._book, store=self._store, jobs=jobs, notices=notices, clock=clock
        )
        self._runner = ScheduleRunner(
            database=database,
            book=self._book,
            store=self._store,
            jobs=jobs,
            notices=notices,
            starter=self._starter,
            tasks=tasks,
            clock=clock,
        )
        jobs.notifies = notices.ends
        publisher.subscribe(self._hear)

    # ------------------------------------------------------------ start and stop

    async def load(self) -> None:
        """Read all schedules and the moments that wait."""

        def read(conn: Connection) -> tuple[list[Record], dict[str, JobState], list[RunRecord]]:
            return self._store.all(conn), self._store.last_states(conn), self._store.waiting(conn)

        records, states, waiting = await self._database.read(read)
        queues: defaultdict[str, deque[RunRecord]] = defaultdict(deque)
        for run in waiting:
            queues[run.schedule_id].append(run)
        for record in records:
            entry = self._book.add(record, states.get(record.id))
            entry.waiting = queues[record.id]

    async def watch(self) -> None:
        """Run what is due, for ever; what was due meanwhile is dealt with first, as each schedule says."""
        await self._ready.wait()
        await self._runner.watch()

    def close(self) -> None:
        """Start nothing any more."""
        self._starter.closed = True
        self._runner.wake()

    # ------------------------------------------------------------ requests

    def rows(self) -> list[Schedule]:
        """Return all schedules, oldest first."""
        return [row_of(entry) for entry in self._book.entries.values()]

    def get(self, schedule_id: str) -> Schedule:
        """Return one schedule. Raises :class:`NotFound`."""
        return row_of(self._book.entry(schedule_id))

    async def runs(self, schedule_id: str, limit: int = 50, cursor: str | None = None) -> Page:
        """Return what became of its moments, newest first. Raises :class:`NotFound`, :class:`Invalid`."""
        self._book.entry(schedule_id)
        before = read_cursor(cursor)
        records = await self._database.read(lambda conn: self._store.page(conn, schedule_id, limit + 1, before))
        rows = [run_row(record) for record in records[:limit]]
        return Page(rows=rows, next_cursor=str(rows[-1].id) if len(records) > limit else None)

    def preview(self, cron: str, time_zone: str = LOCAL, count: int = 5) -> SchedulePreview:
        """Return the words and the next moments of an expression. Raises :class:`Invalid` (``cron``, ``tz``)."""
        moments = preview(cron, time_zone, self._clock(), count)
        return SchedulePreview(cron=cron, time_zone=time_zone, text=describe(cron), next_at=moments)

    # ------------------------------------------------------------ commands

    async def create(self, body: ScheduleCreate) -> Schedule:
        """Add a schedule. Raises :class:`Invalid` by field; those of the job begin with ``job.``."""
        cron = await self._checked(body.cron, body.time_zone, body.job)
        now = self._clock()
        values = msgspec.structs.asdict(body)
        record: Record = Record(
            **{name: value for name, value in values.items() if name not in {"job", "cron", "notify"}},
            id=str(uuid.uuid4()),
            cron=cron.expression,
            template=body.job,
            notify=list(dict.fromkeys(body.notify)),
            credential_id=body.job.credential_id,
            next_at=cron.next(now) if body.enabled else None,
            created_at=now,
        )

        def work(conn: Connection) -> None:
            self._need_credential(conn, record.credential_id)
            self._store.insert(conn, record)

        await self._database.write(work)
        entry = self._book.add(record)
        self._book.show(entry)
        self._runner.wake()
        return row_of(entry)

    async def patch(self, schedule_id: str, body: SchedulePatch) -> Schedule:
        """Change a schedule. Raises :class:`NotFound`, :class:`Invalid`, :class:`Conflict` on a stale version."""
        entry = self._book.entry(schedule_id)
        async with entry.lock:
            self._book.entry(schedule_id)
            if body.version is not UNSET and body.version != entry.record.version:
                raise Conflict(text("version_stale"))
            changes = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
            changes.pop("version", None)
            await self._change(entry, changes)
        self._runner.wake()
        return row_of(entry)

    async def enable(self, schedule_id: str) -> Schedule:
        """Let it run by its plan, from now on. Raises :class:`NotFound`."""
        return await self.patch(schedule_id, SchedulePatch(enabled=True))

    async def disable(self, schedule_id: str) -> Schedule:
        """Let it rest; what runs goes on, what waits does not. Raises :class:`NotFound`."""
        return await self.patch(schedule_id, SchedulePatch(enabled=False))

    async def delete(self, schedule_id: str) -> None:
        """Delete a schedule with its history; its jobs stay. Raises :class:`NotFound`."""
        entry = self._book.entry(schedule_id)
        async with entry.lock:
            self._book.entry(schedule_id)
            await self._database.write(lambda conn: self._store.delete(conn, schedule_id))
            del self._book.entries[schedule_id]
            entry.waiting.clear()
            entry.begins_at = None
        self._publisher.publish("schedule.deleted", Deleted(id=schedule_id))

    async def run(self, schedule_id: str) -> Job:
        """Run its job now, beside its plan.

        Raises :class:`NotFound`, what submitting a job raises, and :class:`Conflict` when it never runs two at once
        and one runs.
        """
        entry = self._book.entry(schedule_id)
        async with entry.lock:
            self._book.entry(schedule_id)
            opened = self._jobs.open_of(schedule_id)
            if entry.record.overlap == "skip" and opened:
                raise Conflict(text("schedule_running", name=opened[0].name))
            return await self._starter.run_now(entry)

    # ------------------------------------------------------------ inside

    async def _change(self, entry: Entry, changes: dict[str, Any]) -> None:
        """Check, write and show; whoever calls holds the lock. What is due already is dealt with by the plan before."""
        before, switched_off = entry.record, text("schedule_switched_off")
        if "job" in changes:
            changes["template"] = changes.pop("job")
            changes["credential_id"] = changes["template"].credential_id
        if "notify" in changes:
            changes["notify"] = list(dict.fromkeys(changes["notify"]))
        after: Record = msgspec.structs.replace(before, **changes, version=before.version + 1)
        if changes.keys() & {"cron", "time_zone", "template"}:
            cron = await self._checked(after.cron, after.time_zone, changes.get("template"))
            changes["cron"] = cron.expression
            after = msgspec.structs.replace(after, cron=cron.expression)
        planned = (after.cron, after.time_zone, after.enabled) != (before.cron, before.time_zone, before.enabled)
        given_up: list[RunRecord] = []
        if planned:
            if after.enabled:
                await self._runner.deal_before_change(entry)
            else:
                given_up = await self._runner.given_up(entry, switched_off)
            changes["next_at"] = await self._runner.next_moment(after, self._clock())
        changes["version"] = after.version

        def work(conn: Connection) -> None:
            if "credential_id" in changes:
                self._need_credential(conn, changes["credential_id"])
            self._store.update(conn, before.id, changes)
            self._store.add_runs(conn, given_up)
            if not after.enabled:
                self._starter.settle_waiting(conn, entry, switched_off)

        await self._database.write(work)
        if not after.enabled:
            entry.waiting.clear()
        entry.change(msgspec.structs.replace(entry.record, **changes))
        self._book.show(entry)

    async def _checked(self, cron: str, time_zone: str, template: JobTemplate | None) -> Cron:
        """Return the expression. Raises :class:`Invalid` with all that is wrong with it and with the job."""
        faults: dict[str, Text] = {}
        found: Cron | None = None
        try:
            found = Cron(cron, time_zone)
        except Invalid as error:
            faults |= error.fields
        if template is not None:
            try:
                await self._jobs.check(template)
            except Invalid as error:
                faults |= {f"job.{name}": fault for name, fault in error.fields.items()}
        if faults or found is None:
            raise Invalid(fields=faults)
        return found

    def _need_credential(self, conn: Connection, credential_id: str | None) -> None:
        if credential_id is not None and not self._store.has_credential(conn, credential_id):
            fault = text("credential_unknown", id=credential_id[:100])
            raise Invalid(fields={"job.credential_id": fault})

    def _hear(self, event: Event) -> None:
        job = event.data
        if event.type != "job.changed" or not isinstance(job, Job) or job.schedule_id is None:
            return
        entry = self._book.entries.get(job.schedule_id)
        if entry is None:
            return
        if job.state not in OPEN:
            self._runner.wake()
        if entry.record.last_job_id == job.id and entry.last_state is not job.state:
            entry.last_state = job.state
            # Not from within the event that is being told: others would hear the two in the wrong order.
            asyncio.get_running_loop().call_soon(self._book.show, entry)
