"""Start → /health (headless), worker spawn → registered, start → window with data (offscreen)."""

import asyncio
import http.client
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from master.api.client import MasterClient
from master.api.events import Event
from tests.bench.figures import arguments, free_port, report, summary, throw_away_profile

ROOT = Path(__file__).resolve().parents[2]
SERVE = [sys.executable, "-m", "master", "serve"]
WINDOW = [sys.executable, "-m", "desktop", "demo", "--offscreen", "--seconds", "1"]
"""The programs that are measured."""


def main() -> None:
    given = arguments(__doc__ or "", runs=7)
    empty, existing, spawned, windows = [], [], [], []
    for _ in range(given.runs):
        with throw_away_profile() as profile:
            empty.append(_headless(profile, []))
            existing.append(_headless(profile, spawned))
        windows.append(_window())
    figures: dict[str, Any] = {
        "baseline: python -c 'import aiohttp, socketio, sqlalchemy' (ms)": summary([_imports() for _ in range(3)]),
        "headless start → /health, empty profile (ms)": summary(empty),
        "headless start → /health, existing profile (ms)": summary(existing),
        "worker spawn → registered (ms)": summary(spawned),
        "desktop start → window with data, offscreen (ms)": summary(windows),
    }
    report(figures, given.json)


def _imports() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import aiohttp, socketio, sqlalchemy"], check=True)
    return (time.perf_counter() - began) * 1000


def _headless(profile: Path, spawned: list[float]) -> float:
    port = free_port()
    began = time.perf_counter()
    command = [*SERVE, "--profile", str(profile), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        while not _healthy(port):
            time.sleep(0.002)
        took = (time.perf_counter() - began) * 1000
        assert process.stdout is not None
        process.stdout.readline()
        with asyncio.Runner() as runner:
            spawned.extend(runner.run(_spawn(profile)))
        return took
    finally:
        process.terminate()
        process.wait(10)


def _healthy(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        connection.request("GET", "/api/v1/health")
        return connection.getresponse().status == 200
    except OSError:
        return False


async def _spawn(profile: Path) -> list[float]:
    """Restart each worker alone and measure from its new process to its registration."""
    known = msgspec.json.decode((profile / "master.json").read_bytes())
    client = MasterClient(known["url"], known["token"])
    times: dict[str, dict[str, float]] = {}

    def listen(event: Event) -> None:
        if event.type == "worker.changed":
            times.setdefault(event.data.worker_id, {}).setdefault(event.data.status, time.perf_counter())

    await client.open(listener=listen)
    try:
        while sum(worker.online for worker in await client.workers()) < 2:
            await asyncio.sleep(0.02)
        spans = []
        for worker in await client.workers():
            await client.stop_worker(worker.worker_id, True, 10_000)
            times.pop(worker.worker_id, None)
            await client.start_worker(worker.worker_id)
            while "running" not in times.get(worker.worker_id, {}):
                await asyncio.sleep(0.005)
            seen = times[worker.worker_id]
            spans.append((seen["running"] - seen["starting"]) * 1000)
        return spans
    finally:
        await client.close()


def _window() -> float:
    """Return the milliseconds from the start of the process to the line that says that the window shows its data."""
    began = time.perf_counter()
    process = subprocess.Popen(
        WINDOW,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("ready"):
                return (time.perf_counter() - began) * 1000
        raise AssertionError("the desktop ended without a window")
    finally:
        process.stdout.read()
        process.wait(30)


if __name__ == "__main__":
    main()
