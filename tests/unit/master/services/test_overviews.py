"""One answer of what other services know: steps, hours, failures, moments that came to nothing."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from master.api.backups import BackupState
from master.api.overviews import OverviewQuery
from master.api.schema import Page, Settings
from master.api.system import JobCounts
from master.errors import Invalid
from master.services import overviews as module
from master.services.latencies import CHECK, SHOWN, Latencies
from master.services.metric_buffers import MetricBuffer
from master.services.overviews import DAY_MS, HOUR_MS, OverviewService
from master.store.engine import Connection
from master.store.item_counts import ItemCounts
from master.store.job_tables import jobs, schedule_runs, schedules
from master.store.metrics import Sample
from tests.helpers.data import World
from worker.protocol.states import JobReason, JobState

ZONE = "Asia/Shanghai"
NOON = int(datetime(2026, 11, 21, 12, 20, tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)
MIDNIGHT = NOON - NOON % DAY_MS - 8 * HOUR_MS + (DAY_MS if NOON % DAY_MS >= 16 * HOUR_MS else 0)


class Bench:
    """The service over a real database; what it asks others is set by the test."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "now_ms", lambda: NOON)
        self.world, self.buffer = world, MetricBuffer()
        self.latencies = Latencies(self.buffer.note)
        self.on = {"s1", "s2", "s3"}
        self.service = OverviewService(
            database=world.database, metrics=self, jobs=self, schedules=self, backups=self
        )  # fmt: skip

    async def samples(self, series: Collection[str], step: int, since: int) -> list[Sample]:
        return self.buffer.read(series, step, since)

    async def page(self, limit: int = 100, cursor: str | None = None, state: JobState | None = None) -> Page:
        return Page(rows=[])

    def counts(self) -> JobCounts:
        return JobCounts(pending=2, running=1)

    def rows(self) -> list[Any]:
        return [SimpleNamespace(id=one, enabled=one in self.on) for one in ("s1", "s2", "s3")]

    async def state(self) -> BackupState:
        return BackupState(running=False, last_good_at=None, next_at=None, problem=None, last_restore=None)

    def checked(self, at: int, milliseconds: int) -> None:
        self.latencies._measured(CHECK, at, milliseconds)

    async def write(self, statement: Any, rows: list[dict[str, Any]]) -> None:
        def work(conn: Connection) -> None:
            conn.execute(statement, rows)

        await self.world.database.write(work)

    async def find(self, *found_at: int) -> None:
        items = [SimpleNamespace(id=number, account_id="a", kind="mail", detected_at=at)
                 for number, at in enumerate(found_at, 1)]  # fmt: skip
        await self.world.database.write(lambda conn: ItemCounts().add(conn, items))


@pytest_asyncio.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    world = World(tmp_path, Settings())
    await world.open()
    yield Bench(world, monkeypatch)
    await world.close()


async def test_steps_that_are_over(bench: Bench) -> None:
    for number in range(120):
        bench.checked(NOON - 180_000 + number, 100 + number)
    bench.checked(NOON - 1, 9000)
    bench.latencies._measured(SHOWN, NOON - 180_000, 700)
    found = await bench.service.overview(OverviewQuery(since=NOON - HOUR_MS))
    assert found.step_seconds == 60
    first, *rest = found.points
    assert (first.check.measured, first.checks, first.shown.p50_ms) == (120, 120.0, 700.0)
    assert first.check.p50_ms == pytest.approx(160, abs=15)
    assert first.check.p95_ms == pytest.approx(214, abs=15)
    assert sum(point.check.measured for point in rest) == 1
    assert found.check.measured == 121
    day = await bench.service.overview(OverviewQuery())
    assert (day.step_seconds, day.since) == (600, NOON - DAY_MS - (NOON - DAY_MS) % 600_000)
    assert [point.check.measured for point in day.points] == [121]


async def test_a_step_that_has_only_begun_is_left_out(bench: Bench) -> None:
    bench.checked(NOON, 50)
    found = await bench.service.overview(OverviewQuery(since=NOON - HOUR_MS))
    assert (found.points, found.check.measured) == ([], 1)


async def test_hours_of_the_day_beside_those_of_the_day_before(bench: Bench) -> None:
    yesterday = MIDNIGHT - DAY_MS
    await bench.find(MIDNIGHT, MIDNIGHT + 100, NOON - 60_000, yesterday + 1, yesterday + 13 * HOUR_MS, yesterday - 1)
    found = await bench.service.overview(OverviewQuery(tz=ZONE))
    assert [hour.at for hour in found.hours] == [MIDNIGHT + number * HOUR_MS for number in range(24)]
    assert [(n, hour.found, hour.before) for n, hour in enumerate(found.hours) if hour.found or hour.before] == [
        (0, 2, 1), (12, 1, 0), (13, 0, 1),
    ]  # fmt: skip
    assert (found.found_today, found.found_before) == (3, 1)


async def test_a_zone_that_is_none_is_refused_by_field(bench: Bench) -> None:
    with pytest.raises(Invalid) as caught:
        await bench.service.overview(OverviewQuery(tz="Atlantis/Nowhere"))
    assert list(caught.value.fields or {}) == ["tz"]


async def test_failures_until_they_are_seen_or_run_again(bench: Bench) -> None:
    values = {"name": "n", "runner": "command", "template": '{"runner":"command"}', "submitted_at": 1, "version": 1}
    failed = [
        values
        | {
            "id": f"j{number}",
            "state": "FAILED",
            "reason": str(JobReason.SCRIPT_ERROR),
            "ended_at": NOON - number * 1000,
        }
        for number in range(9, 0, -1)
    ]
    old = values | {"id": "a0", "state": "FAILED", "reason": str(JobReason.SCRIPT_ERROR), "ended_at": NOON - 8 * DAY_MS}
    await bench.write(jobs.insert(), [*failed, old])
    again = values | {"id": "k1", "resubmit_of": "j1", "state": "COMPLETED", "ended_at": NOON}
    await bench.write(jobs.insert(), [again])
    found = await bench.service.overview(OverviewQuery(seen_at=0))
    assert ([job.id for job in found.failed], found.failed_total) == (["j2", "j3", "j4", "j5", "j6"], 8)
    later = await bench.service.overview(OverviewQuery(seen_at=NOON - 3500))
    assert [job.id for job in later.failed] == ["j2", "j3"]


async def test_moments_where_nothing_was_started(bench: Bench) -> None:
    rows = (("s1", "missed"), ("s2", "failed"), ("s2", "started"), ("s3", "failed"))
    schedule = {
        "name": "n", "cron": "0 5 * * *", "time_zone": "local", "template": "{}", "misfire": "once", "version": 1,
        "misfire_limit": 1, "misfire_age_seconds": 1, "overlap": "skip", "jitter_seconds": 0, "notify": "[]",
        "created_at": 1,
    }  # fmt: skip
    await bench.write(schedules.insert(), [schedule | {"id": name} for name in ("s1", "s2", "s3")])
    made = [{"schedule_id": name, "planned_at": NOON, "at": NOON, "outcome": outcome} for name, outcome in rows]
    await bench.write(schedule_runs.insert(), made)
    found = await bench.service.overview(OverviewQuery())
    assert [(one.schedule_id, one.outcome) for one in found.missed] == [("s3", "failed"), ("s1", "missed")]
    bench.on = {"s1"}
    assert [one.schedule_id for one in (await bench.service.overview(OverviewQuery())).missed] == ["s1"]
    assert (await bench.service.overview(OverviewQuery(seen_at=NOON))).missed == []
