"""Groups and workers that a person deletes in the window and has back: on a real master with real workers."""

from pathlib import Path
from typing import Any, cast

import pytest

from desktop.bridge import Bridge
from desktop.integration.returns import delete_group, delete_worker
from master.api.rules import RuleConditions, RuleCreate
from master.api.schema import AccountCreate, AssignmentPut, GroupCreate, Inheritable, WorkerConfigCreate
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, running_master, workers_run

pytestmark = pytest.mark.real_server


class Straight:
    """A bridge without a thread between."""

    def __init__(self, client: Any) -> None:
        self.client = client

    async def call(self, coroutine: Any) -> Any:
        return await coroutine


async def test_a_group_comes_back_under_its_id_and_a_worker_with_all_that_it_had(profile: Path, feed_server):
    feed = feed_server.feed("back")
    feed.publish("Known")
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        bridge = cast("Bridge", Straight(client))
        group = await client.create_group(GroupCreate(name="g", settings=Inheritable(interval_seconds=77)))
        account = await client.create_account(
            AccountCreate(platform="feed", name="f", settings={"url": feed.url}, group_id=group.id)
        )
        rule = await client.create_rule(
            RuleCreate(name="r", conditions=RuleConditions(group_ids=[group.id]), action="silent")
        )
        group = await client.group(group.id)
        back = await delete_group(bridge, group, lambda: [account.id])
        assert (await client.account(account.id)).group_id is None
        await back()
        made = await client.group(group.id)
        assert (made.name, made.settings, made.accounts) == (group.name, group.settings, 1)
        assert (await client.account(account.id)).interval_seconds == 77
        assert (await client.rule(rule.id)).conditions.group_ids == [made.id]

        config = await client.create_worker_config(
            WorkerConfigCreate(worker_id="spare", name="Spare", env={"LEVEL": "3"}, labels=["fast"], auto_start=False)
        )
        await client.start_worker("spare")
        await until(lambda: _runs(client, "spare"), what="the worker")
        await client.assign_account(account.id, AssignmentPut(worker_id="spare", pinned=True, pin_policy="wait"))
        again = await delete_worker(bridge, "spare", runs=True)
        assert "spare" not in [row.worker_id for row in await client.workers()], "nothing of it works on"
        await until(lambda: _is_at(client, account.id, "local-1", "local-2"), what="somebody else")
        await again()
        await until(lambda: _runs(client, "spare"), what="the worker that came back")
        now = await client.worker_config("spare")
        assert (now.env, now.labels, now.name, now.auto_start) == (config.env, ["fast"], "Spare", False)
        await until(lambda: _is_at(client, account.id, "spare"), what="the way home")
        assert (await client.account(account.id)).pinned_to == "spare"
        await account_is(client, account.id, "ok")


async def _runs(client: Any, worker_id: str) -> bool:
    return any(row.worker_id == worker_id and row.online for row in await client.workers())


async def _is_at(client: Any, account_id: str, *workers: str) -> bool:
    return (await client.account(account_id)).worker_id in workers
