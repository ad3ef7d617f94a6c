"""Workers that live longer than a master: nobody is given what they may still be at."""

from collections.abc import AsyncIterator

import pytest

from master.services.leases import MARGIN_SECONDS, REMOTE_LONGEST_MS, Leases
from tests.helpers.deadlines import until
from tests.helpers.ownership import World, account
from worker.protocol.account_messages import RevokeAccount
from worker.protocol.texts import text

LONGEST = REMOTE_LONGEST_MS / 1000 + MARGIN_SECONDS


class Clocked(World):
    """``away`` is started elsewhere; time passes as the test says."""

    def __init__(self) -> None:
        self.time = 100.0
        super().__init__(Leases(clock=lambda: self.time, is_remote=lambda name: name == "away"))

    def held(self, name: str, worker_id: str) -> None:
        """An account of the master before."""
        self.workers.limits.setdefault(worker_id, 10)
        self.accounts.table[name] = account(name, worker_id=worker_id, epoch=3)
        self.epoch = 3


@pytest.fixture
async def world() -> AsyncIterator[Clocked]:
    made = Clocked()
    yield made
    made.service.close()
    await made.tasks.close()


async def test_after_a_restart_its_accounts_stay_its_own_until_the_longest_lease_is_over(
    world: Clocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("master.services.arrivals.SETTLE_SECONDS", 0.01)
    waits: list[float] = []
    monkeypatch.setattr(world.service, "_wait_outlived", wait := _Watched(world, waits))
    world.held("a", "away")
    world.held("b", "local")
    world.service.open(["local", "away"])
    await world.register("local")
    await until(lambda: bool(waits))
    assert waits == [pytest.approx(LONGEST)]
    assert (world.owner("a"), world.service.outlived("away")) == ("away", True)
    world.time += LONGEST
    wait.original("away")
    await world.owned("a", "local")
    assert not world.service.outlived("away")


class _Watched:
    """Notes what would be waited for, and waits for nothing."""

    def __init__(self, world: Clocked, waits: list[float]) -> None:
        self.original = world.service._wait_outlived
        self._world = world
        self._waits = waits

    def __call__(self, worker_id: str) -> None:
        self._waits.append(self._world.service._leases.remaining(worker_id))


async def test_one_that_comes_back_has_what_it_had(world: Clocked) -> None:
    world.held("a", "away")
    world.service.open(["away"])
    assert await world.register("away") == ["a"]
    world.time += LONGEST
    world.service._wait_outlived("away")
    assert world.service.owns("away", "a", 3)


async def test_what_it_was_asked_to_let_go_of_counts_until_it_has(world: Clocked) -> None:
    world.service.open([])
    await world.register("away")
    world.add("a")
    await world.owned("a", "away")
    assert world.service.at_work("away") > 0
    world.answer = lambda name, message: None
    world.accounts.paused.add("a")
    world.service.unwanted("a", text("unassigned_paused"))
    await until(lambda: world.told(RevokeAccount) == [("away", "a")])
    assert world.workers.assigned == {}
    assert world.service.at_work("away") > 0
    world.service.worker_gone("away", text("cause_stopped"))
    assert world.service.at_work("away") == 0


async def test_who_has_nothing_is_not_waited_for(world: Clocked) -> None:
    world.service.open([])
    await world.register("away")
    assert world.service.at_work("away") == 0
