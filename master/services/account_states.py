"""What the state of an account is, as pure functions of what is known of it."""

from typing import Final, Literal, NamedTuple

import msgspec

from worker.protocol.states import AccountState, CheckOutcome, LoginStatus
from worker.protocol.texts import Text, text

STALE_INTERVALS: Final = 3
STALE_SECONDS: Final = 60.0
"""The shortest patience."""
ALERT_INTERVALS: Final = 3
LISTEN_INTERVALS: Final = 10
LISTEN_SECONDS: Final = 300.0
"""While a push connection stands, checks come after 10 intervals, at least so much."""

Alerted = Literal["", "login_needed", "unreachable", "incident"]
Alert = Literal["login_needed", "unreachable", "incident", "reachable"]
"""``incident``: others have the same trouble, and the person is told of it once for all of them."""
UNDECIDED_SECONDS: Final = 60.0
"""So much longer nothing is told of an account while nobody knows whether it is the network's trouble."""

REFUSED: Final = frozenset({LoginStatus.FAILED, LoginStatus.EXPIRED})
TROUBLES: Final = frozenset(
    {CheckOutcome.TEMPORARY, CheckOutcome.INVALID_CONFIG, CheckOutcome.TIMEOUT, CheckOutcome.PARSE, CheckOutcome.ERROR}
)
"""Outcomes after which an account is not watched as it should be; a service that asks for patience still answers."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What decides the state."""

    paused: bool = False
    lacks_credentials: bool = False
    """The platform needs some and none are stored."""
    login_status: LoginStatus = LoginStatus.UNKNOWN
    login_reason: Text | None = None
    trouble: Text | None = None
    """Why checks fail now, for another reason than the sign-in."""
    succeeded: bool = False
    """A check succeeded since the account is as it is."""
    owned: bool = False
    unowned_reason: Text | None = None
    silent_seconds: float = 0.0
    """Awake time since the last success."""
    patience_seconds: float = STALE_SECONDS


class Verdict(NamedTuple):
    """A state and why."""

    state: AccountState
    reason: Text | None


def state_of(facts: Facts) -> Verdict:
    """Return the first state that applies."""
    if facts.paused:
        return Verdict(AccountState.PAUSED, text("state_paused"))
    if facts.lacks_credentials:
        return Verdict(AccountState.LOGIN_NEEDED, text("state_credentials_missing"))
    if facts.login_status in REFUSED:
        return Verdict(AccountState.LOGIN_NEEDED, facts.login_reason or text("state_auth_failed"))
    if facts.trouble is not None:
        return Verdict(AccountState.UNREACHABLE, facts.trouble)
    if facts.succeeded and facts.silent_seconds > facts.patience_seconds:
        return Verdict(AccountState.STALE, text("state_stale", seconds=round(facts.patience_seconds)))
    if not facts.owned:
        return Verdict(AccountState.PENDING, facts.unowned_reason or text("unassigned_no_worker"))
    if not facts.succeeded:
        return Verdict(AccountState.PENDING, text("state_waiting_first_check"))
    return Verdict(AccountState.OK, None)


def login_at_rest(has_credentials: bool, wants_credentials: bool) -> LoginStatus:
    """Return what is known of a sign-in before it was tried."""
    if has_credentials:
        return LoginStatus.PENDING
    return LoginStatus.NOT_LOGGED_IN if wants_credentials else LoginStatus.UNKNOWN


def login_after(before: LoginStatus, outcome: CheckOutcome, has_credentials: bool) -> LoginStatus:
    """Return what a check tells of the sign-in: nothing, unless it got through or was refused."""
    if outcome is CheckOutcome.OK:
        return LoginStatus.LOGGED_IN if has_credentials else LoginStatus.UNKNOWN
    if outcome is CheckOutcome.AUTH_FAILED:
        worked = before in (LoginStatus.LOGGED_IN, LoginStatus.EXPIRED)
        return LoginStatus.EXPIRED if worked else LoginStatus.FAILED
    return before


def patience(interval_seconds: float, next_check_seconds: float | None, listening: bool) -> float:
    """Return how long (awake seconds) no success is no cause for concern.

    ``next_check_seconds``: after how long the worker checks again, which back-off may have stretched.
    """
    effective = max(interval_seconds, next_check_seconds or 0.0)
    if listening:
        effective = max(effective, interval_seconds * LISTEN_INTERVALS, LISTEN_SECONDS)
    return max(STALE_INTERVALS * effective, STALE_SECONDS)


def alert_of(
    alerted: str,
    facts: Facts,
    state: AccountState,
    trouble_seconds: float,
    interval_seconds: float,
    *,
    covered: bool = False,
    undecided: bool = False,
) -> tuple[str, Alert | None]:
    """Return what the person knows from now on, and what to tell for that: each thing once until it is over.

    ``trouble_seconds``: awake time since the first of the failures that still go on; ``covered``: by an incident, or
    ``undecided`` whether it is one.
    """
    if state is AccountState.LOGIN_NEEDED and not facts.lacks_credentials:
        return "login_needed", None if alerted == "login_needed" else "login_needed"
    if state is AccountState.UNREACHABLE:
        if alerted == "unreachable" or (covered and alerted == "incident"):
            return alerted, None
        if trouble_seconds < ALERT_INTERVALS * interval_seconds + UNDECIDED_SECONDS * (undecided and not covered):
            return "" if alerted == "incident" else alerted, None
        return ("incident", "incident") if covered else ("unreachable", "unreachable")
    if state is AccountState.OK:
        return "", "reachable" if alerted == "unreachable" else None
    return alerted, None
