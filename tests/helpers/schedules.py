"""Schedules over a real database, with jobs that the test plays and a clock that it sets."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from master.api.jobs import Job, JobCreate, JobTemplate
from master.api.schedules import Schedule, ScheduleCreate, ScheduleRun
from master.errors import ServiceError
from master.services.schedule_jobs import Also, Notifies
from master.services.schedules import ScheduleService
from tests.helpers.data import World, world_of
from worker.protocol.states import JobReason, JobState

TRUE = JobTemplate(runner="command", spec={"command": "true"})
START = 1_795_000_000_000
"""A round moment in November 2026; also a full second, not a full minute."""


class PlayedJobs:
    """Jobs that run until the test ends them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.notifies: Notifies = lambda _job, _reason: True
        self._numbers = itertools.count(1)
        self.jobs: dict[str, Job] = {}
        self.cancelled: list[tuple[str, JobReason]] = []
        self.refusal: ServiceError | None = None
        self.fault: ServiceError | None = None
        self.crash_after_commit = False

    async def submit(
        self,
        body: JobCreate,
        *,
        schedule_id: str | None = None,
        resubmit_of: str | None = None,
        also: Also | None = None,
    ) -> Job:
        if self.refusal is not None:
            raise self.refusal
        job_id = f"{next(self._numbers):012x}"
        if also is not None:
            await self._world.database.write(lambda conn: also(conn, job_id))
        if self.crash_after_commit:
            raise asyncio.CancelledError
        job = job_row(id=job_id, name=body.name or "", schedule_id=schedule_id, resubmit_of=resubmit_of)
        self.jobs[job_id] = job
        self._world.publisher.publish("job.changed", job)
        return job

    async def check(self, template: JobTemplate) -> str:
        if self.fault is not None:
            raise self.fault
        return template.runner

    async def get(self, job_id: str) -> Job:
        return self.jobs[job_id]

    async def cancel(self, job_id: str, *, force: bool = False, reason: JobReason = JobReason.CANCELLED) -> Job:
        self.cancelled.append((job_id, reason))
        return self.jobs[job_id]

    def open_of(self, schedule_id: str) -> list[Job]:
        return [
            job
            for job in self.jobs.values()
            if job.schedule_id == schedule_id and job.state in {JobState.PENDING, JobState.RUNNING}
        ]

    def change(self, job_id: str, **fields: Any) -> Job:
        """Let a job go on, or end."""
        job = self.jobs[job_id] = msgspec.structs.replace(self.jobs[job_id], **fields)
        self._world.publisher.publish("job.changed", job)
        return job

    def end_all(self, schedule_id: str) -> int:
        """Let all that runs end well; return how many did."""
        opened = self.open_of(schedule_id)
        for job in opened:
            self.change(job.id, state=JobState.COMPLETED, reason=JobReason.OK)
        return len(opened)


def job_row(**fields: Any) -> Job:
    """Return a pending job."""
    empty = dict.fromkeys(field.name for field in msgspec.structs.fields(Job))
    plain = {
        "runner": "command",
        "spec": {},
        "state": JobState.PENDING,
        "cancelling": False,
        "cpus": 1,
        "exclusive": False,
        "priority": 0,
        "env": {},
        "submitted_at": START,
        "attempts": 0,
        "stdout_bytes": 0,
        "stderr_bytes": 0,
        "left_bytes": 0,
        "stragglers": 0,
        "version": 1,
    }
    return Job(**empty | plain | fields)


class ScheduleWorld:
    """The service, its jobs and its clock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = START
        self.jobs = PlayedJobs(world)
        self.service = self.made()

    def made(self) -> ScheduleService:
        """Return a service on the same database, as after a restart."""
        ready = asyncio.Event()
        ready.set()
        return ScheduleService(
            database=self.world.database,
            publisher=self.world.publisher,
            notifications=self.world.notifications,
            jobs=self.jobs,
            tasks=self.world.tasks,
            ready=ready,
            clock=lambda: self.now,
        )

    async def restart(self) -> None:
        """Begin anew: nothing in memory is left of the service before."""
        self.service.close()
        self.service = self.made()
        await self.service.load()

    async def add(self, cron: str = "* * * * * *", **more: Any) -> Schedule:
        """Add a schedule in UTC."""
        values = {"name": "Nightly", "cron": cron, "time_zone": "UTC", "job": TRUE} | more
        return await self.service.create(ScheduleCreate(**values))

    async def at(self, milliseconds: int) -> None:
        """Set the clock to so long after the start, and let what is due be dealt with."""
        self.now = START + milliseconds
        await self.settle()

    async def settle(self) -> None:
        """Deal with all that is due now."""
        for entry in list(self.service._book.entries.values()):
            await self.service._runner.deal(entry)

    async def runs(self, schedule_id: str) -> list[ScheduleRun]:
        """Return what became of its moments, oldest first."""
        rows: list[ScheduleRun] = []
        cursor = None
        while True:
            page = await self.service.runs(schedule_id, 500, cursor)
            rows += page.rows
            cursor = page.next_cursor
            if cursor is None:
                return rows[::-1]

    async def outcomes(self, schedule_id: str) -> list[tuple[int, str]]:
        """Return the moments in seconds after the start, and what became of each."""
        return [((run.planned_at - START) // 1000, run.outcome) for run in await self.runs(schedule_id)]

    async def told(self) -> list[str]:
        """Return the codes of the notifications, oldest first."""
        return [row.title.code for row in (await self.world.notifications.page()).rows][::-1]


@contextlib.asynccontextmanager
async def schedules_of(profile: Path) -> AsyncIterator[ScheduleWorld]:
    """Open the schedules on a profile for the length of a test."""
    async with world_of(profile) as world:
        yield ScheduleWorld(world)
