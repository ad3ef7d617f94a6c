"""What the schedules ask of the jobs."""

from collections.abc import Callable
from typing import Protocol

from master.api.jobs import Job, JobCreate, JobTemplate
from master.store.engine import Connection
from worker.protocol.states import JobReason

Also = Callable[[Connection, str], None]
"""What is written in the transaction of a new job, whose id is given; what it raises undoes the job."""
Notifies = Callable[[Job, JobReason], bool]
"""Tells whether the person is told that a job ended so."""


class Jobs(Protocol):
    """The part of :class:`~master.services.jobs.JobService` that schedules use."""

    notifies: Notifies

    async def submit(
        self,
        body: JobCreate,
        *,
        schedule_id: str | None = None,
        resubmit_of: str | None = None,
        also: Also | None = None,
    ) -> Job: ...

    async def get(self, job_id: str) -> Job: ...

    async def check(self, template: JobTemplate) -> str: ...

    async def cancel(self, job_id: str, *, force: bool = False, reason: JobReason = JobReason.CANCELLED) -> Job: ...

    def open_of(self, schedule_id: str) -> list[Job]: ...
