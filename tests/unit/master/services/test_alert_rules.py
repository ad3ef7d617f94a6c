"""When alerts are raised and cleared, by a clock of the test's own."""

from itertools import pairwise

import pytest

from master.api.schema import Settings
from master.services.alert_rules import (
    ErrorRate,
    Gauge,
    Limits,
    account_values,
    crashed_value,
    gave_up_value,
    judge,
    limits_of,
)
from worker.protocol.states import AccountState, WorkerState

CPU = Limits(raise_at=80, clear_at=70, raise_seconds=300)


def run(limits, steps, gauge=None):
    """Return the verdict after each ``(now, value)``."""
    gauge = gauge or Gauge()
    verdicts = []
    for now, value in steps:
        gauge = judge(gauge, limits, value, now)
        verdicts.append(gauge.raised)
    return verdicts


def test_exactly_at_the_level_for_exactly_the_time_raises():
    assert run(CPU, [(0, 80), (299.9, 80), (300, 80)]) == [False, False, True]


def test_just_below_the_level_never_raises():
    assert not any(run(CPU, [(now, 79.9) for now in range(0, 3000, 10)]))


def test_flapping_around_the_level_begins_anew_each_time():
    assert not any(run(CPU, [(now, 90 if now % 290 else 10) for now in range(0, 3000, 10)]))


def test_between_the_levels_it_stays_raised():
    raised = Gauge(raised=True)
    assert run(CPU, [(0, 79), (10, 70.1), (20, 95)], raised) == [True, True, True]
    assert run(CPU, [(0, 70)], raised) == [False]


def test_flapping_around_the_level_while_raised_is_one_alert():
    verdicts = run(CPU, [(0, 90), (300, 90), *((300 + n, 75 if n % 2 else 85) for n in range(100))])
    assert sum(a != b for a, b in pairwise(verdicts)) == 1


def test_a_clear_takes_its_time_too():
    limits = Limits(clear_seconds=10)
    assert run(limits, [(0, 1), (1, 0), (5, 1), (6, 0), (15.9, 0), (16, 0)]) == [True, True, True, True, True, False]


def test_without_a_duration_it_is_at_once():
    assert run(Limits(), [(0, 1), (0, 0), (0, 1)]) == [True, False, True]


def test_a_verdict_carried_over_a_restart_is_judged_anew():
    assert run(CPU, [(0, 85)], Gauge(raised=True)) == [True]
    assert run(CPU, [(0, 12)], Gauge(raised=True)) == [False]


def test_every_kind_clears_below_where_it_is_raised():
    from typing import get_args

    from master.api.alerts import AlertKind
    from master.services.alert_rules import LEVELS

    assert set(get_args(AlertKind)) == set(LEVELS)
    for kind in get_args(AlertKind):
        limits = limits_of(kind, Settings(), 30)
        assert limits.clear_at < limits.raise_at, kind


def test_limits_follow_the_settings():
    settings = Settings(alert_cpu_percent=90, alert_minutes=2, alert_disk_mb=1000)
    assert limits_of("worker_cpu", settings) == Limits(raise_at=90, clear_at=80, raise_seconds=120)
    disk = limits_of("disk_low", settings)
    assert run(disk, [(0, -1001), (1, -1000), (2, -1249), (3, -1250)]) == [False, True, True, False]
    assert limits_of("account_unreachable", settings, 20).raise_seconds == 60


@pytest.mark.parametrize(
    ("state", "crashed", "gave_up", "carried"),
    [
        (WorkerState.STOPPED, 0, 0, 0),
        (WorkerState.STARTING, None, 0, None),
        (WorkerState.RUNNING, 0, 0, 0),
        (WorkerState.STOPPING, None, 0, 0),
        (WorkerState.CRASHED, 1, None, None),
        (WorkerState.ERROR, 0, 1, 1),
    ],
)
def test_states_of_a_worker(state, crashed, gave_up, carried):
    assert crashed_value(state) == crashed
    assert gave_up_value(state, carried=False) == gave_up
    assert gave_up_value(state, carried=True) == carried


@pytest.mark.parametrize("owned", [True, False])
@pytest.mark.parametrize("state", AccountState)
def test_states_of_an_account(state, owned):
    wrong = [kind for kind, value in account_values(state, owned=owned).items() if value]
    # That nobody watches it is told for all accounts together.
    expected = {"login_needed", "unreachable", *(["stale"] if owned else [])} & {str(state)}
    assert wrong == [f"account_{name}" for name in expected]


def test_the_error_rate_counts_the_window_and_survives_a_new_process():
    rate = ErrorRate(0)
    rate.add(1000, 900, 0)  # where the counters stand says nothing
    assert rate.percent(60, 1) is None
    rate.add(1009, 901, 10)
    assert rate.percent(60, 11) is None, "too few checks, too early"
    rate.add(1010, 901, 20)
    assert rate.percent(60, 21) == 0, "one that failed makes no rate"
    rate.add(10, 5, 30)  # another process
    assert rate.percent(60, 31) == 30
    assert rate.percent(60, 85) == 50, "only the last step is in the window"
    assert rate.percent(60, 200) == 0
