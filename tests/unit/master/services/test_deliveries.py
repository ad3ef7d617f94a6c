"""Commands under way to workers."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.helpers.deadlines import until
from tests.helpers.ownership import World
from worker.protocol.account_messages import AssignAccount, RevokeAccount
from worker.protocol.texts import text


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    made.service.open([])
    yield made
    made.service.close()
    await made.tasks.close()


async def test_an_assignment_that_waited_for_its_turn_is_not_told_to_who_has_lost_it(world: World) -> None:
    world.service._deliveries._slots = slots = asyncio.Semaphore(0)
    await world.register("w1")
    world.add("a")
    await world.owned("a", "w1")
    world.accounts.paused.add("a")
    world.service.unwanted("a", text("unassigned_paused"))
    await until(lambda: world.told(RevokeAccount) == [("w1", "a")])
    slots.release()
    await until(lambda: not world.service._deliveries.under_way("a"))
    assert world.told(AssignAccount) == []
