"""Jobs under any order of faults, in virtual time, against workers that share a disk.

Never two runs of a job at once; an end is never taken back; slots are held by jobs that were given out and by nobody
else; and when everything is well again every job comes to its end.
"""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from master.api.jobs import Job, JobCreate, Retry
from master.supervision.job_transitions import FINAL
from tests.helpers.jobs import InlineExecutor, InstantDatabase, JobWorld
from tests.helpers.virtual_time import VirtualLoop
from worker.protocol.bases import Message
from worker.protocol.job_messages import CancelJob, RunJob
from worker.protocol.states import JobReason, JobState, ReservationState

T = TypeVar("T")
WORKERS = ("w1", "w2", "w3")
RETRY = Retry(attempts=2, delay_seconds=0, reasons=[JobReason.SCRIPT_ERROR, JobReason.LOST])


class JobMachine(RuleBasedStateMachine):
    """Faults and wishes in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.loop: VirtualLoop
        self.world: JobWorld
        self.folder: Any
        self.ids: list[str] = []
        self.ended: dict[str, Job] = {}
        self.fates: list[str] = []
        self.cancelled: dict[str, int] = {}
        """Runs that a job had when it was cancelled: none is added."""

    def run(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        async def whole() -> T:
            result = await make()
            await self.world.settle()
            return result

        return self.loop.run_until_complete(whole())

    def fate(self, message: Message) -> str:
        return self.fates.pop() if self.fates and isinstance(message, RunJob | CancelJob) else ""

    @initialize()
    def begin(self) -> None:
        self.loop = VirtualLoop()
        self.loop.set_default_executor(InlineExecutor(1))
        self.folder = tempfile.TemporaryDirectory()
        self.world = JobWorld(Path(self.folder.name), InstantDatabase())
        self.world.lose = self.fate

        async def start() -> None:
            await self.world.start()
            for name in WORKERS:
                self.world.hire(name)

        self.run(start)
        self.wait(0.1)

    # ------------------------------------------------------------ wishes

    @rule(cpus=st.integers(1, 2), exclusive=st.booleans(), tried=st.booleans(), name=st.sampled_from([None, "w1"]))
    def submit(self, cpus: int, exclusive: bool, tried: bool, name: str | None) -> None:
        more = {"cpus": cpus, "exclusive": exclusive, "retry": RETRY if tried else None, "worker_id": name}
        self.ids.append(self.run(lambda: self.world.submit(**more)).id)

    @rule(place=st.integers(0, 30), force=st.booleans(), twice=st.booleans())
    def cancel(self, place: int, force: bool, twice: bool) -> None:
        if self.ids:
            job_id = self.ids[place % len(self.ids)]
            for _ in range(1 + twice):
                job = self.run(lambda: self.world.service.cancel(job_id, force=force))
                self.cancelled.setdefault(job_id, job.attempts)

    # ------------------------------------------------------------ what happens

    @rule(place=st.integers(0, 30), reason=st.sampled_from([JobReason.OK, JobReason.SCRIPT_ERROR, JobReason.LOST]))
    def end_a_run(self, place: int, reason: JobReason) -> None:
        alive = sorted(key for key, run in self.world.disk.items() if run.alive)
        if alive:
            self.world.end(alive[place % len(alive)], reason, **({"code": 1} if reason is not JobReason.OK else {}))

    @rule(name=st.sampled_from(WORKERS), heard=st.booleans())
    def tell(self, name: str, heard: bool) -> None:
        self.run(lambda: self.world.crew[name].tell(heard=heard))

    @rule(name=st.sampled_from(WORKERS), place=st.integers(0, 60))
    def tell_again_what_was_told_before(self, name: str, place: int) -> None:
        reports = self.world.reports
        if reports and self.world.crew[name].connected:
            self.run(lambda: self.world.service.reported(name, reports[place % len(reports)][1]))

    @rule(places=st.lists(st.integers(0, 30), max_size=4), submits=st.integers(0, 2), seed=st.integers(0, 9))
    def all_at_once(self, places: list[int], submits: int, seed: int) -> None:
        """Runs end and are told, jobs are submitted and cancelled, all while the others are being written."""

        async def cancel(job_id: str) -> None:
            job = await self.world.service.cancel(job_id)
            self.cancelled.setdefault(job_id, job.attempts)

        async def submit() -> None:
            body = JobCreate(runner="command", spec={"command": "true"})
            self.ids.append((await self.world.service.submit(body)).id)

        async def act() -> None:
            for key in [key for key, run in self.world.disk.items() if run.alive]:
                self.world.end(key)
            work: list[Coroutine[Any, Any, None]] = [submit() for _ in range(submits)]
            work += [cancel(self.ids[place % len(self.ids)]) for place in places if self.ids]
            work += [worker.tell() for worker in self.world.crew.values()]
            Random(seed).shuffle(work)
            await asyncio.gather(*work)

        self.run(act)

    @rule(name=st.sampled_from(WORKERS))
    def kill_or_start(self, name: str) -> None:
        async def act() -> None:
            if self.world.crew[name].alive:
                self.world.kill(name)
            else:
                self.world.bring(name)

        self.run(act)

    @rule(name=st.sampled_from(WORKERS))
    def cut_or_mend_the_line(self, name: str) -> None:
        async def act() -> None:
            worker = self.world.crew[name]
            if worker.connected:
                self.world.cut(name)
            elif worker.alive:
                worker.register()

        self.run(act)

    @rule(name=st.sampled_from(WORKERS))
    def answer_nothing_or_again(self, name: str) -> None:
        self.world.crew[name].mute = not self.world.crew[name].mute

    @rule(fates=st.lists(st.sampled_from(["before", "after", ""]), max_size=3))
    def lose_messages(self, fates: list[str]) -> None:
        self.fates = fates

    @rule()
    def kill_the_master(self) -> None:
        async def act() -> None:
            await self.world.stop()
            await self.world.start()
            for worker in self.world.crew.values():
                if worker.alive:
                    worker.register()

        self.run(act)

    @rule(seconds=st.sampled_from([0.1, 1.5, 6.0, 40.0]))
    def wait(self, seconds: float) -> None:
        async def passed() -> None:
            left = seconds
            while left > 0:
                await asyncio.sleep(min(0.5, left))
                self.world.service.tick()
                left -= 0.5

        self.run(passed)

    # ------------------------------------------------------------ what holds

    @invariant()
    def ends_are_final(self) -> None:
        for job in self.jobs():
            if job.id in self.ended:
                assert job == self.ended[job.id]
            elif job.state in FINAL:
                self.ended[job.id] = job

    @invariant()
    def what_was_cancelled_is_not_run_again(self) -> None:
        for job in self.jobs():
            assert job.attempts <= self.cancelled.get(job.id, job.attempts)

    @invariant()
    def slots_are_held_by_who_was_given_out(self) -> None:
        if not hasattr(self, "world"):
            return
        held = {slots.job_id: slots for slots in self.world.held()}
        entries = self.world.service._book.entries
        assert held == {job_id: entry.held for job_id, entry in entries.items() if entry.given}
        for job_id, entry in entries.items():
            running = entry.record.state is JobState.RUNNING
            assert running == (job_id in held and held[job_id].state is ReservationState.ALLOCATED)
            # Whoever holds nothing waits for slots, or for its time.
            assert entry.held or job_id in self.world.service._dispatcher._queue or entry.timer

    @invariant()
    def rows_and_memory_agree(self) -> None:
        open_ids = {job.id for job in self.jobs() if job.state not in FINAL}
        if hasattr(self, "world"):
            assert open_ids == set(self.world.service._book.entries)

    def jobs(self) -> list[Job]:
        return self.run(lambda: self.world.service.page(500)).rows if hasattr(self, "world") else []

    def heal(self) -> None:
        """Everybody is there and answers: what runs ends, what waits runs, and nothing is left."""
        self.fates = []

        async def act() -> None:
            for name, worker in self.world.crew.items():
                worker.mute = False
                if not worker.alive:
                    self.world.bring(name)
                elif not worker.connected:
                    worker.register()

        self.run(act)
        for _ in range(60):
            self.wait(2.0)
            self.run(self.world.tell)
            for key, one in self.world.disk.items():
                if one.alive:
                    self.world.end(key)
            if not self.world.service._book.entries:
                break
        left = [job for job in self.jobs() if job.state not in FINAL]
        assert left == []
        assert self.world.held() == []
        assert not any(run.alive for run in self.world.disk.values())
        for job in self.jobs():
            if job.state is JobState.COMPLETED:
                assert any(
                    run.ended is not None and run.ended.reason is JobReason.OK
                    for (job_id, _), run in self.world.disk.items()
                    if job_id == job.id
                )

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.heal()
        finally:
            self.loop.run_until_complete(self.world.stop())
            self.world.database.close()
            self.folder.cleanup()
            self.loop.close()


JobMachine.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class TestJobs(JobMachine.TestCase):  # type: ignore[name-defined,misc] # made by the library
    """Any order of faults."""
