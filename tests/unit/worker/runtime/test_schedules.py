"""When the next check is due."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.fake_master import assignment
from worker.protocol.states import CheckOutcome
from worker.runtime.schedules import LONGEST_PATIENCE_SECONDS, Schedule

FAILING = [
    CheckOutcome.TEMPORARY,
    CheckOutcome.TIMEOUT,
    CheckOutcome.ERROR,
    CheckOutcome.RATE_LIMITED,
    CheckOutcome.PARSE,
]


def schedule(interval=30, highest=None):
    return Schedule(assignment(interval_seconds=interval, interval_max_seconds=highest), random.Random(3))


@given(interval=st.integers(1, 86_400), failures=st.integers(1, 100), outcome=st.sampled_from(FAILING))
def test_a_failure_never_shortens_and_never_exceeds(interval, failures, outcome):
    delay = schedule(interval).after(outcome, failures)
    assert interval <= delay <= max(10 * interval, 300) * 1.11


@given(interval=st.integers(1, 3600), asked=st.floats(0, 10**7))
def test_what_a_service_asks_for_is_honoured_up_to_a_day(interval, asked):
    delay = schedule(interval).after(CheckOutcome.RATE_LIMITED, 1, asked)
    assert delay >= min(asked, LONGEST_PATIENCE_SECONDS)


@given(interval=st.integers(1, 86_400), failures=st.integers(1, 100))
def test_a_service_that_names_no_time_is_tried_again_within_a_minute_or_two_intervals(interval, failures):
    delay = schedule(interval).after(CheckOutcome.RATE_LIMITED, failures)
    assert min(2 * interval, 60) <= delay <= max(60, 2 * interval) * 1.11


def test_so_long_after_a_limit_checks_come_half_as_often_and_a_minute_later_as_usual():
    it = schedule(5)
    assert all(9 <= it.regular(limited_seconds=30) <= 11 for _ in range(50))
    assert all(4.5 <= it.regular(limited_seconds=60) <= 5.5 for _ in range(50))


def test_what_cannot_be_read_is_asked_for_again_later_than_what_did_not_come():
    unread, lost = (
        [schedule(30).after(outcome, n) for n in (1, 2, 3)] for outcome in (CheckOutcome.PARSE, CheckOutcome.TEMPORARY)
    )
    assert all(later > 1.5 * sooner for later, sooner in zip(unread, lost, strict=True))


def test_only_a_person_helps_a_refused_sign_in():
    assert schedule().after(CheckOutcome.AUTH_FAILED, 1) is None


def test_a_range_wins_over_jitter():
    it = schedule(10, 20)
    assert all(10 <= it.regular() <= 20 for _ in range(100))


def test_a_range_that_is_none_is_ignored():
    it = schedule(10, 5)
    assert all(9 <= it.regular() <= 11 for _ in range(100))


@pytest.mark.parametrize(("interval", "deadline"), [(1, 60), (30, 60), (100, 200), (3600, 300)])
def test_deadlines(interval, deadline):
    assert schedule(interval).deadline() == deadline


@pytest.mark.parametrize(("interval", "net"), [(5, 300), (30, 300), (60, 600)])
def test_the_safety_net_of_push(interval, net):
    assert schedule(interval).safety_net() == net


def test_push_returns_at_once_the_first_time_and_then_ever_later():
    delays = [schedule().push_again(failures) for failures in range(1, 12)]
    assert delays[0] == 0
    assert 4.4 <= delays[1] <= 5.6
    assert 269 <= delays[-1] <= 331


@pytest.mark.parametrize("interval", [5, 30, 3600, 86_400])
def test_every_interval_from_five_seconds_to_a_day_varies_a_little_and_waits_no_ten_days(interval):
    made = schedule(interval)
    delays = [made.regular() for _ in range(200)]
    assert 0.9 * interval <= min(delays) < max(delays) <= 1.1 * interval
    longest = 1.1 * max(86_400.0, interval)
    assert made.safety_net() <= longest
    for outcome in (CheckOutcome.TEMPORARY, CheckOutcome.INVALID_CONFIG, CheckOutcome.RATE_LIMITED, CheckOutcome.PARSE):
        for failures in (1, 5, 50):
            delay = made.after(outcome, failures)
            assert delay is not None
            assert interval * 0.9 <= delay <= max(longest, 2.2 * interval)
