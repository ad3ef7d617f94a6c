"""Requests about proxies. Each raises :class:`~master.api.transports.ApiError`."""

from typing import Final
from urllib.parse import quote

from master.api.schema import Proxy, ProxyCreate, ProxyPatch, ProxyReport, ProxyTarget, ProxyTest
from master.api.transports import Transport

PROXY_TEST_SECONDS: Final = 60.0


class ProxyCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def proxies(self) -> list[Proxy]:
        """Return all proxies, oldest first."""
        return await self._transport.rows("/proxies", Proxy)

    async def proxy(self, proxy_id: str) -> Proxy:
        """Return one proxy."""
        return await self._transport.call("GET", _path(proxy_id), Proxy)

    async def create_proxy(self, body: ProxyCreate) -> Proxy:
        """Add a proxy."""
        return await self._transport.call("POST", "/proxies", Proxy, body=body)

    async def patch_proxy(self, proxy_id: str, body: ProxyPatch) -> Proxy:
        """Change a proxy; what is watched through it follows at once."""
        return await self._transport.call("PATCH", _path(proxy_id), Proxy, body=body)

    async def delete_proxy(self, proxy_id: str) -> None:
        """Delete a proxy. Refused (409) while an account or a group uses it."""
        await self._transport.call("DELETE", _path(proxy_id), type(None))

    async def test_proxy(self, body: ProxyTest) -> ProxyReport:
        """Have a worker reach a target through a proxy as it was typed; nothing is saved."""
        return await self._transport.call("POST", "/proxies/test", ProxyReport, body=body, seconds=PROXY_TEST_SECONDS)

    async def test_stored_proxy(self, proxy_id: str, target: ProxyTarget | None = None) -> ProxyReport:
        """Have a worker reach a target through a stored proxy; the proxy keeps how that went."""
        path, body = f"{_path(proxy_id)}/test", target or ProxyTarget()
        return await self._transport.call("POST", path, ProxyReport, body=body, seconds=PROXY_TEST_SECONDS)


def _path(proxy_id: str) -> str:
    return f"/proxies/{quote(proxy_id, safe='')}"
