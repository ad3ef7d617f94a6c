"""The request for the overview. It raises :class:`~master.api.transports.ApiError`."""

import msgspec

from master.api.overviews import Overview, OverviewQuery
from master.api.transports import Transport


class OverviewCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def overview(self, query: OverviewQuery | None = None) -> Overview:
        """Return how all goes."""
        given = msgspec.to_builtins(query or OverviewQuery())
        return await self._transport.call("GET", "/overview", Overview, query=given)
