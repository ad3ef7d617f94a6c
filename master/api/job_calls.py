"""Requests about jobs, schedules and their credentials. Each raises :class:`~master.api.transports.ApiError`."""

from typing import Literal

from master.api.rows import Page
from master.api.schema import (
    Credential,
    CredentialCreate,
    CredentialPatch,
    Job,
    JobCancel,
    JobCreate,
    JobOutput,
    JobPatch,
    JobResources,
    JobStats,
    Schedule,
    ScheduleCreate,
    SchedulePatch,
    SchedulePreview,
    ScheduleRun,
)
from master.api.transports import Transport
from worker.protocol.job_folders import Encoding
from worker.protocol.states import JobState


class JobCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    # ------------------------------------------------------------ jobs

    async def jobs(
        self,
        state: JobState | None = None,
        schedule_id: str | None = None,
        q: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page:
        """Return a page of jobs (:class:`Job`), newest first. ``q``: part of the name or the runner."""
        query = {"state": state, "schedule_id": schedule_id, "q": q, "limit": limit, "cursor": cursor}
        return await self._transport.page("/jobs", Job, query)

    async def job(self, job_id: str) -> Job:
        """Return one job."""
        return await self._transport.call("GET", f"/jobs/{job_id}", Job)

    async def create_job(self, body: JobCreate) -> Job:
        """Submit a job."""
        return await self._transport.call("POST", "/jobs", Job, body=body)

    async def patch_job(self, job_id: str, body: JobPatch) -> Job:
        """Change the time limit of a job that has not ended."""
        return await self._transport.call("PATCH", f"/jobs/{job_id}", Job, body=body)

    async def job_output(
        self,
        job_id: str,
        stream: Literal["stdout", "stderr"] = "stdout",
        offset: int = 0,
        attempt: int | None = None,
        encoding: Encoding = "utf-8",
    ) -> JobOutput:
        """Return a piece of what a job printed, from a byte on; of its last run, or of that ``attempt``.

        ``latin-1``: each character of the text stands for one byte.
        """
        query = {"stream": stream, "offset": offset, "attempt": attempt, "encoding": encoding}
        return await self._transport.call("GET", f"/jobs/{job_id}/output", JobOutput, query=query)

    async def cancel_job(self, job_id: str, *, force: bool = False) -> Job:
        """Cancel a job: one that waits at once, one that runs through its keeper. Twice is once."""
        return await self._transport.call("POST", f"/jobs/{job_id}/cancel", Job, body=JobCancel(force=force))

    async def resubmit_job(self, job_id: str) -> Job:
        """Submit the same once more; return the new job."""
        return await self._transport.call("POST", f"/jobs/{job_id}/resubmit", Job)

    async def delete_job(self, job_id: str) -> None:
        """Delete a job that has ended, with its output."""
        await self._transport.call("DELETE", f"/jobs/{job_id}", type(None))

    async def job_stats(self, since: int | None = None, time_zone: str | None = None) -> JobStats:
        """Return how jobs went since a time (default: 30 days ago), by days of a time zone."""
        return await self._transport.call("GET", "/jobs/stats", JobStats, query={"since": since, "tz": time_zone})

    async def job_resources(self) -> JobResources:
        """Return the slots of all workers and who holds them."""
        return await self._transport.call("GET", "/jobs/resources", JobResources)

    # ------------------------------------------------------------ schedules

    async def schedules(self) -> list[Schedule]:
        """Return all schedules."""
        return await self._transport.rows("/schedules", Schedule)

    async def schedule(self, schedule_id: str) -> Schedule:
        """Return one schedule."""
        return await self._transport.call("GET", f"/schedules/{schedule_id}", Schedule)

    async def create_schedule(self, body: ScheduleCreate) -> Schedule:
        """Add a schedule."""
        return await self._transport.call("POST", "/schedules", Schedule, body=body)

    async def patch_schedule(self, schedule_id: str, body: SchedulePatch) -> Schedule:
        """Change a schedule."""
        return await self._transport.call("PATCH", f"/schedules/{schedule_id}", Schedule, body=body)

    async def delete_schedule(self, schedule_id: str) -> None:
        """Delete a schedule; its jobs stay."""
        await self._transport.call("DELETE", f"/schedules/{schedule_id}", type(None))

    async def run_schedule(self, schedule_id: str) -> Job:
        """Run its job now, beside its plan."""
        return await self._transport.call("POST", f"/schedules/{schedule_id}/run", Job)

    async def enable_schedule(self, schedule_id: str) -> Schedule:
        """Let it run by its plan."""
        return await self._transport.call("POST", f"/schedules/{schedule_id}/enable", Schedule)

    async def disable_schedule(self, schedule_id: str) -> Schedule:
        """Let it rest."""
        return await self._transport.call("POST", f"/schedules/{schedule_id}/disable", Schedule)

    async def schedule_runs(self, schedule_id: str, limit: int = 50, cursor: str | None = None) -> Page:
        """Return a page of what became of its moments (:class:`ScheduleRun`), newest first."""
        query = {"limit": limit, "cursor": cursor}
        return await self._transport.page(f"/schedules/{schedule_id}/runs", ScheduleRun, query)

    async def preview_schedule(self, cron: str, time_zone: str | None = None, n: int = 5) -> SchedulePreview:
        """Return the words and the next moments of an expression that is not stored."""
        query = {"cron": cron, "tz": time_zone, "n": n}
        return await self._transport.call("GET", "/schedules/preview", SchedulePreview, query=query)

    # ------------------------------------------------------------ credentials

    async def credentials(self) -> list[Credential]:
        """Return all free-standing credentials, without their values."""
        return await self._transport.rows("/credentials", Credential)

    async def create_credential(self, body: CredentialCreate) -> Credential:
        """Store a credential."""
        return await self._transport.call("POST", "/credentials", Credential, body=body)

    async def patch_credential(self, credential_id: str, body: CredentialPatch) -> Credential:
        """Change the name of a credential, or its values."""
        return await self._transport.call("PATCH", f"/credentials/{credential_id}", Credential, body=body)

    async def delete_credential(self, credential_id: str) -> None:
        """Erase a credential; refused while a job that has not ended or a schedule names it."""
        await self._transport.call("DELETE", f"/credentials/{credential_id}", type(None))
