"""Nobody is given more than it may have, nobody loses an owner for it, and what nobody takes is not thrown about."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from master.api.schema import AssignmentPut, Rebalance
from master.errors import ServiceError, Unavailable
from master.services.refusals import FIRST_SECONDS, LONGEST_SECONDS, Refusals
from tests.helpers.deadlines import until
from tests.helpers.ownership import World
from tests.helpers.virtual_time import run_virtually
from worker.protocol.account_messages import AssignAccount, RevokeAccount
from worker.protocol.bases import Done, Message
from worker.protocol.codec import ProtocolError
from worker.protocol.states import ErrorCode
from worker.protocol.texts import text

NOT_TAKEN = pytest.mark.expects_log("did not take")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    made.service.open([])
    yield made
    made.service.close()
    await made.tasks.close()


def unowned(world: World) -> list[str]:
    return [name for name, row in world.accounts.table.items() if row.worker_id is None]


async def settled(world: World, count: int) -> None:
    await until(lambda: sum(world.workers.assigned.values()) == count and not world.service._deliveries.leaving)


# ---------------------------------------------------------------- refused


@NOT_TAKEN
@pytest.mark.parametrize("pinned_to", [None, "w1"])
async def test_what_every_worker_refuses_is_offered_once_to_each_and_then_waits(
    world: World, pinned_to: str | None
) -> None:
    world.answer = lambda _, message: (
        ProtocolError(ErrorCode.TOO_LARGE, "too large") if isinstance(message, AssignAccount) else Done()
    )
    await world.register("w1")
    await world.register("w2")
    world.add("a", **({"pinned": True, "pinned_to": pinned_to} if pinned_to else {}))
    await until(lambda: world.why("a") == "assign_not_taken" and world.owner("a") is None)
    await asyncio.sleep(0.2)
    offered = {name for name, _ in world.told(AssignAccount)}
    assert offered == ({"w1"} if pinned_to else {"w1", "w2"})
    assert len(world.told(AssignAccount)) == 2 * len(offered), "each is asked twice"
    assert world.epoch == len(offered)


def test_workers_are_asked_again_ever_more_seldom() -> None:
    async def body() -> None:
        forgiven: list[float] = []
        now = asyncio.get_running_loop().time
        refusals = Refusals(lambda _: forgiven.append(now()))
        waits = []
        for _ in range(8):
            began = now()
            refusals.note("a", "w1")
            refusals.note("a", "w2")
            assert refusals.of("a") == {"w1", "w2"}
            await asyncio.sleep(LONGEST_SECONDS + 1)
            assert refusals.of("a") == set()
            waits.append(forgiven[-1] - began)
        assert len(forgiven) == 8
        assert waits[:3] == pytest.approx([FIRST_SECONDS, 2 * FIRST_SECONDS, 4 * FIRST_SECONDS])
        assert waits[-1] == pytest.approx(LONGEST_SECONDS)
        refusals.forget("a")
        refusals.note("a", "w1")
        await asyncio.sleep(FIRST_SECONDS + 1)
        assert len(forgiven) == 9
        refusals.note("a", "w1")
        refusals.forget("a")
        await asyncio.sleep(LONGEST_SECONDS + 1)
        assert len(forgiven) == 9

    run_virtually(body())


# ---------------------------------------------------------------- limits


async def test_wishes_that_come_together_do_not_go_beyond_a_limit(world: World) -> None:
    await world.register("w1")
    await world.register("w2", limit=0)
    world.add("a", "b", "c")
    await settled(world, 3)
    world.workers.limits["w2"] = 1
    wish = AssignmentPut(worker_id="w2", pinned=False)
    answers = await asyncio.gather(*(world.service.assign(n, wish) for n in "abc"), return_exceptions=True)
    await settled(world, 3)
    assert world.workers.assigned == {"w1": 2, "w2": 1}
    assert sum(isinstance(one, ServiceError) for one in answers) == 2, "whoever came too late is told"


async def test_a_rebalance_does_not_go_beyond_a_limit_that_new_accounts_have_filled(world: World) -> None:
    await world.register("w1", limit=20)
    await world.register("w2", limit=0)
    world.add(*(f"a{n}" for n in range(12)))
    await settled(world, 12)
    world.workers.limits["w2"] = 4
    gate = asyncio.Event()

    async def slow(_worker: str, message: Message, _timeout: float) -> Message:
        if isinstance(message, RevokeAccount):
            await gate.wait()
        return Done()

    world.deliver = slow
    assert len((await world.service.rebalance(Rebalance())).moves) == 4
    world.workers.limits["w1"] = 12
    world.add("n1", "n2", "n3")
    await until(lambda: not [name for name in unowned(world) if name.startswith("n")])
    gate.set()
    await settled(world, 15)
    assert world.workers.assigned["w2"] == 4


async def test_room_is_used_once_and_nobody_loses_an_owner_for_it(world: World) -> None:
    for name in "ABC":
        await world.register(name)
    world.add(*(f"a{n:02}" for n in range(30)))
    await settled(world, 30)
    world.service.worker_gone("C", text("cause_crashed"))
    await until(lambda: world.workers.assigned == {"A": 15, "B": 15})
    del world.workers.limits["C"]
    await world.register("D", limit=6)
    await until(lambda: world.workers.assigned.get("D") == 6)
    await settled(world, 30)
    assert unowned(world) == []


async def test_a_worker_of_other_platforms_is_no_room(world: World) -> None:
    await world.register("A")
    await world.register("B")
    world.add(*(f"a{n:02}" for n in range(20)))
    await settled(world, 20)
    world.service.worker_gone("B", text("cause_crashed"))
    await until(lambda: world.workers.assigned == {"A": 20})
    await world.register("E", platforms=("imap",))
    await asyncio.sleep(0.1)
    assert world.workers.assigned == {"A": 20}


# ---------------------------------------------------------------- let go of without a word


async def test_no_late_pulse_revives_what_was_taken_when_a_lease_ended(world: World) -> None:
    for name in "ABC":
        await world.register(name)
    world.add(*(f"a{n}" for n in range(9)))
    await settled(world, 9)
    mine = next(name for name in world.accounts.table if world.owner(name) == "A")

    async def silent(worker: str, _message: Message, _timeout: float) -> Message:
        if worker == "A":
            raise Unavailable(text("worker_silent", worker=worker, seconds=5))
        return Done()

    world.deliver = silent
    await world.service.assign(mine, AssignmentPut(worker_id="C", pinned=True))
    assert world.owner(mine) == "C"
    with pytest.raises(ProtocolError, match="register again"):
        world.service.pulse("A")
    await world.register("A")
    assert world.service.pulse("A") > 0
