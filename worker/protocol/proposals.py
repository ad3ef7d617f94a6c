"""Settings that a platform proposes for what was typed so far."""

from typing import Any

from worker.protocol.bases import Message
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.texts import Text


class ProposeSettings(Message, frozen=True, kw_only=True):
    """Question: what may be meant by these settings, of which most may be absent? No secret takes part in it."""

    platform: str
    settings: dict[str, Any]
    commands: list[str] | None = None
    """Programs that may be executed; None: any."""
    proxy: ProxyRoute | None = None


class Proposal(Message, frozen=True, kw_only=True):
    """One way to complete them. ``settings``: only what is to be put into the form."""

    title: str
    settings: dict[str, Any]
    preset: str = ""
    """Id of the manifest's preset that fits, with its note and its way to sign in."""
    source: Text | None = None
    """Where it was found."""


class SettingsProposed(Message, frozen=True, kw_only=True):
    """The answer to :class:`ProposeSettings`: the likeliest first, none where nothing was found."""

    proposals: list[Proposal] = []
    error: Text | None = None
    """Why there are none, as far as it is known."""
    fields: dict[str, Text] = {}
