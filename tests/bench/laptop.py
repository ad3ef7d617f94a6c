"""Life on a laptop: how fast everything ends at the end of a session, and what a wake costs.

Real processes on loopback feeds. A sleep is master and workers stopped together (SIGSTOP) for 7 s.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

from master.api.jobs import JobCreate
from tests.bench.figures import report
from tests.chaos.crews import Crew, crew, processes_of, until
from tests.chaos.worlds import world
from tests.helpers.ports import free_port

WORKERS, ACCOUNTS, INTERVAL = 10, 200, 30
NAP_SECONDS = 7.0
WAKE_WORKERS, WAKE_INTERVAL = 2, 5
JOBS = 4
LONG = JobCreate(name="long", runner="command", spec={"command": "sleep", "args": ["600"]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["serve", "desktop", "wake"], action="append")
    parser.add_argument("--accounts", type=int, nargs="*", default=[50, 200])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures: dict[str, Any] = {}
    for name in given.only or ["serve", "desktop", "wake"]:
        for count in given.accounts if name == "wake" else [ACCOUNTS]:
            with (
                tempfile.TemporaryDirectory(prefix="watchkeeper-bench-", ignore_cleanup_errors=True) as folder,
                asyncio.Runner() as runner,
            ):
                part = _wake(Path(folder), count) if name == "wake" else _shutdown(Path(folder), name)
                figures |= runner.run(part)
    report(figures, given.json)


class Windowed(Crew):
    """The window with its master in it, drawn nowhere."""

    program = ("desktop",)


async def _shutdown(folder: Path, kind: str) -> dict[str, Any]:
    profile = folder / "profile"
    around = world(folder / "traffic.jsonl", accounts=ACCOUNTS, workers=WORKERS, master_port=free_port(), seed=1,
                   slow_share=0.0)  # fmt: skip
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    process = Windowed if kind == "desktop" else Crew
    async with around as made, crew(profile, free_port(), folder / "log", kind=process) as running:
        await running.hire(WORKERS, ACCOUNTS, [])
        await running.watch(made.feeds, ACCOUNTS, INTERVAL)
        await running.all_ok(ACCOUNTS)
        jobs = [await running.client.create_job(LONG) for _number in range(JOBS)]

        async def all_run() -> bool:
            return all([(await running.client.job(job.id)).pid is not None for job in jobs])

        await until(all_run, 60.0, "all jobs")
        works = [psutil.Process((await running.client.job(job.id)).pid) for job in jobs]
        code, seconds = await running.stop()
        left = len([one for one in processes_of(profile) if "shim" not in " ".join(one.cmdline())])
        going = sum(work.is_running() for work in works)
        for work in works:
            with contextlib.suppress(psutil.NoSuchProcess):
                work.kill()
    name = f"SIGTERM to the end of {kind}, {WORKERS} workers, {ACCOUNTS} accounts, {JOBS} running jobs"
    return {name: {"s": round(seconds, 2), "code": code, "left": left, "jobs that go on": going}}


async def _wake(folder: Path, count: int) -> dict[str, Any]:
    profile = folder / "profile"
    around = world(folder / "traffic.jsonl", accounts=count, workers=WAKE_WORKERS, master_port=free_port(), seed=1,
                   slow_share=0.0)  # fmt: skip
    async with around as made, crew(profile, free_port(), folder / "log") as running:
        await running.hire(WAKE_WORKERS, count, [])
        await running.watch(made.feeds, count, WAKE_INTERVAL)
        before = {row.id: row for row in await running.all_ok(count, 120.0)}
        pids = [process.pid for process in processes_of(profile)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(NAP_SECONDS)
        woke = time.time() * 1000
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        first: dict[str, float] = {}

        async def all_checked() -> bool:
            for row in await running.client.all_accounts():
                if (row.last_ok_at or 0) > woke:
                    first.setdefault(row.id, ((row.last_ok_at or 0) - woke) / 1000)
            return len(first) >= count

        await until(all_checked, 120.0, "a check of each after the wake")
        after = await running.client.all_accounts()
        rows = (await running.client.notifications()).rows
    moved = sum(row.epoch != before[row.id].epoch for row in after)
    rate = max(Counter(int(seconds) for seconds in first.values()).values())
    return {
        f"wake with {count} accounts": {
            "first check s": round(min(first.values()), 2),
            "last first check s": round(max(first.values()), 2),
            "most in one second": rate,
            "moved": moved,
            "told": len([row for row in rows if row.kind != "item"]),
        }
    }


if __name__ == "__main__":
    main()
