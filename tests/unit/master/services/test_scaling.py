"""The number of workers follows the need, within limits, and only when it is wanted."""

from types import SimpleNamespace
from typing import Any

import pytest

from master.api.schema import Settings, WorkerConfigCreate
from master.errors import Unavailable
from master.services.scaling import SHORT_SECONDS, Scaler
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text, text


class World:
    def __init__(self) -> None:
        self.now = 0.0
        self.done: list[tuple[str, str]] = []
        self.workers: dict[str, SimpleNamespace] = {}
        self.accounts: dict[str, SimpleNamespace] = {}
        self.settings = SimpleNamespace(current=Settings(scale_out=True, scale_max_workers=3, scale_idle_minutes=10))
        self.refuse = False
        self.add("local-1")
        self.scaler = Scaler(
            accounts=SimpleNamespace(rows=lambda: self.accounts),  # type: ignore[arg-type]
            workers=self,  # type: ignore[arg-type]
            settings=self.settings,  # type: ignore[arg-type]
            clock=lambda: self.now,
        )

    def add(self, name: str, **more: Any) -> None:
        fields = {"worker_id": name, "deployment_type": "local", "enabled": True, "status": WorkerState.RUNNING}
        fields |= {"online": True, "max_accounts": 10, "assigned_accounts": 0, "over_capacity": False}
        self.workers[name] = SimpleNamespace(**(fields | more))

    def waiting(self, code: str | None) -> None:
        reason = text(code) if code else None
        self.accounts = {
            "a": SimpleNamespace(worker_id=None if code else "local-1", assignment_reason=reason, pinned_to=None)
        }

    async def pass_time(self, seconds: float, step: float = 5.0) -> None:
        ends = self.now + seconds
        while self.now < ends:
            self.now += step
            await self.scaler.look()

    # -- the service of the workers

    def rows(self) -> list[SimpleNamespace]:
        return list(self.workers.values())

    def exists(self, name: str) -> bool:
        return name in self.workers

    def note(self, name: str, kind: str, what: Text) -> None:
        self.done.append((what.code, name))

    async def create(self, body: WorkerConfigCreate) -> None:
        if self.refuse:
            raise Unavailable(text("worker_none_online"))
        self.add(body.worker_id, status=WorkerState.STOPPED, max_accounts=body.max_accounts)

    async def start(self, name: str) -> None:
        self.workers[name].status = WorkerState.RUNNING
        self.done.append(("start", name))

    async def stop(self, name: str, command: Any) -> None:
        self.done.append(("stop", name))

    async def delete(self, name: str) -> None:
        del self.workers[name]
        self.done.append(("delete", name))


@pytest.fixture
def world() -> World:
    return World()


async def test_nothing_happens_unless_it_is_wanted(world: World) -> None:
    world.settings.current = Settings()
    world.waiting("unassigned_full")
    await world.pass_time(3600)
    assert world.done == []


async def test_short_places_bring_workers_one_at_a_time_up_to_the_limit(world: World) -> None:
    world.waiting("unassigned_full")
    await world.pass_time(SHORT_SECONDS)
    assert world.done == []
    await world.pass_time(SHORT_SECONDS)
    assert world.done == [("worker_scaled_out", "extra-1"), ("start", "extra-1")]
    assert world.workers["extra-1"].max_accounts == 10
    world.workers["extra-1"].status = WorkerState.STARTING
    await world.pass_time(60)
    assert len(world.workers) == 2
    world.workers["extra-1"].status = WorkerState.RUNNING
    await world.pass_time(600)
    assert set(world.workers) == {"local-1", "extra-1", "extra-2"}


async def test_over_capacity_is_short_and_a_missing_worker_is_not(world: World) -> None:
    world.waiting("unassigned_no_worker")
    await world.pass_time(60)
    assert world.done == []
    world.waiting(None)
    world.workers["local-1"].over_capacity = True
    await world.pass_time(20)
    assert "extra-1" in world.workers


async def test_an_idle_extra_worker_goes_after_the_quiet_time_and_no_other(world: World) -> None:
    world.add("extra-1", assigned_accounts=2)
    world.add("local-2")
    world.waiting(None)
    await world.pass_time(590)
    assert world.done == []
    await world.pass_time(20)
    assert world.done == [("worker_scaled_in", "extra-1"), ("stop", "extra-1"), ("delete", "extra-1")]
    await world.pass_time(7200)
    assert set(world.workers) == {"local-1", "local-2"}


async def test_one_that_is_needed_stays(world: World) -> None:
    world.workers["local-1"].assigned_accounts = 5
    world.add("extra-1", assigned_accounts=3)
    world.waiting(None)
    await world.pass_time(7200)
    assert "extra-1" in world.workers
    world.workers["local-1"].online = False
    world.workers["extra-1"].assigned_accounts = 0
    await world.pass_time(7200)
    assert "extra-1" in world.workers, "places of a worker that does not run are none"


@pytest.mark.expects_log("the number of workers could not be changed")
async def test_what_cannot_be_done_now_is_tried_again(world: World) -> None:
    world.waiting("unassigned_full")
    world.refuse = True
    await world.pass_time(40)
    assert world.done == []
    world.refuse = False
    await world.pass_time(40)
    assert ("start", "extra-1") in world.done


async def test_accounts_pinned_to_one_worker_are_no_reason_for_another(world: World) -> None:
    world.waiting(None)
    world.workers["local-1"].over_capacity = True
    world.accounts["a"].pinned_to = "local-1"
    await world.pass_time(600)
    assert world.done == []
    world.accounts["b"] = SimpleNamespace(worker_id="local-1", assignment_reason=None, pinned_to=None)
    await world.pass_time(60)
    assert ("start", "extra-1") in world.done


async def test_where_an_added_worker_gives_up_no_other_is_added(world: World) -> None:
    world.waiting("unassigned_full")
    world.add("extra-1", status=WorkerState.ERROR, online=False)
    await world.pass_time(600)
    assert world.done == []
