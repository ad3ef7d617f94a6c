"""Deals with the moments of schedules: each once, whatever happens to the master in between.

A moment is claimed (``next_at`` moves past it) in the transaction that writes its row, and the job's row where it
starts one. The wall clock is asked again every second, so sleep and a clock that is set are seen.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from master.api.jobs import Job, JobCreate, JobTemplate
from master.errors import Conflict, ServiceError
from master.services.crons import LOCAL, local_zone
from master.services.schedule_books import Entry, Record, ScheduleBook, known_cron
from master.services.schedule_jobs import Jobs
from master.services.schedule_moments import due_moments
from master.services.schedule_notices import ScheduleNotices
from master.store.engine import Connection, Database
from master.store.notifications import NotificationRecord
from master.store.schedules import Outcome, RunRecord, ScheduleStore
from master.tasks import Tasks
from worker.protocol.states import JobReason, JobState
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

TICK_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 10.0
"""After a fault of ours or of the disk."""
MOST_WAITING: Final = 100


class _Claimed(Conflict):
    """Somebody dealt with this moment already."""

    def __init__(self) -> None:
        super().__init__(text("version_stale"))


class ScheduleRunner:
    """Starts what is due, queues, skips and tells."""

    def __init__(
        self,
        *,
        database: Database,
        book: ScheduleBook,
        store: ScheduleStore[JobTemplate],
        jobs: Jobs,
        notices: ScheduleNotices,
        tasks: Tasks,
        clock: Callable[[], int],
    ) -> None:
        """``clock``: the wall's, in UTC milliseconds."""
        self._database = database
        self._book = book
        self._store = store
        self._jobs = jobs
        self._notices = notices
        self._tasks = tasks
        self._clock = clock
        self._woken = asyncio.Event()
        self._zone = local_zone()
        self.closed = False

    # ------------------------------------------------------------ the timer

    async def watch(self) -> None:
        """Deal with what is due, for ever."""
        while not self.closed:
            self._woken.clear()
            self.tick()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._woken.wait()

    def wake(self) -> None:
        """Look again at once."""
        self._woken.set()

    def tick(self) -> None:
        """See to every schedule that has something to do; each in a task of its own."""
        now, monotonic = self._clock(), time.monotonic()
        self._see_zone(now)
        for entry in self._book.entries.values():
            if not entry.attended and entry.not_before <= monotonic and self._has_work(entry, now):
                entry.attended = True
                self._tasks.spawn(self._attend(entry), name=f"schedule {entry.record.id}")
            self._see_long(entry, now)

    def _pause(self) -> float:
        """Return the seconds until the next moment begins, a second at most."""
        begins = [
            entry.begins_at
            for entry in self._book.entries.values()
            if entry.begins_at is not None and not entry.attended and entry.not_before <= time.monotonic()
        ]
        nearest = (min(begins) - self._clock()) / 1000 if begins else TICK_SECONDS
        return min(max(nearest, 0.001), TICK_SECONDS)

    def _has_work(self, entry: Entry, now: int) -> bool:
        if entry.begins_at is not None and entry.begins_at <= now:
            return True
        return bool(entry.waiting) and not self._jobs.open_of(entry.record.id)

    async def _attend(self, entry: Entry) -> None:
        try:
            await self.deal(entry)
        except Exception:
            # The supervisor's guard: one schedule must not end the others, and its moments are still there.
            logger.exception("the schedule %s could not be dealt with", entry.record.id)
            entry.not_before = time.monotonic() + RETRY_SECONDS
        finally:
            entry.attended = False
            self._woken.set()

    def _see_zone(self, now: int) -> None:
        """Plan anew what goes by the zone of this machine, when somebody gave it another one."""
        zone = local_zone()
        if zone == self._zone:
            return
        self._zone = zone
        for entry in self._book.entries.values():
            if entry.record.time_zone == LOCAL and entry.record.next_at is not None and entry.record.next_at > now:
                self._tasks.spawn(self.plan(entry), name=f"plan of schedule {entry.record.id}")

    # ------------------------------------------------------------ what is due

    async def deal(self, entry: Entry) -> None:
        """Deal with everything of a schedule that is due now, the queue first."""
        async with entry.lock:
            await self._start_waiting(entry)
            record, cron, now = entry.record, entry.cron, self._clock()
            if cron is None or record.next_at is None or entry.begins_at is None or entry.begins_at > now:
                return
            due = due_moments(entry.plan, cron, record.next_at, now)
            runs = [*due.made_up, *due.on_time]
            if due.missed or not runs:
                rows = [self._row(entry, one.planned_at, "missed", one.why) for one in due.missed]
                told = self._notices.missed(entry, due.lost, more=due.more)
                await self._note(entry, rows, runs[0] if runs else due.next_at, told, up_to=now)
            for place, planned_at in enumerate(runs):
                following = runs[place + 1] if place + 1 < len(runs) else due.next_at
                await self._run(entry, planned_at, following, made_up=place < len(due.made_up))

    async def plan(self, entry: Entry) -> None:
        """Compute the next moment anew, from now on."""
        async with entry.lock:
            next_at = await self.next_moment(entry.record)
            if next_at != entry.record.next_at:
                await self._database.write(lambda conn: self._store.update(conn, entry.record.id, {"next_at": next_at}))
                entry.change(msgspec.structs.replace(entry.record, next_at=next_at))
                self._book.show(entry)

    async def next_moment(self, record: Record) -> int | None:
        """Return the first moment after now, and after all that were dealt with: a clock set back repeats none."""
        cron = known_cron(record)
        if cron is None or not record.enabled:
            return None
        last = await self._database.read(lambda conn: self._store.last_planned(conn, record.id))
        return cron.next(max(last, self._clock()))

    async def _run(self, entry: Entry, planned_at: int, following: int | None, *, made_up: bool) -> None:
        record = entry.record
        rule = record.overlap
        if made_up and record.misfire == "all" and rule != "parallel":
            # Each is to be made up for: one after the other.
            rule = "queue"
        busy = bool(entry.waiting or self._jobs.open_of(record.id))
        if rule == "replace" and busy:
            busy = await self._make_room(entry)
        if rule == "parallel" or not busy:
            await self._start(entry, planned_at, following)
        elif rule == "skip":
            row = self._row(entry, planned_at, "skipped", text("schedule_overlap"))
            await self._note(entry, [row], following, up_to=planned_at)
        elif len(entry.waiting) >= MOST_WAITING:
            row = self._row(entry, planned_at, "skipped", text("schedule_queue_full", count=MOST_WAITING))
            await self._note(entry, [row], following, up_to=planned_at)
        else:
            row = self._row(entry, planned_at, "queued", text("schedule_overlap"))
            await self._note(entry, [row], following, up_to=planned_at)

    async def _make_room(self, entry: Entry) -> bool:
        """Cancel what runs and forget what waits; return whether something has not ended yet."""
        for job in self._jobs.open_of(entry.record.id):
            await self._jobs.cancel(job.id, reason=JobReason.REPLACED)
        await self.drop_waiting(entry, text("schedule_replaced"))
        return bool(self._jobs.open_of(entry.record.id))

    async def drop_waiting(self, entry: Entry, why: Text) -> None:
        """Let nothing wait any more. Whoever calls holds the lock."""
        changes = {"outcome": "skipped", "at": self._clock(), "text": why}

        def work(conn: Connection) -> None:
            for run in entry.waiting:
                self._store.settle(conn, run.id, changes)

        if entry.waiting:
            await self._database.write(work)
            entry.waiting.clear()

    # ------------------------------------------------------------ one moment

    async def _start(self, entry: Entry, planned_at: int, following: int | None) -> None:
        """Submit the job of a moment; both are written, or none."""
        record, now = entry.record, self._clock()
        row = self._row(entry, planned_at, "started")

        def also(conn: Connection, job_id: str) -> None:
            if not self._store.claim(conn, record.id, planned_at, following):
                raise _Claimed
            self._store.add_runs(conn, [msgspec.structs.replace(row, job_id=job_id)])
            self._store.update(conn, record.id, {"last_at": now, "last_job_id": job_id})

        try:
            job = await self._submit(entry, also)
        except _Claimed:
            logger.warning("a moment of the schedule %s was dealt with already", record.id)
        except ServiceError as error:
            if self.closed:
                # Refused because we end: the moment is there at the next start.
                return
            why = _reason(error)
            failed = self._row(entry, planned_at, "failed", why)
            await self._note(entry, [failed], following, self._notices.not_started(entry, why), up_to=planned_at)
        else:
            self._started(entry, job, now, next_at=following)

    async def _start_waiting(self, entry: Entry) -> None:
        """Submit the jobs of moments that waited, as long as it is their turn."""
        while entry.waiting and not self._jobs.open_of(entry.record.id):
            run, now = entry.waiting[0], self._clock()

            def also(conn: Connection, job_id: str, run: RunRecord = run, now: int = now) -> None:
                if not self._store.settle(
                    conn, run.id, {"outcome": "started", "at": now, "job_id": job_id, "text": None}
                ):
                    raise _Claimed
                self._store.update(conn, run.schedule_id, {"last_at": now, "last_job_id": job_id})

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
        row = self._row(entry, now, "started")

        def also(conn: Connection, job_id: str) -> None:
            self._store.add_runs(conn, [msgspec.structs.replace(row, job_id=job_id)])
            self._store.update(conn, schedule_id, {"last_at": now, "last_job_id": job_id})

        job = await self._submit(entry, also)
        self._started(entry, job, now, next_at=entry.record.next_at)
        return job

    def _started(self, entry: Entry, job: Job, now: int, *, next_at: int | None) -> None:
        """Note in memory what was committed with a job."""
        entry.last_state = job.state
        entry.change(msgspec.structs.replace(entry.record, next_at=next_at, last_at=now, last_job_id=job.id))
        self._book.show(entry)

    async def _note(
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

    def _row(self, entry: Entry, planned_at: int, outcome: Outcome, why: Text | None = None) -> RunRecord:
        return RunRecord(
            schedule_id=entry.record.id, planned_at=planned_at, at=self._clock(), outcome=outcome, text=why
        )

    # ------------------------------------------------------------ runs that take long

    def _see_long(self, entry: Entry, now: int) -> None:
        limit = entry.record.long_seconds
        if limit is None or "ran_long" not in entry.record.notify:
            return
        opened = self._jobs.open_of(entry.record.id)
        entry.told_long &= {job.id for job in opened}
        for job in opened:
            is_long = job.state is JobState.RUNNING and job.started_at is not None
            if is_long and now - (job.started_at or now) > limit * 1000 and job.id not in entry.told_long:
                entry.told_long.add(job.id)
                told = self._notices.too_long(entry, job)
                self._tasks.spawn(self._tell(told), name="a long run")

    async def _tell(self, told: Sequence[NotificationRecord]) -> None:
        self._notices.announce(await self._database.write(lambda conn: self._notices.store(conn, told)))


def _reason(error: ServiceError) -> Text:
    """Return what was wrong: of a template that is not valid any more the first field's fault."""
    return next(iter(error.fields.values()), error.text)
