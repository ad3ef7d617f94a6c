"""After a restore without a ledger: one message counts what may have been told before, and then all is as usual."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.services import restore_digests
from master.services.restore_digests import RestoreDigests
from tests.helpers.data import WORKER, World, batch, world_of
from tests.helpers.deadlines import until
from worker.protocol.codec import now_ms

MADE_AT = 1_700_000_000_000


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


@pytest.fixture
def digests(world: World, monkeypatch: pytest.MonkeyPatch) -> RestoreDigests:
    monkeypatch.setattr(restore_digests, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(restore_digests, "QUIET_SECONDS", 0.05)
    return RestoreDigests(database=world.database, accounts=world.accounts, notifications=world.notifications)


async def restored(world: World, account_id: str, found: int = 0) -> None:
    statement = "INSERT INTO restored_accounts (account_id, backup_at, restored_at, found) VALUES (?, ?, ?, ?)"
    given = (account_id, MADE_AT, now_ms(), found)
    await world.database.write(lambda conn: conn.exec_driver_sql(statement, given))


async def told(world: World) -> list[tuple[str, str, object]]:
    rows = (await world.notifications.page()).rows[::-1]
    return [(row.state, row.title.code, row.title.params.get("count")) for row in rows]


async def test_what_is_found_until_the_first_check_ended_is_one_message(world: World, digests: RestoreDigests) -> None:
    account = await world.feed()
    epoch = await world.own(account.id)
    await restored(world, account.id)
    watch = asyncio.ensure_future(digests.watch())
    await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a", 2: "b"}))
    assert world.notifications.pending_count() == 0
    await world.ended(account.id)
    await asyncio.wait_for(watch, 60)
    silent = ("suppressed", "notify_item", None)
    message = ("pending", "notify_restored_found", 2)
    assert await told(world) == [silent, silent, message]
    await world.items.ingest(WORKER, batch(account.id, epoch, {3: "b", 4: "c"}))
    assert await told(world) == [silent, silent, message, ("pending", "notify_item", None)]


async def test_what_was_held_of_an_account_that_nobody_checks_is_told_without_it(
    world: World, digests: RestoreDigests
) -> None:
    paused, busy = await world.feed("paused"), await world.feed("busy")
    await world.accounts.pause(paused.id)
    epoch = await world.own(busy.id)
    await restored(world, paused.id, found=3)
    await restored(world, busy.id)
    watch = asyncio.ensure_future(digests.watch())
    await world.items.ingest(WORKER, batch(busy.id, epoch, {1: "a"}))
    await world.ended(busy.id)
    await until(lambda: world.notifications.pending_count() == 1)
    assert (await told(world))[-1] == ("pending", "notify_restored_found", 4)
    await asyncio.sleep(0.1)
    assert world.notifications.pending_count() == 1, "once"
    await world.accounts.resume(paused.id)
    epoch = await world.own(paused.id)
    await world.items.ingest(WORKER, batch(paused.id, epoch, {1: "b"}))
    await world.ended(paused.id)
    await asyncio.wait_for(watch, 60)
    assert (await told(world))[-1] == ("pending", "notify_restored_found", 1)
