"""What a master that was killed leaves behind, and what the next one makes of it."""

import os
import signal
from pathlib import Path

import psutil

from master.api.client import MasterClient
from tests.helpers.masters import ServeProcess, until, workers_run


async def test_a_frozen_worker_of_a_killed_master_is_ended_and_its_story_goes_on(tmp_path: Path):
    """A stopped process does not notice that its lifeline ended: the next master ends it before it starts another."""
    serve = ServeProcess(tmp_path, "--port", "0")
    known = serve.start()
    async with MasterClient(known["url"], known["token"]) as client:
        await workers_run(client)
        victim = next(worker for worker in await client.workers() if worker.worker_id == "local-1")
        assert victim.pid is not None
    process = psutil.Process(victim.pid)
    os.kill(victim.pid, signal.SIGSTOP)
    serve.kill()
    assert process.is_running()
    known = serve.start()
    try:
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
        serve.kill()
