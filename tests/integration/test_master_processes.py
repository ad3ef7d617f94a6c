"""A real master with real worker processes: items arrive, workers die, the watch goes on."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from master.api.schema import AccountCreate, Worker
from tests.helpers.deadlines import until, wait_until
from tests.helpers.masters import account_is, items_of, running_master, serving, workers_run
from worker.protocol.states import WorkerState

CRASH = pytest.mark.expects_log(r"WARNING master.supervision.processes", r"WARNING master.sockets.worker_namespace")


def demo_account(number: int, **settings: Any) -> AccountCreate:
    return AccountCreate(
        platform="demo",
        name=f"Demo {number}",
        platform_account_id=f"demo-{number}",
        settings={"mood": "chatty", "pace_seconds": 1} | settings,
        interval_seconds=5,
    )


async def test_two_workers_share_the_accounts_and_items_arrive(profile: Path) -> None:
    async with running_master(profile, demo=True) as (_, client):
        await workers_run(client)
        await until(lambda: _all_assigned(client), what="all demo accounts assigned")
        shares = sorted(worker.assigned_accounts for worker in await client.workers())
        assert shares[-1] - shares[0] <= 1
        assert await until(lambda: items_of(client), what="an item")


@CRASH
async def test_a_killed_worker_loses_nothing_and_its_accounts_move_at_once(profile: Path) -> None:
    async with running_master(profile, demo=True) as (_, client):
        await workers_run(client)
        created = [await client.create_account(demo_account(number)) for number in range(6)]
        for account in created:
            await account_is(client, account.id, "ok")
        victim = next(worker for worker in await client.workers() if worker.assigned_accounts)
        assert victim.pid is not None
        began = asyncio.get_running_loop().time()
        os.kill(victim.pid, signal.SIGKILL)

        async def moved() -> bool:
            rows = await client.all_accounts()
            return all(row.worker_id not in (None, victim.worker_id) for row in rows if row.state != "login_needed")

        await until(moved, what="all accounts on the other worker")
        assert asyncio.get_running_loop().time() - began < 10.0
        rows = await client.all_accounts()
        assert any(row.assignment_reason and row.assignment_reason.code == "assign_took_over" for row in rows)

        async def back() -> Worker | None:
            worker = await client.worker_status(victim.worker_id)
            return worker if worker.online and worker.pid != victim.pid else None

        restarted = await until(back, what="the worker restarted")
        assert restarted.restart_count == 1
        assert restarted.last_exit is not None
        assert restarted.last_exit.signal == signal.SIGKILL
        assert restarted.last_exit.text.code == "exit_killed_outside"


async def test_a_worker_stops_in_order_and_starts_again_by_hand(profile: Path) -> None:
    async with running_master(profile, demo=True) as (_, client):
        await workers_run(client)
        stopped = await client.stop_worker("local-1", True, 10_000)
        assert stopped.status is WorkerState.STOPPED
        assert stopped.last_exit is not None
        assert stopped.last_exit.text.code == "exit_ok"
        await until(lambda: _nothing_on(client, "local-1"), what="its accounts on the other one")
        started = await client.start_worker("local-1")
        assert started.status in (WorkerState.STARTING, WorkerState.RUNNING)
        await workers_run(client)


def test_the_death_of_the_master_is_the_death_of_its_workers(profile: Path) -> None:
    with serving(profile) as serve:
        workers = wait_until(lambda: _worker_processes(serve.pid), what="two workers")
        serve.kill()

    def gone() -> bool:
        return all(not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE for worker in workers)

    wait_until(gone, 10, "the workers gone")


def test_the_end_of_serve_leaves_nothing_behind(profile: Path) -> None:
    with serving(profile) as serve:
        assert (profile / "master.json").stat().st_mode & 0o777 == 0o600
        children = psutil.Process(serve.pid).children(recursive=True)
        assert serve.stop() == 0
    assert not (profile / "master.json").exists()
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)


def _worker_processes(master: int) -> list[psutil.Process]:
    """Return the two workers, or nothing as long as there are not two. Other children of the master end any moment."""
    found = []
    for child in psutil.Process(master).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "--connect" in child.cmdline():
                found.append(child)
    return found if len(found) == 2 else []


async def _all_assigned(client: Any) -> bool:
    rows = await client.all_accounts()
    return bool(rows) and all(row.worker_id or row.state == "login_needed" for row in rows)


async def _nothing_on(client: Any, worker_id: str) -> bool:
    return all(row.worker_id != worker_id for row in await client.all_accounts())
