"""A worker that hangs: others watch its accounts within two seconds, and what it found is kept once."""

import os
import signal
import sys
import time

import pytest

from master.api.schema import AccountCreate
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, items_of, running_master, workers_run

pytestmark = [
    pytest.mark.real_server,
    pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals"),
    pytest.mark.expects_log("worker|local-|lease"),
]
ACCOUNTS = 12


async def test_a_stopped_worker_loses_its_accounts_and_registers_again(profile, feed_server):
    feeds = [feed_server.feed(f"feed{number}") for number in range(ACCOUNTS)]
    async with running_master(profile, patient=False) as (_master, client):
        await workers_run(client)
        for number, feed in enumerate(feeds):
            await client.create_account(
                AccountCreate(platform="feed", name=f"Feed {number}", settings={"url": feed.url}, interval_seconds=60)
            )
        accounts = [await account_is(client, row.id, "ok") for row in await client.all_accounts()]
        victim = (await client.account(accounts[0].id)).worker_id
        held = {row.id for row in await client.all_accounts() if row.worker_id == victim}
        pid = (await client.worker_status(victim)).pid
        stopped_at = time.time() * 1000
        os.kill(pid, signal.SIGSTOP)
        try:

            async def taken_over():
                rows = [row for row in await client.all_accounts() if row.id in held]
                return all(row.worker_id != victim and (row.last_ok_at or 0) > stopped_at for row in rows) and rows

            rows = await until(taken_over, what="a first result of another owner for each account")
            # A quiet machine needs less than two seconds; benches measure it. It is killed after thirty.
            assert max(row.last_ok_at for row in rows) - stopped_at < 20_000
            assert {row.assignment_reason.code for row in rows} == {"assign_took_over"}
            frozen = await client.worker_status(victim)
            assert (frozen.status, frozen.health, frozen.pid) == ("running", "dead", pid)
            assert frozen.assigned_accounts == 0
        finally:
            os.kill(pid, signal.SIGCONT)

        async def back():
            worker = await client.worker_status(victim)
            return worker.online and worker.health == "healthy" and worker.pid == pid

        await until(back, what="the worker is there again, the same process")
        for feed in feeds:
            feed.publish("news", "text", f"{feed.url}/1")
        for account in accounts:
            await client.check_account(account.id)

        async def found():
            return len(await items_of(client)) >= ACCOUNTS

        await until(found, what="every entry")
        items = await items_of(client)
        assert len({item.account_id for item in items}) == len(items) == ACCOUNTS
