"""The table of all routes, and the application that is made of it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from aiohttp import hdrs, web

from master.context import request_id
from master.errors import Forbidden
from master.libraries import socketio
from master.rest import (
    account_imports,
    accounts,
    alerts,
    backups,
    credentials,
    diagnostics,
    groups,
    items,
    jobs,
    logins,
    machines,
    moves,
    notifications,
    overviews,
    proposals,
    proxies,
    rules,
    schedules,
    searches,
    status,
    tokens,
    updates,
    upkeep,
    vaults,
    worker_configs,
    workers,
)
from master.rest.answers import succeed
from master.rest.calls import PREFIX, Call, Nothing, Route
from master.rest.decoding import decode_body, decode_query
from master.rest.docs import document_routes
from master.rest.hosts import Hosts
from master.rest.middlewares import MAX_BODY_BYTES, SCOPE, Gate
from master.services.services import Services
from worker.protocol.texts import text

NOUNS: Final = (
    status,
    account_imports,
    accounts,
    alerts,
    backups,
    credentials,
    diagnostics,
    groups,
    items,
    jobs,
    logins,
    machines,
    moves,
    notifications,
    overviews,
    proposals,
    proxies,
    rules,
    schedules,
    searches,
    worker_configs,
    workers,
    tokens,
    updates,
    upkeep,
    vaults,
)

BODY_SECONDS: Final = 20.0
"""A body that has not come by then does not come."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_routes(request_shutdown: Callable[[], None]) -> tuple[Route, ...]:
    """Return every route there is. What stands earlier is tried first."""
    table = [route for noun in NOUNS for route in noun.ROUTES]
    table.append(status.shutdown_route(request_shutdown))
    return (*table, *document_routes(table))


def make_app(
    services: Services,
    *,
    request_shutdown: Callable[[], None],
    sio: "socketio.AsyncServer | None",
    allowed_hosts: Collection[str] = (),
) -> web.Application:
    """Return the application. ``allowed_hosts``: names, beside loopback ones, under which it answers."""
    routes = make_routes(request_shutdown)
    gate = Gate(
        services.tokens,
        open_paths=[PREFIX + route.path for route in routes if route.scope == "open"],
        page_paths=[PREFIX + route.path for route in routes if route.document],
        hosts=Hosts(allowed_hosts),
    )

    @web.middleware
    async def gated(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await gate.pass_on(request, handler)

    app = web.Application(middlewares=[gated], client_max_size=MAX_BODY_BYTES)
    for route in routes:
        app.router.add_route(route.method, PREFIX + route.path, _make_handler(route, services))
    if sio is not None:
        sio.attach(app)
    return app


def _make_handler(route: Route, services: Services) -> Handler:
    query_kind = route.query or Nothing

    async def handle(request: web.Request) -> web.StreamResponse:
        if route.scope == "admin" and request[SCOPE] != "admin":
            raise Forbidden(text("request_admin_only"))
        query = decode_query(request, query_kind) if route.query is not None or request.query_string else None
        body = None if route.stream else await _read_body(request, route)
        answer = await route.handler(Call(services, request, body, query))
        if isinstance(answer, web.StreamResponse):
            return answer
        return succeed(answer, request_id.get(), route.status)

    return handle


async def _read_body(request: web.Request, route: Route) -> object:
    """Return the body as the route's type; a route without one takes nothing, or an empty object."""
    if not request.body_exists or request.method == hdrs.METH_GET:
        raw = b""
    elif int(request.headers.get(hdrs.CONTENT_LENGTH, 0)) > MAX_BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(max_size=MAX_BODY_BYTES, actual_size=MAX_BODY_BYTES + 1)
    else:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                raw = await request.read()
        except TimeoutError as error:
            raise web.HTTPRequestTimeout(reason="the body did not come") from error
    if route.body is None:
        if raw:
            decode_body(raw, Nothing)
        return None
    if not raw and route.body_optional:
        raw = b"{}"
    return decode_body(raw, route.body)
