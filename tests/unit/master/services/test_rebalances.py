"""Evening out: told before it is done, done by letting go first."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from master.api.schema import AssignmentPut, Rebalance
from tests.helpers.deadlines import until
from tests.helpers.ownership import World
from worker.protocol.account_messages import AssignAccount, RevokeAccount
from worker.protocol.codec import now_ms
from worker.protocol.texts import text


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    made.service.open([])
    yield made
    made.service.close()
    await made.tasks.close()


async def uneven(world: World) -> None:
    await world.register("w1", limit=100)
    world.add(*(f"a{number}" for number in range(10)))
    await until(lambda: world.workers.assigned == {"w1": 10})
    await world.register("w2", limit=100)


async def test_a_dry_run_tells_each_move_and_its_reason_and_does_nothing(world: World) -> None:
    await uneven(world)
    sent = len(world.sent)
    report = await world.service.rebalance(Rebalance(dry_run=True))
    assert report.dry_run
    assert (report.before, report.after) == ({"w1": 10, "w2": 0}, {"w1": 6, "w2": 4})
    assert len(report.moves) == 4
    assert {(move.from_worker, move.to_worker) for move in report.moves} == {("w1", "w2")}
    assert {move.reason.message for move in report.moves} == {"moved to even out: w1 had 10 accounts, this one 0"}
    await asyncio.sleep(0.02)
    assert len(world.sent) == sent
    assert world.workers.assigned == {"w1": 10}


async def test_accounts_are_let_go_before_they_are_given_away(world: World) -> None:
    await uneven(world)
    report = await world.service.rebalance(Rebalance())
    moved = {move.account_id for move in report.moves}
    await until(lambda: world.workers.assigned == {"w1": 6, "w2": 4})
    await until(lambda: len(world.told(AssignAccount)) >= 14)
    assert {world.why(name) for name in moved} == {"assign_evened_count"}
    for name in moved:
        order = [(type(message), worker) for worker, message in world.sent if name in str(message)]
        assert order.index((RevokeAccount, "w1")) < order.index((AssignAccount, "w2"))


async def test_pinned_accounts_stay(world: World) -> None:
    await uneven(world)
    for number in range(10):
        await world.service.assign(f"a{number}", AssignmentPut(worker_id="w1", pinned=True))
    assert (await world.service.rebalance(Rebalance())).moves == []


async def test_what_just_moved_is_left_by_the_clockwork_but_not_by_hand(world: World) -> None:
    await uneven(world)
    rebalancer = world.service._rebalancer
    assert (await rebalancer.run(dry_run=True, cool_down_ms=60_000)).moves == []
    for name, row in world.accounts.table.items():
        world.accounts.table[name] = msgspec.structs.replace(row, assigned_since_at=now_ms() - 61_000)
    assert len((await rebalancer.run(dry_run=True, cool_down_ms=60_000)).moves) == 4


async def test_a_target_that_dies_meanwhile_is_no_dead_end(world: World) -> None:
    await uneven(world)
    gate = asyncio.Event()
    send = world.service._deliveries.send

    async def slow(worker_id: str, message: object, timeout_s: float) -> object:
        if isinstance(message, RevokeAccount):
            await gate.wait()
        return await send(worker_id, message, timeout_s)  # type: ignore[arg-type]

    world.service._deliveries.send = slow  # type: ignore[assignment,misc]
    moved = [move.account_id for move in (await world.service.rebalance(Rebalance())).moves]
    world.service.worker_gone("w2", text("cause_crashed"))
    gate.set()
    for name in moved:
        await world.owned(name, "w1")


async def test_many_accounts_are_evened_by_what_they_cost(world: World) -> None:
    await world.register("w1", limit=100)
    await world.register("w2", limit=100)
    world.add(*(f"a{number}" for number in range(80)))
    await until(lambda: world.workers.assigned == {"w1": 40, "w2": 40})
    world.accounts.duties = {name: 0.4 if world.owner(name) == "w1" else 0.1 for name in world.accounts.table}
    report = await world.service.rebalance(Rebalance(dry_run=True))
    assert {(move.from_worker, move.reason.code) for move in report.moves} == {("w1", "assign_evened_cost")}
    assert 8 <= len(report.moves) <= 14
