"""The master itself: status, health, catalogue, heartbeat bars, settings, logs."""

from collections.abc import Callable
from typing import Annotated

from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Page, Rows
from master.api.schema import Beats, CatalogAnswer, Health, LogRow, Settings, SettingsPatch, Status
from master.context import request_id
from master.errors import Unavailable
from master.rest.answers import REQUEST_ID
from master.rest.calls import Call, Route
from master.rest.queries import Limit, Words, given
from master.services.expositions import CONTENT_TYPE
from worker.protocol.states import LogLevel
from worker.protocol.texts import text


class LogsQuery(Body, frozen=True, kw_only=True):
    """Which lines: up to ``limit`` below the id ``before``, at ``level`` or worse, that contain ``q``."""

    source: Words | UnsetType = UNSET
    level: LogLevel | UnsetType = UNSET
    q: Words | UnsetType = UNSET
    before: Annotated[int, Meta(ge=0, le=2**53)] | UnsetType = UNSET
    limit: Limit = 200


async def status(call: Call) -> Status:
    """Return the counts that the window shows."""
    return call.services.status.status()


async def health(call: Call) -> Health:
    """Tell whether the process answers."""
    return call.services.status.health()


async def readiness(call: Call) -> Health:
    """Tell whether it is worth sending requests."""
    if not call.services.status.ready:
        raise Unavailable(text("request_not_ready"), code="ERR_NOT_READY")
    return call.services.status.health()


async def catalog(call: Call) -> CatalogAnswer:
    """Return platforms, runners and deployments."""
    return call.services.catalog.answer()


async def beats(call: Call) -> Beats:
    """Return all heartbeat bars."""
    return Beats(accounts=call.services.accounts.beats(), workers=call.services.workers.beats())


async def logs(call: Call) -> Page:
    """Return a page of the log, newest first."""
    query: LogsQuery = call.query
    rows = await call.services.logs.page(
        source=given(query.source),
        level=given(query.level),
        q=given(query.q),
        before=given(query.before),
        limit=query.limit,
    )
    return Page(rows=rows)


async def metrics(call: Call) -> web.Response:
    """Return all figures in the text format of Prometheus."""
    headers = {
        "Content-Type": CONTENT_TYPE,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        REQUEST_ID: request_id.get(),
    }
    return web.Response(body=await call.services.metrics.exposition(), headers=headers)


async def get_settings(call: Call) -> Settings:
    """Return the settings."""
    return call.services.settings.current


async def patch_settings(call: Call) -> Settings:
    """Change settings."""
    return await call.services.settings.patch(call.body)


def shutdown_route(request_shutdown: Callable[[], None]) -> Route:
    """Return the route that ends the master; ``request_shutdown`` must return at once."""

    async def shutdown(_call: Call) -> None:
        request_shutdown()

    return Route("POST", "/shutdown", shutdown, "Stop the master in order")


ROUTES = (
    Route("GET", "/status", status, "Counts of everything", Status, scope="client"),
    Route("GET", "/health", health, "Is it up?", Health, scope="open"),
    Route("GET", "/liveness", health, "Is it up?", Health, scope="client"),
    Route("GET", "/readiness", readiness, "Is it ready? 503 while it starts or stops", Health, scope="client"),
    Route("GET", "/catalog", catalog, "Platforms, runners and deployments", CatalogAnswer, scope="client"),
    Route("GET", "/beats", beats, "Heartbeat bars of accounts and workers", Beats, scope="client"),
    Route("GET", "/logs", logs, "The log, newest line first", Rows[LogRow], query=LogsQuery, scope="client"),
    Route("GET", "/metrics", metrics, "Figures for Prometheus", scope="client", document="text/plain"),
    Route("GET", "/settings", get_settings, "Settings of the master", Settings, scope="client"),
    Route("PATCH", "/settings", patch_settings, "Change settings", Settings, SettingsPatch),
)
