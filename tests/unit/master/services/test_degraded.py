"""Too many accounts for those that are left: all are watched, the less important ones more rarely."""

from collections.abc import AsyncIterator

import pytest

from master.supervision.balance import stretch
from tests.helpers.deadlines import until
from tests.helpers.ownership import World
from worker.protocol.account_messages import AssignAccount
from worker.protocol.texts import text


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    made.service.open([])
    yield made
    made.service.close()
    await made.tasks.close()


@pytest.mark.parametrize(
    ("held", "limit", "factor"),
    [(0, 4, 1.0), (4, 4, 1.0), (5, 4, 1.25), (6, 4, 1.5), (8, 4, 2.0), (401, 400, 1.25), (90, 4, 4.0), (1, 0, 1.0)],
)
def test_intervals_grow_in_quarters(held: int, limit: int, factor: float) -> None:
    assert stretch(held, limit) == factor


def intervals(world: World, worker_id: str) -> dict[str, int]:
    """The last interval that a worker was told of each account."""
    return {
        message.assignment.account_id: message.assignment.interval_seconds
        for name, message in world.sent
        if name == worker_id and isinstance(message, AssignAccount)
    }


async def test_the_survivor_watches_all_but_the_less_important_more_rarely(world: World) -> None:
    await world.register("w1", limit=4)
    await world.register("w2", limit=4)
    world.add(*(f"a{number}" for number in range(7)), interval_seconds=30)
    world.add("urgent", interval_seconds=30, priority=5)
    await until(lambda: world.workers.assigned == {"w1": 4, "w2": 4})
    world.service.worker_gone("w1", text("cause_crashed"))
    await until(lambda: world.workers.assigned == {"w2": 8})
    names = {f"a{number}" for number in range(7)}
    await until(lambda: all(intervals(world, "w2").get(name) == 60 for name in names))
    assert intervals(world, "w2").get("urgent", 30) == 30
    given = {one.account_id: one.interval_seconds for one in await world.service.register("w1", world.message("w1"))}
    assert set(given.values()) <= {30}
    await until(lambda: world.workers.assigned == {"w1": 4, "w2": 4})
    kept = {name for name in names if world.owner(name) == "w2"}
    await until(lambda: all(intervals(world, "w2")[name] == 30 for name in kept))
