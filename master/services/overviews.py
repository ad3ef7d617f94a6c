"""How all goes, in one answer that is cheap enough to be asked for twice a minute."""

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple, Protocol

from msgspec import UNSET

from master.api.backups import BackupState
from master.api.jobs import JobTemplate
from master.api.overviews import Overview, OverviewHour, OverviewPoint, OverviewQuery
from master.api.rows import Page
from master.api.schedules import Schedule, ScheduleRun
from master.api.system import JobCounts
from master.services.item_statistics import floor, shifted, zone_of
from master.services.job_rows import Record, row_of
from master.services.latencies import CHECK, SHOWN, latency_of, name_of, series_of
from master.services.metric_buffers import begin_of
from master.services.schedule_books import run_row
from master.store.engine import Connection, Database
from master.store.item_counts import Counted, ItemCounts
from master.store.jobs import JobStore
from master.store.metrics import Sample
from master.store.schedules import RunRecord, ScheduleStore
from worker.protocol.codec import now_ms
from worker.protocol.states import JobState

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
SHORT_MS: Final = 2 * HOUR_MS
LONGEST_MS: Final = 7 * DAY_MS
SHORT_STEP, LONG_STEP = 60, 600
MOST: Final = 5
"""Jobs of each kind that are told one by one."""
MOST_FAILED: Final = 100


class Metrics(Protocol):
    """What is asked of the figures over time."""

    async def samples(self, series: Collection[str], step: int, since: int) -> list[Sample]: ...


class Jobs(Protocol):
    """What is asked of the jobs."""

    async def page(self, limit: int = 100, cursor: str | None = None, state: JobState | None = None) -> Page: ...

    def counts(self) -> JobCounts: ...


class Schedules(Protocol):
    """What is asked of the schedules."""

    def rows(self) -> Collection[Schedule]: ...


class Backups(Protocol):
    """What is asked of the backups."""

    async def state(self) -> BackupState: ...


class Rows(NamedTuple):
    """What was read of the tables."""

    found: list[Counted]
    failed: list[Record]
    """Those that were not run again since."""
    missed: list[RunRecord]


class Day(NamedTuple):
    """Where the day before, today and tomorrow begin (UTC ms)."""

    before: int
    today: int
    tomorrow: int


class OverviewService:
    """Puts together what other services know; has nothing of its own."""

    def __init__(
        self,
        *,
        database: Database,
        metrics: Metrics,
        jobs: Jobs,
        schedules: Schedules,
        backups: Backups,
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._jobs = jobs
        self._schedules = schedules
        self._backups = backups
        self._counts = ItemCounts()
        self._job_store = JobStore(JobTemplate)
        self._schedule_store = ScheduleStore(JobTemplate)

    async def overview(self, query: OverviewQuery) -> Overview:
        """Return it. Raises :class:`~master.errors.Invalid` for an unknown time zone."""
        zone, now = zone_of(query.tz), now_ms()
        today = floor(now, "day", zone)
        day = Day(shifted(today, "day", zone, -1), today, shifted(today, "day", zone, 1))
        wanted = now - DAY_MS if query.since is UNSET else query.since
        step = SHORT_STEP if now - wanted <= SHORT_MS else LONG_STEP
        since = begin_of(min(max(wanted, now - LONGEST_MS), now), step)
        seen_at = max(0 if query.seen_at is UNSET else query.seen_at, now - LONGEST_MS)

        def read(conn: Connection) -> Rows:
            failed = self._job_store.failed(conn, seen_at, MOST_FAILED)
            again = self._job_store.repeated(conn, [job.id for job in failed])
            return Rows(
                found=self._counts.quarters(conn, None, None, day.before, day.tomorrow),
                failed=[job for job in failed if job.id not in again],
                missed=self._schedule_store.unstarted(conn, seen_at),
            )

        rows = await self._database.read(read)
        samples = await self._metrics.samples([*series_of(CHECK), *series_of(SHOWN)], step, since)
        running = await self._jobs.page(limit=MOST, state=JobState.RUNNING)
        counts = self._jobs.counts()
        return Overview(
            at=now,
            since=since,
            step_seconds=step,
            points=_points(samples, step, now),
            check=latency_of(_of(samples, CHECK)),
            shown=latency_of(_of(samples, SHOWN)),
            hours=_hours(rows.found, day),
            found_today=_found(rows.found, day.today, now + 1),
            found_before=_found(rows.found, day.before, day.before + now - day.today + 1),
            running=list(running.rows),
            running_total=counts.running,
            waiting=counts.pending,
            failed=[row_of(record) for record in rows.failed[:MOST]],
            failed_total=len(rows.failed),
            missed=self._missed(rows.missed),
            backup=await self._backups.state(),
        )

    def _missed(self, records: Iterable[RunRecord]) -> list[ScheduleRun]:
        on = {row.id for row in self._schedules.rows() if row.enabled}
        return [run_row(record) for record in records if record.schedule_id in on]


def _of(samples: Iterable[Sample], name: str) -> list[Sample]:
    return [sample for sample in samples if name_of(sample.series) == name]


def _points(samples: list[Sample], step: int, now: int) -> list[OverviewPoint]:
    """Return the steps that are over: one that has only begun would look like a fall."""
    by_step: dict[int, list[Sample]] = {}
    for sample in samples:
        if sample.at + step * 1000 <= now:
            by_step.setdefault(sample.at, []).append(sample)
    points = []
    for at in sorted(by_step):
        check, shown = latency_of(_of(by_step[at], CHECK)), latency_of(_of(by_step[at], SHOWN))
        rate = round(check.measured * 60 / step, 2)
        points.append(OverviewPoint(at=at, checks=rate, check=check, shown=shown))
    return points


def _hours(found: list[Counted], day: Day) -> list[OverviewHour]:
    hours = []
    for at in range(day.today, day.tomorrow, HOUR_MS):
        before = day.before + at - day.today
        until = min(before + HOUR_MS, day.today)
        hours.append(
            OverviewHour(at=at, found=_found(found, at, at + HOUR_MS), before=_found(found, before, until)),
        )
    return hours


def _found(found: Iterable[Counted], since: int, until: int) -> int:
    return sum(one.number for one in found if since <= one.at < until)
