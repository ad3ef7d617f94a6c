"""Ownership, with accounts in a dict and workers that answer as the test says."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from master.api.schema import AssignmentPut
from master.errors import Conflict, Invalid, NotFound, Unavailable
from master.store.assignments import OwnerChange
from tests.helpers.deadlines import until
from tests.helpers.ownership import World, account
from worker.protocol.account_messages import AssignAccount, CheckAccount, RevokeAccount
from worker.protocol.bases import Done, Message
from worker.protocol.codec import ProtocolError
from worker.protocol.states import ErrorCode
from worker.protocol.texts import text
from worker.protocol.worker_messages import Heartbeat, Holding


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    made.service.open([])
    yield made
    made.service.close()
    await made.tasks.close()


async def test_a_new_account_goes_to_the_least_loaded_worker_with_a_reason_and_an_epoch(world: World) -> None:
    await world.register("w1")
    await world.register("w2")
    world.add("a", "b", "c", "d")
    await until(lambda: world.workers.assigned == {"w1": 2, "w2": 2})
    row = world.accounts.table["a"]
    assert row.epoch > 0
    assert world.why("a") == "assign_least_loaded"
    assert row.assigned_since_at is not None
    await until(lambda: len(world.told(AssignAccount)) == 4)
    assert len({row.epoch for row in world.accounts.table.values()}) == 4


async def test_without_a_place_the_reason_says_why(world: World) -> None:
    world.add("a")
    await until(lambda: world.why("a") == "unassigned_no_worker")
    await world.register("w1", limit=1)
    await world.owned("a", "w1")
    world.add("b")
    await until(lambda: world.why("b") == "unassigned_full")
    world.add("c", platform="matrix")
    await until(lambda: world.why("c") == "unassigned_no_platform")
    assert world.owner("b") is None
    assert world.owner("c") is None


async def test_registering_answers_with_what_it_is_to_hold(world: World) -> None:
    world.add("a", "b")
    assert sorted(await world.register("w1")) == ["a", "b"]
    assert world.told(AssignAccount) == [], "they travelled in the answer"
    assert world.service.owns("w1", "a", world.accounts.table["a"].epoch)


async def test_a_reconnect_keeps_the_epoch(world: World) -> None:
    world.add("a")
    await world.register("w1")
    epoch = world.accounts.table["a"].epoch
    world.service.disconnected("w1")
    assert await world.register("w1") == ["a"]
    assert world.accounts.table["a"].epoch == epoch


async def test_a_crash_moves_all_accounts_in_one_transaction_and_says_from_whom(world: World) -> None:
    world.add(*(f"a{n}" for n in range(50)))
    await world.register("w1", limit=100)
    await world.register("w2", limit=100)
    before = {name: row.epoch for name, row in world.accounts.table.items()}
    transactions = len(world.accounts.transactions)
    world.service.worker_gone("w1", text("cause_crashed"))
    assert not world.service.owns("w1", "a0", before["a0"])
    await until(lambda: world.workers.assigned == {"w2": 50})
    assert len(world.accounts.transactions) == transactions + 1
    assert all(row.epoch > before[name] for name, row in world.accounts.table.items())
    assert world.accounts.table["a0"].assignment_reason == text("assign_took_over", worker="w1", cause="crashed")
    await until(lambda: len(world.told(AssignAccount)) == 50)
    assert sorted(world.accounts.scheduled.values()) == [(rank, 50, True) for rank in range(50)]


async def test_a_large_failover_checks_the_most_important_at_once_and_staggers_the_rest(world: World) -> None:
    world.add(*(f"a{n:03}" for n in range(80)))
    for n in range(70, 80):
        name = f"a{n:03}"
        world.accounts.table[name] = msgspec.structs.replace(world.accounts.table[name], priority=5)
    await world.register("w1", limit=100)
    await world.register("w2", limit=100)
    world.service.worker_gone("w1", text("cause_crashed"))
    await until(lambda: len(world.told(AssignAccount)) == 80)
    assert sorted(rank for rank, _, _ in world.accounts.scheduled.values()) == list(range(80))
    assert all(world.accounts.scheduled[f"a{n:03}"][0] < 10 for n in range(70, 80))
    assert {(count, failover) for _, count, failover in world.accounts.scheduled.values()} == {(80, True)}


async def test_a_failover_may_go_beyond_the_limit_and_room_undoes_it(world: World) -> None:
    world.add("a", "b", "c", "d")
    await world.register("w1", limit=2)
    await world.register("w2", limit=2)
    await until(lambda: world.workers.assigned == {"w1": 2, "w2": 2})
    world.service.worker_gone("w2", text("cause_crashed"))
    await until(lambda: world.workers.assigned == {"w1": 4})
    await world.register("w2")
    await until(lambda: world.workers.assigned == {"w1": 2, "w2": 2})
    assert len(world.told(RevokeAccount)) == 2


async def test_the_only_worker_comes_back(world: World) -> None:
    world.add("a")
    await world.register("w1")
    world.service.worker_gone("w1", text("cause_crashed"))
    await until(lambda: world.why("a") == "unassigned_no_worker")
    assert await world.register("w1") == ["a"]
    assert world.why("a") == "assign_returned"


async def test_a_pinned_account_waits_for_its_worker(world: World) -> None:
    world.add("a")
    await world.register("w1")
    await world.register("w2")
    await world.service.assign("a", AssignmentPut(worker_id="w2", pinned=True))
    await world.owned("a", "w2")
    assert world.why("a") == "assign_pinned"
    world.service.worker_gone("w2", text("cause_crashed"))
    await until(lambda: world.why("a") == "unassigned_pinned_away")
    assert world.owner("a") is None
    assert world.accounts.table["a"].pinned_to == "w2"
    assert not world.service.owns("w2", "a", world.accounts.table["a"].epoch)
    assert "a" in await world.register("w2")
    assert world.service.owns("w2", "a", world.accounts.table["a"].epoch)


async def test_a_pinned_account_may_move_while_its_worker_is_away(world: World) -> None:
    world.add("a")
    await world.register("w1")
    await world.register("w2")
    await world.service.assign("a", AssignmentPut(worker_id="w2", pinned=True, pin_policy="move"))
    await world.owned("a", "w2")
    world.service.worker_gone("w2", text("cause_crashed"))
    await world.owned("a", "w1")
    assert world.why("a") == "assign_took_over"
    assert world.accounts.table["a"].pinned_to == "w2"
    await world.register("w2")
    await world.owned("a", "w2")
    assert world.why("a") == "assign_pinned"


async def test_a_pin_ends_with_its_worker(world: World) -> None:
    world.add("a")
    await world.register("w1")
    await world.register("w2")
    await world.service.assign("a", AssignmentPut(worker_id="w2", pinned=True))
    await world.owned("a", "w2")
    world.workers.limits.pop("w2")  # deleted
    world.service.worker_gone("w2", text("cause_deleted"))
    await world.owned("a", "w1")
    assert not world.accounts.table["a"].pinned


async def test_a_choice_by_hand_is_revoked_first_and_assigned_then(world: World) -> None:
    world.add("a")
    await world.register("w1")
    await world.register("w2")
    row = await world.service.assign("a", AssignmentPut(worker_id="w2"))
    assert (row.worker_id, row.pinned, world.why("a")) == ("w2", False, "assign_manual")
    await until(lambda: world.told(AssignAccount) == [("w2", "a")])
    kinds = [type(message) for _, message in world.sent]
    assert kinds.index(RevokeAccount) < kinds.index(AssignAccount)


async def test_nobody_gets_it_before_the_old_owner_let_go(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("master.services.deliveries.REVOKE_SECONDS", 0.05)
    world.add("a")
    await world.register("w1")
    await world.register("w2")
    world.answer = lambda name, message: None if isinstance(message, RevokeAccount) else Done()
    task = world.tasks.spawn(world.service.assign("a", AssignmentPut(worker_id="w2")), name="assign")
    await until(lambda: len(world.told(RevokeAccount)) >= 1)
    await asyncio.sleep(0.3)
    assert not world.told(AssignAccount), "its lease still runs"
    # Its pulses stopped: the lease ends by itself.
    await asyncio.wait_for(task, 60)
    assert world.told(AssignAccount) == [("w2", "a")]


async def test_let_go_waits_for_the_workers_own_word(world: World) -> None:
    answered = asyncio.Event()

    async def deliver(_name: str, message: Message, _seconds: float) -> Message:
        if isinstance(message, RevokeAccount):
            await answered.wait()
        return Done()

    await world.service.let_go("nobody has it")
    await world.register("w1")
    world.add("a")
    await world.owned("a", "w1")
    world.deliver = deliver
    world.accounts.paused.add("a")
    world.service.unwanted("a", text("unassigned_paused"))
    waiting = world.tasks.spawn(world.service.let_go("a"), name="let go")
    await until(lambda: world.told(RevokeAccount))
    assert not waiting.done(), "it may still be at it"
    answered.set()
    await asyncio.wait_for(waiting, 60)


async def test_the_death_of_the_old_owner_is_as_good_as_its_word(world: World) -> None:
    world.add("a")
    await world.register("w1")
    await world.register("w2")
    world.answer = lambda name, message: (
        Unavailable(text("worker_silent", worker=name, seconds=5)) if isinstance(message, RevokeAccount) else Done()
    )
    task = world.tasks.spawn(world.service.assign("a", AssignmentPut(worker_id="w2")), name="assign")
    await until(lambda: world.told(RevokeAccount))
    world.service.worker_gone("w1", text("cause_crashed"))
    await asyncio.wait_for(task, 0.5)
    assert world.owner("a") == "w2"


async def test_choices_that_cannot_be_are_refused(world: World) -> None:
    world.add("a")
    await world.register("w1", limit=1)
    await world.register("w2", limit=1)
    world.add("b")
    await world.owned("a")
    await world.owned("b")
    other = "w2" if world.owner("a") == "w1" else "w1"
    with pytest.raises(Invalid) as caught:
        await world.service.assign("a", AssignmentPut(worker_id="nobody"))
    assert "worker_id" in caught.value.fields
    with pytest.raises(Conflict) as full:
        await world.service.assign("a", AssignmentPut(worker_id=other))
    assert full.value.text.code == "worker_full"
    world.service.disconnected(other)
    with pytest.raises(Conflict) as away:
        await world.service.assign("a", AssignmentPut(worker_id=other))
    assert away.value.text.code == "worker_not_running"
    with pytest.raises(NotFound):
        await world.service.assign("nothing", AssignmentPut(worker_id=None))


async def test_pausing_revokes_and_resuming_gives_a_new_epoch(world: World) -> None:
    world.add("a")
    await world.register("w1")
    epoch = world.accounts.table["a"].epoch
    world.accounts.paused.add("a")
    world.service.unwanted("a", text("unassigned_paused"))
    await until(lambda: world.why("a") == "unassigned_paused")
    assert world.told(RevokeAccount) == [("w1", "a")]
    assert not world.service.owns("w1", "a", epoch)
    assert world.workers.assigned == {}
    world.accounts.paused.clear()
    world.service.wanted("a")
    await world.owned("a", "w1")
    assert world.accounts.table["a"].epoch > epoch


async def test_a_deleted_account_is_revoked(world: World) -> None:
    world.add("a")
    await world.register("w1")
    del world.accounts.table["a"]
    world.service.unwanted("a", text("unassigned_paused"))
    await until(lambda: world.told(RevokeAccount) == [("w1", "a")])


@pytest.mark.expects_log(r"WARNING master.services.deliveries w1 did not take a")
async def test_an_assignment_that_is_not_taken_is_retried_once_then_moved(world: World) -> None:
    await world.register("w1")
    await world.register("w2", platforms=("other",))
    world.answer = lambda name, message: (
        ProtocolError(ErrorCode.INTERNAL, "no")
        if name == "w1" and isinstance(message, AssignAccount)
        else ProtocolError(ErrorCode.ACCOUNT_NOT_FOUND, "never had it")
        if isinstance(message, RevokeAccount)
        else Done()
    )
    world.add("a")
    await until(lambda: world.why("a") == "assign_not_taken")
    assert world.told(AssignAccount) == [("w1", "a"), ("w1", "a")]
    assert world.owner("a") is None
    await world.register("w2", platforms=("feed",))
    await world.owned("a", "w2")
    assert world.why("a") == "assign_not_taken"


async def test_changed_settings_are_told_under_the_same_epoch(world: World) -> None:
    world.add("a")
    await world.register("w1")
    epoch = world.accounts.table["a"].epoch
    world.service.changed("a")
    await until(lambda: world.told(AssignAccount) == [("w1", "a")])
    assert world.accounts.table["a"].epoch == epoch


async def test_fewer_places_move_the_least_important_and_more_places_take_who_waits(world: World) -> None:
    world.add("a", "b", "c")
    world.accounts.table["b"] = msgspec.structs.replace(world.accounts.table["b"], priority=9)
    await world.register("w1")
    world.workers.limits["w1"] = 1
    world.service.limits_changed("w1")
    await until(lambda: world.why("a") == world.why("c") == "unassigned_full")
    assert world.owner("b") == "w1"
    world.workers.limits["w1"] = 2
    world.service.limits_changed("w1")
    await until(lambda: world.workers.assigned == {"w1": 2})


async def test_a_heartbeat_mends_what_differs(world: World) -> None:
    world.add("a", "b")
    await world.register("w1")
    epochs = {name: row.epoch for name, row in world.accounts.table.items()}
    holding = [Holding(account_id="a", epoch=epochs["a"] - 1), Holding(account_id="gone", epoch=3)]
    beat = Heartbeat(
        at=0, cpu_percent=0, rss_bytes=0, accounts=0, active_checks=0, errors=0, checks=0, items=0, backlog=0
    )
    mended = world.service.heartbeat("w1", msgspec.structs.replace(beat, holding=holding))
    assert sorted(given.account_id for given in mended.assign) == ["a", "b"]
    assert {held.account_id for held in mended.revoke} == {"a", "gone"}
    right = [Holding(account_id=name, epoch=epoch) for name, epoch in epochs.items()]
    same = world.service.heartbeat("w1", msgspec.structs.replace(beat, holding=right))
    assert (same.assign, same.revoke) == ([], [])


async def test_at_the_start_all_workers_get_a_share() -> None:
    world = World()
    world.workers.limits = {"w1": 10, "w2": 10}
    world.add(*(f"a{n}" for n in range(6)))
    world.service.open(["w1", "w2"])
    assert await world.register("w1") == []
    await world.register("w2")
    await until(lambda: world.workers.assigned == {"w1": 3, "w2": 3})
    world.service.close()
    await world.tasks.close()


async def test_at_the_start_a_worker_that_does_not_come_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("master.services.arrivals.SETTLE_SECONDS", 0.05)
    world = World()
    world.workers.limits = {"w1": 10, "w2": 10}
    world.accounts.table["mine"] = account("mine", worker_id="w1", epoch=3)
    world.accounts.table["its"] = account("its", worker_id="w2", epoch=4)
    world.epoch = 4
    world.service.open(["w1", "w2"])
    assert await world.register("w1") == ["mine"]
    assert world.accounts.table["mine"].epoch == 3, "what it held stays its own"
    await world.owned("its", "w1")
    assert world.accounts.table["its"].epoch == 5
    assert world.why("its") == "assign_took_over"
    world.service.close()
    await world.tasks.close()


async def test_a_worker_that_dies_while_its_accounts_are_written_gets_none(world: World) -> None:
    await world.register("w1")
    await world.register("w2", limit=10)
    world.accounts.gate.clear()
    world.add("a")
    await asyncio.sleep(0.01)
    for name in ("w1", "w2"):
        world.service.worker_gone(name, text("cause_crashed"))
    world.accounts.gate.set()
    await until(lambda: world.why("a") == "unassigned_no_worker")
    assert world.told(AssignAccount) == []


async def test_check_now_asks_the_owner(world: World) -> None:
    world.add("a")
    with pytest.raises(Unavailable):
        await world.service.check_now("a")
    await world.register("w1")
    await world.service.check_now("a")
    assert world.told(CheckAccount) == [("w1", "a")]
    world.accounts.paused.add("a")
    with pytest.raises(Conflict):
        await world.service.check_now("a")


async def test_closed_it_places_nothing(world: World) -> None:
    world.add("a")
    await world.register("w1")
    await world.register("w2")
    world.service.close()
    transactions = len(world.accounts.transactions)
    world.service.worker_gone("w1", text("cause_stopped"))
    world.service.worker_gone("w2", text("cause_stopped"))
    await asyncio.sleep(0.02)
    assert len(world.accounts.transactions) == transactions


async def test_unpinning_while_the_account_changes_hands_keeps_the_newest_epoch(world: World) -> None:
    await world.register("w1")
    await world.register("w2")
    world.add("a")
    await world.service.assign("a", AssignmentPut(worker_id="w1", pinned=True, pin_policy="move"))
    await world.owned("a", "w1")
    world.accounts.gate.clear()
    world.service.worker_gone("w1", text("cause_crashed"))
    await asyncio.sleep(0.01)
    unpinning = asyncio.ensure_future(world.service.assign("a", AssignmentPut(worker_id=None)))
    await asyncio.sleep(0.01)
    world.accounts.gate.set()
    row = await unpinning
    await world.owned("a", "w2")
    assert (row.worker_id, row.pinned) == ("w2", False)
    assert world.service.owns("w2", "a", world.accounts.table["a"].epoch)


async def test_settings_that_change_give_the_owner_a_new_epoch(world: World) -> None:
    await world.register("w1")
    world.add("a")
    await world.owned("a", "w1")
    old = world.accounts.table["a"].epoch
    world.epoch += 1
    world.accounts.table["a"] = msgspec.structs.replace(world.accounts.table["a"], epoch=world.epoch)
    world.service.changed("a")
    assert not world.service.owns("w1", "a", old)
    assert world.service.owns("w1", "a", world.epoch)
    await until(lambda: len(world.told(AssignAccount)) == 2)


async def test_an_account_whose_grant_came_too_late_is_placed_again(world: World) -> None:
    await world.register("w1")
    refused: list[str] = []
    write = world.accounts.set_owners

    async def late(changes: list[OwnerChange]) -> set[str]:
        if not refused:
            refused.extend(change.account_id for change in changes)
            return set()
        return await write(changes)

    world.accounts.set_owners = late  # type: ignore[method-assign]
    world.add("a")
    await world.owned("a", "w1")
    assert refused == ["a"]


async def test_a_check_asked_for_before_the_account_arrived_is_no_fault(world: World) -> None:
    await world.register("w1")
    world.add("a")
    await world.owned("a", "w1")
    world.answer = lambda name, message: ProtocolError(ErrorCode.ACCOUNT_NOT_FOUND, "not yet")
    assert (await world.service.check_now("a")).id == "a"
    world.answer = lambda name, message: ProtocolError(ErrorCode.INTERNAL, "broken")
    with pytest.raises(Unavailable):
        await world.service.check_now("a")


async def test_a_worker_that_died_while_it_waited_to_register_gets_no_seat(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add("a")
    monkeypatch.setattr(world.workers, "is_connected", lambda worker_id: False)
    with pytest.raises(ProtocolError):
        await world.register("w1")
    await until(lambda: world.why("a") == "unassigned_no_worker")


async def test_more_than_one_answer_holds_follows_one_by_one(world: World) -> None:
    world.add(*(f"a{number}" for number in range(30)), settings={"url": "x" * 50_000})
    told = await world.register("w1", limit=100)
    assert 0 < len(told) < 30
    await until(lambda: len(world.told(AssignAccount)) == 30 - len(told))
    assert {name for _, name in world.told(AssignAccount)} | set(told) == {f"a{number}" for number in range(30)}
    beat = Heartbeat(
        at=1, cpu_percent=0, rss_bytes=1, accounts=0, active_checks=0, errors=0, checks=0, items=0, backlog=0
    )
    assert 0 < len(world.service.heartbeat("w1", beat).assign) < 30
