"""What a master that was killed leaves behind, and what the next one makes of it."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from subprocess import Popen

import psutil
import pytest

from master.api.client import MasterClient
from master.services.recovery import RecoveryService
from tests.helpers.deadlines import until
from tests.helpers.masters import ServeProcess, running_master, workers_run


async def test_a_process_that_a_killed_master_left_is_ended_and_the_story_of_its_worker_goes_on(tmp_path: Path) -> None:
    """Where the system lets a worker outlive its master, the next one ends it before it starts another."""
    serve = ServeProcess(tmp_path, "--port", "0")
    known = serve.start()
    async with MasterClient(known["url"], known["token"]) as client:
        await workers_run(client)
        victim = next(worker for worker in await client.workers() if worker.worker_id == "local-1")
        assert victim.pid is not None
    serve.kill()
    # In the place of the worker, which did not outlive its master here: a process that knows of no lifeline.
    left = Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    process = psutil.Process(left.pid)
    with closing(sqlite3.connect(tmp_path / "watchkeeper.db")) as db, db:
        created = round(process.create_time() * 1000)
        noted = "UPDATE worker_runtime SET pid = ?, process_created_ms = ? WHERE worker_id = 'local-1'"
        assert db.execute(noted, (left.pid, created)).rowcount == 1
    try:
        known = serve.start()
        async with MasterClient(known["url"], known["token"]) as client:
            await workers_run(client)
            assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
            again = await client.worker_status("local-1")
            assert again.epoch == victim.epoch + 1

            async def told() -> bool:
                codes = [event.text.code for event in (await client.worker_events("local-1")).rows]
                return "worker_leftover_ended" in codes and codes.count("worker_started") == 2

            await until(told, what="both processes told")
            report = await client.recovery()
            assert not report.clean
            assert next(repair for repair in report.repairs if repair.kind == "process").repaired == 1
    finally:
        left.kill()
        left.wait(60)
        serve.kill()


@pytest.mark.expects_log(r"ERROR master.app")
async def test_workers_start_even_if_the_recovery_fails(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_self: RecoveryService) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(RecoveryService, "run", fail)
    async with running_master(profile) as (_, client):
        await workers_run(client)
