"""Settings proposed for what was typed so far."""

from master.api.proposals import ProposalReport, SettingsPropose
from master.rest.calls import Call, Route


async def propose(call: Call) -> ProposalReport:
    """Ask around; nothing is saved."""
    return await call.services.proposals.propose(call.body)


ROUTES = (
    Route(
        "POST",
        "/accounts/propose",
        propose,
        "Complete what was typed so far; saves nothing",
        ProposalReport,
        SettingsPropose,
    ),
)
