"""Requests for proposed settings. Each raises :class:`~master.api.transports.ApiError`."""

from master.api.proposals import ProposalReport, SettingsPropose
from master.api.transports import Transport

PROPOSE_SECONDS = 45.0
"""A worker may take 30 s to ask around."""


class ProposalCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def propose_settings(self, body: SettingsPropose) -> ProposalReport:
        """Have a worker complete settings; only for platforms with ``capabilities.propose``."""
        return await self._transport.call(
            "POST", "/accounts/propose", ProposalReport, body=body, seconds=PROPOSE_SECONDS
        )
