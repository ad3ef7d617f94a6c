"""``kill -9`` of a managed process → its replacement exists (ms): ours, then supervisor, circus and pm2.

The others are installed into a folder that is thrown away (uv, npm); one that cannot be installed is left out by name.
What only ours does besides: the new process is known to be at work (registered), and its accounts never waited for it.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import DEVNULL, Popen, run
from typing import Any

import psutil

from tests.bench.figures import arguments, report, summary
from tests.chaos.crews import crew
from tests.helpers.ports import free_port, free_ports

MARK = "respawn-bench-child"
SECONDS = 30.0
STEADY_SECONDS = 1.5
"""A child runs that long before it is killed: supervisor takes a shorter life for a failed start, pm2 nearly so."""
POLL = 0.005
INSTALL_SECONDS = 300

Figures = dict[str, Any]


def main() -> None:
    given = arguments(__doc__ or "", runs=5)
    figures: Figures = {}
    with (
        tempfile.TemporaryDirectory(prefix="watchkeeper-bench-", ignore_cleanup_errors=True) as folder,
        asyncio.Runner() as runner,
    ):
        figures |= runner.run(_ours(Path(folder), given.runs))
        for name, prepare in {"supervisor": _supervisor, "circus": _circus, "pm2": _pm2}.items():
            place = Path(folder) / name
            place.mkdir()
            figures |= runner.run(_other(name, prepare, place, given.runs))
    report(figures, given.json)


async def _ours(folder: Path, runs: int) -> Figures:
    figures: Figures = {}
    async with crew(folder / "profile", free_port(), folder / "serve.log") as running:
        for label, delay in (("no delay", 0), ("default delay 1 s", 1000)):
            (name,) = await running.hire(1, 10, restart_delay_ms=delay)
            started: list[float] = []
            at_work: list[float] = []
            for _ in range(runs):
                # A start by hand forgets earlier crashes: each is a first one.
                await running.client.restart_worker(name)
                await running.online(1)
                await asyncio.sleep(STEADY_SECONDS)
                began = time.perf_counter()
                before = _kill(running.pid, "--lifeline")
                await _replaced(running.pid, "--lifeline", before)
                started.append((time.perf_counter() - began) * 1000)
                while (row := await running.client.worker_status(name)).pid in (None, before) or not row.online:
                    await asyncio.sleep(POLL)
                at_work.append((time.perf_counter() - began) * 1000)
            figures[f"ours, {label}: new process (ms)"] = summary(started)
            figures[f"ours, {label}: registered (ms)"] = summary(at_work)
    return figures


async def _other(name: str, prepare: Callable[[Path], tuple[list[str], str]], folder: Path, runs: int) -> Figures:
    label = f"{name}: new process (ms)"
    try:
        command, version = await asyncio.to_thread(prepare, folder)
    except LookupError as error:
        return {label: f"left out: {error}"}
    environment = {**os.environ, "PM2_HOME": str(folder / "pm2")}
    process = Popen(command, cwd=folder, env=environment, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    try:
        await _replaced(process.pid, MARK, 0)
        times = []
        for _ in range(runs):
            await asyncio.sleep(STEADY_SECONDS)
            began = time.perf_counter()
            before = _kill(process.pid, MARK)
            await _replaced(process.pid, MARK, before)
            times.append((time.perf_counter() - began) * 1000)
        return {f"{name} {version}, its defaults: new process (ms)": summary(times)}
    finally:
        for child in [*psutil.Process(process.pid).children(recursive=True), process]:
            child.kill()
        process.wait()


def _kill(parent: int, mark: str) -> int:
    (child,) = _children(parent, mark)
    child.kill()
    return child.pid


async def _replaced(parent: int, mark: str, before: int) -> None:
    deadline = time.monotonic() + SECONDS
    while not any(child.pid != before for child in _children(parent, mark)):
        if time.monotonic() > deadline:
            raise AssertionError(f"no new process within {SECONDS} s")
        await asyncio.sleep(POLL)


def _children(parent: int, mark: str) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(parent).children(recursive=True):
        try:
            if child.status() != psutil.STATUS_ZOMBIE and mark in child.cmdline():
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


def _child(folder: Path) -> str:
    script = folder / "child.py"
    script.write_text("import time\nwhile True:\n    time.sleep(60)\n")
    return f"{sys.executable} {script} {MARK}"


def _supervisor(folder: Path) -> tuple[list[str], str]:
    version = _install(folder, "supervisor", "setuptools<81")
    config = folder / "supervisord.conf"
    config.write_text(
        f"[supervisord]\nnodaemon=true\nlogfile={folder}/log\npidfile={folder}/pid\n"
        f"[program:child]\ncommand={_child(folder)}\nautorestart=true\n"
    )
    return [str(folder / "venv/bin/supervisord"), "-n", "-c", str(config)], version


def _circus(folder: Path) -> tuple[list[str], str]:
    version = _install(folder, "circus")
    ports = free_ports(2)
    config = folder / "circus.ini"
    config.write_text(
        f"[circus]\nendpoint = tcp://127.0.0.1:{ports[0]}\npubsub_endpoint = tcp://127.0.0.1:{ports[1]}\n"
        f"[watcher:child]\ncmd = {_child(folder)}\nnumprocesses = 1\n"
    )
    return [str(folder / "venv/bin/circusd"), str(config)], version


def _pm2(folder: Path) -> tuple[list[str], str]:
    npm = shutil.which("npm")
    if npm is None:
        raise LookupError("there is no npm")
    _run([npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), "pm2"])
    command = str(folder / "node_modules/.bin/pm2")
    # Its own command to tell the version leaves a daemon behind.
    version = str(json.loads((folder / "node_modules/pm2/package.json").read_text())["version"])
    script = _child(folder).split()[1]
    start = ["start", script, "--interpreter", sys.executable, "--no-daemon", "--name", "child"]
    return [command, *start, "--", MARK], version


def _install(folder: Path, package: str, *more: str) -> str:
    uv = shutil.which("uv")
    if uv is None:
        raise LookupError("there is no uv")
    python = folder / "venv/bin/python"
    _run([uv, "venv", "--quiet", "--python", sys.executable, str(folder / "venv")])
    _run([uv, "pip", "install", "--quiet", "--python", str(python), package, *more])
    return _run([str(python), "-c", f"import importlib.metadata as m; print(m.version({package!r}))"]).strip()


def _run(command: list[str]) -> str:
    done = run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=INSTALL_SECONDS,
    )
    if done.returncode:
        raise LookupError(f"{' '.join(command[:3])}: {(done.stderr.strip() or 'failed').splitlines()[-1]}")
    return done.stdout


if __name__ == "__main__":
    main()
