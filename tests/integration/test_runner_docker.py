"""Containers of a real service, podman: output, ends, stops, secrets, mounts, what is left behind."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.helpers.deadlines import until
from tests.helpers.executions import FakeExecution, request, runner
from tests.helpers.job_parts import job_parts
from tests.helpers.podman import IMAGE, Podman, podman_or_skip
from worker.protocol.job_messages import CancelJob
from worker.protocol.states import JobReason
from worker.runners.docker import containers, services
from worker.sdk.runner import RunnerError

pytestmark = pytest.mark.real_server
DOCKER = runner("docker")


@pytest.fixture(scope="session")
def _podman():
    with podman_or_skip() as service:
        yield service


@pytest.fixture
def podman(_podman: Podman, _feed_server: object):
    # That server is named here because a thread of the session must have begun before the test looks for leaks.
    yield _podman
    _podman.start()
    _podman.podman("rm", "--force", "--all", "--time", "0")


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """A service that just started is slow to answer on a busy machine."""
    monkeypatch.setattr(services, "FIRST_SECONDS", 60.0)


@pytest.fixture
def execution(podman, tmp_path):
    def made(*command, secret=None, mounts=(), job="job-1", **spec):
        asked = {"image": IMAGE, "args": list(command), "network": "none", "socket": str(podman.socket), **spec}
        folder = tmp_path / "jobs" / job
        folder.mkdir(parents=True, exist_ok=True)
        return FakeExecution(request(DOCKER, asked, list(mounts)), folder, secret)

    return made


async def run(execution):
    return await asyncio.wait_for(DOCKER.execute(execution), 60)


async def test_both_streams_and_the_exit_code_come_through(podman, execution):
    # Without a secret nothing is to be read.
    command = "cat; echo out; echo err >&2; pwd; id -u; echo $A; printf end; exit 37"
    one = execution("sh", "-c", command, user="7", workdir="/data", env={"A": "b c"})
    outcome = await run(one)
    assert (outcome.success, outcome.reason, outcome.exit_code) == (False, JobReason.SCRIPT_ERROR, 37)
    assert (bytes(one.stdout), bytes(one.stderr)) == (b"out\n/data\n7\nb c\nend", b"err\n")
    assert outcome.result["exit_code"] == 37
    assert podman.containers() == []
    assert list(one.folder.iterdir()) == []


async def test_much_output_is_complete(execution):
    one = execution(command="sh -c 'dd if=/dev/zero bs=65536 count=320 2>/dev/null'")
    outcome = await run(one)
    assert outcome.success
    assert outcome.error is None
    assert len(one.stdout) == 320 * 65536


async def test_a_secret_comes_on_standard_input_and_is_nowhere_else(podman, execution):
    secret = {"password": "hush-hush", "user": "me"}
    one = execution(
        "sh", "-c", "trap 'exit 1' TERM; cat; echo; echo begun; while true; do sleep 0.1; done", secret=secret
    )
    running = asyncio.create_task(DOCKER.execute(one))
    await until(lambda: b"begun" in one.stdout)
    told = podman.podman("inspect", "--latest") + podman.podman("exec", "--latest", "env")
    one.stopping.set()
    await asyncio.wait_for(running, 60)
    assert json.loads(one.stdout.decode().splitlines()[0]) == secret
    assert "hush-hush" not in told
    assert "watchkeeper.job" in told


async def test_it_is_asked_to_end_and_seen_live(podman, execution):
    one = execution("sh", "-c", "trap 'echo bye; exit 5' TERM; echo begun; while true; do sleep 0.1; done")
    running = asyncio.create_task(DOCKER.execute(one))
    await until(lambda: one.stdout == b"begun\n")
    assert podman.containers() == ["job-1"]
    one.stopping.set()
    outcome = await asyncio.wait_for(running, 60)
    assert (outcome.success, outcome.reason, outcome.exit_code) == (False, JobReason.CANCELLED, 5)
    assert one.stdout == b"begun\nbye\n"
    assert podman.containers() == []


async def test_one_that_does_not_end_is_killed(podman, execution, monkeypatch):
    monkeypatch.setattr(containers, "GRACE_SECONDS", 1)
    one = execution("sh", "-c", "trap '' TERM; echo begun; while true; do sleep 0.1; done")
    running = asyncio.create_task(DOCKER.execute(one))
    await until(lambda: one.stdout == b"begun\n")
    one.stopping.set()
    outcome = await asyncio.wait_for(running, 60)
    assert (outcome.reason, outcome.exit_code) == (JobReason.CANCELLED, 137)
    assert podman.containers() == []


async def test_one_that_is_stopped_before_it_began(podman, execution):
    one = execution("echo", "x")
    one.stopping.set()
    assert (await run(one)).reason is JobReason.CANCELLED
    assert podman.containers() == []


async def test_a_folder_is_seen_as_allowed(execution, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "note").write_text("from outside")
    (tmp_path / "link").symlink_to(shared)
    command = "cat /in/note; touch /in/new; touch /out/new; echo $?"
    mounts = [f"{shared}:/in:ro", f"{tmp_path / 'link'}:/out"]
    one = execution("sh", "-c", command, mounts=[str(tmp_path)])
    one.request.spec["mounts"] = mounts
    assert (await run(one)).success
    assert one.stdout == b"from outside0\n"
    assert b"Read-only" in one.stderr
    assert sorted(path.name for path in shared.iterdir()) == ["new", "note"]


@pytest.mark.parametrize(
    ("spec", "reason", "code"),
    [
        ({"args": ["no-such-command"]}, JobReason.BAD_COMMAND, "docker_start_failed"),
        ({"image": "nowhere/none:1", "pull": "never"}, JobReason.UNAVAILABLE, "docker_image_missing"),
        ({"image": "REGISTRY/none:1"}, JobReason.UNAVAILABLE, "docker_pull_failed"),
    ],
)
async def test_what_cannot_be_started_is_said_as_such(podman, execution, feed_server, spec, reason, code):
    if "image" in spec:
        # A server that is no registry.
        spec = spec | {"image": spec["image"].replace("REGISTRY", feed_server.url.removeprefix("http://"))}
    with pytest.raises(RunnerError) as caught:
        await run(execution(**spec))
    assert (caught.value.reason, caught.value.text.code) == (reason, code)
    assert podman.containers() == []


async def test_more_memory_than_it_has(execution):
    outcome = await run(execution("sh", "-c", "x=$(yes | head -c 100000000); echo $?", memory_mb=24, cpus=1))
    assert (outcome.success, outcome.reason, outcome.exit_code) == (False, JobReason.SIGNAL, 137)
    assert outcome.error.code in ("docker_killed", "docker_out_of_memory")


async def test_a_service_that_is_restarted_is_waited_for(podman, execution):
    one = execution("sh", "-c", "echo begun; while [ ! -e /in/go ]; do sleep 0.1; done; echo on; sleep 0.5; exit 3")
    gate = one.folder.parent.parent / "gate"
    gate.mkdir()
    one.request.spec["mounts"] = [f"{gate}:/in"]
    one.request.policy.mounts.append(str(gate))
    running = asyncio.create_task(DOCKER.execute(one))
    await until(lambda: one.stdout == b"begun\n")
    podman.stop()
    await until(lambda: b"connection" in one.stderr)
    podman.start()
    (gate / "go").touch()
    outcome = await asyncio.wait_for(running, 60)
    assert outcome.exit_code == 3
    assert b"may be missing" in one.stderr
    assert podman.containers() == []


async def test_what_a_killed_run_left_is_removed(podman, execution):
    one, other, third = (execution("sleep", "60", job=job) for job in ("job-1", "job-2", "job-3"))
    running = [asyncio.create_task(DOCKER.execute(each)) for each in (one, other)]
    await until(lambda: len(podman.podman("ps", "--quiet").split()) == 2)
    # As a kill leaves it: nothing of the process's own runs any more, and nobody was told.
    for task in running:
        task.cancel()
    podman.stop()
    await asyncio.gather(*running, return_exceptions=True)
    podman.start()
    assert sorted(podman.containers()) == ["job-1", "job-2"]
    await DOCKER.clean_up(one)
    assert podman.containers() == ["job-2"]
    assert not (one.folder / "container").exists()
    # Nothing says that the other one has ended, until its keeper does.
    third.request.spec["args"] = ["true"]
    (other.folder / "exit.json").touch()
    await run(third)
    assert podman.containers() == []
    await DOCKER.clean_up(third)


async def test_a_run_that_is_killed_takes_its_container_along(podman, tmp_path):
    spec = {"image": IMAGE, "command": "sh -c 'echo begun; sleep 600'", "network": "none", "socket": str(podman.socket)}
    async with job_parts(tmp_path / "jobs") as parts:
        await parts.run(spec=spec, runner="docker")
        await until(lambda: parts.folder().exists() and parts.output() == "begun\n")
        assert podman.containers() == ["j1"]
        await parts.jobs.cancel(CancelJob(job_id="j1", run=1, force=True))
        ended = await parts.ended()
    assert ended.reason is JobReason.KILLED
    assert podman.containers() == []


async def test_under_a_keeper(podman, tmp_path):
    spec = {"image": IMAGE, "command": "sh -c 'cat; echo; echo err >&2; exit 7'", "network": "none"}
    async with job_parts(tmp_path / "jobs") as parts:
        parts.link.master.documents["j1"] = {"key": "hush-hush"}
        await parts.run(spec=spec | {"socket": str(podman.socket)}, runner="docker", has_credential=True)
        ended = await parts.ended()
    assert (ended.reason, ended.code, ended.signal) == (JobReason.SCRIPT_ERROR, 7, None)
    assert (json.loads(parts.output()), parts.output("stderr")) == ({"key": "hush-hush"}, "err\n")
    assert ended.result["exit_code"] == 7
    assert not (Path(parts.folder()) / "container").exists()
    assert podman.containers() == []
