"""What counts of an account's checks: never what was begun by other settings, or told twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.api.schema import AccountPatch
from master.store.assignments import OwnerChange
from tests.helpers.data import WORKER, World, batch, world_of
from worker.protocol.codec import now_ms
from worker.protocol.states import AccountState, CheckOutcome, LoginStatus
from worker.protocol.texts import text
from worker.protocol.worker_messages import Holding

DOWN = text("dns_failed", host="h")


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


async def test_what_a_check_says_of_the_old_password_does_not_condemn_the_new_one(world):
    account = await world.mail(password="wrong")
    old = await world.own(account.id)
    await world.accounts.put_credentials(account.id, {"password": "right"})
    assert world.accounts.get(account.id).epoch > old
    assert world.accounts.assignment(account.id).epoch > old
    await world.ended(account.id, CheckOutcome.AUTH_FAILED, epoch=old, reason=DOWN)
    row = world.accounts.get(account.id)
    assert (row.state, row.login_status, row.checks_total) == (AccountState.PENDING, LoginStatus.PENDING, 0)
    await world.ended(account.id)
    assert world.accounts.get(account.id).state is AccountState.OK


async def test_the_cursor_of_the_old_place_is_refused_at_the_new_one(world):
    account = await world.feed("News")
    old = await world.own(account.id)
    await world.items.ingest(WORKER, batch(account.id, old, {1: "a"}, cursor=(1, "etag-1"), baseline=True))
    assert world.accounts.assignment(account.id).cursor == "etag-1"
    other = AccountPatch(settings={"url": "http://example.org/other"})
    await world.accounts.patch(account.id, other)
    late = await world.items.ingest(WORKER, batch(account.id, old, {2: "b"}, cursor=(2, "etag-2"), baseline=True))
    assert late.cursor == "stale"
    assignment = world.accounts.assignment(account.id)
    assert (assignment.cursor, assignment.baseline, assignment.epoch > old) == (None, True, True)


async def test_a_name_is_no_reason_for_a_new_epoch(world):
    account = await world.feed("News")
    epoch = await world.own(account.id)
    await world.accounts.patch(account.id, AccountPatch(name="Other", interval_seconds=60))
    assert world.accounts.get(account.id).epoch == epoch


async def test_an_owner_written_under_an_older_epoch_counts_nowhere(world):
    account = await world.mail()
    old = await world.own(account.id, "w1")
    row = world.accounts.get(account.id)
    await world.accounts.put_credentials(account.id, {"password": "other"})
    change = OwnerChange(account_id=account.id, worker_id="w2", epoch=old, reason=None, since_at=now_ms())
    assert await world.accounts.set_owners([change]) == set()
    kept = world.accounts.get(account.id)
    assert (kept.worker_id, kept.epoch > old, row.worker_id) == ("w1", True, "w1")


async def test_times_that_could_not_be_saved_are_saved_later(world, monkeypatch):
    account = await world.feed("News")
    await world.own(account.id)
    await world.ended(account.id, at=12_345)
    with monkeypatch.context() as patched:
        patched.setattr(world.accounts._store, "set_times", _refuse)
        with pytest.raises(OSError, match="full"):
            await world.accounts.close()
    await world.accounts.close()
    stored = await world.database.read(world.accounts._store.all)
    assert [record.last_checked_at for record in stored] == [12_345]


def _refuse(*_arguments):
    raise OSError("the disk is full")


async def test_the_next_check_is_known_before_the_first(world):
    account = await world.feed("News")
    epoch = await world.own(account.id)
    world.types()
    due = now_ms() + 20_000
    world.accounts.planned([Holding(account_id=account.id, epoch=epoch - 1, next_check_at=due)])
    assert world.accounts.get(account.id).next_check_at is None
    strange = Holding(account_id="x", epoch=1)
    world.accounts.planned([Holding(account_id=account.id, epoch=epoch, next_check_at=due), strange])
    assert world.accounts.get(account.id).next_check_at == due
    assert world.types() == ["checking"]
    world.accounts.planned([Holding(account_id=account.id, epoch=epoch, next_check_at=due + 1)])
    assert world.types() == []
