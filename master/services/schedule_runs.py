"""The timer of schedules, and what their rules make of each moment that is due.

The wall clock is asked again every second, so sleep and a clock that is set are seen.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from master.api.jobs import JobTemplate
from master.errors import Unavailable
from master.services.crons import Cron, local_zone
from master.services.schedule_books import Entry, Record, ScheduleBook, known_cron
from master.services.schedule_jobs import Jobs
from master.services.schedule_moments import Due, due_moments
from master.services.schedule_notices import ScheduleNotices
from master.services.schedule_starts import ScheduleStarter
from master.services.zones import LOCAL
from master.store.engine import Connection, Database
from master.store.notifications import NotificationRecord
from master.store.schedules import RunRecord, ScheduleStore
from master.tasks import Tasks
from worker.protocol.states import JobReason, JobState
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

TICK_SECONDS: Final = 1.0
RETRY_SECONDS: Final = (1.0, 10.0)
"""The first and the longest pause after a fault of ours or of the disk: what is over soon makes nothing late."""
CORRECTED_MS: Final = 600_000
"""A clock that is set back by more than this was wrong before: the plan begins anew."""
MOST_WAITING: Final = 100


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
        starter: ScheduleStarter,
        tasks: Tasks,
        clock: Callable[[], int],
    ) -> None:
        """``clock``: the wall's, in UTC milliseconds."""
        self._starter = starter
        self._database = database
        self._book = book
        self._store = store
        self._jobs = jobs
        self._notices = notices
        self._tasks = tasks
        self._clock = clock
        self._woken = asyncio.Event()
        self._zone = local_zone()
        self._seen = clock()

    # ------------------------------------------------------------ the timer

    async def watch(self) -> None:
        """Deal with what is due, for ever; first with what was while nobody was there."""
        for entry in self._book.entries.values():
            entry.replan = entry.record.enabled
        while not self._starter.closed:
            self._woken.clear()
            try:
                self.tick()
            except Exception:
                # The supervisor's guard: one failed tick must not end the plan.
                logger.exception("a tick of the schedules failed")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._woken.wait()

    def wake(self) -> None:
        """Look again at once."""
        self._woken.set()

    def tick(self) -> None:
        """See to every schedule that has something to do; each in a task of its own."""
        now, monotonic = self._clock(), time.monotonic()
        self._see_clock(now)
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
        if entry.replan or (entry.begins_at is not None and entry.begins_at <= now):
            return True
        return bool(entry.waiting) and not self._jobs.open_of(entry.record.id)

    async def _attend(self, entry: Entry) -> None:
        replan, entry.replan = entry.replan, False
        try:
            if replan:
                await self.plan(entry)
                replan = False
            await self.deal(entry)
            entry.patience = 0.0
        except Exception:
            # The supervisor's guard: one schedule must not end the others, and its moments are still there.
            logger.exception("the schedule %s could not be dealt with", entry.record.id)
            first, longest = RETRY_SECONDS
            entry.replan = entry.replan or replan
            entry.patience = min(entry.patience * 2 or first, longest)
            entry.not_before = time.monotonic() + entry.patience
        finally:
            entry.attended = False
            self._woken.set()

    def _see_clock(self, now: int) -> None:
        """Plan anew when somebody gave this machine another zone, or set its clock right."""
        zone = local_zone()
        moved, corrected = zone != self._zone, now < self._seen - CORRECTED_MS
        if corrected:
            logger.info("the clock was set back by %d s: all schedules are planned anew", (self._seen - now) // 1000)
        # Set back by little again and again it is wrong by much.
        self._zone, self._seen = zone, now if corrected else max(now, self._seen)
        if not moved and not corrected:
            return
        for entry in self._book.entries.values():
            record = entry.record
            if record.enabled and (corrected or record.time_zone == LOCAL):
                entry.replan = True

    # ------------------------------------------------------------ what is due

    async def deal(self, entry: Entry) -> None:
        """Deal with everything of a schedule that is due now, the queue first."""
        async with entry.lock:
            await self._starter.start_waiting(entry)
            await self._deal_due(entry)

    async def deal_before_change(self, entry: Entry) -> None:
        """Deal with what was planned up to now, before it is planned otherwise. Whoever calls holds the lock.

        Raises :class:`Unavailable` when the master ends meanwhile.
        """
        await self._deal_due(entry)
        cron = entry.cron
        while cron is not None and (next_at := entry.record.next_at) is not None and next_at <= self._clock():
            if self._starter.closed:
                raise Unavailable(text("request_not_ready"))
            # Jitter holds it back: in the new plan it is not, so now is its time.
            if next_at in await self._ran(entry, next_at):
                return
            await self._run(entry, next_at, cron.next(next_at), made_up=False)

    async def given_up(self, entry: Entry, why: Text) -> list[RunRecord]:
        """Return the rows of what was planned up to now and will not be run. Whoever calls holds the lock."""
        record, cron, now = entry.record, entry.cron, self._clock()
        if cron is None or record.next_at is None or record.next_at > now:
            return []
        due = await self._due(entry, cron, record.next_at, now)
        rows = [self._starter.row(entry, one.planned_at, "missed", one.why) for one in due.missed]
        held = [due.next_at] if due.next_at is not None and due.next_at <= now else []
        return rows + [self._starter.row(entry, one, "skipped", why) for one in (*due.made_up, *due.on_time, *held)]

    async def _deal_due(self, entry: Entry) -> None:
        record, cron, now = entry.record, entry.cron, self._clock()
        if cron is None or record.next_at is None or entry.begins_at is None or entry.begins_at > now:
            return
        due = await self._due(entry, cron, record.next_at, now)
        runs = [*due.made_up, *due.on_time]
        if due.missed or not runs:
            rows = [self._starter.row(entry, one.planned_at, "missed", one.why) for one in due.missed]
            told = self._notices.missed(entry, due.lost, more=due.more)
            await self._starter.note(entry, rows, runs[0] if runs else due.next_at, told, up_to=now)
        for place, planned_at in enumerate(runs):
            following = runs[place + 1] if place + 1 < len(runs) else due.next_at
            await self._run(entry, planned_at, following, made_up=place < len(due.made_up))

    async def _due(self, entry: Entry, cron: Cron, next_at: int, now: int) -> Due:
        return due_moments(entry.plan, cron, next_at, now, await self._ran(entry, next_at))

    async def _ran(self, entry: Entry, since: int) -> set[int]:
        """Return what is over already: a clock that was set right comes again to what it ran when it was wrong."""
        return await self._database.read(lambda conn: self._store.ran_since(conn, entry.record.id, since))

    async def plan(self, entry: Entry) -> None:
        """Compute the next moment anew, from now on."""
        async with entry.lock:
            now = self._clock()
            if entry.record.next_at is not None and entry.record.next_at <= now:
                # It is due meanwhile, and not to be forgotten.
                return
            next_at = await self.next_moment(entry.record, now)
            if next_at != entry.record.next_at:
                await self._database.write(lambda conn: self._store.update(conn, entry.record.id, {"next_at": next_at}))
                entry.change(msgspec.structs.replace(entry.record, next_at=next_at))
                self._book.show(entry)

    async def next_moment(self, record: Record, now: int) -> int | None:
        """Return the first moment after ``now``, and after all that were dealt with: a clock set back repeats none.

        When it was set back so far that it was wrong before, the first one that did not run.
        """
        cron = known_cron(record)
        if cron is None or not record.enabled:
            return None

        def read(conn: Connection) -> tuple[int, set[int]]:
            return self._store.last_planned(conn, record.id), self._store.ran_since(conn, record.id, now)

        last, ran = await self._database.read(read)
        upcoming = cron.upcoming(now if last > now + CORRECTED_MS else max(last, now))
        return next((moment for moment in upcoming if moment not in ran), None)

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
            await self._starter.start(entry, planned_at, following)
        elif rule == "skip":
            row = self._starter.row(entry, planned_at, "skipped", text("schedule_overlap"))
            await self._starter.note(entry, [row], following, up_to=planned_at)
        elif len(entry.waiting) >= MOST_WAITING:
            row = self._starter.row(entry, planned_at, "skipped", text("schedule_queue_full", count=MOST_WAITING))
            await self._starter.note(entry, [row], following, up_to=planned_at)
        else:
            row = self._starter.row(entry, planned_at, "queued", text("schedule_overlap"))
            await self._starter.note(entry, [row], following, up_to=planned_at)

    async def _make_room(self, entry: Entry) -> bool:
        """Cancel what runs and forget what waits; return whether something has not ended yet."""
        for job in self._jobs.open_of(entry.record.id):
            await self._jobs.cancel(job.id, reason=JobReason.REPLACED)
        await self._starter.drop_waiting(entry, text("schedule_replaced"))
        return bool(self._jobs.open_of(entry.record.id))

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
