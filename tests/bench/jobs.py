"""Jobs of ``/bin/true``, exit and output durable: how many a second, and how long one takes alone; what a keeper costs.

Beside them in the same run RQ and huey with a redis that syncs every write (installed into a folder that is thrown
away; left out by name where they or ``redis-server`` cannot be had).
"""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, run
from typing import Any, Final

import psutil

from master.api.events import Event
from master.api.schema import JobCreate
from tests.bench.figures import arguments, free_port, report, summary
from tests.chaos.crews import Crew, crew
from worker.protocol.states import JobState
from worker.runtime.job_keepers import keeper_command

WORKERS: Final = 2
CONNECTIONS: Final = 16
ALONE: Final = 100
TRUE: Final = JobCreate(runner="command", spec={"command": "/bin/true"}, name="true")
FINAL: Final = (JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED)
INSTALL_SECONDS: Final = 300

Figures = dict[str, Any]


def main() -> None:
    given = arguments(__doc__ or "", runs=1000)
    figures: Figures = {}
    with (
        tempfile.TemporaryDirectory(prefix="watchkeeper-bench-", ignore_cleanup_errors=True) as folder,
        asyncio.Runner() as runner,
    ):
        figures |= _keepers(Path(folder))
        figures |= runner.run(_ours(Path(folder), given.runs))
        figures |= _others(Path(folder), given.runs)
    report(figures, given.json)


# ------------------------------------------------------------ ours


async def _ours(folder: Path, count: int) -> Figures:
    async with crew(folder / "profile", free_port(), folder / "serve.log") as running:
        await running.hire(WORKERS, 10)
        ends = Ends()
        await running.client.open(listener=ends.hear)
        for _ in range(20):
            await ends.of((await running.client.create_job(TRUE)).id)
        alone = []
        for _ in range(ALONE):
            began = time.perf_counter()
            await ends.of((await running.client.create_job(TRUE)).id)
            alone.append(1000 * (time.perf_counter() - began))
        rate = await _rate(running, ends, count)
    return {
        f"ours, jobs a second ({count} over {CONNECTIONS} connections, {WORKERS} workers)": round(rate, 1),
        "ours, one at a time, POST → told of its end (ms)": summary(alone),
    }


async def _rate(running: Crew, ends: "Ends", count: int) -> float:
    async def submit() -> None:
        for _ in range(count // CONNECTIONS):
            job = await running.client.create_job(TRUE)
            ids.append(job.id)

    ids: list[str] = []
    began = time.perf_counter()
    await asyncio.gather(*(submit() for _ in range(CONNECTIONS)))
    for job_id in ids:
        await ends.of(job_id)
    return len(ids) / (time.perf_counter() - began)


class Ends:
    """Which jobs have ended, by the events."""

    def __init__(self) -> None:
        self._ended: set[str] = set()
        self._news = asyncio.Event()

    def hear(self, event: Event) -> None:
        """Take an event."""
        if event.type == "job.changed" and event.data.state in FINAL:
            self._ended.add(event.data.id)
            self._news.set()

    async def of(self, job_id: str) -> None:
        """Wait for an end."""
        async with asyncio.timeout(60):
            while job_id not in self._ended:
                self._news.clear()
                await self._news.wait()


def _keepers(folder: Path) -> Figures:
    """Return what a keeper costs: one in a process of its own, and one that is forked."""
    bare = []
    for _ in range(20):
        began = time.perf_counter()
        run(["/bin/true"], check=True)
        bare.append(1000 * (time.perf_counter() - began))
    once = []
    for number in range(20):
        place = _job(folder, f"once-{number}", ["/bin/true"])
        began = time.perf_counter()
        process = Popen(keeper_command("once"), stdin=PIPE, stdout=PIPE)
        process.communicate(json.dumps({"folder": str(place), "stdin": None}).encode() + b"\n")
        once.append(1000 * (time.perf_counter() - began))
        assert (place / "exit.json").exists()
    forked, memory = _forked(folder)
    return {
        "baseline: /bin/true alone (ms)": summary(bare),
        "keeper in a process of its own, start → exit recorded (ms)": summary(once),
        "keeper that is forked, asked → its process runs (ms)": summary(forked),
        "keeper, RSS (MB)": round(max(memory) / 2**20, 1),
        "keeper, PSS (MB)": round(min(memory) / 2**20, 1),
    }


def _forked(folder: Path) -> tuple[list[float], tuple[float, float]]:
    process = Popen(keeper_command("serve"), stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    times, memory = [], (0.0, 0.0)
    for number in range(21):
        place = _job(folder, f"fork-{number}", ["/bin/true"] if number < 20 else ["/bin/sleep", "2"])
        began = time.perf_counter()
        process.stdin.write(json.dumps({"folder": str(place), "stdin": None}).encode() + b"\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        times.append(1000 * (time.perf_counter() - began))
        if number == 20:
            full = psutil.Process(answer["keeper"]).memory_full_info()
            memory = full.rss, full.pss
    process.stdin.close()
    process.wait()
    return times, memory


def _job(folder: Path, name: str, command: list[str]) -> Path:
    place = folder / name
    place.mkdir()
    job = {"arguments": command, "env": {}, "directory": "/", "limit": 1 << 20, "grace": 5.0, "nonce": name}
    (place / "job.json").write_text(json.dumps(job))
    return place


# ------------------------------------------------------------ the others

_TASKS = """
import subprocess
from huey import RedisHuey

huey = RedisHuey("bench", port=PORT, results=True)

def true():
    return subprocess.run(["/bin/true"], capture_output=True).returncode

@huey.task()
def huey_true():
    return true()
"""
_DRIVER = """
import json, sys, time
which, count, alone = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
import tasks
if which == "rq":
    from redis import Redis
    from rq import Queue
    queue = Queue(connection=Redis(port=PORT))
    submit = lambda: queue.enqueue(tasks.true)
    def wait(job):
        while not job.get_status(refresh=True).value == "finished":
            time.sleep(0.001)
else:
    submit = tasks.huey_true
    def wait(job):
        job.get(blocking=True, backoff=1, max_delay=0.001)
wait(submit())
times = []
for _ in range(alone):
    began = time.perf_counter()
    wait(submit())
    times.append(1000 * (time.perf_counter() - began))
began = time.perf_counter()
jobs = [submit() for _ in range(count)]
for job in jobs:
    wait(job)
print(json.dumps({"rate": count / (time.perf_counter() - began), "alone": times}))
"""


def _others(folder: Path, count: int) -> Figures:
    redis = shutil.which("redis-server")
    python = _install(folder / "others")
    if redis is None or python is None:
        return {"RQ, huey": "left out: redis-server or the packages cannot be had"}
    port = free_port()
    place = folder / "others"
    (place / "tasks.py").write_text(_TASKS.replace("PORT", str(port)))
    (place / "driver.py").write_text(_DRIVER.replace("PORT", str(port)))
    options = ["--port", str(port), "--appendonly", "yes", "--appendfsync", "always", "--dir", str(place), "--save", ""]
    server = Popen([redis, *options], stdout=DEVNULL)
    try:
        time.sleep(1.0)
        bins = python.parent
        rq = [str(bins / "rq"), "worker", "--url", f"redis://127.0.0.1:{port}", "--quiet"]
        huey = [str(python), "-m", "huey.bin.huey_consumer", "tasks.huey", "-w", "4", "-k", "process", "-d", "0.001"]
        return {
            **_other("RQ, four workers", "rq", [rq] * 4, python, place, count),
            **_other("huey, four processes", "huey", [huey], python, place, count),
        }
    finally:
        server.terminate()
        server.wait()


def _other(name: str, which: str, commands: list[list[str]], python: Path, place: Path, count: int) -> Figures:
    crew = [Popen(command, cwd=place, stdout=DEVNULL, stderr=DEVNULL) for command in commands]
    try:
        driver = [str(python), "driver.py", which, str(count), str(ALONE)]
        done = run(driver, cwd=place, stdout=PIPE, timeout=600, check=True)
    finally:
        for process in crew:
            process.terminate()
            process.wait()
    figures = json.loads(done.stdout)
    return {
        f"{name}, jobs a second": round(figures["rate"], 1),
        f"{name}, one at a time (ms)": summary(figures["alone"]),
    }


def _install(place: Path) -> Path | None:
    uv = [sys.executable, "-m", "uv"] if shutil.which("uv") is None else ["uv"]
    python = place / "bin" / "python"
    for command in (
        [*uv, "venv", "-q", "--python", sys.executable, str(place)],
        [*uv, "pip", "install", "-q", "--python", str(python), "rq", "huey", "redis"],
    ):
        if run(command, timeout=INSTALL_SECONDS, stdout=DEVNULL, check=False).returncode:
            return None
    return python


if __name__ == "__main__":
    main()
