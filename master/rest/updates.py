"""Newer versions."""

from master.api.updates import UpdateState
from master.rest.calls import Call, Route


async def state(call: Call) -> UpdateState:
    """Return what is known; asks nobody."""
    return call.services.updates.state()


async def check(call: Call) -> UpdateState:
    """Look now."""
    return await call.services.updates.check()


ROUTES = (
    Route("GET", "/updates", state, "What is known of newer versions", UpdateState, scope="client"),
    Route("POST", "/updates/check", check, "Look for a newer version now", UpdateState),
)
