"""One moment of a schedule: what is written when it starts a job, waits, or comes to nothing.

A moment is claimed (``next_at`` moves past it) in the transaction that writes its row, and the job's row where it
starts one: whatever ends the master in between, it is dealt with once.
"""

import logging
from collections.abc import Callable, Sequence

import msgspec

from master.api.jobs import Job, JobCreate, JobTemplate
from master.errors import Conflict, ServiceError
from master.services.schedule_books import Entry, ScheduleBook
from master.services.schedule_jobs import Jobs
from master.services.schedule_notices import ScheduleNotices
from master.store.engine import Connection, Database
from master.store.notifications import NotificationRecord
from master.store.schedules import Outcome, RunRecord, ScheduleStore
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)


class _Claimed(Conflict):
    """Somebody dealt with this moment already."""

    def __init__(self) -> None:
        super().__init__(text("version_stale"))


class ScheduleStarter:
    """Writes what becomes of moments. Whoever calls holds the lock of the schedule."""

    def __init__(
        self,
        *,
        database: Database,
        book: ScheduleBook,
        store: ScheduleStore[JobTemplate],
        jobs: Jobs,
        notices: ScheduleNotices,
        clock: Callable[[], int],
    ) -> None:
        """``clock``: the wall's, in UTC milliseconds."""
        self._database = database
        self._book = book
        self._store = store
        self._jobs = jobs
        self._notices = notices
        self._clock = clock
        self.closed = False
        """Jobs are refused because the master ends: their moments are there at the next start."""

    async def start(self, entry: Entry, planned_at: int, following: int | None) -> None:
        """Submit the job of a moment; both are written, or none."""
        record, now = entry.record, self._clock()
        row = self.row(entry, planned_at, "started")

        def also(conn: Connection, job_id: str) -> None:
            if not self._store.claim(conn, record.id, planned_at, following):
                raise _Claimed
            self._store.add_runs(conn, [msgspec.structs.replace(row, job_id=job_id)])
            self._store.update(conn, record.id, {"last_at": now, "last_job_id": job_id})
            self._notices.started(conn, record.id)

        try:
            job = await self._submit(entry, also)
        except _Claimed:
            logger.warning("a moment of the schedule %s was dealt with already", record.id)
            next_at = await self._database.read(lambda conn: self._store.next_at(conn, record.id))
            entry.change(msgspec.structs.replace(record, next_at=next_at))
        except ServiceError as error:
            if self.closed:
                return
            why = _reason(error)
            failed = self.row(entry, planned_at, "failed", why)
            await self.note(entry, [failed], following, self._notices.not_started(entry, why), up_to=planned_at)
        else:
            self._started(entry, job, now, next_at=following)

    async def start_waiting(self, entry: Entry) -> None:
        """Submit the jobs of moments that waited, as long as it is their turn."""
        while entry.waiting and not self._jobs.open_of(entry.record.id):
            run, now = entry.waiting[0], self._clock()

            def also(conn: Connection, job_id: str, run: RunRecord = run, now: int = now) -> None:
                if not self._store.settle(
                    conn, run.id, {"outcome": "started", "at": now, "job_id": job_id, "text": None}
                ):
                    raise _Claimed
                self._store.update(conn, run.schedule_id, {"last_at": now, "last_job_id": job_id})
                self._notices.started(conn, run.schedule_id)

            try:
                job = await self._submit(entry, also)
            except _Claimed:
                entry.waiting.popleft()
            except ServiceError as error:
                if self.closed:
                    return
                await self._fail_waiting(entry, run, _reason(error))
            else:
                entry.waiting.popleft()
                self._started(entry, job, now, next_at=entry.record.next_at)

    async def _fail_waiting(self, entry: Entry, run: RunRecord, why: Text) -> None:
        told = self._notices.not_started(entry, why)

        def work(conn: Connection) -> list[NotificationRecord]:
            self._store.settle(conn, run.id, {"outcome": "failed", "at": self._clock(), "text": why})
            return self._notices.store(conn, told)

        stored = await self._database.write(work)
        entry.waiting.popleft()
        self._notices.announce(stored)

    async def _submit(self, entry: Entry, also: Callable[[Connection, str], None]) -> Job:
        record = entry.record
        body = JobCreate(**msgspec.structs.asdict(record.template), name=record.name)
        job = await self._jobs.submit(body, schedule_id=record.id, also=also)
        # It may have begun, or even ended, before we hear of it.
        opened = [one for one in self._jobs.open_of(record.id) if one.id == job.id]
        return opened[0] if opened else await self._jobs.get(job.id)

    async def run_now(self, entry: Entry) -> Job:
        """Submit the job beside the plan. Whoever calls holds the lock. Raises what submitting raises."""
        now, schedule_id = self._clock(), entry.record.id
        row = self.row(entry, now, "started")

        def also(conn: Connection, job_id: str) -> None:
            self._store.add_runs(conn, [msgspec.structs.replace(row, job_id=job_id)])
            self._store.update(conn, schedule_id, {"last_at": now, "last_job_id": job_id})
            self._notices.started(conn, schedule_id)

        job = await self._submit(entry, also)
        self._started(entry, job, now, next_at=entry.record.next_at)
        return job

    def _started(self, entry: Entry, job: Job, now: int, *, next_at: int | None) -> None:
        """Note in memory what was committed with a job."""
        entry.last_state = job.state
        entry.change(msgspec.structs.replace(entry.record, next_at=next_at, last_at=now, last_job_id=job.id))
        self._book.show(entry)

    async def note(
        self,
        entry: Entry,
        rows: Sequence[RunRecord],
        next_at: int | None,
        told: Sequence[NotificationRecord] = (),
        *,
        up_to: int,
    ) -> None:
        """Write what became of moments up to ``up_to`` that start no job, and move on to ``next_at``."""
        schedule_id = entry.record.id

        def work(conn: Connection) -> tuple[list[int], list[NotificationRecord]]:
            if not self._store.claim(conn, schedule_id, up_to, next_at):
                raise _Claimed
            return self._store.add_runs(conn, rows), self._notices.store(conn, told)

        ids, stored = await self._database.write(work)
        entry.waiting += [
            msgspec.structs.replace(row, id=number)
            for row, number in zip(rows, ids, strict=True)
            if row.outcome == "queued"
        ]
        entry.change(msgspec.structs.replace(entry.record, next_at=next_at))
        self._book.show(entry)
        self._notices.announce(stored)

    def row(self, entry: Entry, planned_at: int, outcome: Outcome, why: Text | None = None) -> RunRecord:
        """Return the row of a moment, not stored yet."""
        return RunRecord(
            schedule_id=entry.record.id, planned_at=planned_at, at=self._clock(), outcome=outcome, text=why
        )

    async def drop_waiting(self, entry: Entry, why: Text) -> None:
        """Let nothing wait any more. Whoever calls holds the lock."""
        if entry.waiting:
            await self._database.write(lambda conn: self.settle_waiting(conn, entry, why))
            entry.waiting.clear()

    def settle_waiting(self, conn: Connection, entry: Entry, why: Text) -> None:
        """Write that nothing waits any more; in memory it does until whoever calls has committed."""
        changes = {"outcome": "skipped", "at": self._clock(), "text": why}
        for run in entry.waiting:
            self._store.settle(conn, run.id, changes)


def _reason(error: ServiceError) -> Text:
    """Return what was wrong: of a template that is not valid any more the first field's fault."""
    return next(iter(error.fields.values()), error.text)
