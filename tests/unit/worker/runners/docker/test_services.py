"""Where the container service is looked for, and what it means when none is there."""

import asyncio
import socket
import sys

import aiodocker
import pytest

from tests.helpers.executions import FakeExecution, request, runner
from tests.helpers.ports import free_port
from worker.runners.docker.services import not_started, refused
from worker.runners.docker.sockets import is_there, places
from worker.sdk.runner import JobReason, RunnerError

DOCKER = runner("docker")
posix = pytest.mark.skipif(sys.platform == "win32", reason="sockets in the file system")


@posix
def test_where_it_is_looked_for():
    assert places("/x/y.sock", {"DOCKER_HOST": "tcp://z:1"}) == ["unix:///x/y.sock"]
    assert places("tcp://z:1", {}) == ["tcp://z:1"]
    assert places("", {"DOCKER_HOST": "tcp://z:1"}) == ["tcp://z:1"]
    assert places("", {"CONTAINER_HOST": "unix:///z"}) == ["unix:///z"]
    usual = places("", {"XDG_RUNTIME_DIR": "/run/user/5", "HOME": "/home/me", "DOCKER_HOST": "ssh://nowhere"})
    assert usual[0] == "unix:///var/run/docker.sock"
    assert "unix:///run/user/5/podman/podman.sock" in usual
    assert "unix:///home/me/.docker/run/docker.sock" in usual


@posix
def test_only_a_socket_is_one(tmp_path):
    (tmp_path / "file").touch()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        assert is_there(f"unix://{tmp_path}/s")
    assert not is_there(f"unix://{tmp_path}/file")
    assert not is_there(f"unix://{tmp_path}/none")
    assert is_there("tcp://127.0.0.1:1")


async def _fails(spec, tmp_path, env=None):
    with pytest.raises(RunnerError) as caught:
        await DOCKER.execute(FakeExecution(request(DOCKER, {"image": "x", **spec}, env=env), tmp_path))
    assert caught.value.reason is JobReason.UNAVAILABLE
    return caught.value


async def test_nothing_there_says_what_to_do(tmp_path):
    error = await _fails({"socket": str(tmp_path / "none")}, tmp_path)
    assert error.text.code == "docker_no_socket"
    assert f"{tmp_path}/none" in error.text.message
    assert "Start Docker or Podman" in error.text.message
    assert list(error.fields) == ["socket"]


@posix
async def test_a_socket_that_nobody_listens_on(tmp_path):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        error = await _fails({"socket": str(tmp_path / "s")}, tmp_path)
    assert error.text.code == "docker_unreachable"
    assert "refused" in error.text.message


async def test_a_port_that_nobody_listens_on(tmp_path):
    error = await _fails({}, tmp_path, env={"DOCKER_HOST": f"tcp://127.0.0.1:{free_port()}"})
    assert (error.text.code, error.fields) == ("docker_unreachable", {})


@posix
async def test_what_speaks_something_else(tmp_path):
    async def answer(reader, writer):
        await reader.read(1)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: application/json\r\n\r\nhello")
        writer.close()

    server = await asyncio.start_unix_server(answer, tmp_path / "s")
    async with server:
        error = await _fails({"socket": str(tmp_path / "s")}, tmp_path)
    assert error.text.code == "docker_unreachable"


async def test_no_clean_up_where_nothing_was_made(tmp_path):
    # No service is there to be asked.
    await DOCKER.clean_up(FakeExecution(request(DOCKER, {"image": "x", "socket": str(tmp_path / "none")}), tmp_path))
    (tmp_path / "container").touch()
    with pytest.raises(RunnerError):
        await DOCKER.clean_up(
            FakeExecution(request(DOCKER, {"image": "x", "socket": str(tmp_path / "none")}), tmp_path)
        )


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (404, 'exec: "x": executable file not found in $PATH', JobReason.BAD_COMMAND),
        (400, 'exec: "/x": stat /x: no such file or directory', JobReason.BAD_COMMAND),
        (500, 'exec: "/etc": permission denied', JobReason.PERMISSION),
        (500, 'chdir to cwd ("/x") set in config.json failed: no such file or directory', JobReason.BAD_DIRECTORY),
        (500, "cannot set memory limit", JobReason.START_FAILED),
        (900, "cannot connect", JobReason.UNAVAILABLE),
    ],
)
def test_why_a_container_did_not_start(status, said, reason):
    error = not_started(aiodocker.DockerError(status, said))
    assert error.reason is reason
    assert said in error.text.message


def test_why_none_was_made():
    assert refused(aiodocker.DockerError(400, "bad")).reason is JobReason.BAD_SPEC
    assert refused(aiodocker.DockerError(500, "full")).reason is JobReason.START_FAILED
    assert refused(TimeoutError()).reason is JobReason.UNAVAILABLE
    long = refused(aiodocker.DockerError(500, "x\n" * 5000)).text.message
    assert len(long) < 700
    assert "\n" not in long
