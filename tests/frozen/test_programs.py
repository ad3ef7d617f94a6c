"""What a package must get right that a source need not: its own executables, and what other programs find of it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from master.api.schema import JobCreate
from tests.helpers.deadlines import until
from tests.helpers.gates import Gate
from tests.helpers.job_parts import job_parts_without_trace
from tests.helpers.masters import running_master, workers_run
from tests.integration.test_story_jobs import command, ended, in_state, output
from worker.protocol.job_messages import CancelJob
from worker.protocol.states import JobReason, JobState
from worker.runtime import job_keepers
from worker.version import __version__

pytestmark = [
    pytest.mark.real_server,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc"),
    pytest.mark.usefixtures("frozen_programs"),
]
LOADER = ("_PYI_", "_MEIPASS", "PYINSTALLER_", "LD_LIBRARY_PATH", "DYLD_")


async def test_workers_and_keepers_are_those_of_the_package(tmp_path, bundle) -> None:
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        for worker in await client.workers():
            assert psutil.Process(worker.pid).exe() == bundle.program
            maps = Path(f"/proc/{worker.pid}/maps").read_text()
            assert str(bundle.folder) in maps
            # Of no business to a worker, and half of its memory.
            assert not [name for name in ("libQt6", "libicu", "sqlalchemy") if name in maps]
        gate = Gate(tmp_path)
        job = await client.create_job(command("sh", "-c", gate.wait))
        running = await in_state(client, job.id, JobState.RUNNING)
        assert psutil.Process(running.pid).parent().exe() == bundle.keeper
        gate.open()
        assert (await ended(client, job.id)).state is JobState.COMPLETED


async def test_programs_of_jobs_find_nothing_of_the_package(tmp_path, bundle, monkeypatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/mine")
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        plain = await client.create_job(command("env"))
        given = await client.create_job(command("env", env={"ADDED": "by the job"}))
        for job in (plain, given):
            await ended(client, job.id)
        lines = (await output(client, plain.id)).splitlines()
        assert "LD_LIBRARY_PATH=/opt/mine" in lines
        assert not [line for line in lines if line.startswith(LOADER) and line != "LD_LIBRARY_PATH=/opt/mine"]
        assert not [line for line in lines if str(bundle.folder) in line]
        assert "ADDED=by the job" in (await output(client, given.id)).splitlines()


async def test_a_script_in_python_needs_a_python_of_the_machine(tmp_path) -> None:
    spec = {"language": "python", "code": "import sys; print(sys.executable, getattr(sys, 'frozen', False))"}
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        job = await client.create_job(JobCreate(runner="script", spec=spec))
        assert (await ended(client, job.id)).state is JobState.COMPLETED
        program, frozen = (await output(client, job.id)).split()
        assert Path(program).name.startswith("python")
        assert frozen == "False"
        job = await client.create_job(JobCreate(runner="script", spec=spec, env={"PATH": str(tmp_path)}))
        done = await ended(client, job.id)
        assert (done.state, done.reason) == (JobState.FAILED, JobReason.UNAVAILABLE)
        assert done.error.code == "script_no_interpreter"


async def test_a_runner_in_python_runs_in_the_package(tmp_path, feed_server) -> None:
    feed = feed_server.feed("answers")
    feed.publish("entry", "", "http://example.org/0")
    async with running_master(tmp_path / "p") as (_, client):
        await workers_run(client)
        job = await client.create_job(JobCreate(runner="http", spec={"url": feed.url}))
        done = await ended(client, job.id)
        assert (done.state, done.exit_code) == (JobState.COMPLETED, "0:0")
        assert "entry" in await output(client, job.id)


async def test_a_job_goes_on_and_can_be_ended_when_its_keeper_is_deleted(tmp_path, bundle, monkeypatch) -> None:
    folder = tmp_path / "keeper-old"
    shutil.copytree(Path(bundle.keeper).parent, folder, symlinks=True)
    monkeypatch.setattr(job_keepers, "keeper_command", lambda mode: [str(folder / "watchkeeper-keeper"), mode])
    async with job_parts_without_trace(tmp_path / "jobs") as parts:
        await parts.run("sh", "-c", "trap 'echo told; exit 3' TERM; sleep 60 & echo ready; wait", job_id="j1")
        await parts.started("j1")
        await until(lambda: "ready" in parts.output(job_id="j1"), what="the job in its script")
        waits = "until test -e gate; do sleep 0.02; done; exit 7"
        await parts.run("sh", "-c", waits, job_id="j2", working_directory=str(tmp_path))
        await parts.started("j2")
        shutil.rmtree(folder)
        await parts.jobs.cancel(CancelJob(job_id="j1", run=1))
        assert (await parts.ended("j1")).reason is JobReason.CANCELLED
        assert parts.output(job_id="j1").splitlines() == ["ready", "told"]
        (tmp_path / "gate").touch()
        done = await parts.ended("j2")
        assert (done.reason, done.code) == (JobReason.SCRIPT_ERROR, 7)


def test_every_plug_in_and_library_is_inside(bundle, tmp_path) -> None:
    alone = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    words = [bundle.program, "worker", "--describe", "--load", "--demo"]
    told = subprocess.run(words, env=alone, capture_output=True, text=True, timeout=60, cwd="/")
    assert (told.returncode, told.stderr) == (0, "")
    here = subprocess.run(
        [sys.executable, "-m", "worker", "--describe", "--demo"], capture_output=True, text=True, check=True
    )
    assert json.loads(told.stdout) == json.loads(here.stdout)
    version = subprocess.run([bundle.program, "--version"], env=alone, capture_output=True, text=True, timeout=60)
    assert version.stdout == f"watchkeeper {__version__}\n"


def test_a_keeper_is_small(tmp_path, bundle) -> None:
    with subprocess.Popen(
        [bundle.keeper, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdin.write(json.dumps({"folder": str(tmp_path / "nowhere")}) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["error"] == "folder"
        assert psutil.Process(process.pid).memory_info().rss < 18_000_000
        process.stdin.close()
        assert process.wait(60) == 0
