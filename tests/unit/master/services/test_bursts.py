"""Much at once: the first few are told each, the rest in one row that counts, across batches."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.api.rules import RuleConditions, RuleCreate
from master.api.schema import ItemFilter, NotificationFilter, SettingsPatch
from master.services import items as items_module
from tests.helpers.data import WORKER, World, batch, item, world_of
from worker.protocol.codec import now_ms
from worker.protocol.item_messages import Report


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


@pytest.fixture
def clock(monkeypatch) -> list[int]:
    """The time at which items are stored."""
    at = [now_ms()]
    monkeypatch.setattr(items_module, "now_ms", lambda: at[0])
    return at


async def find(world: World, account_id: str, first: int, count: int, title: str = "x") -> None:
    epoch = world.accounts.get(account_id).epoch or await world.own(account_id)
    reports = [Report(seq=n, item=item(f"k{n}", title=f"{title} {n}")) for n in range(first, first + count)]
    await world.items.ingest(WORKER, batch(account_id, epoch, reports))


async def told(world: World, **filters) -> list:
    page = await world.notifications.page(limit=500, filter=NotificationFilter(**filters))
    return page.rows[::-1]


async def test_the_row_that_counts_is_changed_by_later_batches(world, clock, profile):
    account = await world.feed()
    await find(world, account.id, 1, 4)
    assert await told(world, kind="system") == []
    world.events.clear()
    await find(world, account.id, 5, 4)
    (more,) = await told(world, kind="system")
    assert (more.title.params["count"], more.count, more.state) == (3, 3, "pending")
    await find(world, account.id, 9, 10)
    (more,) = await told(world, kind="system")
    assert (more.title.params["count"], more.count) == (13, 13)
    assert [row.count for row in world.of("notification.changed") if row.kind == "system"] == [3, 13]
    assert world.notifications.pending_count() == 6
    merged = await told(world, state="suppressed")
    assert {row.reason.code for row in merged} == {"silent_merged"}
    assert len(merged) == 13
    assert {row.told_by for row in merged} == {more.id}
    await world.notifications.register_device("d", "desk")
    await world.notifications.acknowledge("d", more.id)
    trace = await world.items.trace(merged[-1].item_id)
    assert [step.text.code for step in trace.steps] == [
        "trace_found_poll", "trace_stored", "trace_suppressed", "trace_shown",
    ]  # fmt: skip
    async with world_of(profile) as again:
        await find(again, account.id, 19, 1)
        assert [row.count for row in await told(again, kind="system")] == [14], "also after a restart"
        assert again.notifications.pending_count() == 6


async def test_the_row_that_counts_is_read_with_the_last_of_what_it_counts(world, clock):
    account = await world.feed()
    await find(world, account.id, 1, 9)
    await find(world, account.id, 10, 3)
    (more,) = await told(world, kind="system")
    await world.items.mark_many(ItemFilter(ids=list(range(1, 12))))
    assert [row.id for row in await told(world, state="pending")] == [more.id], "the twelfth is unread"
    assert world.notifications.pending_count() == 1
    world.events.clear()
    await world.items.mark(12, True)
    assert [(row.id, row.state) for row in world.of("notification.changed")] == [(more.id, "read")]
    assert await told(world, state="pending") == []
    assert world.notifications.pending_count() == 0
    await find(world, account.id, 13, 1)
    assert [row.count for row in await told(world, kind="system", state="pending")] == [1], "what comes then is told"


async def test_a_new_window_of_time_begins_anew(world, clock):
    account = await world.feed()
    await find(world, account.id, 1, 8)
    clock[0] += 60_000
    await find(world, account.id, 9, 8)
    assert [row.count for row in await told(world, kind="system")] == [3, 3]
    assert len(await told(world, state="pending")) == 12
    clock[0] -= 3_600_000
    await find(world, account.id, 17, 1)
    assert len(await told(world, state="pending")) == 13, "a clock that was set back holds nobody up"


async def test_accounts_have_bursts_of_their_own(world, clock):
    one, two = await world.feed("one"), await world.feed("two")
    await find(world, one.id, 1, 8)
    await find(world, two.id, 1, 5)
    assert [row.account_id for row in await told(world, kind="system")] == [one.id]


async def test_one_that_was_put_away_is_not_counted_up_in_secret(world, clock):
    account = await world.feed()
    await find(world, account.id, 1, 8)
    (more,) = await told(world, kind="system")
    await world.notifications.dismiss(more.id)
    await find(world, account.id, 9, 2)
    assert [(row.state, row.count) for row in await told(world, kind="system")] == [("dismissed", 3), ("pending", 2)]


async def test_urgent_ones_are_not_lost_among_others(world, clock):
    account = await world.feed()
    for action in ("urgent", "silent"):
        await world.notifications.rules.create(
            RuleCreate(name=action, action=action, conditions=RuleConditions(include=[action]))
        )
    await find(world, account.id, 1, 8, "silent")
    await find(world, account.id, 9, 8)
    await find(world, account.id, 17, 8, "urgent")
    rows = await told(world, state="pending")
    assert [row.level for row in rows if row.kind == "item"] == ["silent"] * 5 + ["normal"] * 5 + ["urgent"] * 5
    assert [(row.level, row.count) for row in rows if row.kind == "system"] == [
        ("silent", 3),
        ("normal", 3),
        ("urgent", 3),
    ]
    await find(world, account.id, 25, 2)
    assert [row.count for row in await told(world, kind="system")] == [3, 3, 5], "the louder one counts the quieter"


async def test_the_limit_and_the_window_are_settings(world, clock):
    await world.settings.patch(SettingsPatch(item_burst_limit=1, burst_window_seconds=5))
    account = await world.feed()
    await find(world, account.id, 1, 3)
    clock[0] += 5000
    await find(world, account.id, 4, 1)
    assert len([row for row in await told(world, state="pending") if row.kind == "item"]) == 2
