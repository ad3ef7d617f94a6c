"""All that runs from one installation is asked to end, whatever its profile; keepers of jobs go on."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from master.cli.installations import end_all, own_ids, processes_of, profile_of
from tests.helpers.deadlines import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="copies a program of POSIX systems to run it")

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a program at a place below ``tmp_path`` that runs until it is ended."""
    program = shutil.which("sleep")
    assert program is not None
    started: list[subprocess.Popen[bytes]] = []

    def begin(place: str, **environment: str) -> subprocess.Popen[bytes]:
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            shutil.copy(program, path)
        process = subprocess.Popen([path, "60"], env={**os.environ, **environment})
        started.append(process)
        wait_until(psutil.Process(process.pid).cmdline)  # for a moment a new program has no words yet
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


def master_file(profile: Path, pid: int, url: str) -> None:
    profile.mkdir(parents=True, exist_ok=True)
    known = {"url": url, "token": "t", "client_token": "c", "pid": pid, "started_at": 0, "version": "1"}
    (profile / "master.json").write_text(json.dumps(known))


def test_programs_of_the_folder_are_found_and_keepers_and_others_are_not(tmp_path: Path, start: Start) -> None:
    first, second = start("here/watchkeeper"), start("here/watchkeeper-cli")
    start("here/keeper-1.0/watchkeeper-keeper")
    start("here2/watchkeeper")
    assert {process.pid for process in processes_of(tmp_path / "here")} == {first.pid, second.pid}
    assert [process.pid for process in processes_of(tmp_path / "here", [first.pid])] == [second.pid]
    assert {os.getpid(), os.getppid()} <= own_ids()


def test_the_profile_is_what_the_process_was_given(tmp_path: Path, start: Start) -> None:
    usual = tmp_path / "usual"
    assert profile_of(psutil.Process(start("here/a").pid), usual) == usual
    given = start("here/a", WATCHKEEPER_PROFILE=str(tmp_path / "mine"))
    assert profile_of(psutil.Process(given.pid), usual) == tmp_path / "mine"
    asked = psutil.Popen(["bash", "-c", "read", "--profile", "mine"], stdin=subprocess.PIPE, cwd=tmp_path)
    try:
        wait_until(asked.cmdline)
        assert profile_of(asked, usual) == tmp_path / "mine"
    finally:
        asked.communicate()
    assert profile_of(asked, usual) is None


async def answering(stop: Callable[[], None]) -> tuple[asyncio.Server, str]:
    """Serve an API that is told to shut down, and calls ``stop``."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        assert request.startswith(b"POST /api/v1/shutdown ")
        stop()
        body = b'{"success": true, "data": null}'
        head = "HTTP/1.1 202 Accepted", "Content-Type: application/json", "Connection: close"
        writer.write("\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_masters_of_all_profiles_are_asked_and_the_rest_ends_with_them(tmp_path: Path, start: Start) -> None:
    other = start("here/watchkeeper", WATCHKEEPER_PROFILE=str(tmp_path / "other"))
    usual, window = start("here/watchkeeper"), start("here/watchkeeper-cli")
    keeper = start("here/keeper-1.0/watchkeeper-keeper")
    asked: list[int] = []

    def stopping(process: subprocess.Popen[bytes]) -> Callable[[], None]:
        def stop() -> None:
            asked.append(process.pid)
            process.send_signal(signal.SIGTERM)

        return stop

    servers = []
    for profile, process in (("usual", usual), ("other", other)):
        server, url = await answering(stopping(process))
        servers.append(server)
        master_file(tmp_path / profile, process.pid, url)
    try:
        assert await end_all(tmp_path / "here", tmp_path / "usual", 10) == []
    finally:
        for server in servers:
            server.close()
            await server.wait_closed()
    assert sorted(asked) == sorted([usual.pid, other.pid])
    window.wait(60)
    assert keeper.poll() is None


async def test_a_master_that_does_not_stop_is_told_of_and_not_ended_by_force(tmp_path: Path, start: Start) -> None:
    usual, window = start("here/watchkeeper"), start("here/watchkeeper-cli")
    server, url = await answering(lambda: None)
    master_file(tmp_path / "usual", usual.pid, url)
    try:
        still = await end_all(tmp_path / "here", tmp_path / "usual", 0.2)
    finally:
        server.close()
        await server.wait_closed()
    assert {process.pid for process in still} == {usual.pid, window.pid}
    assert usual.poll() is None
    assert window.poll() is None


async def test_a_file_of_a_master_that_is_gone_stops_nobody_elses_process(tmp_path: Path, start: Start) -> None:
    stranger = start("elsewhere/program")
    master_file(tmp_path / "usual", stranger.pid, "http://127.0.0.1:9")
    start("here/watchkeeper")
    assert await end_all(tmp_path / "here", tmp_path / "usual", 5) == []
    assert stranger.poll() is None
