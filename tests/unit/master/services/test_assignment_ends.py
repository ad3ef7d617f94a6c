"""Who takes over from a worker that is being stopped."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from master.api.schema import AssignmentPut
from tests.helpers.ownership import World
from worker.protocol.account_messages import RevokeAccount
from worker.protocol.texts import text


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    made.service.open([])
    yield made
    made.service.close()
    await made.tasks.close()


async def test_a_worker_that_is_being_stopped_hands_over_what_others_can_take(world: World) -> None:
    for name in ("a", "b", "c"):
        world.add(name)
    await world.register("w1")
    for name in ("a", "b", "c"):
        await world.owned(name, "w1")
    await world.service.assign("c", AssignmentPut(worker_id="w1", pinned=True))
    await world.register("w2")
    await asyncio.wait_for(world.service.worker_leaving("w1"), 60)
    assert [world.owner(name) for name in ("a", "b", "c")] == ["w2", "w2", "w1"]
    row = world.accounts.table["a"]
    assert row.assignment_reason is not None
    assert row.assignment_reason.message == "took over from w1 (stopped)"
    # Registering again in the midst of it gives it no seat; the process after it has one.
    world.add("d")
    await world.register("w1")
    await world.owned("d", "w2")
    world.service.worker_gone("w1", text("cause_stopped"))
    await world.register("w1")
    assert world.owner("c") == "w1"


async def test_the_last_worker_keeps_its_accounts_until_it_ends(world: World) -> None:
    world.add("a")
    await world.register("w1")
    await world.owned("a", "w1")
    await asyncio.wait_for(world.service.worker_leaving("w1"), 60)
    assert world.owner("a") == "w1"
    assert not world.told(RevokeAccount)
