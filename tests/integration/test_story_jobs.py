"""Jobs with a real master and real workers: secrets, survival, who looks after whom, and what is told."""

import asyncio
import contextlib
import json
import os
import signal
import sys

import psutil
import pytest

from master.api.client import ApiError, MasterClient
from master.api.schema import CredentialCreate, JobCreate, JobPatch, Retry
from tests.helpers.deadlines import PATIENCE_SECONDS, until
from tests.helpers.gates import Gate
from tests.helpers.masters import ServeProcess, running_master, workers_run
from worker.protocol.job_folders import JOB_VARIABLE
from worker.protocol.states import JobReason, JobState

pytestmark = [
    pytest.mark.real_server,
    pytest.mark.skipif(sys.platform != "linux", reason="finds the processes of a job by /proc"),
]


def command(*arguments, **more):
    spec = {"command": arguments[0], "args": list(arguments[1:])}
    return JobCreate(runner="command", spec=spec, **more)


async def in_state(client, job_id, *states, seconds=PATIENCE_SECONDS):
    async def there():
        job = await client.job(job_id)
        return job if job.state in states else None

    return await until(there, seconds, f"job {job_id} {states}")


async def ended(client, job_id, seconds=PATIENCE_SECONDS):
    return await in_state(client, job_id, JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED, seconds=seconds)


async def output(client, job_id, stream="stdout"):
    text, offset = "", 0
    while not (piece := await client.job_output(job_id, stream, offset)).complete:
        text, offset = text + piece.text, piece.next_offset
        await asyncio.sleep(0.02)
    return text + piece.text


def left_of(job_id):
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(JOB_VARIABLE, "").startswith(f"{job_id}/"):
                found.append(process)
    return found


async def test_a_secret_reaches_the_job_and_nothing_else(tmp_path):
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        kept = await client.create_credential(CredentialCreate(name="db", values={"password": "hush-hush-77"}))
        job = await client.create_job(command("sh", "-c", "cat; env >&2", credential_id=kept.id))
        assert (await ended(client, job.id)).state is JobState.COMPLETED
        assert json.loads(await output(client, job.id)) == {"password": "hush-hush-77"}
        assert "hush" not in await output(client, job.id, "stderr")
    for path in (tmp_path / "p").rglob("*"):
        # It printed its secret itself; nobody else did.
        if path.is_file() and not path.is_fifo() and path.name != "stdout":
            assert b"hush-hush-77" not in path.read_bytes(), path


async def test_a_job_goes_on_while_its_worker_is_stopped_and_another_looks_after_it(tmp_path):
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        gate = Gate(tmp_path)
        script = f"for i in $(seq 20); do echo $i; done; {gate.wait}; for i in $(seq 21 40); do echo $i; done; exit 4"
        job = await client.create_job(command("sh", "-c", script, worker_id="local-1"))
        assert (await in_state(client, job.id, JobState.RUNNING)).worker_id == "local-1"
        await client.stop_worker("local-1")
        moved = await until(lambda: _moved(client, job.id), what="another worker")
        assert moved.state is JobState.RUNNING
        gate.open()
        done = await ended(client, job.id)
        assert (done.reason, done.exit_code, done.worker_id) == (JobReason.SCRIPT_ERROR, "4:0", "local-2")
        assert await output(client, job.id) == "".join(f"{i}\n" for i in range(1, 41))


async def _moved(client, job_id):
    job = await client.job(job_id)
    return job if job.worker_id == "local-2" else None


async def test_a_job_outlives_a_master_that_stops_in_order(tmp_path):
    gate = Gate(tmp_path)
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        job = await client.create_job(command("sh", "-c", f"echo one; {gate.wait}; echo two; exit 37"))
        running = await in_state(client, job.id, JobState.RUNNING)
    assert psutil.pid_exists(running.pid)
    async with running_master(tmp_path / "p") as (_, client):
        assert (await client.job(job.id)).state is JobState.RUNNING
        gate.open()
        done = await ended(client, job.id)
        assert (done.exit_code, done.attempts) == ("37:0", 1)
        assert await output(client, job.id) == "one\ntwo\n"
        assert [row.kind for row in (await client.notifications()).rows] == ["job"]


async def test_an_end_that_came_while_nobody_was_there_is_told(tmp_path):
    gate = Gate(tmp_path)
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        job = await client.create_job(command("sh", "-c", f"{gate.wait}; exit 9"))
        running = await in_state(client, job.id, JobState.RUNNING)
    gate.open()
    await until(lambda: not psutil.pid_exists(running.pid))
    async with running_master(tmp_path / "p") as (_, client):
        assert (await ended(client, job.id)).exit_code == "9:0"
        report = await client.recovery()
        assert [repair.examined for repair in report.repairs if repair.kind == "job"] == [1]


async def test_after_a_double_kill_cancel_still_reaches_the_grandchildren(tmp_path):
    serve = ServeProcess(tmp_path / "p", "--port", "0")
    known = serve.start()
    job_id = ""
    try:
        client = MasterClient(known["url"], known["token"])
        await workers_run(client)
        family = "trap '' TERM; (setsid sleep 300 &) ; sleep 300"
        job = await client.create_job(command("sh", "-c", family))
        job_id = job.id
        running = await in_state(client, job.id, JobState.RUNNING)
        workers = [row.pid for row in await client.workers() if row.pid]
        await client.close()
        for pid in (*workers, serve.pid):
            os.kill(pid, signal.SIGKILL)
        serve.process.communicate(timeout=60)
        assert psutil.pid_exists(running.pid)
        known = serve.start()
        client = MasterClient(known["url"], known["token"])
        assert (await client.job(job.id)).state is JobState.RUNNING
        asked = await client.cancel_job(job.id, force=True)
        assert asked.cancelling
        done = await ended(client, job.id)
        assert (done.state, done.reason) == (JobState.CANCELLED, JobReason.KILLED)
        await until(lambda: not left_of(job.id))
        again = await client.cancel_job(job.id)
        assert (again.state, again.version) == (done.state, done.version)
        await client.close()
    finally:
        serve.stop()
        for process in left_of(job_id):
            process.kill()


async def test_slots_are_never_overdrawn_and_exclusive_jobs_are_alone(tmp_path):
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        slots = {row.worker_id: row.cpus for row in (await client.job_resources()).workers}
        count = sum(slots.values()) + 2
        gate = Gate(tmp_path)
        jobs = [await client.create_job(command("sh", "-c", f"{gate.wait}; sleep 0.3")) for _ in range(count)]
        alone = await client.create_job(command("sleep", "0.2", exclusive=True))
        seen = []
        while [job.id for job in (*jobs, alone) if not (await client.job(job.id)).ended_at]:
            resources = await client.job_resources()
            for row in resources.workers:
                assert row.used_cpus <= slots[row.worker_id]
                held = [one for one in resources.reservations if one.worker_id == row.worker_id]
                seen.append(len(held))
                assert not row.exclusive or len(held) == 1
            if max(seen) > 0:
                gate.open()
            await asyncio.sleep(0.02)
        assert not (await client.job_resources()).reservations


async def test_retries_are_asked_for_and_stop_when_it_works(tmp_path):
    gate = tmp_path / "gate"
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        script = f"echo x >> {gate}; test $(wc -l < {gate}) -ge 3"
        retry = Retry(attempts=5, delay_seconds=0.05)
        job = await client.create_job(command("sh", "-c", script, retry=retry))
        done = await ended(client, job.id)
        assert (done.state, done.attempts) == (JobState.COMPLETED, 3)
        plain = await client.create_job(command("false"))
        done = await ended(client, plain.id)
        assert (done.state, done.attempts) == (JobState.FAILED, 1)
        again = await client.resubmit_job(plain.id)
        assert again.resubmit_of == plain.id


async def test_the_time_limit_of_a_running_job_can_be_changed(tmp_path):
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        job = await client.create_job(command("sleep", "60", time_limit="1:00:00"))
        running = await in_state(client, job.id, JobState.RUNNING)
        assert running.time_limit_seconds == 3600
        await client.patch_job(job.id, JobPatch(time_limit="0:01"))
        done = await ended(client, job.id)
        assert (done.state, done.reason, done.exit_code) == (JobState.FAILED, JobReason.TIMEOUT, "0:15")


WRONG = [
    (JobCreate(runner="nothing", spec={}), "runner"),
    (JobCreate(runner="command", spec={}), "spec.command"),
    (JobCreate(runner="command", spec={"command": "true", "nonsense": 1}), "spec.nonsense"),
    (JobCreate(runner="http", spec={"url": "file:///etc/passwd"}), "spec.url"),
    (JobCreate(runner="script", spec={"language": "python", "code": "x" * 700_000}), "spec.code"),
    (JobCreate(runner="command", spec={"command": "true"}, time_limit="soon"), "time_limit"),
    (JobCreate(runner="command", spec={"command": "true"}, working_directory="relative"), "working_directory"),
    (JobCreate(runner="command", spec={"command": "true"}, credential_id="nothing"), "credential_id"),
    (JobCreate(runner="command", spec={"command": "true"}, worker_id="nothing"), "worker_id"),
    (JobCreate(runner="command", spec={"command": "true"}, cpus=1000), "cpus"),
    (JobCreate(runner="command", spec={"command": "true"}, env={"A=B": "c"}), "env"),
]


async def test_what_cannot_be_right_is_refused_by_its_field(tmp_path):
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        for body, field in WRONG:
            with pytest.raises(ApiError) as error:
                await client.create_job(body)
            assert error.value.status == 400, field
            assert field in error.value.fields
        assert not (await client.jobs()).rows


async def test_a_worker_that_is_deleted_leaves_its_job_to_another(tmp_path):
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        gate = Gate(tmp_path)
        job = await client.create_job(command("sh", "-c", f"{gate.wait}; exit 3", worker_id="local-1"))
        await in_state(client, job.id, JobState.RUNNING)
        await client.stop_worker("local-1", graceful=False)
        await client.delete_worker_config("local-1")
        gate.open()
        done = await ended(client, job.id)
        assert (done.exit_code, done.worker_id) == ("3:0", "local-2")
