"""Removal that can be undone for 30 s: nobody watches it, nothing is erased before, others may take its place."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from master.api.accounts import UNDO_SECONDS
from master.api.schema import AccountBatch, AccountDuplicate, AccountPatch, ItemFilter
from master.errors import Conflict, Invalid, NotFound
from master.services.account_histories import AccountHistories
from master.services.accounts import AccountService
from master.vault.errors import VaultError
from tests.helpers.data import WORKER, World, batch, world_of
from tests.helpers.deadlines import until
from worker.protocol.codec import now_ms
from worker.protocol.states import AccountState, CheckOutcome


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


async def later(world: World, account_id: str, seconds: float = UNDO_SECONDS) -> None:
    """Let the time to undo pass, and wait until the account is gone."""
    removed = world.accounts.find(account_id).removed_at
    assert removed is not None
    world.accounts.tick(removed + int(seconds * 1000))
    await until(lambda: account_id not in [row.id for row in world.accounts.removed()])


async def forgotten(world: World, account_id: str) -> bool:
    """Whether the keyring has its credentials no more."""
    try:
        await world.vault.read(account_id, 1)
    except VaultError:
        return True
    return False


async def again(world: World) -> AccountService:
    """Return the accounts as another master would read them."""
    accounts = AccountService(
        database=world.database,
        vault=world.vault,
        publisher=world.publisher,
        catalog=world.catalog,
        settings=world.settings,
        notifications=world.notifications,
        tasks=world.tasks,
    )
    accounts.attach(world.hooks)
    await accounts.load()
    return accounts


async def test_a_removed_account_is_hidden_unwatched_and_erased_only_at_the_end(world):
    account = await world.mail("gone")
    epoch = await world.own(account.id)
    await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a"}))
    world.types()
    removed = await world.accounts.remove(account.id, keep_history=False)
    assert removed.removed_at is not None
    assert removed.platform_account_id == account.platform_account_id
    assert world.types() == ["account.deleted"]
    assert world.hooks.calls[-1] == ("unwanted cause_deleted", account.id)
    assert world.accounts.rows() == {}
    assert [row.id for row in world.accounts.page(removed=True).rows] == [account.id]
    for call in (world.accounts.pause(account.id), world.accounts.patch(account.id, AccountPatch(name="x"))):
        with pytest.raises(NotFound):
            await call
    world.accounts.tick(removed.removed_at + UNDO_SECONDS * 1000 - 1)
    assert (await world.vault.read(account.id, 1)) == {"password": "hunter22"}
    assert len((await world.items.page(ItemFilter())).rows) == 1
    await later(world, account.id)
    await until(lambda: forgotten(world, account.id))  # the last that is done of it
    assert (await world.items.page(ItemFilter())).rows == []
    with pytest.raises(NotFound):
        await world.accounts.restore(account.id)


async def test_it_comes_back_as_it_was(world):
    account = await world.mail("back", tags=["a"])
    epoch = await world.own(account.id)
    await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a"}))
    await world.ended(account.id)
    await world.accounts.remove(account.id, keep_history=False)
    world.types()
    restored = await world.accounts.restore(account.id)
    assert world.types()[-1] == "account.changed"
    assert world.hooks.calls[-1] == ("wanted", account.id)
    assert (restored.name, restored.tags, restored.removed_at) == ("back", ["a"], None)
    assert restored.platform_account_id == account.platform_account_id
    assert (restored.worker_id, restored.unread) == (None, 1)
    assert await world.accounts.secret(account.id) == ({"password": "hunter22"}, 1)
    with pytest.raises(Conflict):
        await world.accounts.restore(account.id)
    with pytest.raises(NotFound):
        await world.accounts.restore("nope")


async def test_what_its_worker_had_found_by_then_is_stored_and_not_told(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a"}))
    await world.accounts.remove(account.id, keep_history=False)
    late = await world.items.ingest(WORKER, batch(account.id, epoch, {2: "b"}))
    assert [row.result for row in late.results] == ["stored"]
    assert world.notifications.pending_count() == 1
    await world.notifications.digests.release(now_ms())
    assert await told(world) == [("held", "held_removed"), ("pending", "told_new_item")]
    restored = await world.accounts.restore(account.id)
    assert restored.unread == 2
    assert {row.key for row in (await world.items.page(ItemFilter())).rows} == {"a", "b"}
    await world.accounts.delete(account.id, keep_history=True)
    gone = await world.items.ingest(WORKER, batch(account.id, epoch, {3: "c"}))
    assert [row.result for row in gone.results] == ["rejected"]


async def told(world: World) -> list[tuple[str, str]]:
    rows = (await world.notifications.page()).rows
    return [(row.state, row.reason.code if row.reason else "") for row in rows]


async def test_what_was_found_meanwhile_is_told_when_it_comes_back(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    await world.accounts.remove(account.id, keep_history=False)
    await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a", 2: "b"}))
    assert world.notifications.pending_count() == 0
    await world.accounts.restore(account.id)
    await world.notifications.digests.release(now_ms())
    assert await told(world) == [("pending", "told_held"), ("suppressed", "silent_held"), ("suppressed", "silent_held")]
    assert (await world.notifications.page()).rows[0].count == 2


async def test_what_was_found_meanwhile_is_not_told_when_it_does_not_come_back(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    await world.accounts.remove(account.id, keep_history=True)
    await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a"}))
    world.types()
    await later(world, account.id)
    await until(lambda: world.of("notifications.swept"))
    (swept,) = world.of("notifications.swept")
    assert (swept.state, swept.reason.code, swept.count) == ("suppressed", "silent_removed", 1)
    await world.notifications.digests.release(now_ms())
    assert await told(world) == [("suppressed", "silent_removed")]


async def test_it_survives_a_restart_either_way(world):
    kept, gone = await world.mail("kept"), await world.mail("gone")
    for account in (kept, gone):
        await world.accounts.remove(account.id, keep_history=False)
    accounts = await again(world)
    assert accounts.rows() == {}
    assert {row.id for row in accounts.removed()} == {kept.id, gone.id}
    await accounts.restore(kept.id)
    removed = accounts.find(gone.id).removed_at
    assert removed is not None
    accounts.tick(removed + 30_000)
    await until(lambda: not accounts.removed())
    assert list((await again(world)).rows()) == [kept.id]


async def test_the_same_account_may_be_added_meanwhile_and_then_the_other_is_not_restored(world):
    account = await world.mail("ann")
    await world.accounts.remove(account.id, keep_history=True)
    other = await world.mail("ann", tags=["new"])
    with pytest.raises(Conflict) as caught:
        await world.accounts.restore(account.id)
    assert caught.value.text.code == "account_restore_taken"
    assert caught.value.text.params == {"name": "ann", "value": "ann@mail.example.org"}
    assert [row.id for row in world.accounts.removed()] == [account.id]
    await world.accounts.delete(other.id, keep_history=True)
    assert (await world.accounts.restore(account.id)).id == account.id


async def test_many_are_removed_and_restored(world):
    ids = [(await world.feed(name)).id for name in "abc"]
    report = await world.accounts.batch(AccountBatch(action="delete", account_ids=ids, keep_history=False))
    assert report.success == 3
    assert world.accounts.rows() == {}
    report = await world.accounts.batch(AccountBatch(action="restore", account_ids=[*ids[:2], "nope"]))
    assert [row.success for row in report.results] == [True, True, False]
    assert sorted(world.accounts.rows()) == sorted(ids[:2])


async def test_a_removed_one_is_deleted_at_once_when_asked(world):
    account = await world.mail()
    await world.accounts.remove(account.id, keep_history=True)
    await world.accounts.delete(account.id, keep_history=True)
    assert world.accounts.removed() == []
    with pytest.raises(NotFound):
        await world.accounts.delete(account.id, keep_history=True)


# ---------------------------------------------------------------- pauses and copies


async def test_a_pause_with_a_time_ends_by_itself(world):
    account = await world.feed()
    until_at = now_ms() + 60_000
    paused = await world.accounts.pause(account.id, until_at)
    assert (paused.state, paused.paused_until_at) == (AccountState.PAUSED, until_at)
    assert (await again(world)).get(account.id).paused_until_at == until_at
    world.accounts.tick(until_at - 1)
    assert world.accounts.get(account.id).state is AccountState.PAUSED
    world.accounts.tick(until_at)
    await until(lambda: world.accounts.get(account.id).state is AccountState.PENDING)
    assert world.accounts.get(account.id).paused_until_at is None
    await until(lambda: world.hooks.calls[-1] == ("wanted", account.id))
    with pytest.raises(Invalid):
        await world.accounts.pause(account.id, now_ms() - 1)
    await world.accounts.pause(account.id, now_ms() + 60_000)
    assert (await world.accounts.pause(account.id)).paused_until_at is None


async def test_a_copy_has_all_but_the_credentials_and_begins_paused(world):
    account = await world.mail("Inbox", tags=["a"], notes="n", interval_seconds=60, notify_level="urgent")
    copy = await world.accounts.duplicate(account.id, AccountDuplicate())
    assert (copy.name, copy.settings, copy.tags, copy.notes) == ("Inbox (2)", account.settings, ["a"], "n")
    assert (copy.interval_seconds, copy.notify_level, copy.has_credentials) == (60, "urgent", False)
    assert copy.effective == account.effective
    assert (copy.state, copy.platform_account_id.startswith("temp-")) == (AccountState.PAUSED, True)
    assert (await world.accounts.duplicate(account.id, AccountDuplicate())).name == "Inbox (3)"
    named = await world.accounts.duplicate(copy.id, AccountDuplicate(name="Other", platform_account_id="x"))
    assert (named.name, named.platform_account_id) == ("Other", "x")
    long = await world.feed("x" * 50)
    assert (await world.accounts.duplicate(long.id, AccountDuplicate())).name == "x" * 46 + " (2)"
    with pytest.raises(NotFound):
        await world.accounts.duplicate("nope", AccountDuplicate())


async def test_a_copy_takes_the_name_of_the_place_that_it_is_given(world):
    account = await world.feed("one")
    copy = await world.accounts.duplicate(account.id, AccountDuplicate())
    settings = {"url": "http://example.org/other"}
    changed = await world.accounts.patch(copy.id, AccountPatch(settings=settings))
    assert changed.platform_account_id == "http://example.org/other"


# ---------------------------------------------------------------- what became of checks


async def test_every_state_is_in_the_history(world):
    histories = AccountHistories(database=world.database, accounts=world.accounts)
    account = await world.feed()
    await world.own(account.id)
    await world.ended(account.id)
    await world.accounts.pause(account.id)
    first = await histories.page(account.id, 2, None)
    assert [row.state for row in first.rows] == [AccountState.PAUSED, AccountState.OK]
    assert first.rows[0].until_at is None
    assert first.rows[1].until_at == first.rows[0].since_at
    rest = await histories.page(account.id, 2, first.next_cursor)
    assert [row.state for row in rest.rows] == [AccountState.PENDING]
    assert rest.rows[0].until_at == first.rows[1].since_at
    assert rest.next_cursor is None
    with pytest.raises(Invalid):
        await histories.page(account.id, 2, "x")
    with pytest.raises(NotFound):
        await histories.page("nope", 2, None)
    assert await histories.purge(now_ms() + 1000, True) == 2
    assert await histories.purge(now_ms() + 1000, False) == 2
    assert [row.state for row in (await histories.page(account.id, 9, None)).rows] == [AccountState.PAUSED]


async def test_success_is_counted_without_network_and_rate_limits_and_survives_a_restart(world):
    feed, mail = await world.feed(), await world.mail()
    for account in (feed, mail):
        await world.own(account.id)
    for outcome in ("OK", "OK", "OK", "TEMPORARY", "RATE_LIMITED", "TIMEOUT", "ERROR", "PARSE"):
        await world.ended(feed.id, CheckOutcome[outcome])
    await world.ended(mail.id, CheckOutcome.AUTH_FAILED)
    await world.accounts.tallies.refresh()
    stats = world.accounts.tallies.statistics(world.accounts.rows().values())
    rates: dict[str, Any] = {row.account_id: row.day for row in stats.accounts}
    assert (rates[feed.id].total, rates[feed.id].ok, rates[feed.id].network) == (8, 3, 2)
    assert rates[feed.id].success_rate == 3 / 5
    assert rates[mail.id].success_rate == 0
    assert [(row.platform, row.total, row.error) for row in stats.platforms] == [("feed", 1, 1), ("imap", 1, 1)]
    assert (stats.total, stats.day.total, stats.week) == (2, 9, stats.day)
    accounts = await again(world)
    await accounts.tallies.refresh()
    assert accounts.tallies.statistics(accounts.rows().values()).day == stats.day
    assert await accounts.tallies.purge(0, True) == 0
    await accounts.delete(feed.id, keep_history=True)
    await accounts.tallies.refresh()
    assert accounts.tallies.statistics(accounts.rows().values()).day.total == 1


async def test_heartbeat_bars_go_on_after_a_restart(world):
    account, gone = await world.feed("one"), await world.feed("two")
    for one in (account, gone):
        await world.own(one.id)
        for _ in range(50):
            await world.ended(one.id)
    await world.accounts.delete(gone.id, keep_history=True)
    before = world.accounts.beats()[account.id]
    await world.accounts.close()
    accounts = await again(world)
    assert accounts.beats() == {account.id: before}
    assert len(before) == 40
