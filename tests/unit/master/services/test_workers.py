"""Configurations and runtime of workers, over a supervisor whose processes the test ends."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from master.api.schema import Settings, WorkerCommand, WorkerConfig, WorkerConfigCreate, WorkerConfigPatch
from master.deploy.base import Handle, Launch, WorkerBackend
from master.errors import Conflict, Invalid, NotFound
from master.services.worker_configs import WorkerConfigs
from master.services.worker_journals import WorkerJournal
from master.services.worker_logs import LogWish
from master.services.workers import WorkerService
from master.store.workers import RuntimeRecord, WorkerLogRecord
from master.supervision.supervisor import Supervisor
from master.tasks import Tasks
from tests.unit.master.supervision.test_supervisor import FakeHandle
from worker.protocol.log_messages import LogRecord
from worker.protocol.states import LogLevel, WorkerState
from worker.protocol.texts import Text
from worker.protocol.worker_messages import Heartbeat, RegisterWorker

pytestmark = pytest.mark.expects_log(r"WARNING master.supervision.processes", r"ERROR .* could not be started")


class MemoryDatabase:
    async def read(self, work: Any) -> Any:
        return work(None)

    write = read


class MemoryStore:
    def __init__(self) -> None:
        self.table: dict[str, WorkerConfig] = {}
        self.runtime: dict[str, RuntimeRecord] = {}
        self.noted: list[tuple[str, str, str]] = []

    def all_configs(self, conn: None) -> list[WorkerConfig]:
        return list(self.table.values())

    def insert(self, conn: None, config: WorkerConfig) -> None:
        self.table[config.worker_id] = config

    def update(self, conn: None, config: WorkerConfig, *_more: Any) -> None:
        self.table[config.worker_id] = config

    def delete(self, conn: None, worker_id: str) -> None:
        del self.table[worker_id]

    def runtimes(self, conn: None) -> dict[str, RuntimeRecord]:
        return self.runtime

    def put_runtime(self, conn: None, record: RuntimeRecord) -> None:
        self.runtime[record.worker_id] = record

    def add_log(self, conn: None, worker_id: str, kind: str, at: int, what: Text) -> WorkerLogRecord:
        self.noted.append((worker_id, kind, what.code))
        return WorkerLogRecord(id=len(self.noted), worker_id=worker_id, kind=kind, at=at, text=what)


class Backend(WorkerBackend):
    def __init__(self) -> None:
        self.launches: list[Launch] = []
        self.handles: list[FakeHandle] = []

    async def start(self, launch: Launch) -> Handle:
        self.launches.append(launch)
        self.handles.append(FakeHandle(100 + len(self.handles)))
        return self.handles[-1]


class JoinTokens:
    def __init__(self) -> None:
        self.owners: dict[str, str] = {}

    def worker_of(self, token: str) -> str | None:
        return self.owners.get(token)

    def worker_deleted(self, worker_id: str) -> None:
        self.owners = {token: owner for token, owner in self.owners.items() if owner != worker_id}


class World:
    def __init__(self, folder: Path) -> None:
        self.tasks = Tasks()
        self.backend = Backend()
        self.store = MemoryStore()
        self.events: list[tuple[str, Any]] = []
        self.hooked: list[tuple[str, ...]] = []
        self.settings = SimpleNamespace(current=Settings())
        self.tokens = JoinTokens()
        publisher: Any = SimpleNamespace(publish=lambda kind, data, numbered=True: self.events.append((kind, data)))
        database: Any = MemoryDatabase()
        store: Any = self.store
        self.service = WorkerService(
            configs=WorkerConfigs(database=database, store=store),
            journal=WorkerJournal(database=database, store=store, publisher=publisher, tasks=self.tasks),
            publisher=publisher,
            settings=self.settings,  # type: ignore[arg-type]
            tasks=self.tasks,
            folder=folder,
            url=lambda: "http://127.0.0.1:1",
            tokens=self.tokens,
            sent_lines=self.sent_lines,
        )
        self.supervisor = Supervisor(
            backend=self.backend,
            launch=self.service.launch,
            policy=self.service.policy,
            on_transition=self.service.on_transition,
            on_exit=self.service.on_exit,
            shut_down=self.shut_down,
            tasks=self.tasks,
        )
        self.service.attach(
            self.supervisor,
            SimpleNamespace(
                worker_gone=lambda name, cause: self.hooked.append(("gone", name, cause.code)),
                limits_changed=lambda name: self.hooked.append(("limits", name)),
            ),
        )

    async def sent_lines(self, worker_id: str, wish: LogWish) -> list[LogRecord]:
        return [LogRecord(at=1, level=LogLevel.INFO, source=worker_id, logger="sent", message=f"last {wish.tail}")]

    async def shut_down(self, worker_id: str, deadline: float) -> None:
        self.backend.handles[-1].end(code=0)

    async def running(self, worker_id: str = "w1") -> None:
        if not self.service.exists(worker_id):
            await self.service.create(WorkerConfigCreate(worker_id=worker_id, name=worker_id))
        await self.service.start(worker_id)
        self.service.signs.registered(
            worker_id,
            RegisterWorker(worker_id=worker_id, host="h", pid=1, version="9", protocol=1, platforms=["feed"]),
        )

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.events]


BEAT = Heartbeat(
    at=0,
    cpu_percent=1.5,
    rss_bytes=50 * 1_048_576,
    accounts=3,
    active_checks=2,
    errors=1,
    checks=5,
    items=7,
    backlog=0,
    round_trip_ms=4.2,
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.supervisor.close(0.1)
    await made.tasks.close()


async def until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


def later(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the service's clock, and nobody else's, be ahead."""
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + seconds)
    for module in ("worker_signs", "worker_memories", "worker_runtimes"):
        monkeypatch.setattr(f"master.services.{module}.time", clock)


async def test_an_empty_profile_gets_two_workers_and_one_that_has_some_keeps_them(world: World) -> None:
    await world.service.ensure_defaults()
    assert [(c.worker_id, c.max_accounts) for c in world.service.configs()] == [("local-1", 500), ("local-2", 500)]
    await world.service.delete("local-1")
    await world.service.ensure_defaults()
    assert list(world.store.table) == ["local-2"]


async def test_a_taken_id_an_unknown_one_and_a_stale_version_are_told_apart(world: World) -> None:
    body = WorkerConfigCreate(worker_id="w1", name="one")
    config = await world.service.create(body)
    assert (config.version, config.max_accounts) == (1, 10)
    with pytest.raises(Conflict) as taken:
        await world.service.create(body)
    assert "worker_id" in taken.value.fields
    with pytest.raises(NotFound):
        world.service.config("w2")
    changed = await world.service.patch("w1", WorkerConfigPatch(name="two", version=1))
    assert (changed.name, changed.version) == ("two", 2)
    with pytest.raises(Conflict):
        await world.service.patch("w1", WorkerConfigPatch(name="three", version=1))
    assert (await world.service.patch("w1", WorkerConfigPatch(name="last"))).name == "last"
    assert world.store.table["w1"].name == "last"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"deployment_type": "docker"}, "deployment_type"),
        ({"env": {"A=B": "c"}}, "env"),
        ({"env": {"": "c"}}, "env"),
        ({"command_args": ["a\x00b"]}, "command_args"),
        ({"working_directory": "/nowhere/at/all"}, "working_directory"),
        ({"working_directory": "relative"}, "working_directory"),
    ],
)
async def test_what_no_process_can_start_with_is_refused_by_field(
    world: World, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        await world.service.create(WorkerConfigCreate(worker_id="w1", name="n", **values))
    assert set(caught.value.fields) == {field}
    assert world.service.configs() == []
    await world.service.create(WorkerConfigCreate(worker_id="w1", name="n"))
    with pytest.raises(Invalid):
        await world.service.patch("w1", WorkerConfigPatch(**values))


async def test_the_summary_counts_capacity_of_enabled_ones(world: World) -> None:
    await world.service.create(WorkerConfigCreate(worker_id="w1", name="n", max_accounts=7))
    await world.service.create(WorkerConfigCreate(worker_id="w2", name="n", enabled=False))
    summary = world.service.summary()
    assert (summary.total, summary.enabled, summary.disabled, summary.total_capacity) == (2, 1, 1, 7)
    assert summary.deployment_types == {"local": 2}


async def test_a_worker_from_start_to_stop(world: World) -> None:
    await world.running()
    row = world.service.get("w1")
    assert (row.status, row.online, row.pid, row.epoch, row.worker_version) == (
        *(WorkerState.RUNNING, True, 100, 1, "9"),
    )
    (launch,) = world.backend.launches
    assert launch.url == "http://127.0.0.1:1"
    assert world.service.token_owner(launch.token) == "w1"
    assert world.service.token_owner("") is None
    assert world.service.token_owner("other") is None
    stopped = await world.service.stop("w1", WorkerCommand())
    assert (stopped.status, stopped.online, stopped.pid) == (WorkerState.STOPPED, False, None)
    assert stopped.last_exit is not None
    assert (stopped.last_exit.code, stopped.last_exit.text.code) == (0, "exit_ok")
    assert world.service.token_owner(launch.token) is None, "the token ends with its process"
    assert world.hooked == [("gone", "w1", "cause_stopped")]
    assert set(world.kinds()) == {"worker.changed"}


async def test_a_crash_tells_whose_accounts_move_before_it_shows(world: World) -> None:
    await world.running()
    world.backend.handles[0].end(signal=9)
    await until(lambda: world.hooked)
    assert world.hooked == [("gone", "w1", "cause_crashed")]
    row = world.service.get("w1")
    assert row.status is WorkerState.CRASHED
    assert row.last_exit is not None
    assert row.last_exit.signal == 9
    assert row.restart_at is not None
    assert row.status_text is not None


async def test_giving_up_is_shown(world: World) -> None:
    await world.service.create(WorkerConfigCreate(worker_id="w1", name="Main", auto_restart=False))
    await world.running()
    world.backend.handles[0].end(code=1)
    await until(lambda: world.service.get("w1").status is WorkerState.ERROR)
    last_exit = world.service.get("w1").last_exit
    assert last_exit is not None
    assert last_exit.text.message == "exited with code 1"


async def test_heartbeats_show_and_fill_the_bar(world: World) -> None:
    await world.running()
    for _ in range(45):
        world.service.signs.heartbeat("w1", BEAT)
    row = world.service.get("w1")
    assert (row.cpu_usage, row.memory_usage_mb, row.active_tasks, row.error_count) == (1.5, 50.0, 2, 1)
    assert row.last_heartbeat_at is not None
    beats = world.service.beats()["w1"]
    assert len(beats) == 40
    assert (beats[-1].ms, beats[-1].level) == (4, "ok")
    world.service.signs.heartbeat("w1", msgspec.structs.replace(BEAT, round_trip_ms=900.0))
    assert world.service.beats()["w1"][-1].level == "warn"
    assert world.kinds().count("heartbeat") == 46


async def test_silence_is_shown_and_the_process_ended_as_a_crash(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.running()
    later(31, monkeypatch)
    assert not world.service.get("w1").online
    world.service.signs.tick()
    assert world.service.beats()["w1"][-1].level == "bad"
    assert world.backend.handles[0].calls == ["kill"]
    await until(lambda: world.hooked)
    row = world.service.get("w1")
    assert row.last_exit is not None
    assert row.last_exit.text.code == "exit_hung"


async def test_a_pulse_is_a_sign_of_life_and_a_lost_socket_shows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.running()
    later(31, monkeypatch)
    world.service.signs.pulsed("w1", 1500)
    world.service.signs.tick()
    assert world.backend.handles[0].calls == []
    world.service.signs.disconnected("w1")
    assert not world.service.get("w1").online
    assert world.service.get("w1").status is WorkerState.RUNNING


async def test_limits_count_at_once_and_switching_off_stops(world: World) -> None:
    await world.running()
    await world.service.patch("w1", WorkerConfigPatch(max_accounts=3))
    assert world.hooked == [("limits", "w1")]
    await world.service.patch("w1", WorkerConfigPatch(enabled=False))
    await until(lambda: world.service.get("w1").status is WorkerState.STOPPED)
    with pytest.raises(Conflict):
        await world.service.start("w1")
    with pytest.raises(Conflict):
        await world.service.restart("w1", WorkerCommand())


async def test_deleting_stops_it_and_lets_its_accounts_go(world: World) -> None:
    await world.running()
    await world.service.delete("w1")
    assert world.backend.handles[0].ended.done()
    assert world.hooked[-1] == ("gone", "w1", "cause_deleted")
    assert (world.events[-1][0], world.events[-1][1].id) == ("worker.deleted", "w1")
    with pytest.raises(NotFound):
        world.service.get("w1")
    with pytest.raises(NotFound):
        await world.service.delete("w1")


async def test_only_those_whose_count_changed_are_announced(world: World) -> None:
    await world.running()
    world.events.clear()
    world.service.set_assigned({"w1": 2, "other": 9})
    world.service.set_assigned({"w1": 2})
    assert world.kinds() == ["worker.changed"]
    assert world.service.get("w1").assigned_accounts == 2


async def test_only_enabled_ones_start_with_the_master(world: World) -> None:
    await world.service.create(WorkerConfigCreate(worker_id="a", name="a"))
    await world.service.create(WorkerConfigCreate(worker_id="b", name="b", auto_start=False))
    await world.service.create(WorkerConfigCreate(worker_id="c", name="c", enabled=False))
    await world.service.start_all()
    assert [launch.worker_id for launch in world.backend.launches] == ["a"]
    await world.service.stop_all(0.1)
    assert world.service.get("a").status is WorkerState.STOPPED


async def test_no_worker_is_killed_for_a_standstill_of_the_master(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    await world.running()
    world.supervisor.registered("w1")
    world.service.signs.pulsed("w1", 1500)
    world.service.signs.tick()
    now += 41.0
    world.service.signs.tick()
    now += 1.0
    world.service.signs.tick()
    assert "kill" not in world.backend.handles[0].calls
    assert world.service.get("w1").health == "healthy"
    for _ in range(30):
        now += 1.0
        world.service.signs.tick()
    assert "kill" in world.backend.handles[0].calls


async def test_one_worker_that_cannot_be_started_keeps_no_other_from_it(world: World) -> None:
    for name in ("w1", "w2"):
        await world.service.create(WorkerConfigCreate(worker_id=name, name=name))
    launch = world.backend.start

    async def start(what: Launch) -> Handle:
        if what.worker_id == "w1":
            raise RuntimeError("can't start new thread")
        return await launch(what)

    world.backend.start = start  # type: ignore[method-assign,assignment]
    await world.service.start_all()
    assert [world.service.get(name).status for name in ("w1", "w2")] == [WorkerState.CRASHED, WorkerState.STARTING]
    assert world.service.get("w1").failures == 1


async def test_a_worker_is_not_started_while_it_is_deleted(world: World) -> None:
    await world.running()
    deleting = asyncio.gather(world.service.delete("w1"))
    await asyncio.sleep(0)
    with pytest.raises(NotFound):
        await world.service.start("w1")
    await deleting
    assert len(world.backend.handles) == 1
