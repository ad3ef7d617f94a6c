"""Storing what workers find: once for ever, in order, with their notifications; and marking it read."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from master.api.schema import ItemFilter, NotificationFilter, SettingsPatch
from master.errors import Invalid, NotFound
from tests.helpers.data import WORKER, World, batch, item, world_of
from worker.protocol.bases import LATEST_MS
from worker.protocol.codec import now_ms
from worker.protocol.item_messages import Report
from worker.protocol.states import CheckOutcome, ItemKind


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


async def results(world: World, *args, **more) -> tuple[list[str], str]:
    answer = await world.items.ingest(WORKER, batch(*args, **more))
    return [result.result for result in answer.results], answer.cursor


async def titles(world: World, **filters) -> list[str]:
    page = await world.items.page(ItemFilter(**filters))
    return [row.key for row in page.rows]


async def test_new_items_are_stored_then_announced_with_their_notifications(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    world.types()
    assert await results(world, account.id, epoch, {1: "a", 2: "b"}, cursor=(2, "c2")) == (["stored"] * 2, "stored")
    assert world.types() == ["item.detected"] * 2 + ["notification.changed"] * 2 + ["unread.changed"]
    assert await titles(world) == ["b", "a"]
    assert world.accounts.get(account.id).unread == 2
    assert world.items.unread().total == 2
    assert world.notifications.pending_count() == 2
    (told, _) = (await world.notifications.page()).rows
    assert told.title.params == {"account": "Feed", "title": "title b"}
    assert world.accounts.assignment(account.id).cursor == "c2"
    assert world.accounts.assignment(account.id).stored_seq == 2


async def test_a_key_makes_one_item_for_ever_also_within_a_batch_and_under_another_epoch(world):
    account = await world.feed()
    old = await world.own(account.id)
    assert (await results(world, account.id, old, {1: "a", 2: "a"}))[0] == ["stored", "known"]
    new = await world.own(account.id)
    assert (await results(world, account.id, new, {1: "a"}))[0] == ["known"]
    # A late fact is kept, a late claim is refused.
    assert await results(world, account.id, old, {3: "late"}, cursor=(3, "old")) == (["stored"], "stale")
    assert await titles(world) == ["late", "a"]
    assert world.accounts.assignment(account.id).cursor is None
    assert world.accounts.assignment(account.id).stored_seq == 1


async def test_the_baseline_leaves_keys_only_and_ends_with_its_cursor(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    assert world.accounts.assignment(account.id).baseline
    assert (await results(world, account.id, epoch, {1: "a"}, baseline=True))[0] == ["stored"]
    assert world.accounts.assignment(account.id).baseline
    await results(world, account.id, epoch, {2: "b"}, baseline=True, cursor=(2, "c"))
    assert not world.accounts.assignment(account.id).baseline
    assert await titles(world) == []
    assert world.notifications.pending_count() == 0
    assert (await results(world, account.id, epoch, {3: "a", 4: "c"}))[0] == ["known", "stored"]


async def test_an_empty_baseline_ends_with_its_check(world):
    account = await world.feed()
    await world.own(account.id)
    await world.ended(account.id, CheckOutcome.TEMPORARY)
    assert world.accounts.assignment(account.id).baseline
    await world.ended(account.id)
    assert not world.accounts.assignment(account.id).baseline


async def test_a_first_check_is_told_when_the_settings_say_so(world):
    await world.settings.patch(SettingsPatch(baseline_quiet=False))
    account = await world.feed()
    assert not world.accounts.assignment(account.id).baseline


async def test_the_cursor_waits_for_every_earlier_number_and_never_goes_back(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    assert (await results(world, account.id, epoch, {2: "b", 3: "c"}, cursor=(3, "three")))[1] == "gap"
    assert world.accounts.assignment(account.id).cursor is None
    assert world.accounts.assignment(account.id).stored_seq == 0
    assert (await results(world, account.id, epoch, {1: "a"}))[1] == "none"
    assert world.accounts.assignment(account.id).stored_seq == 3, "what came before its time counts now"
    assert (await results(world, account.id, epoch, {}, cursor=(3, "three")))[1] == "stored"
    assert (await results(world, account.id, epoch, {}, cursor=(2, "two")))[1] == "stale"
    assert world.accounts.assignment(account.id).cursor == "three"
    assert (await results(world, account.id, epoch, {}, cursor=(3, "etag"))) == ([], "stored")
    assert world.accounts.assignment(account.id).cursor == "etag"


async def test_a_new_owner_goes_on_at_the_cursor_and_numbers_anew(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    await results(world, account.id, epoch, {1: "a"}, cursor=(1, "c"))
    await world.own(account.id, "w2")
    assignment = world.accounts.assignment(account.id)
    assert (assignment.cursor, assignment.stored_seq, assignment.baseline) == ("c", 0, False)
    assert (await results(world, account.id, assignment.epoch, {1: "b"}, cursor=(1, "d")))[1] == "stored"


async def test_all_of_it_is_there_after_a_restart(world, profile):
    account = await world.feed()
    epoch = await world.own(account.id)
    await results(world, account.id, epoch, {1: "a", 2: "b", 4: "d"}, cursor=(2, "c"))
    async with world_of(profile) as again:
        assignment = again.accounts.assignment(account.id)
        assert (assignment.cursor, assignment.stored_seq, assignment.epoch) == ("c", 2, epoch)
        assert again.items.unread().accounts == {account.id: 3}
        assert again.notifications.pending_count() == 3
        assert (await results(again, account.id, epoch, {1: "a", 3: "c"}))[0] == ["known", "stored"]
        assert again.accounts.assignment(account.id).stored_seq == 4


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"key": ""}, "item_key_wrong"),
        ({"key": "k" * 513}, "item_key_wrong"),
        ({"created_at": -1}, "item_time_wrong"),
        ({"detected_at": LATEST_MS + 1}, "item_time_wrong"),
        ({"text": "x" * (64 * 1024 + 1)}, "item_too_long"),
        ({"title": "\ud800"}, "item_text_broken"),
    ],
)
async def test_what_is_no_item_is_kept_aside_told_once_and_acknowledged(world, broken, code):
    account = await world.feed()
    epoch = await world.own(account.id)
    for start in (1, 3):
        wrong = msgspec.structs.replace(item("wrong"), **broken)
        reports = [Report(seq=start, item=wrong), Report(seq=start + 1, item=item(f"fine {start}"))]
        answer = await world.items.ingest(WORKER, batch(account.id, epoch, reports, cursor=(start + 1, "c")))
        assert [result.result for result in answer.results] == ["rejected", "stored"]
        assert answer.results[0].error.code == code
        assert answer.cursor == "stored"
    alerts = [row for row in (await world.notifications.page()).rows if row.kind == "alert"]
    assert [row.title.code for row in alerts] == ["notify_rejected"]
    kept = await world.database.read(lambda conn: conn.exec_driver_sql("SELECT seq FROM rejected").scalars().all())
    assert kept == [1, 3]


async def test_what_comes_of_a_deleted_account_is_acknowledged_so_that_it_is_dropped(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    await world.accounts.delete(account.id, keep_history=True)
    answer = await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a"}, cursor=(1, "c")))
    assert [(result.result, result.error.code) for result in answer.results] == [("rejected", "item_account_gone")]
    assert await titles(world) == []


async def test_a_burst_is_told_by_its_first_few_and_a_count(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    await results(world, account.id, epoch, {n: f"k{n}" for n in range(1, 9)})
    rows = (await world.notifications.page()).rows
    assert [row.state for row in reversed(rows)] == ["pending"] * 5 + ["suppressed"] * 3 + ["pending"]
    assert rows[0].title.code == "notify_more"
    assert rows[0].title.params["count"] == 3
    assert {row.reason.code for row in rows[1:4]} == {"silent_merged"}
    assert world.notifications.pending_count() == 6


async def test_muted_ones_are_held_and_say_why(world):
    await world.settings.patch(SettingsPatch(muted_until_at=now_ms() + 60_000))
    account = await world.feed()
    epoch = await world.own(account.id)
    await results(world, account.id, epoch, {n: f"k{n}" for n in range(1, 9)})
    rows = (await world.notifications.page()).rows
    assert len(rows) == 8
    assert {(row.state, row.reason.code) for row in rows} == {("held", "held_snoozed_all")}
    assert world.notifications.pending_count() == 0


async def test_marking_one_and_many(world):
    account, other = await world.feed("one"), await world.feed("two")
    for owner in (account, other):
        epoch = await world.own(owner.id)
        await results(world, owner.id, epoch, {1: "a", 2: "b"})
    first = (await world.items.page(ItemFilter(account_id=account.id))).rows[-1]
    world.types()
    assert (await world.items.mark(first.id, True)).read
    assert world.types() == ["items.read", "notification.changed", "unread.changed"]
    assert (await world.items.mark(first.id, True)).read
    assert world.types() == [], "nothing changed, nothing is told"
    assert world.items.unread().accounts == {account.id: 1, other.id: 2}
    assert (await world.items.mark_many(ItemFilter(account_id=other.id))).count == 2
    assert world.items.unread().accounts == {account.id: 1}
    assert world.notifications.pending_count() == 1
    assert not (await world.items.mark(first.id, False)).read
    assert world.accounts.get(account.id).unread == 2
    with pytest.raises(NotFound):
        await world.items.mark(999, True)


async def test_many_are_told_by_their_limits(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    for start in range(1, 601, 100):
        await results(world, account.id, epoch, {n: f"k{n}" for n in range(start, start + 100)})
    world.events.clear()
    assert (await world.items.mark_many(ItemFilter(account_id=account.id))).count == 600
    (event,) = world.of("items.read")
    assert (event.ids, event.account_id, event.until_id) == ([], account.id, 600)
    assert (await world.items.mark_many(ItemFilter(ids=[7, 9]), False)).count == 2
    assert world.of("items.read")[-1].read is False
    assert world.items.unread().accounts == {account.id: 2}


async def test_pages_filters_and_search(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    odd = [
        Report(seq=1, item=item("one", title="100% wool", author="Ann")),
        Report(seq=2, item=item("two", text="天气很好", kind=ItemKind.MAIL)),
        Report(seq=3, item=item("three", title="a_b", detected_at=1000, created_at=1000)),
    ]
    await world.items.ingest(WORKER, batch(account.id, epoch, odd))
    assert await titles(world, q="%") == []
    assert await titles(world, q="100% wo") == []
    assert await titles(world, q="100% WOOL") == ["one"]
    assert await titles(world, q="a_b") == ["three"]
    assert await titles(world, q="天气") == ["two"]
    assert await titles(world, q="ann") == ["one"]
    assert await titles(world, q="'; DROP TABLE items; --") == []
    assert await titles(world, kind=ItemKind.MAIL) == ["two"]
    assert await titles(world, until=1000) == ["three"]
    assert await titles(world, since=1001) == ["two", "one"]
    assert await titles(world, ids=[]) == []
    first = await world.items.page(ItemFilter(), limit=2)
    assert [row.key for row in first.rows] == ["three", "two"]
    second = await world.items.page(ItemFilter(), limit=2, cursor=first.next_cursor)
    assert ([row.key for row in second.rows], second.next_cursor) == (["one"], None)
    for wrong in ("x", "-1", "9" * 30, "", "१"):
        with pytest.raises(Invalid):
            await world.items.page(ItemFilter(), cursor=wrong)


async def test_the_trace_tells_the_life_of_an_item(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    await world.notifications.register_device("d", "desk")
    await results(world, account.id, epoch, {1: "a"})
    (told,) = (await world.notifications.page()).rows
    await world.notifications.acknowledge("d", told.id)
    await world.items.mark(told.item_id, True)
    trace = await world.items.trace(told.item_id)
    codes = [step.text.code for step in trace.steps]
    assert codes == ["trace_found_poll", "trace_stored", "trace_notified", "trace_shown", "trace_opened"]
    assert [step.at for step in trace.steps] == sorted(step.at for step in trace.steps)
    with pytest.raises(NotFound):
        await world.items.trace(999)


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_is_repeated_reordered_or_taken_over_each_thing_is_told_once(world, seed):
    """Workers resend what they believe lost, in pieces, under old epochs; the ledger decides."""
    chance = random.Random(seed)
    account = await world.feed()
    found = [f"k{number}" for number in range(30)]
    said: list[tuple[int, dict[int, str]]] = []
    epoch, seq = await world.own(account.id), 0
    for key in found:
        if chance.random() < 0.15:
            epoch, seq = await world.own(account.id, chance.choice(["w1", "w2"])), 0
        seq += 1
        said.append((epoch, {seq: key}))
        if chance.random() < 0.8:
            await results(world, account.id, *said[-1])
        if chance.random() < 0.4:
            await results(world, account.id, *chance.choice(said))
    chance.shuffle(said)
    for one in said:
        await results(world, account.id, *one)
    assert sorted(await titles(world)) == sorted(found)
    rows = (await world.notifications.page(limit=500, filter=NotificationFilter(kind="item"))).rows
    assert len(rows) == len({row.item_id for row in rows}) == len(found)
    assert world.accounts.assignment(account.id).stored_seq == seq
    assert world.items.unread().total == len(found)


async def test_what_is_shown_of_a_baseline_is_read_and_told_to_nobody(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    found = batch(account.id, epoch, {1: "a", 2: "b", 3: "c"}, cursor=(3, "c3"), baseline=True)
    reports = [msgspec.structs.replace(one, shown=one.seq == 3) for one in found.reports]
    answer = await world.items.ingest(WORKER, msgspec.structs.replace(found, reports=reports))
    assert [result.result for result in answer.results] == ["stored"] * 3
    (shown,) = (await world.items.page(ItemFilter())).rows
    assert (shown.key, shown.read) == ("c", True)
    assert world.items.unread().total == 0
    assert world.notifications.pending_count() == 0
    (row,) = (await world.notifications.page()).rows
    assert (row.state, row.reason.code) == ("suppressed", "silent_existing")
    codes = [step.text.code for step in (await world.items.trace(shown.id)).steps]
    assert codes == ["trace_found_poll", "trace_stored", "trace_suppressed"]
    assert not world.accounts.assignment(account.id).baseline
    # Whoever reads on finds none of them new.
    assert (await results(world, account.id, epoch, {4: "c", 5: "a", 6: "d"}))[0] == ["known", "known", "stored"]
