"""Jobs while workers and master are killed: ``python -m tests.chaos.jobs --faults 500 --seed N``.

Each job notes that it runs, prints a numbered line every millisecond and exits 37; some have grandchildren and are
cancelled. A reader follows every output over REST through all of it.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from master.api.events import Event
from master.api.schema import Job, JobCreate
from tests.bench.figures import free_port, summary
from tests.chaos.crews import CONNECTION_TROUBLE, Crew, crew, until
from worker.protocol.job_folders import JOB_VARIABLE
from worker.protocol.states import JobReason, JobState

WORKERS = 2
AT_ONCE = 3
"""Jobs that run when a fault strikes."""
END_SECONDS = 120.0
FAULTS = ("worker", "workers", "workers twice", "master", "both")
"""Killed: one worker, all of them, all of them and soon again, the master (and with it its workers), all at once."""
PRINTING = """
import os, sys, time
with open(sys.argv[1], "a") as file:
    file.write("x")
for number in range(int(sys.argv[2])):
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
    time.sleep(0.001)
sys.exit(37)
"""
FAMILY = "trap '' TERM; sleep 300 & setsid sh -c 'trap \"\" TERM; sleep 300 & sleep 300' & sleep 300"


@dataclass
class Watched:
    """One job, and what is known of it from outside."""

    job_id: str
    lines: int
    """0: it has grandchildren, prints nothing and is cancelled."""
    marks: Path
    text: str = ""
    offset: int = 0
    complete: bool = False
    last: Job | None = None
    failures: list[str] = field(default_factory=list)


class Runs:
    """Submits jobs, breaks things, follows and judges."""

    def __init__(self, running: Crew, names: list[str], folder: Path, seed: int, delay_ms: int) -> None:
        self._crew = running
        self._names = names
        self._folder = folder
        self._rng = random.Random(seed)
        self._delayed = delay_ms > 0
        self._printed: dict[str, float] = {}
        self.judged: list[Watched] = []
        self.taken_up: dict[str, list[float]] = {kind: [] for kind in dict.fromkeys(FAULTS)}

    async def listen(self) -> None:
        """Hear what running jobs print, from the master that runs now."""
        await self._crew.client.open(listener=self._hear)

    def _hear(self, event: Event) -> None:
        if event.type == "job.printed":
            self._printed[event.data.job_id] = time.monotonic()

    async def fault(self, number: int) -> str:
        """Have jobs run, break something at some moment, and see all of them to their ends."""
        kind = self._rng.choice(FAULTS)
        if self._delayed:
            # A start by hand forgets earlier crashes: each is a first one, with the first delay.
            for name in self._names:
                await self._crew.client.restart_worker(name)
            await self._crew.online(WORKERS)
        jobs = [await self._submit(number, place) for place in range(AT_ONCE)]
        following = [asyncio.ensure_future(self._follow(one)) for one in jobs if one.lines]
        await asyncio.sleep(self._rng.uniform(0.0, 0.8))
        await self._break(kind, jobs)
        for one in jobs:
            if not one.lines:
                await self._cancel(one)
        await asyncio.gather(*following)
        for one in jobs:
            await self._judge(one)
            self.judged.append(one)
        return kind

    async def _submit(self, number: int, place: int) -> Watched:
        marks = self._folder / f"marks-{number}-{place}"
        family = place == 0 and self._rng.random() < 0.4
        # With a delay they are long enough to be taken up again while they print.
        lines = 0 if family else self._rng.randint(*((3000, 4000) if self._delayed else (200, 1500)))
        arguments = ["-c", FAMILY] if family else ["-c", PRINTING, str(marks), str(lines)]
        spec = {"command": "/bin/sh" if family else sys.executable, "args": arguments}
        job = await self._crew.client.create_job(JobCreate(runner="command", spec=spec, name=f"chaos {number}.{place}"))
        return Watched(job.id, lines, marks)

    async def _break(self, kind: str, jobs: list[Watched]) -> None:
        began = time.monotonic()
        for turn in range(2 if kind == "workers twice" else 1):
            if kind != "master":
                for name in [self._rng.choice(self._names)] if kind == "worker" else self._names:
                    await self._kill(name)
            if turn == 0 and kind == "workers twice":
                await asyncio.sleep(self._rng.uniform(0.0, 0.5))
        if kind in ("master", "both"):
            await self._crew.kill()
            await self._crew.start()
            began = time.monotonic()
            await self.listen()
        await self._resumed(kind, jobs, began)

    async def _kill(self, name: str) -> None:
        with contextlib.suppress(*CONNECTION_TROUBLE, ProcessLookupError):
            pid = (await self._crew.client.worker_status(name)).pid
            if pid is not None:
                os.kill(pid, signal.SIGKILL)

    async def _resumed(self, kind: str, jobs: list[Watched], began: float) -> None:
        """Note when the output of a job that still prints was heard of again."""
        printing = [one for one in jobs if one.lines]
        deadline = began + 3.0
        while time.monotonic() < deadline and any(not one.complete for one in printing):
            heard = [self._printed.get(one.job_id, 0.0) for one in printing]
            if all(at > began or one.complete for at, one in zip(heard, printing, strict=True)):
                times = [at - began for at in heard if at > began]
                self.taken_up[kind] += [1000 * at for at in times]
                return
            await asyncio.sleep(0.01)

    async def _cancel(self, one: Watched) -> None:
        async def asked() -> bool:
            await self._crew.client.cancel_job(one.job_id, force=True)
            return True

        await until(asked, END_SECONDS, "a cancel")

    async def _follow(self, one: Watched) -> None:
        deadline = time.monotonic() + END_SECONDS
        while not one.complete and time.monotonic() < deadline:
            try:
                piece = await self._crew.client.job_output(one.job_id, "stdout", one.offset)
            except CONNECTION_TROUBLE:
                await asyncio.sleep(0.05)
                continue
            one.text += piece.text
            one.offset, one.complete = piece.next_offset, piece.complete
            if piece.skipped:
                one.failures.append(f"{piece.skipped} bytes were left out")
            await asyncio.sleep(0.05)

    async def _judge(self, one: Watched) -> None:
        async def ended() -> Job | None:
            job = await self._crew.client.job(one.job_id)
            return job if job.ended_at is not None else None

        try:
            one.last = job = await until(ended, END_SECONDS, f"the end of {one.job_id}")
        except AssertionError as error:
            one.failures.append(str(error))
            return
        if one.lines:
            expected = "".join(f"{number}\n" for number in range(one.lines))
            self._demand(one, job.state is JobState.FAILED, f"state {job.state}")
            self._demand(one, job.reason is JobReason.SCRIPT_ERROR, f"reason {job.reason} ({job.error})")
            self._demand(one, job.exit_code == "37:0", f"exit code {job.exit_code}")
            self._demand(one, one.text == expected, f"output of {len(one.text)} instead of {len(expected)}")
            runs = len(one.marks.read_text()) if one.marks.exists() else 0
            self._demand(one, runs == 1, f"run {runs} times")
        else:
            self._demand(one, job.state is JobState.CANCELLED, f"state {job.state} ({job.reason}) after a cancel")
        left = processes_of_job(one.job_id)
        self._demand(one, not left, f"left running: {left}")

    @staticmethod
    def _demand(one: Watched, fact: bool, otherwise: str) -> None:
        if not fact:
            one.failures.append(otherwise)


def processes_of_job(job_id: str) -> list[str]:
    """Return what runs of a job."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(JOB_VARIABLE, "").startswith(f"{job_id}/"):
                found.append(f"{process.pid} {process.cmdline()}")
        except (psutil.Error, OSError):
            continue
    return found


async def run(faults: int, seed: int, folder: Path, say: Callable[[str], None], delay_ms: int = 0) -> dict[str, Any]:
    """Return what happened; ``failures`` is empty when all was as it should be."""
    began = time.monotonic()
    counts: dict[str, int] = {}
    async with crew(folder / "profile", free_port(), folder / "serve.log") as running:
        names = await running.hire(WORKERS, 10, restart_delay_ms=delay_ms)
        runs = Runs(running, names, folder, seed, delay_ms)
        await runs.listen()
        for number in range(faults):
            before = len(runs.judged)
            kind = await runs.fault(number)
            counts[kind] = counts.get(kind, 0) + 1
            wrong = [text for one in runs.judged[before:] for text in one.failures]
            say(f"{number + 1:3} {kind:12} {wrong or 'ok'}")
        failures = [f"{one.job_id}: {text}" for one in runs.judged for text in one.failures]
        failures += await _slots(running)
        code, seconds = await running.stop()
    return {
        "seed": seed,
        "faults": counts,
        "jobs": len(runs.judged),
        "cancelled": sum(not one.lines for one in runs.judged),
        "lines": sum(one.lines for one in runs.judged),
        "ms until live output goes on": {kind: summary(times) for kind, times in runs.taken_up.items() if times},
        "stop": {"code": code, "seconds": round(seconds, 2)},
        "seconds": round(time.monotonic() - began, 1),
        "failures": failures,
    }


async def _slots(running: Crew) -> list[str]:
    """Return which slots nobody gave back."""

    async def all_free() -> bool:
        resources = await running.client.job_resources()
        return not resources.reservations and not any(row.used_cpus for row in resources.workers)

    try:
        await until(all_free, END_SECONDS, "all slots free")
    except AssertionError:
        return [f"slots are held still: {(await running.client.job_resources()).reservations}"]
    return []


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.jobs", description=__doc__)
    parser.add_argument("--faults", type=int, default=500)
    parser.add_argument("--seed", type=int, default=None, help="rerun this plan (default: any)")
    parser.add_argument("--delay", type=int, default=0, help="ms before a worker that crashed is started again")
    parser.add_argument("--keep", type=Path, default=None, help="folder for the logs (default: thrown away)")
    given = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="watchkeeper-jobs-", ignore_cleanup_errors=True) as folder:
        place = given.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        with asyncio.Runner() as runner:
            result = runner.run(run(given.faults, seed, place, lambda line: print(line, flush=True), given.delay))
    print(json.dumps(result, indent=1))
    return 1 if result["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
