"""How well accounts are watched: what became of their checks, and the states that they were in."""

from master.api.rows import Row
from worker.protocol.states import AccountState
from worker.protocol.texts import Text


class CheckCounts(Row, frozen=True, kw_only=True):
    """Checks in a span of time, by how they ended."""

    total: int
    ok: int
    network: int
    """Network, server or time-out."""
    rate_limited: int
    auth: int
    config: int
    parse: int
    error: int
    success_rate: float | None
    """0 to 1: of the checks that neither the network nor a rate limit ended; null without any."""


class AccountRate(Row, frozen=True, kw_only=True):
    """One account: the last 24 hours, and the last 7 days."""

    account_id: str
    day: CheckCounts
    week: CheckCounts


class PlatformStats(Row, frozen=True, kw_only=True):
    """All accounts of a platform. ``active``: watched, or about to be; ``error``: needs sign-in, unreachable, stale."""

    platform: str
    total: int
    active: int
    error: int
    paused: int
    day: CheckCounts
    week: CheckCounts


class AccountStatistics(Row, frozen=True, kw_only=True):
    """Answer of ``GET /accounts/stats``."""

    at: int
    total: int
    active: int
    error: int
    paused: int
    day: CheckCounts
    week: CheckCounts
    platforms: list[PlatformStats]
    accounts: list[AccountRate]


class AccountStateRow(Row, frozen=True, kw_only=True):
    """A state that an account was in, or (``until_at`` null) is in."""

    id: int
    state: AccountState
    reason: Text | None
    since_at: int
    until_at: int | None
