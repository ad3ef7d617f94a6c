"""Which accounts are looked at when after a sleep, and what is told of what was missed."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from master.api.schema import AccountPatch, NotificationFilter
from master.services.account_wakes import HOSTS
from master.supervision.staggers import CATCH_UP_GAP_MS, caught_up
from tests.helpers.data import WORKER, World, batch, item, world_of
from worker.protocol.account_messages import PlannedCheck
from worker.protocol.codec import now_ms
from worker.protocol.item_messages import Report
from worker.protocol.states import CheckOutcome
from worker.protocol.texts import text

NOW = 10_000_000


@pytest.mark.parametrize(
    ("planned", "not_before", "rank", "at", "turn"),
    [
        pytest.param(NOW - 5000, None, 0, NOW, True, id="late: at once"),
        pytest.param(None, None, 0, NOW, True, id="unknown what was missed: at once"),
        pytest.param(NOW - 5000, None, 10, NOW + 10 * CATCH_UP_GAP_MS, True, id="its turn"),
        pytest.param(NOW + 9000, None, 10, NOW + 9000, False, id="not due yet"),
        pytest.param(NOW - 5000, NOW + 60_000, 3, NOW + 60_000, False, id="what a service asked for holds"),
        pytest.param(NOW - 5000, NOW - 1, 0, NOW, True, id="and ends while asleep"),
    ],
)
def test_when_an_account_is_caught_up_with(planned, not_before, rank, at, turn) -> None:
    assert caught_up(now=NOW, planned=planned, not_before=not_before, rank=rank) == (at, turn)


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


async def owned(world: World, name: str, url: str, **more) -> str:
    account = await world.feed(name, settings={"url": url}, **more)
    await world.own(account.id)
    await world.ended(account.id)
    return account.id


def delays(plans: dict[str, list[PlannedCheck]]) -> dict[str, int]:
    return {check.account_id: check.first_check_ms for checks in plans.values() for check in checks}


async def test_the_important_ones_come_first_and_never_all_at_once(world):
    names = [await owned(world, f"Feed {number}", f"http://127.0.0.1/{number}") for number in range(5)]
    first = names[3]
    await world.accounts.patch(first, AccountPatch(priority=5))
    wakes, now = world.accounts.wakes, now_ms() + 8 * 3_600_000
    plans = wakes.plan(now)
    assert list(plans) == [WORKER]
    order = sorted(delays(plans), key=delays(plans).__getitem__)
    assert order[0] == first
    assert sorted(delays(plans).values()) == [number * CATCH_UP_GAP_MS for number in range(5)]
    assert wakes.waiting == set(names)
    await world.ended(first)
    assert wakes.waiting == set(names) - {first}
    assert world.accounts.assignment(names[0]).first_check_ms > 7 * 3_600_000, "whoever takes it over keeps to the plan"


async def test_those_that_need_the_network_wait_for_it(world):
    near = await owned(world, "Near", "http://127.0.0.1/near")
    far = await owned(world, "Far", "https://news.example/far")
    later = await owned(world, "Later", "https://news.example/later", interval_seconds=86_400)
    wakes, now = world.accounts.wakes, now_ms() + 3_600_000
    for account_id, ahead in ((near, -1), (far, -1), (later, 50_000_000)):
        world.accounts._watches[account_id].next_check_at = now + ahead
    held = delays(wakes.plan(now, hold_ms=120_000))
    assert held == {near: 0, far: 120_000, later: 50_000_000}
    assert wakes.waiting == {near, far}
    assert delays(wakes.plan(now + 5000, remote_only=True)) == {far: 0, later: 50_000_000 - 5000}


async def test_a_push_connection_and_a_back_off_of_before_mean_nothing(world):
    pushed = await owned(world, "Push", "http://127.0.0.1/push")
    failing = await owned(world, "Failing", "http://127.0.0.1/failing")
    now = now_ms()
    watch = world.accounts._watches[pushed]
    watch.listening, watch.next_check_at = True, None
    down = text("connect_refused", host="127.0.0.1", port=80)
    await world.ended(failing, CheckOutcome.TEMPORARY, reason=down, failures=9, next_check_at=now + 300_000)
    found = delays(world.accounts.wakes.plan(now))
    assert max(found.values()) <= CATCH_UP_GAP_MS


async def test_paused_and_signed_out_accounts_are_left_alone(world):
    paused = await owned(world, "Paused", "http://127.0.0.1/a")
    await world.accounts.pause(paused)
    assert world.accounts.wakes.plan(now_ms()) == {}
    assert not world.accounts.wakes.remote()


async def test_the_network_is_asked_for_by_the_accounts_own_servers(world):
    assert world.accounts.wakes.hosts() == []
    await owned(world, "Near", "http://localhost/a")
    assert (world.accounts.wakes.remote(), world.accounts.wakes.hosts()) == (False, [])
    for number in range(HOSTS + 2):
        await owned(world, f"Far {number}", f"https://{number}.example/a")
    important = await owned(world, "Important", "https://important.example/a")
    await world.accounts.patch(important, AccountPatch(priority=9))
    hosts = world.accounts.wakes.hosts()
    assert (len(hosts), hosts[0]) == (HOSTS, "important.example")


async def test_time_asleep_and_a_moment_after_makes_nothing_stale(world):
    account = await owned(world, "Far", "https://news.example/a")
    world.accounts.resting = lambda: True
    world.sleep(2_000)
    assert world.accounts.get(account).state == "ok"
    world.accounts.resting = lambda: False
    world.sleep(200)
    assert (
        world.accounts._judged(
            world.accounts._watches[account],
            world.accounts._watches[account].record,
            world.accounts._watches[account].owner,
        )[0].get("state")
        == "stale"
    )


async def find(world: World, account_id: str, *keys: str) -> None:
    reports = [Report(seq=number, item=item(key)) for number, key in enumerate(keys, 1)]
    await world.items.ingest(WORKER, batch(account_id, world.accounts.get(account_id).epoch, reports))


async def test_what_was_missed_is_told_in_one(world):
    one = await owned(world, "one", "https://news.example/one")
    two = await owned(world, "two", "https://news.example/two")
    notifications = world.notifications
    notifications.holds.set_away(True)
    await find(world, one, "a", "b")
    await find(world, two, "c")
    page = await notifications.page(filter=NotificationFilter())
    assert {(row.state, row.reason.code) for row in page.rows} == {("held", "held_away")}
    notifications.holds.set_away(False)
    await notifications.digests.release(now_ms())
    told = [row for row in (await notifications.page(filter=NotificationFilter())).rows if row.state == "pending"]
    assert [row.title for row in told] == [text("notify_away", count=3, accounts=2)]
    assert told[0].title.message == "While you were away: 3 new from 2 accounts"
    notifications.holds.set_away(True)
    await world.items.ingest(WORKER, batch(one, world.accounts.get(one).epoch, [Report(seq=3, item=item("d"))]))
    notifications.holds.set_away(False)
    await notifications.digests.release(now_ms())
    newest = (await notifications.page(filter=NotificationFilter())).rows[0]
    assert newest.title == text("notify_away_one", count=1, account="one")


async def test_an_absence_without_news_says_nothing_and_leaves_no_trace(world):
    account = await owned(world, "one", "https://news.example/one")
    holds, notifications = world.notifications.holds, world.notifications
    holds.set_away(True)
    holds.set_away(False)
    await notifications.digests.release(now_ms())
    assert (await notifications.page(filter=NotificationFilter())).rows == []
    assert not holds.take_return()
    await find(world, account, "a")
    assert [row.state for row in (await notifications.page(filter=NotificationFilter())).rows] == ["pending"]


async def test_levels_that_are_urgent_are_told_at_once(world):
    account = world.accounts.get(await owned(world, "one", "https://news.example/one"))
    holds = world.notifications.holds
    holds.set_away(True)
    assert holds.hold(account, now_ms(), urgent=True) is None
    held = holds.hold(account, now_ms(), urgent=False)
    assert held is not None
    assert msgspec.structs.asdict(held) == {"reason": text("held_away"), "until": None}
