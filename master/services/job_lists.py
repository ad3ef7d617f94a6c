"""Questions about jobs: one, many, what they printed, how they went, and who holds which slots."""

from typing import Final

from master.api.jobs import Job, JobOutput, JobResources, JobStats, Reservation
from master.api.rows import Page
from master.api.system import JobCounts
from master.errors import NotFound
from master.services.job_books import JobBook
from master.services.job_dispatches import JobDispatcher
from master.services.job_outputs import JobOutputs, is_job_id
from master.services.job_rows import Record, row_of
from master.services.job_statistics import job_stats, zone_of
from master.services.pages import PAGE_CHARACTERS, length_of, wrong_cursor
from master.store.engine import Database
from master.store.jobs import JobQuery
from worker.protocol.codec import now_ms
from worker.protocol.job_folders import Encoding, Stream
from worker.protocol.states import JobState
from worker.protocol.texts import text

STATISTICS_MS: Final = 30 * 86_400_000


class JobLists:
    """Part of :class:`~master.services.jobs.JobService`. Open jobs are answered from memory, others from rows."""

    def __init__(self, *, database: Database, book: JobBook, dispatcher: JobDispatcher, outputs: JobOutputs) -> None:
        self._database = database
        self._book = book
        self._store = book.store
        self._dispatcher = dispatcher
        self._outputs = outputs

    async def get(self, job_id: str) -> Job:
        """Return one job. Raises :class:`NotFound`."""
        entry = self._book.entries.get(job_id)
        return self._book.row(entry) if entry is not None else row_of(await self._record(job_id))

    async def page(
        self,
        limit: int = 100,
        cursor: str | None = None,
        state: JobState | None = None,
        schedule_id: str | None = None,
        q: str | None = None,
    ) -> Page:
        """Return jobs, newest first. ``q``: part of the name or the runner. Raises :class:`Invalid`."""
        if cursor is not None and not is_job_id(cursor):
            raise wrong_cursor()
        query = JobQuery(state=state, schedule_id=schedule_id, q=q)
        records = await self._database.read(lambda conn: self._store.page(conn, query, limit + 1, cursor))
        rows: list[Job] = []
        room = PAGE_CHARACTERS
        for record in records[:limit]:
            if room <= 0:
                break
            row = self._row(record)
            room -= length_of(row.spec) + length_of(row.env) + length_of(row.result)
            rows.append(row)
        return Page(rows=rows, next_cursor=rows[-1].id if len(records) > len(rows) else None)

    def open_of(self, schedule_id: str) -> list[Job]:
        """Return the jobs of a schedule that have not ended, oldest first."""
        found = [entry for entry in self._book.entries.values() if entry.record.schedule_id == schedule_id]
        return [self._book.row(entry) for entry in sorted(found, key=lambda entry: entry.record.id)]

    async def output(
        self, job_id: str, stream: Stream, offset: int, attempt: int | None = None, encoding: Encoding = "utf-8"
    ) -> JobOutput:
        """Return a piece of what a job printed. Raises :class:`NotFound`, :class:`Unavailable`."""
        return await self._outputs.read(await self._record(job_id), stream, offset, attempt, encoding)

    async def stats(self, since: int | None = None, tz: str | None = None) -> JobStats:
        """Return how jobs went since a time (default: 30 days ago), by days of ``tz``. Raises :class:`Invalid`."""
        since = now_ms() - STATISTICS_MS if since is None else since
        return await job_stats(self._database, since, zone_of(tz), self.counts())

    def resources(self) -> JobResources:
        """Return the slots of all workers and who holds them."""
        held = (entry.held for entry in self._book.entries.values() if entry.held is not None)
        counts = self.counts()
        return JobResources(
            workers=self._dispatcher.slots(),
            reservations=[
                Reservation(
                    job_id=slots.job_id,
                    worker_id=slots.worker_id,
                    cpus=slots.cpus,
                    memory_mb=slots.memory_mb,
                    exclusive=slots.exclusive,
                    state=slots.state,
                    reserved_at=slots.reserved_at,
                )
                for slots in held
            ],
            pending=counts.pending,
            running=counts.running,
        )

    def counts(self) -> JobCounts:
        """Return how many wait and run."""
        running = sum(entry.record.state is JobState.RUNNING for entry in self._book.entries.values())
        return JobCounts(pending=len(self._book.entries) - running, running=running)

    # ------------------------------------------------------------ inside

    def _row(self, record: Record) -> Job:
        entry = self._book.entries.get(record.id)
        return row_of(record) if entry is None else self._book.row(entry)

    async def _record(self, job_id: str) -> Record:
        entry = self._book.entries.get(job_id)
        if entry is not None:
            return entry.record
        record = await self._database.read(lambda conn: self._store.get(conn, job_id))
        if record is None:
            raise NotFound(text("job_unknown", id=job_id[:40]))
        return record
