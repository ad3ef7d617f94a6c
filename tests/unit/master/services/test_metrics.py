"""Events become figures; figures are written once a minute."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from master.api.events import Deleted, HeartbeatSeen
from master.api.notifications import Notification
from master.api.rows import Beat
from master.api.schema import Settings, Worker
from master.errors import NotFound
from master.services import metrics as module
from master.services.metrics import MetricService
from master.store.engine import Connection, DatabaseError
from master.store.metrics import MetricStore, Sample
from tests.helpers.data import World
from worker.protocol.codec import now_ms
from worker.protocol.states import WorkerState
from worker.protocol.texts import text

WORKER = Worker(
    worker_id="w",
    name="w",
    deployment_type="local",
    status=WorkerState.RUNNING,
    online=True,
    pid=7,
    uptime=0,
    cpu_usage=None,
    memory_usage_mb=None,
    assigned_accounts=0,
    max_accounts=10,
    active_tasks=0,
    started_at=None,
    last_heartbeat_at=None,
    round_trip_ms=None,
    error_count=0,
    restart_count=0,
    restart_at=None,
    last_exit=None,
    status_text=None,
    worker_version="1",
    epoch=1,
    enabled=True,
    auto_start=True,
    config_version=1,
)


class Workers:
    """One worker, until it is deleted."""

    def __init__(self) -> None:
        self.row: Worker | None = WORKER

    def rows(self) -> list[Worker]:
        return [self.row] if self.row else []

    def exists(self, worker_id: str) -> bool:
        return self.row is not None and worker_id == self.row.worker_id

    def get(self, worker_id: str) -> Worker:
        raise NotImplementedError(worker_id)

    def configs(self) -> list[Any]:
        raise NotImplementedError

    def config(self, worker_id: str) -> Any:
        raise NotImplementedError(worker_id)


class Bench:
    """The service on a real database, with a clock of its own."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.now = now_ms() // 600_000 * 600_000
        monkeypatch.setattr(module, "now_ms", lambda: self.now)
        self.workers = Workers()
        self.service = self.make()

    def make(self) -> MetricService:
        return MetricService(
            database=self.world.database,
            publisher=self.world.publisher,
            settings=self.world.settings,
            workers=self.workers,
            accounts=self.world.accounts,
            notifications=self.world.notifications,
            tasks=self.world.tasks,
        )

    def beat(self, checks: int, errors: int = 0, items: int = 0) -> None:
        seen = HeartbeatSeen(
            worker_id="w",
            at=self.now,
            cpu_percent=50,
            memory_mb=80,
            active_tasks=1,
            accounts=2,
            checks=checks,
            errors=errors,
            items=items,
            backlog=0,
            round_trip_ms=4,
            beat=Beat(self.now, 4, "ok"),
        )
        self.world.publisher.publish("heartbeat", seen)

    def change(self, **changes: Any) -> None:
        assert self.workers.row is not None
        self.workers.row = msgspec.structs.replace(self.workers.row, **changes)
        self.world.publisher.publish("worker.changed", self.workers.row)

    async def stored(self, series: str, step: int = 10) -> list[Sample]:
        return await self.world.database.read(lambda conn: MetricStore().read(conn, [series], step, 0))


@pytest_asyncio.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    world = World(tmp_path, Settings())
    await world.open()
    yield Bench(world, monkeypatch)
    await world.close()


async def test_counters_become_rates_and_totals_that_outlive_a_process(bench: Bench) -> None:
    bench.change(started_at=bench.now)
    bench.now += 10_000
    bench.beat(20, errors=1, items=5)
    bench.now += 10_000
    bench.change(epoch=2, restart_count=1, started_at=bench.now)
    bench.now += 10_000
    bench.beat(3, errors=0, items=1)
    points = (await bench.service.worker("w")).points
    assert [(point.items, point.errors, point.cpu_percent) for point in points] == [(30, 6, 50), (6, 0, 50)]
    content = (await bench.service.exposition()).decode()
    for line in ("checks_total", 23), ("check_errors_total", 1), ("items_total", 6), ("restarts_total", 1):
        assert f'watchkeeper_{line[0]}{{worker="w"}} {line[1]}.0\n' in content
    assert 'watchkeeper_heartbeat_round_trip_seconds_bucket{le="0.005"} 2.0' in content


async def test_nothing_is_written_before_a_minute_is_over_and_what_waits_is_shown(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = bench.world.database.write

    async def counted(work: Any) -> Any:
        written.append(bench.now)
        return await write(work)

    monkeypatch.setattr(bench.world.database, "write", counted)
    began = bench.now
    for second in range(180):
        bench.now = began + second * 1000
        if second % 10 == 0:
            bench.beat(second)
        bench.service.tick(bench.now)
    assert len((await bench.service.worker("w")).points) == 18
    await bench.service.close()
    assert written == [bench.now] * len(written)  # spawned at the ticks, begun when the loop came to it
    assert len(written) == 3  # two minutes were over, and the end
    assert len(await bench.stored("worker:w:memory_mb")) == 18
    assert [one.measured for one in await bench.stored("worker:w:memory_mb", 600)] == [18]
    assert len(await bench.stored("master:memory_mb")) >= 17


@pytest.mark.expects_log("figures could not be written")
async def test_what_could_not_be_written_waits(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bench.beat(1)

    def full(_store: MetricStore, _conn: Connection, _samples: object) -> None:
        raise DatabaseError("insert", None, Exception("disk full"))

    with monkeypatch.context() as broken:
        broken.setattr(MetricStore, "add", full)
        await bench.service.flush(bench.now)
    assert "figures could not be written" in caplog.text
    assert await bench.stored("worker:w:memory_mb") == []
    await bench.service.flush(bench.now)
    assert [one.mean for one in await bench.stored("worker:w:memory_mb")] == [80]


async def test_a_deleted_worker_is_known_as_long_as_its_samples(bench: Bench) -> None:
    bench.beat(1)
    bench.workers.row = None
    bench.world.publisher.publish("worker.deleted", Deleted(id="w"))
    assert (await bench.service.worker("w")).points
    await bench.service.flush(bench.now)
    assert (await bench.service.worker("w")).points
    bench.now += 9 * 24 * 3_600_000
    await bench.service.flush(bench.now)
    with pytest.raises(NotFound):
        await bench.service.worker("w")


async def test_the_first_client_that_shows_a_notification_counts(bench: Bench) -> None:
    row = Notification(
        id=7, kind="system", title=text("health_not_measured"), text="", state="pending", reason=None, created_at=1
    )
    bench.world.publisher.publish("notification.changed", row)
    bench.now += 300
    bench.service.acknowledged(7)
    bench.now += 5000
    bench.service.acknowledged(7)
    bench.service.acknowledged(8)
    await bench.service.flush(bench.now)
    (sample,) = await bench.stored("master:delivery_ms")
    assert (sample.measured, sample.mean) == (1, 300)


async def test_a_lease_that_ended_counts_once(bench: Bench) -> None:
    for health in ("healthy", "dead", "dead", "healthy", "dead"):
        bench.change(health=health)
    assert 'watchkeeper_lease_expiries_total{worker="w"} 2.0\n' in (await bench.service.exposition()).decode()
