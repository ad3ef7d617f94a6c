"""The one restart rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from master.supervision.restart import RestartPolicy, after_crash

POLICY = RestartPolicy(auto_restart=True, restart_delay_ms=1000, max_restart_attempts=3)


def test_delays_double_and_the_fourth_crash_in_a_row_gives_up() -> None:
    failures, delays = 0, []
    for _ in range(4):
        decision = after_crash(POLICY, failures=failures, ran_seconds=5, jitter=0)
        failures = decision.failures
        delays.append(decision.delay_seconds)
    assert delays == [1.0, 2.0, 4.0, None]


def test_sixty_seconds_of_running_forget_what_was_before() -> None:
    assert after_crash(POLICY, failures=3, ran_seconds=59.9, jitter=0).delay_seconds is None
    steady = after_crash(POLICY, failures=3, ran_seconds=60, jitter=0)
    assert (steady.failures, steady.delay_seconds) == (1, 1.0)


def test_no_automatic_restart_means_none() -> None:
    policy = RestartPolicy(auto_restart=False, restart_delay_ms=1000, max_restart_attempts=3)
    assert after_crash(policy, failures=0, ran_seconds=100, jitter=0).delay_seconds is None


def test_no_attempts_means_none() -> None:
    policy = RestartPolicy(max_restart_attempts=0)
    assert after_crash(policy, failures=0, ran_seconds=0, jitter=0).delay_seconds is None


@pytest.mark.parametrize("failures", [0, 10, 999_998])
def test_a_delay_is_never_longer_than_a_minute(failures: int) -> None:
    policy = RestartPolicy(restart_delay_ms=3_600_000, max_restart_attempts=1_000_000)
    assert after_crash(policy, failures=failures, ran_seconds=0, jitter=0).delay_seconds == 60.0


@given(jitter=st.floats(0, 1), failures=st.integers(0, 40), delay=st.integers(0, 100_000))
def test_jitter_only_shortens_and_by_a_fifth_at_most(jitter: float, failures: int, delay: int) -> None:
    policy = RestartPolicy(restart_delay_ms=delay, max_restart_attempts=1000)
    plain = after_crash(policy, failures=failures, ran_seconds=0, jitter=0).delay_seconds
    jittered = after_crash(policy, failures=failures, ran_seconds=0, jitter=jitter).delay_seconds
    assert plain is not None
    assert jittered is not None
    assert plain * 0.8 - 1e-9 <= jittered <= plain


def test_what_no_start_can_cure_is_given_up_at_once() -> None:
    decision = after_crash(RestartPolicy(), failures=0, ran_seconds=0, jitter=0, curable=False)
    assert (decision.failures, decision.delay_seconds) == (1, None)
