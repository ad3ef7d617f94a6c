"""Processes of this machine, with a small program in the worker's place."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from master.deploy import local, outputs
from master.deploy.base import Exit, Handle, Launch, StartFailedError
from master.deploy.local import LocalBackend, source_root, worker_env

PROGRAM = """
import json, os, sys, subprocess, signal
token = sys.stdin.readline().strip()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) if "--child" in sys.argv else None
if "--deaf" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(json.dumps({"token": token, "argv": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd(),
    "sid": os.getsid(0), "child": child and child.pid}), flush=True)
print("to stderr", file=sys.stderr, flush=True)
if "--exit" in sys.argv:
    sys.exit(7)
sys.stdin.read()
"""


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> LocalBackend:
    monkeypatch.setattr(local, "worker_command", lambda: [sys.executable, "-c", PROGRAM])
    return LocalBackend()


def launch(folder: Path, *args: str, **more: object) -> Launch:
    return Launch(
        worker_id="w-1",
        url="http://127.0.0.1:1",
        token="the-token",
        data_dir=folder,
        command_args=list(args),
        **more,  # type: ignore[arg-type]
    )


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


async def said(folder: Path) -> dict[str, object]:
    import msgspec

    out = folder / "stdout.log"
    await until(lambda: out.exists() and out.read_text().endswith("}\n"))
    return msgspec.json.decode(out.read_text().splitlines()[-1], type=dict[str, object])


async def finish(handle: Handle) -> Exit:
    handle.kill_tree()
    return await asyncio.wait_for(handle.wait(), 60)


async def test_the_token_travels_on_stdin_alone(backend: LocalBackend, tmp_path: Path) -> None:
    handle = await backend.start(launch(tmp_path / "w"))
    told = await said(tmp_path / "w")
    assert told.pop("token") == "the-token"
    assert "the-token" not in str(told)
    process = psutil.Process(handle.pid)
    assert "the-token" not in " ".join(process.cmdline()) + str(process.environ())
    assert process.create_time() == handle.create_time
    assert told["sid"] == handle.pid
    assert told["cwd"] == str(tmp_path / "w")
    await finish(handle)


async def test_closing_stdin_ends_it(backend: LocalBackend, tmp_path: Path) -> None:
    handle = await backend.start(launch(tmp_path))
    await said(tmp_path)
    handle.close_stdin()
    assert await asyncio.wait_for(handle.wait(), 60) == Exit(code=0)
    handle.terminate()
    handle.kill_tree()


async def test_exit_codes_and_signals_are_told_apart(backend: LocalBackend, tmp_path: Path) -> None:
    handle = await backend.start(launch(tmp_path, "--exit"))
    assert await asyncio.wait_for(handle.wait(), 60) == Exit(code=7)
    handle = await backend.start(launch(tmp_path))
    await said(tmp_path)
    handle.terminate()
    assert await asyncio.wait_for(handle.wait(), 60) == Exit(signal=15)


async def test_the_whole_tree_is_killed(backend: LocalBackend, tmp_path: Path) -> None:
    handle = await backend.start(launch(tmp_path, "--child", "--deaf"))
    child = (await said(tmp_path))["child"]
    assert isinstance(child, int)
    assert psutil.pid_exists(child)
    handle.terminate()
    assert await finish(handle) == Exit(signal=9)
    await until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)


async def test_output_is_appended_and_a_large_file_is_put_aside(backend: LocalBackend, tmp_path: Path) -> None:
    (tmp_path / "stdout.log").write_bytes(b"x" * (outputs.LOG_LIMIT_BYTES + 1))
    (tmp_path / "stderr.log").write_text("before\n")
    handle = await backend.start(launch(tmp_path, "--exit"))
    await asyncio.wait_for(handle.wait(), 60)
    assert (tmp_path / "stdout.1.log").stat().st_size == outputs.LOG_LIMIT_BYTES
    assert (tmp_path / "stdout.log").stat().st_size < 100_000
    assert (tmp_path / "stderr.log").read_text() == "before\nto stderr\n"


FLOOD = """
import sys
sys.stdin.readline()
line = b"x" * 99 + b"\\n"
for part in range(1000):
    sys.stdout.buffer.write(line * 1000)
sys.stdout.flush()
print("done", file=sys.stderr, flush=True)
sys.stdin.readline()
sys.stdout.buffer.write(b"the end\\n")
sys.stdout.flush()
"""


async def test_a_flood_of_output_neither_blocks_it_nor_fills_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "worker_command", lambda: [sys.executable, "-c", FLOOD])
    monkeypatch.setattr(local, "WATCH_SECONDS", 0.05)
    handle = await LocalBackend().start(launch(tmp_path))
    ended = asyncio.gather(handle.wait(), handle.tend())
    out, kept = tmp_path / "stdout.log", tmp_path / "stdout.1.log"
    try:
        # All 100 MB are printed and the files are small while it still runs.
        await until(lambda: (tmp_path / "stderr.log").read_text() == "done\n")
        await until(lambda: kept.exists() and out.stat().st_size <= outputs.LOG_LIMIT_BYTES)
        assert kept.stat().st_size <= outputs.LOG_LIMIT_BYTES
        assert b"\0" not in out.read_bytes()
        # A line may be cut where the file was, nothing else is made up.
        assert all(set(line) == {ord("x")} for line in set(kept.read_bytes().splitlines()))
    finally:
        handle.close_stdin()
        codes = await asyncio.wait_for(ended, 60)
    assert codes[0] == Exit(code=0)
    assert out.read_bytes().endswith(b"the end\n"), "what comes after a cut is whole"


async def test_the_environment_is_minimal_and_the_configuration_adds_to_it(
    backend: LocalBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_KEY", "canary")
    handle = await backend.start(launch(tmp_path, env={"EXTRA": "1"}))
    env = (await said(tmp_path))["env"]
    assert isinstance(env, dict)
    assert env["EXTRA"] == "1"
    assert "MY_API_KEY" not in env
    assert env["PATH"] == os.environ["PATH"]
    await finish(handle)


async def test_a_program_that_is_not_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "worker_command", lambda: [str(tmp_path / "nothing")])
    with pytest.raises(StartFailedError) as caught:
        await LocalBackend().start(launch(tmp_path))
    assert caught.value.reason.code == "exit_start_failed"


async def test_a_folder_that_cannot_be_made_is_a_sentence(backend: LocalBackend, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartFailedError):
        await backend.start(launch(tmp_path / "file" / "w"))


def test_a_worker_of_a_source_checkout_finds_its_packages() -> None:
    root = source_root()
    assert root is not None
    assert (root / "worker" / "__init__.py").exists()
    assert worker_env({}, {})["PYTHONPATH"] == str(root)
    assert worker_env({"LC_ALL": "C", "SECRET": "x"}, {"A": "b"})["LC_ALL"] == "C"


def test_a_launch_does_not_show_its_token() -> None:
    assert "the-token" not in repr(launch(Path()))


async def test_starts_and_exits_wait_for_no_busy_thread(backend: LocalBackend, tmp_path: Path) -> None:
    release = threading.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    busy = loop.run_in_executor(None, release.wait)
    try:
        handle = await asyncio.wait_for(backend.start(launch(tmp_path)), 60)
        tending = asyncio.gather(handle.tend())
        handle.close_stdin()
        assert await asyncio.wait_for(handle.wait(), 60) == Exit(code=0)
        assert not tending.done()
    finally:
        release.set()
    await asyncio.wait_for(tending, 60)
    await busy


async def test_a_process_that_cannot_be_looked_at_is_killed_all_the_same(
    backend: LocalBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blind(_pid: int) -> psutil.Process:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(psutil, "Process", blind)
        handle = await backend.start(launch(tmp_path, "--deaf"))
    assert await finish(handle) == Exit(signal=9)


async def test_a_start_that_is_cancelled_leaves_no_process(
    backend: LocalBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[asyncio.subprocess.Process] = []

    async def cancelled(process: asyncio.subprocess.Process, _token: str) -> None:
        made.append(process)
        raise asyncio.CancelledError

    monkeypatch.setattr(local, "_hand_over", cancelled)
    with pytest.raises(asyncio.CancelledError):
        await backend.start(launch(tmp_path))
    assert await asyncio.wait_for(made[0].wait(), 60) == -9
