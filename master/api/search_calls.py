"""Requests about saved searches. Each raises :class:`~master.api.transports.ApiError`."""

from master.api.searches import Search, SearchCreate
from master.api.transports import Transport


class SearchCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def searches(self) -> list[Search]:
        """Return all saved searches by name."""
        return await self._transport.rows("/searches", Search)

    async def create_search(self, body: SearchCreate) -> Search:
        """Keep a search under a name."""
        return await self._transport.call("POST", "/searches", Search, body=body)

    async def delete_search(self, search_id: int) -> None:
        """Forget a saved search."""
        await self._transport.call("DELETE", f"/searches/{search_id}", type(None))
