"""Requests about newer versions. Each raises :class:`~master.api.transports.ApiError`."""

from master.api.transports import Transport
from master.api.updates import UpdateState

LOOK_SECONDS = 40.0


class UpdateCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def updates(self) -> UpdateState:
        """Return what is known of newer versions; asks nobody."""
        return await self._transport.call("GET", "/updates", UpdateState)

    async def check_updates(self) -> UpdateState:
        """Look now."""
        return await self._transport.call("POST", "/updates/check", UpdateState, seconds=LOOK_SECONDS)
