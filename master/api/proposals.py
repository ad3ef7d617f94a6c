"""Settings proposed for what was typed so far."""

from typing import Any

from master.api.inheritance import ProxyChoice
from master.api.rows import Body, Row
from worker.protocol.proposals import Proposal
from worker.protocol.texts import Text


class SettingsPropose(Body, frozen=True, kw_only=True):
    """Body of ``POST /accounts/propose``: what was typed so far, of which fields may be absent. No secrets."""

    platform: str
    settings: dict[str, Any] = {}
    proxy_id: ProxyChoice | None = None
    """To ask through; null: that of the group, else none."""
    group_id: str | None = None


class ProposalReport(Row, frozen=True, kw_only=True):
    """Its answer: ways to complete the form, the likeliest first. ``error`` says why there are none."""

    proposals: list[Proposal]
    error: Text | None
    fields: dict[str, Text]


__all__ = ["Proposal", "ProposalReport", "SettingsPropose"]
