"""Jobs."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from master.api.jobs import Job, JobCancel, JobCreate, JobOutput, JobPatch, JobResources, JobStats
from master.api.rows import Body, Page, Rows, Time
from master.rest.calls import Call, Route
from master.rest.hiding import shown_env
from master.rest.queries import PageQuery, Words, given
from worker.protocol.job_folders import Encoding, Stream
from worker.protocol.states import JobState


class JobsQuery(PageQuery, frozen=True, kw_only=True):
    """Which jobs. ``q``: part of the name or the runner."""

    state: JobState | UnsetType = UNSET
    schedule_id: Words | UnsetType = UNSET
    q: Words | UnsetType = UNSET


class OutputQuery(Body, frozen=True, kw_only=True):
    """Which piece of what a job printed; ``attempt``: of which run, the last one when it is absent.

    With the encoding ``latin-1`` each character of the text is one byte, whatever was printed.
    """

    stream: Stream = "stdout"
    offset: Annotated[int, Meta(ge=0, le=2**53)] = 0
    attempt: Annotated[int, Meta(ge=1, le=1_000_000)] | UnsetType = UNSET
    encoding: Encoding = "utf-8"


class StatsQuery(Body, frozen=True, kw_only=True):
    """Since when, and by the days of which time zone."""

    since: Time | UnsetType = UNSET
    tz: Words | UnsetType = UNSET


async def list_jobs(call: Call) -> Page:
    """Return a page of jobs, newest first."""
    query: JobsQuery = call.query
    page = await call.services.jobs.page(
        limit=query.limit,
        cursor=given(query.cursor),
        state=given(query.state),
        schedule_id=given(query.schedule_id),
        q=given(query.q),
    )
    return msgspec.structs.replace(page, rows=[_shown(call, row) for row in page.rows])


async def create(call: Call) -> Job:
    """Submit a job."""
    return await call.services.jobs.submit(call.body)


async def get(call: Call) -> Job:
    """Return one job."""
    return _shown(call, await call.services.jobs.get(call.param("job_id")))


async def patch(call: Call) -> Job:
    """Set another time limit."""
    return await call.services.jobs.patch(call.param("job_id"), call.body)


async def delete(call: Call) -> None:
    """Delete a job that has ended."""
    await call.services.jobs.delete(call.param("job_id"))


async def output(call: Call) -> JobOutput:
    """Return a piece of what it printed."""
    query: OutputQuery = call.query
    return await call.services.jobs.output(
        call.param("job_id"), query.stream, query.offset, given(query.attempt), query.encoding
    )


async def cancel(call: Call) -> Job:
    """Cancel a job."""
    body: JobCancel = call.body
    return await call.services.jobs.cancel(call.param("job_id"), force=body.force)


async def resubmit(call: Call) -> Job:
    """Submit the same once more."""
    return await call.services.jobs.resubmit(call.param("job_id"))


async def stats(call: Call) -> JobStats:
    """Return how jobs went."""
    query: StatsQuery = call.query
    return await call.services.jobs.stats(given(query.since), given(query.tz))


async def resources(call: Call) -> JobResources:
    """Return who holds which slots."""
    return call.services.jobs.resources()


def _shown(call: Call, row: Job) -> Job:
    return msgspec.structs.replace(row, env=shown_env(call, row.env))


ROUTES = (
    Route("GET", "/jobs", list_jobs, "Jobs, newest first", Rows[Job], query=JobsQuery, scope="client"),
    Route("POST", "/jobs", create, "Submit a job", Job, JobCreate, status=201),
    Route("GET", "/jobs/stats", stats, "How jobs went", JobStats, query=StatsQuery, scope="client"),
    Route("GET", "/jobs/resources", resources, "Slots, and who holds them", JobResources, scope="client"),
    Route("GET", "/jobs/{job_id}", get, "One job", Job, scope="client"),
    Route("PATCH", "/jobs/{job_id}", patch, "Set another time limit", Job, JobPatch),
    Route("DELETE", "/jobs/{job_id}", delete, "Delete a job that has ended, with its output"),
    Route(
        "GET",
        "/jobs/{job_id}/output",
        output,
        "What it printed, from a byte on",
        JobOutput,
        query=OutputQuery,
        scope="client",
    ),
    Route(
        "POST", "/jobs/{job_id}/cancel", cancel, "Cancel it, or kill it by force", Job, JobCancel, body_optional=True
    ),
    Route("POST", "/jobs/{job_id}/resubmit", resubmit, "Submit the same once more", Job, status=201),
)
