"""Proxies, and whether they work."""

from master.api.rows import Page, Rows
from master.api.schema import Proxy, ProxyCreate, ProxyPatch, ProxyReport, ProxyTarget, ProxyTest
from master.rest.calls import Call, Route
from master.rest.queries import ListQuery, list_page


async def list_proxies(call: Call) -> Page:
    """Return all proxies without their passwords."""
    return list_page(await call.services.proxies.rows(), call.query, lambda row: row.id)


async def create(call: Call) -> Proxy:
    """Add a proxy; no answer ever has its password."""
    return await call.services.proxies.create(call.body)


async def get(call: Call) -> Proxy:
    """Return one proxy."""
    return await call.services.proxies.get(call.param("proxy_id"))


async def patch(call: Call) -> Proxy:
    """Change a proxy."""
    return await call.services.proxies.patch(call.param("proxy_id"), call.body)


async def delete(call: Call) -> None:
    """Remove a proxy."""
    await call.services.proxies.delete(call.param("proxy_id"))


async def test(call: Call) -> ProxyReport:
    """Have a worker try a proxy that is not stored."""
    return await call.services.proxy_tests.run(call.body)


async def test_stored(call: Call) -> ProxyReport:
    """Have a worker try a stored proxy."""
    return await call.services.proxy_tests.run_stored(call.param("proxy_id"), call.body or ProxyTarget())


ROUTES = (
    Route(
        "GET",
        "/proxies",
        list_proxies,
        "Proxies, oldest first, without their passwords",
        Rows[Proxy],
        query=ListQuery,
        scope="client",
    ),
    Route("POST", "/proxies", create, "Add a proxy", Proxy, ProxyCreate, status=201),
    Route("POST", "/proxies/test", test, "Reach a target through a proxy, saving nothing", ProxyReport, ProxyTest),
    Route("GET", "/proxies/{proxy_id}", get, "One proxy", Proxy, scope="client"),
    Route("PATCH", "/proxies/{proxy_id}", patch, "Change a proxy", Proxy, ProxyPatch),
    Route("DELETE", "/proxies/{proxy_id}", delete, "Remove a proxy; 409 while accounts or groups use it"),
    Route(
        "POST",
        "/proxies/{proxy_id}/test",
        test_stored,
        "Reach a target through a stored proxy",
        ProxyReport,
        ProxyTarget,
        body_optional=True,
    ),
)
