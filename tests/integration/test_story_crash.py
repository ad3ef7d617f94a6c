"""Crashes: a killed worker or master loses nothing and tells nothing twice."""

import asyncio
import os
import signal
import sys

import psutil
import pytest

from master.api.client import MasterClient
from master.api.schema import AccountCreate
from tests.helpers.deadlines import until
from tests.helpers.masters import ServeProcess, account_is, items_of, running_master, workers_run

pytestmark = [pytest.mark.real_server, pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")]


async def _feed_account(client, feed, name="Feed"):
    account = await client.create_account(
        AccountCreate(platform="feed", name=name, settings={"url": feed.url}, interval_seconds=5)
    )
    return await account_is(client, account.id, "ok")


@pytest.mark.expects_log("worker|local-")
async def test_killed_workers_lose_nothing_and_repeat_nothing(profile, feed_server):
    feed = feed_server.feed("busy")
    feed.publish("already there", "", "http://example.org/0")
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        account = await _feed_account(client, feed)
        published = []
        for number in range(4):
            owner = (await client.account(account.id)).worker_id
            for part in range(5):
                title = f"entry {number}.{part}"
                published.append(title)
                feed.publish(title, "text", f"http://example.org/{number}/{part}")
            await client.check_account(account.id)
            pid = (await client.worker_status(owner)).pid
            os.kill(pid, signal.SIGKILL)
            await until(lambda owner=owner: _moved(client, account.id, owner), what="a new owner")
            await until(lambda pid=pid: _restarted(client, pid), what="the restart")
        await until(lambda: _titles(client, published), what="every entry")
        titles = [item.title for item in await items_of(client)]
        assert sorted(titles) == sorted(published)
        told = [row for row in (await client.notifications()).rows if row.kind == "item" and row.item_id is not None]
        assert len({row.item_id for row in told}) == len(told)


async def _moved(client, account_id, owner):
    account = await client.account(account_id)
    return account.worker_id is not None and account.worker_id != owner


async def _restarted(client, pid):
    workers = await client.workers()
    return all(worker.online for worker in workers) and pid not in [worker.pid for worker in workers]


async def _titles(client, wanted):
    return {item.title for item in await items_of(client)} >= set(wanted)


async def test_a_killed_master_takes_its_workers_along_and_loses_nothing(profile, feed_server):
    feed = feed_server.feed("steady")
    feed.publish("baseline", "", "http://example.org/0")
    serve = ServeProcess(profile, "--port", "0")
    known = await asyncio.to_thread(serve.start)
    client = MasterClient(known["url"], known["token"])
    try:
        await workers_run(client)
        account = await _feed_account(client, feed)
        feed.publish("first", "", "http://example.org/1")
        await client.check_account(account.id)
        await until(lambda: _titles(client, ["first"]), what="the first entry")
        pids = [worker.pid for worker in await client.workers()]
        await client.close()
        feed.publish("second", "", "http://example.org/2")
        await asyncio.to_thread(serve.kill)
        await until(lambda: not [pid for pid in pids if _alive(pid)], 10.0, "the workers gone")
        known = await asyncio.to_thread(serve.start)
        client = MasterClient(known["url"], known["token"])
        await workers_run(client)
        await until(lambda: _titles(client, ["first", "second"]), what="the second entry")
        assert sorted(item.title for item in await items_of(client)) == ["first", "second"]
    finally:
        await client.close()
        assert await asyncio.to_thread(serve.stop) == 0


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
