"""Removing an account and bringing it back, and groups that change how often it is looked at: with real workers."""

from pathlib import Path

import pytest

from master.api.client import ApiError
from master.api.schema import AccountBatch, AccountCreate, GroupCreate, GroupPatch, Inheritable
from master.services import account_removals
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, items_of, running_master, workers_run

pytestmark = pytest.mark.real_server


async def test_a_removed_account_is_asked_no_more_and_misses_nothing_when_it_comes_back(
    profile: Path, feed_server, monkeypatch
):
    feed = feed_server.feed("undone")
    feed.publish("Known")
    create = AccountCreate(platform="feed", name="f", settings={"url": feed.url}, interval_seconds=5)
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        account = await client.create_account(create)
        await account_is(client, account.id, "ok")
        await client.delete_account(account.id, keep_history=False)
        await until(lambda: _lets_go(client))
        asked = feed.requests
        feed.publish("Meanwhile")
        with pytest.raises(ApiError):
            await client.check_account(account.id)
        assert await client.all_accounts() == []
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        assert [row.id for row in (await client.accounts(removed=True)).rows] == [account.id]
        assert feed.requests == asked
        back = await client.restore_account(account.id)
        assert back.platform_account_id == account.platform_account_id
        rows = await until(lambda: items_of(client, account.id), what="what came meanwhile")
        assert [row.title for row in rows] == ["Meanwhile"]
        monkeypatch.setattr(account_removals, "UNDO_MS", 100)
        await client.delete_account(account.id, keep_history=False)
        await until(lambda: _is_gone(client, account.id))
        assert await items_of(client) == []
        with pytest.raises(ApiError) as caught:
            await client.restore_account(account.id)
        assert caught.value.status == 404


async def test_a_group_changes_at_once_how_often_its_accounts_are_looked_at(profile: Path, feed_server):
    feed = feed_server.feed("grouped")
    feed.publish("Known")
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        group = await client.create_group(GroupCreate(name="g", settings=Inheritable(interval_seconds=86_400)))
        create = AccountCreate(platform="feed", name="f", settings={"url": feed.url}, group_id=group.id)
        account = await client.create_account(create)
        slow = await account_is(client, account.id, "ok")
        assert slow.next_check_at - slow.last_checked_at > 70_000_000
        asked = feed.requests
        await client.patch_group(group.id, GroupPatch(settings=Inheritable(interval_seconds=5)))
        await until(lambda: feed.requests > asked, what="a check by the new interval")
        soon = await until(lambda: _checked(client, account.id, slow.last_checked_at))
        assert 4000 <= soon.next_check_at - soon.last_checked_at <= 6000
        report = await client.batch_accounts(AccountBatch(action="move", account_ids=[account.id]))
        assert report.success == 1
        assert (await client.account(account.id)).interval_seconds == 30


async def _lets_go(client) -> bool:
    return all(worker.assigned_accounts == 0 for worker in await client.workers())


async def _is_gone(client, account_id: str) -> bool:
    return account_id not in [row.id for row in (await client.accounts(removed=True)).rows]


async def _checked(client, account_id: str, after: int):
    account = await client.account(account_id)
    return account if account.last_checked_at > after and account.next_check_at else None
