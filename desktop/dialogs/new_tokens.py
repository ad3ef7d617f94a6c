"""Tokens whose value is shown once."""

from collections.abc import Callable

from desktop.bridge import Bridge
from master.api.system import Token, TokenCreate


async def make_token(bridge: Bridge, body: TokenCreate, gone: Callable[[], bool]) -> Token | None:
    """Have a token made. None: who was to see it is ``gone`` meanwhile, so it is revoked. Raises ``ApiError``."""
    token: Token = await bridge.call(bridge.client.create_token(body))
    if not gone():
        return token
    await bridge.call(bridge.client.revoke_token(token.id))
    return None
