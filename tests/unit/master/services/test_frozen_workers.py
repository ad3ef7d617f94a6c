"""Takeover of a worker that hangs, before anybody declares it dead; what it learns when it is there again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from master.api.schema import AssignmentPut
from tests.helpers.deadlines import until
from tests.helpers.ownership import World
from worker.protocol.account_messages import AssignAccount, RevokeAccount
from worker.protocol.codec import ProtocolError
from worker.protocol.texts import text

pytestmark = pytest.mark.expects_log(r"WARNING master.services.assignments w\d does not answer")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    made.service.open([])
    yield made
    made.service.close()
    await made.tasks.close()


async def test_its_accounts_go_to_others_and_it_must_register_again(world: World) -> None:
    await world.register("w1")
    world.add("a", "b")
    await world.owned("b", "w1")
    await world.register("w2")
    old = world.accounts.table["a"].epoch
    world.service.workers_late(["w1"])
    assert world.workers.frozen == {"w1"}
    await world.owned("a", "w2")
    await world.owned("b", "w2")
    assert world.why("a") == "assign_took_over"
    assert world.accounts.table["a"].epoch > old
    assert not world.service.owns("w1", "a", old)
    for _ in range(2):
        with pytest.raises(ProtocolError, match="register again"):
            world.service.pulse("w1")
    assert await world.register("w1") == []
    assert world.workers.frozen == set()
    assert world.service.pulse("w1") >= 1500
    world.add("c")
    await world.owned("c", "w1")


async def test_a_pulse_that_comes_while_others_are_being_granted_its_accounts_revives_nothing(world: World) -> None:
    await world.register("w1")
    world.add("a")
    await world.owned("a", "w1")
    epoch = world.accounts.table["a"].epoch
    await world.register("w2")
    world.accounts.gate.clear()
    world.service.workers_late(["w1"])
    await until(lambda: world.epoch > epoch)
    with pytest.raises(ProtocolError, match="register again"):
        world.service.pulse("w1")
    world.accounts.gate.set()
    await world.owned("a", "w2")
    assert await world.register("w1") == []
    assert world.service.pulse("w1") >= 1500


async def test_without_another_worker_a_late_pulse_revives_the_same_epoch(world: World) -> None:
    await world.register("w1")
    world.add("a")
    await world.owned("a", "w1")
    epoch = world.accounts.table["a"].epoch
    transactions = len(world.accounts.transactions)
    world.service.workers_late(["w1"])
    await asyncio.sleep(0.02)
    assert world.service.owns("w1", "a", epoch)
    assert world.service.pulse("w1") >= 1500
    assert world.workers.frozen == set()
    assert len(world.accounts.transactions) == transactions
    world.add("b")
    await world.owned("b", "w1")


async def test_a_frozen_worker_is_given_nothing(world: World) -> None:
    await world.register("w1")
    await world.register("w2", limit=1)
    world.add("a")
    await world.owned("a")
    world.service.workers_late(["w1"])
    world.add("b", "c")
    await until(lambda: world.why("c") == "unassigned_full" or world.why("b") == "unassigned_full")
    assert "w1" not in {world.owner(name) for name in "bc"}


async def test_what_waits_to_be_let_go_does_not_wait_for_a_frozen_worker(world: World) -> None:
    await world.register("w1")
    world.add("a")
    await world.owned("a", "w1")
    await world.register("w2")
    world.answer = lambda name, message: None if isinstance(message, RevokeAccount) else RuntimeError
    moving = asyncio.ensure_future(world.service.assign("a", AssignmentPut(worker_id="w2")))
    await until(lambda: world.told(RevokeAccount) == [("w1", "a")])
    world.answer = lambda name, message: None
    world.service.workers_late(["w1"])
    assert (await moving).worker_id == "w2"
    with pytest.raises(ProtocolError):
        world.service.pulse("w1")


async def test_pausing_an_account_of_a_frozen_worker_makes_it_register_again(world: World) -> None:
    await world.register("w1")
    world.add("a")
    await world.owned("a", "w1")
    world.service.workers_late(["w1"])
    world.accounts.paused.add("a")
    world.service.unwanted("a", text("unassigned_paused"))
    await until(lambda: world.why("a") == "unassigned_paused")
    with pytest.raises(ProtocolError):
        world.service.pulse("w1")
    assert await world.register("w1") == []


async def test_a_pinned_account_waits_for_its_frozen_worker(world: World) -> None:
    await world.register("w1")
    await world.register("w2")
    world.add("a", "b")
    await world.service.assign("a", AssignmentPut(worker_id="w1", pinned=True))
    await world.service.assign("b", AssignmentPut(worker_id="w1", pinned=True, pin_policy="move"))
    await world.owned("a", "w1")
    await world.owned("b", "w1")
    world.service.workers_late(["w1"])
    await world.owned("b", "w2")
    assert world.owner("a") == "w1"
    assert set(await world.register("w1")) >= {"a"}
    await world.owned("b", "w1")
    assert ("w1", "b") in world.told(AssignAccount)


async def test_the_end_of_a_frozen_process_moves_what_is_left(world: World) -> None:
    await world.register("w1")
    world.add("a")
    await world.owned("a", "w1")
    world.service.workers_late(["w1"])
    world.service.worker_gone("w1", text("cause_crashed"))
    await until(lambda: world.why("a") == "unassigned_no_worker")
    assert await world.register("w1") == ["a"]
