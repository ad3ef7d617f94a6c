"""A machine that sleeps, as far as processes can: master and workers are stopped together and go on together."""

import asyncio
import os
import signal
import sys
import time

import psutil
import pytest

from master.api.client import MasterClient
from master.api.schema import AccountCreate
from tests.helpers.deadlines import until
from tests.helpers.masters import ServeProcess, account_is, items_of, workers_run

pytestmark = [
    pytest.mark.real_server,
    pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals"),
]
ACCOUNTS = 8
NAP_SECONDS = 6.5


def send(number: int, pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, number)


async def test_stopped_and_continued_together_nobody_moves_and_what_was_missed_is_found(profile, feed_server):
    feeds = [feed_server.feed(f"feed{number}") for number in range(ACCOUNTS)]
    serve = ServeProcess(profile, "--port", "0")
    known = serve.start()
    client = MasterClient(known["url"], known["token"], device_id="test", device_name="test")
    try:
        await workers_run(client)
        for number, feed in enumerate(feeds):
            await client.create_account(
                AccountCreate(platform="feed", name=f"Feed {number}", settings={"url": feed.url}, interval_seconds=5)
            )
        before = [await account_is(client, row.id, "ok") for row in await client.all_accounts()]
        pids = [serve.pid, *(one.pid for one in psutil.Process(serve.pid).children(recursive=True))]
        assert len(pids) >= 3
        send(signal.SIGSTOP, pids)
        try:
            for feed in feeds:
                feed.publish("missed", "text", f"{feed.url}/missed")
            await asyncio.sleep(NAP_SECONDS)  # the sleep itself, not a wait for something
        finally:
            woke = time.time() * 1000
            send(signal.SIGCONT, pids)

        async def caught_up():
            return len(await items_of(client)) >= ACCOUNTS and (await client.machine()).state == "awake"

        await until(caught_up, what="what was missed")
        machine = await client.machine()
        assert machine.woke_at is not None
        assert machine.asleep_seconds == pytest.approx(NAP_SECONDS, abs=1.5)
        after = {row.id: row for row in await client.all_accounts()}
        for row in before:
            now = after[row.id]
            # Nobody moved, and none is late.
            assert (now.worker_id, now.epoch, now.state) == (row.worker_id, row.epoch, "ok")
            assert now.last_ok_at > woke
        items = await items_of(client)
        assert len(items) == len({item.key for item in items}) == ACCOUNTS
        told = (await client.notifications()).rows
        assert {row.kind for row in told} == {"item"}, "nothing of workers, networks or accounts"
        assert all(worker.health == "healthy" and worker.restart_count == 0 for worker in await client.workers())
    finally:
        await client.close()
        serve.stop()
