"""Leases on a clock of the test."""

import pytest

from master.services.leases import Leases


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_lease_lasts_a_second_and_a_half_from_the_last_pulse_and_a_margin(clock: Clock) -> None:
    leases = Leases(clock)
    assert leases.begin("w") == 1500
    assert leases.remaining("w") == pytest.approx(1.7)
    clock.now += 0.5
    assert leases.renew("w") == 1500
    assert leases.remaining("w") == pytest.approx(1.7)
    clock.now += 2
    assert leases.remaining("w") == 0


def test_jitter_makes_it_longer_up_to_five_seconds_and_is_forgotten(clock: Clock) -> None:
    leases = Leases(clock)
    leases.begin("w")
    clock.now += 0.8
    assert leases.renew("w") == 1500
    clock.now += 1.35
    assert leases.renew("w") == 2500
    clock.now += 60
    assert leases.renew("w") == 5000
    for _ in range(400):
        clock.now += 0.5
        length = leases.renew("w")
    assert length < 1520


def test_a_new_connection_is_no_late_pulse(clock: Clock) -> None:
    leases = Leases(clock)
    leases.begin("w")
    clock.now += 60
    assert leases.begin("w") == 1500


def test_the_end_of_the_process_ends_it(clock: Clock) -> None:
    leases = Leases(clock)
    leases.begin("w")
    leases.end("w")
    assert leases.remaining("w") == 0
    assert leases.remaining("nobody") == 0


def test_of_one_that_is_started_elsewhere_it_is_longer(clock: Clock) -> None:
    leases = Leases(clock, lambda worker_id: worker_id == "far")
    assert (leases.begin("far"), leases.begin("near")) == (5000, 1500)
    assert leases.remaining("far") == pytest.approx(5.2)
    clock.now += 60
    assert (leases.renew("far"), leases.renew("near")) == (10_000, 5000)
