"""The state machine of accounts: every combination of facts, every outcome of a check."""

import itertools

import msgspec
import pytest

from master.services.account_states import (
    Facts,
    alert_of,
    login_after,
    login_at_rest,
    patience,
    state_of,
)
from worker.protocol.states import AccountState, CheckOutcome, LoginStatus
from worker.protocol.texts import text

TROUBLE = text("dns_failed", host="h")
REFUSAL = text("auth_refused", username="u")


def expected(facts: Facts) -> AccountState:
    """The order of the vocabulary: the first that applies."""
    applies = {
        AccountState.PAUSED: facts.paused,
        AccountState.LOGIN_NEEDED: facts.lacks_credentials
        or facts.login_status in (LoginStatus.FAILED, LoginStatus.EXPIRED),
        AccountState.UNREACHABLE: facts.trouble is not None,
        AccountState.STALE: facts.succeeded and facts.silent_seconds > facts.patience_seconds,
        AccountState.PENDING: not facts.owned or not facts.succeeded,
        AccountState.OK: True,
    }
    return next(state for state in AccountState if applies[state])


def test_every_combination_of_facts_has_the_first_state_that_applies_and_a_reason():
    flags = (False, True)
    count = 0
    for paused, lacks, login, trouble, succeeded, owned, silent in itertools.product(
        flags, flags, LoginStatus, (None, TROUBLE), flags, flags, (0.0, 60.0, 60.1)
    ):
        facts = Facts(
            paused=paused,
            lacks_credentials=lacks,
            login_status=login,
            trouble=trouble,
            succeeded=succeeded,
            owned=owned,
            silent_seconds=silent,
        )
        state, reason = state_of(facts)
        assert state is expected(facts), facts
        assert (reason is None) == (state is AccountState.OK)
        count += 1
    assert count == 576


def test_reasons_say_what_is_wrong():
    assert state_of(Facts(trouble=TROUBLE)).reason == TROUBLE
    refused = Facts(login_status=LoginStatus.FAILED, login_reason=REFUSAL, trouble=TROUBLE)
    assert state_of(refused).reason == REFUSAL
    assert state_of(msgspec.structs.replace(refused, login_reason=None)).reason.code == "state_auth_failed"
    assert state_of(Facts(lacks_credentials=True)).reason.code == "state_credentials_missing"
    full = text("unassigned_full")
    assert state_of(Facts(unowned_reason=full)).reason == full
    assert state_of(Facts(owned=True)).reason.code == "state_waiting_first_check"
    stale = state_of(Facts(succeeded=True, owned=True, silent_seconds=100, patience_seconds=90))
    assert stale.reason == text("state_stale", seconds=90)


@pytest.mark.parametrize("before", list(LoginStatus))
@pytest.mark.parametrize("outcome", list(CheckOutcome))
@pytest.mark.parametrize("has_credentials", [False, True])
def test_every_outcome_decides_the_sign_in(before, outcome, has_credentials):
    after = login_after(before, outcome, has_credentials)
    if outcome is CheckOutcome.OK:
        assert after is (LoginStatus.LOGGED_IN if has_credentials else LoginStatus.UNKNOWN)
    elif outcome is CheckOutcome.AUTH_FAILED:
        worked = before in (LoginStatus.LOGGED_IN, LoginStatus.EXPIRED)
        assert after is (LoginStatus.EXPIRED if worked else LoginStatus.FAILED)
    else:
        assert after is before


def test_a_sign_in_that_was_not_tried():
    assert login_at_rest(True, True) is LoginStatus.PENDING
    assert login_at_rest(False, True) is LoginStatus.NOT_LOGGED_IN
    assert login_at_rest(False, False) is LoginStatus.UNKNOWN


@pytest.mark.parametrize(
    ("interval", "until_next", "listening", "seconds"),
    [
        (5, None, False, 60),
        (30, 30.0, False, 90),
        (30, 300.0, False, 900),
        (30, None, True, 900),
        (60, None, True, 1800),
    ],
)
def test_patience_is_three_effective_intervals_and_a_minute_at_least(interval, until_next, listening, seconds):
    assert patience(interval, until_next, listening) == seconds


@pytest.mark.parametrize("state", list(AccountState))
@pytest.mark.parametrize("alerted", ["", "login_needed", "unreachable"])
@pytest.mark.parametrize("seconds", [0.0, 89.9, 90.0])
def test_each_thing_is_told_once_until_it_is_over(state, alerted, seconds):
    after, told = alert_of(alerted, Facts(), state, seconds, 30)
    if state is AccountState.LOGIN_NEEDED:
        assert (after, told) == ("login_needed", None if alerted == "login_needed" else "login_needed")
    elif state is AccountState.UNREACHABLE and alerted != "unreachable" and seconds >= 90:
        assert (after, told) == ("unreachable", "unreachable")
    elif state is AccountState.OK:
        assert (after, told) == ("", "reachable" if alerted == "unreachable" else None)
    else:
        assert (after, told) == (alerted, None)
    assert alert_of(after, Facts(), state, seconds, 30) == (after, None)


def test_missing_credentials_are_no_news_to_who_did_not_type_them():
    assert alert_of("", Facts(lacks_credentials=True), AccountState.LOGIN_NEEDED, 0, 30) == ("", None)
