"""How all goes, in one answer."""

import msgspec

from master.api.overviews import Overview, OverviewQuery
from master.api.schema import Job
from master.rest.calls import Call, Route
from master.rest.hiding import shown_env


def _shown(call: Call, jobs: list[Job]) -> list[Job]:
    return [msgspec.structs.replace(job, env=shown_env(call, job.env)) for job in jobs]


async def overview(call: Call) -> Overview:
    """Return what the first page of a window draws."""
    found = await call.services.overviews.overview(call.query)
    return msgspec.structs.replace(
        found, running=_shown(call, found.running), failed=_shown(call, found.failed), update=_update(call)
    )


def _update(call: Call) -> str | None:
    state = call.services.updates.state()
    return state.available.version if state.available is not None and state.fits else None


ROUTES = (
    Route(
        "GET",
        "/overview",
        overview,
        "How all goes: checks, what was found, how long it took, jobs, backups",
        Overview,
        query=OverviewQuery,
        scope="client",
    ),
)
