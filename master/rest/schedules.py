"""Schedules."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Page, Rows
from master.api.schedules import Cron, TimeZone
from master.api.schema import (
    Job,
    Schedule,
    ScheduleCreate,
    SchedulePatch,
    SchedulePreview,
    ScheduleRun,
)
from master.rest.calls import Call, Route
from master.rest.hiding import shown_env
from master.rest.queries import ListQuery, PageQuery, given, list_page
from master.services.zones import LOCAL


class PreviewQuery(Body, frozen=True, kw_only=True):
    """Which expression, in which time zone, and how many moments of it."""

    cron: Cron
    tz: TimeZone | UnsetType = UNSET
    n: Annotated[int, Meta(ge=1, le=100)] = 5


class RunsQuery(PageQuery, frozen=True, kw_only=True):
    """Which page of the moments."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 50


async def list_schedules(call: Call) -> Page:
    """Return all schedules."""
    rows = [_shown(call, row) for row in call.services.schedules.rows()]
    return list_page(rows, call.query, lambda row: row.id)


async def preview(call: Call) -> SchedulePreview:
    """Return the words and the next moments of an expression."""
    query: PreviewQuery = call.query
    return call.services.schedules.preview(query.cron, given(query.tz) or LOCAL, query.n)


async def create(call: Call) -> Schedule:
    """Add a schedule."""
    return await call.services.schedules.create(call.body)


async def get(call: Call) -> Schedule:
    """Return one schedule."""
    return _shown(call, call.services.schedules.get(_schedule_id(call)))


async def patch(call: Call) -> Schedule:
    """Change a schedule."""
    return await call.services.schedules.patch(_schedule_id(call), call.body)


async def delete(call: Call) -> None:
    """Delete a schedule; its jobs stay."""
    await call.services.schedules.delete(_schedule_id(call))


async def run(call: Call) -> Job:
    """Run its job now."""
    return await call.services.schedules.run(_schedule_id(call))


async def enable(call: Call) -> Schedule:
    """Let it run by its plan."""
    return await call.services.schedules.enable(_schedule_id(call))


async def disable(call: Call) -> Schedule:
    """Let it rest."""
    return await call.services.schedules.disable(_schedule_id(call))


async def list_runs(call: Call) -> Page:
    """Return what became of its moments, newest first."""
    query: RunsQuery = call.query
    return await call.services.schedules.runs(_schedule_id(call), query.limit, given(query.cursor))


def _shown(call: Call, row: Schedule) -> Schedule:
    return msgspec.structs.replace(row, job=msgspec.structs.replace(row.job, env=shown_env(call, row.job.env)))


def _schedule_id(call: Call) -> str:
    return call.param("schedule_id")


_ONE = "/schedules/{schedule_id}"

ROUTES = (
    Route("GET", "/schedules", list_schedules, "All schedules", Rows[Schedule], query=ListQuery, scope="client"),
    Route("POST", "/schedules", create, "Add a schedule", Schedule, ScheduleCreate, status=201),
    Route(
        "GET",
        "/schedules/preview",
        preview,
        "The words and the next moments of a cron expression that is not stored",
        SchedulePreview,
        query=PreviewQuery,
        scope="client",
    ),
    Route("GET", _ONE, get, "One schedule", Schedule, scope="client"),
    Route("PATCH", _ONE, patch, "Change a schedule", Schedule, SchedulePatch),
    Route("DELETE", _ONE, delete, "Delete a schedule with its history; its jobs stay"),
    Route("POST", f"{_ONE}/run", run, "Run its job now, beside its plan", Job, status=201),
    Route("POST", f"{_ONE}/enable", enable, "Let it run by its plan, from now on", Schedule),
    Route("POST", f"{_ONE}/disable", disable, "Let it rest; what waits is skipped", Schedule),
    Route(
        "GET",
        f"{_ONE}/runs",
        list_runs,
        "What became of its moments, newest first",
        Rows[ScheduleRun],
        query=RunsQuery,
        scope="client",
    ),
)
