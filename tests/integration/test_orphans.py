"""Nothing of a master outlives it, and its workers live while it lives, whichever thread it runs in."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from subprocess import PIPE, Popen

import psutil
import pytest

from desktop.bridge import Engine
from master.api.client import MasterClient
from master.app import Master
from master.deploy.local import LocalBackend
from master.settings import Options
from tests.helpers.deadlines import wait_until
from tests.helpers.masters import ServeProcess, workers_run
from tests.helpers.processes import alive
from tests.unit.master.deploy.test_local_backend import launch, said

SLEEP = "import time; time.sleep(60)"
TIED = f"""
import subprocess, sys, time
from worker.runtime import lifelines
assert lifelines.tie_children()
assert lifelines.tie_to_starter()
started = [subprocess.Popen([sys.executable, "-c", {SLEEP!r}], start_new_session=own).pid for own in (False, True)]
print(*started, flush=True)
time.sleep(60)
"""
STARTER = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {TIED!r}], start_new_session=True, stdin=subprocess.PIPE)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a frozen worker ends with the next master")
@pytest.mark.parametrize("frozen", [True, False])
def test_a_killed_starter_takes_worker_and_children_with_it(frozen: bool) -> None:
    root = Path(__file__).resolve().parents[2]
    with Popen([sys.executable, "-c", STARTER], stdout=PIPE, text=True, cwd=root) as starter:
        assert starter.stdout is not None
        worker = int(starter.stdout.readline())
        child, own_session = map(int, starter.stdout.readline().split())
        try:
            if frozen:
                os.kill(worker, signal.SIGSTOP)
                os.kill(child, signal.SIGSTOP)
            starter.kill()
            wait_until(lambda: not alive(worker) and not alive(child), 10, "worker and child gone")
            assert alive(own_session), "what made a session of its own is to live on"
        finally:
            for pid in (own_session, worker, child):
                if alive(pid):
                    os.kill(pid, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a frozen worker ends with the next master")
async def test_frozen_workers_end_with_a_killed_master_and_live_while_it_lives(tmp_path: Path) -> None:
    serve = ServeProcess(tmp_path, "--port", "0")
    known = serve.start()
    try:
        async with MasterClient(known["url"], known["token"]) as client:
            await workers_run(client)
            pids = [worker.pid for worker in await client.workers() if worker.pid is not None]
            assert len(pids) == 2
            # Threads of the master that come and go take no worker with them.
            for _ in range(5):
                await client.janitor(dry_run=True)
            assert [worker.pid for worker in await client.workers()] == pids
        trees = [psutil.Process(pid) for pid in pids]
        everybody = [one.pid for root in trees for one in (root, *root.children(recursive=True))]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
    finally:
        serve.kill()
    await asyncio.to_thread(wait_until, lambda: not any(alive(pid) for pid in everybody), 10, "all gone")


async def test_workers_of_the_windows_engine_live_while_the_engine_lives(tmp_path: Path) -> None:
    engine = Engine()

    async def begin() -> Master:
        master = Master(Options(profile=tmp_path, port=0, port_explicit=True, vault="memory"))
        await master.start()
        return master

    async def look(master: Master) -> list[int | None]:
        async with MasterClient(master.url, master.token) as client:
            await workers_run(client)
            return [worker.pid for worker in await client.workers()]

    master = await engine.call(begin())
    try:
        pids = await engine.call(look(master))
        # The helper threads of the engine's loop end here; the thread of the loop stays.
        await engine.call(asyncio.get_running_loop().shutdown_default_executor())
        assert await engine.call(look(master)) == pids
        assert all(alive(pid) for pid in pids if pid is not None)
    finally:
        await engine.call(master.stop())
        await engine.close()


async def test_what_made_a_session_of_its_own_survives_the_end_of_the_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from master.deploy import local

    program = (
        "import json, subprocess, sys; sys.stdin.readline()\n"
        f"pids = [subprocess.Popen([sys.executable, '-c', {SLEEP!r}], start_new_session=own).pid for own in (0, 1)]\n"
        "print(json.dumps({'pids': pids}), flush=True); sys.stdin.read()"
    )
    monkeypatch.setattr(local, "worker_command", lambda: [sys.executable, "-c", program])
    handle = await LocalBackend().start(launch(tmp_path))
    pids = (await said(tmp_path))["pids"]
    assert isinstance(pids, list)
    child, own_session = pids
    try:
        handle.kill_tree()
        await asyncio.wait_for(handle.wait(), 60)
        await asyncio.to_thread(wait_until, lambda: not alive(child), 10, "the child gone")
        assert alive(own_session)
    finally:
        os.kill(own_session, signal.SIGKILL)
