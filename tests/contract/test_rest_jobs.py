"""The routes of jobs on a real master with real workers, with a typed client and by hand."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from master.api.client import ApiError, MasterClient
from master.api.schema import CredentialCreate, Job, JobCreate, JobPatch, SettingsPatch, TokenCreate
from master.app import Master
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master, workers_run
from worker.protocol.states import JobReason, JobState


@pytest_asyncio.fixture
async def served(profile) -> AsyncIterator[tuple[Master, MasterClient]]:
    async with running_master(profile) as (master, client):
        await workers_run(client)
        yield master, client


@pytest_asyncio.fixture
async def alone(profile) -> AsyncIterator[tuple[Master, MasterClient]]:
    async with running_master(profile, workers=False) as (master, client):
        yield master, client


def shell(script: str, **more: Any) -> JobCreate:
    return JobCreate(runner="command", spec={"command": "/bin/sh", "args": ["-c", script]}, **more)


async def ended(client: MasterClient, job: Job) -> Job:
    async def over() -> Job | None:
        found = await client.job(job.id)
        return found if found.ended_at is not None else None

    return await until(over, what="the end of the job")


async def running(client: MasterClient, job: Job) -> Job:
    async def runs() -> Job | None:
        found = await client.job(job.id)
        return found if found.state is JobState.RUNNING else None

    return await until(runs, what="the job running")


async def refused(call: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await call
    return caught.value


async def test_a_job_runs_and_its_output_and_exit_code_are_told(served):
    _, client = served
    job = await client.create_job(shell("echo out; echo err >&2; echo $X; exit 37", name="N", env={"X": "y"}))
    assert (job.state, job.runner, job.exit_code, job.resubmit_of) == (JobState.PENDING, "command", None, None)
    done = await ended(client, job)
    assert (done.state, done.reason, done.exit_code) == (JobState.FAILED, JobReason.SCRIPT_ERROR, "37:0")
    assert done.submitted_at <= done.started_at <= done.ended_at
    assert (done.attempts, done.worker_id is not None) == (1, True)
    out = await client.job_output(job.id)
    assert (out.text, out.next_offset, out.complete, out.skipped) == ("out\ny\n", 6, True, 0)
    assert (await client.job_output(job.id, "stderr")).text == "err\n"
    assert (await client.job_output(job.id, offset=4)).text == "y\n"
    assert (await client.job_output(job.id, attempt=1)).text == "out\ny\n"
    assert (await client.status()).jobs.pending == (await client.status()).jobs.running == 0
    stats = await client.job_stats(time_zone="Europe/Berlin")
    assert (stats.failed, stats.reasons) == (1, {"script_error": 1})
    again = await ended(client, await client.resubmit_job(job.id))
    assert (again.resubmit_of, again.exit_code) == (job.id, "37:0")
    await client.delete_job(job.id)
    assert (await refused(client.job(job.id))).status == 404
    notes = (await client.notifications()).rows
    assert {(note.kind, note.job_id) for note in notes} == {("job", job.id), ("job", again.id)}


async def test_running_jobs_are_cancelled_limited_and_not_deleted(served):
    _, client = served
    job = await running(client, await client.create_job(shell("sleep 60")))
    assert (await refused(client.delete_job(job.id))).status == 409
    assert job.pid is not None
    resources = await client.job_resources()
    assert [(one.job_id, one.state) for one in resources.reservations] == [(job.id, "allocated")]
    limited = await client.patch_job(job.id, JobPatch(time_limit="1:00:00", version=job.version))
    assert limited.time_limit_seconds == 3600
    assert (await refused(client.patch_job(job.id, JobPatch(time_limit=5, version=job.version)))).status == 409
    assert (await client.cancel_job(job.id)).cancelling
    done = await ended(client, job)
    assert (done.state, done.reason) == (JobState.CANCELLED, JobReason.CANCELLED)
    assert await client.cancel_job(job.id, force=True) == done
    assert (await refused(client.patch_job(job.id, JobPatch(time_limit=5)))).status == 409
    assert (await client.job_resources()).reservations == []
    killed = await running(client, await client.create_job(shell("trap '' TERM; sleep 60")))
    await client.cancel_job(killed.id, force=True)
    assert (await ended(client, killed)).reason is JobReason.KILLED


async def test_what_cannot_be_run_fails_with_its_reason(served, tmp_path):
    _, client = served
    plain = tmp_path / "plain"
    plain.write_text("x")
    for body, reason in (
        (JobCreate(runner="command", spec={"command": "/no/such/thing"}), JobReason.BAD_COMMAND),
        (JobCreate(runner="command", spec={"command": str(plain)}), JobReason.PERMISSION),
        (shell("true", working_directory=str(tmp_path / "gone")), JobReason.BAD_DIRECTORY),
        (shell("sleep 60", time_limit="0:01"), JobReason.TIMEOUT),
        (shell("kill -9 $$"), JobReason.SIGNAL),
    ):
        done = await ended(client, await client.create_job(body))
        assert (done.state, done.reason) == (JobState.FAILED, reason)
        assert done.error is not None


async def test_a_secret_reaches_the_job_and_nothing_else(served):
    _, client = served
    credential = await client.create_credential(CredentialCreate(name="C", values={"token": "hunter22"}))
    job = await ended(client, await client.create_job(shell("cat", credential_id=credential.id)))
    assert json.loads((await client.job_output(job.id)).text) == {"token": "hunter22"}
    assert "hunter22" not in str(job)


async def test_jobs_wait_without_workers_and_can_be_cancelled(alone):
    _, client = alone
    jobs = [await client.create_job(shell("true", name=f"n{number}")) for number in range(3)]
    assert {job.waiting.code for job in jobs} == {"job_waits_no_worker"}
    assert (await client.status()).jobs.pending == 3
    page = await client.jobs(limit=2)
    assert [job.id for job in page.rows] == [jobs[2].id, jobs[1].id]
    assert [job.id for job in (await client.jobs(cursor=page.next_cursor)).rows] == [jobs[0].id]
    assert (await client.cancel_job(jobs[0].id)).state is JobState.CANCELLED
    assert [job.id for job in (await client.jobs(JobState.CANCELLED)).rows] == [jobs[0].id]
    assert [job.id for job in (await client.jobs(q="n1")).rows] == [jobs[1].id]
    assert [row.kind for row in (await client.recovery()).repairs if row.kind == "job"] == ["job"]
    report = await client.janitor(dry_run=True)
    whats = {"jobs", "job_output", "job_folders", "reservations", "stuck_jobs"}
    assert whats <= {one.what for one in report.clearings}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "runner"),
        ({"runner": "nothing", "spec": {}}, "runner"),
        ({"runner": "command"}, "spec.command"),
        ({"runner": "command", "spec": {"command": "a", "surplus": 1}}, "spec.surplus"),
        ({"runner": "command", "spec": {"command": ["a"]}}, "spec.command"),
        ({"runner": "command", "spec": []}, "spec"),
        ({"runner": "command", "spec": {"command": "a"}, "surplus": 1}, "surplus"),
        ({"runner": "command", "spec": {"command": "a"}, "time_limit": "1:99"}, "time_limit"),
        ({"runner": "command", "spec": {"command": "a"}, "time_limit": 1.5}, "time_limit"),
        ({"runner": "command", "spec": {"command": "a"}, "env": {"A=": "b"}}, "env"),
        ({"runner": "command", "spec": {"command": "a"}, "cpus": 0}, "cpus"),
        ({"runner": "command", "spec": {"command": "a"}, "priority": 10}, "priority"),
        ({"runner": "command", "spec": {"command": "a"}, "working_directory": "x"}, "working_directory"),
        ({"runner": "command", "spec": {"command": "a"}, "credential_id": "x"}, "credential_id"),
        ({"runner": "command", "spec": {"command": "a"}, "worker_id": "x"}, "worker_id"),
        ({"runner": "command", "spec": {"command": "a"}, "retry": {"attempts": 0}}, "retry.attempts"),
        ({"runner": "http", "spec": {"url": "file:///etc/passwd"}}, "spec.url"),
    ],
)
async def test_bad_input_is_refused_with_its_field(alone, body, field):
    master, client = alone
    headers = {"Authorization": f"Bearer {master.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{master.url}/api/v1/jobs", json=body) as answer,
    ):
        assert answer.status == 400
        assert field in (await answer.json())["error"]["fields"]
    assert (await client.jobs()).rows == []


async def test_other_refusals(alone):
    master, client = alone
    large = json.dumps({"runner": "script", "spec": {"code": "x" * 1_100_000}})
    headers = {"Authorization": f"Bearer {master.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{master.url}/api/v1/jobs", data=io.BytesIO(large.encode())) as answer,
    ):
        assert answer.status == 413
    for call in (client.job("x"), client.cancel_job("x"), client.resubmit_job("x"), client.delete_job("x")):
        assert (await refused(call)).status == 404
    assert (await refused(client.job_output("../../etc"))).status == 404
    assert (await refused(client.patch_job("x", JobPatch(time_limit=1)))).status == 404
    job = await client.create_job(shell("true"))
    assert (await refused(client.job_output(job.id, attempt=2))).status == 404
    assert (await refused(client.job_output(job.id, offset=-1))).status == 400
    assert (await refused(client.job_output(job.id, "both"))).status == 400
    assert (await refused(client.jobs(cursor="x"))).status == 400
    assert (await refused(client.job_stats(time_zone="Nowhere"))).status == 400
    made = await client.create_token(TokenCreate(name="reader", scope="client"))
    async with MasterClient(master.url, str(made.token)) as reader:
        assert (await reader.job(job.id)).id == job.id
        secret = await client.create_job(JobCreate(runner="command", spec={"command": "true"}, env={"TOKEN": "hush"}))
        assert secret.env == {"TOKEN": "hush"}
        assert (await reader.job(secret.id)).env == {"TOKEN": "•••"}
        assert "hush" not in str(await reader.jobs())
        assert (await refused(reader.create_job(shell("true")))).status == 403
        assert (await refused(reader.cancel_job(job.id))).status == 403


async def test_the_settings_decide_what_may_be_executed(alone):
    _, client = alone
    await client.patch_settings(SettingsPatch(job_commands=["git"], job_shell=False))
    assert "spec.command" in (await refused(client.create_job(shell("true")))).fields
    await client.create_job(JobCreate(runner="command", spec={"command": "git"}))
