"""Whether memory grows: what the bench of the window says of measured courses."""

import random

import pytest

from tests.bench.window_memory import LIMIT, Gaps, trend

ROUND = 90.0


def course(slope: float, rounds: int = 18, noise: float = 0.2) -> list[tuple[float, float]]:
    """Return megabytes of ``rounds`` that grow by ``slope`` an hour."""
    chance = random.Random(7)
    points = [(number * ROUND, 180 + slope * number * ROUND / 3600) for number in range(rounds)]
    return [(at, value + chance.gauss(0, noise)) for at, value in points]


def test_noise_is_flat_and_a_leak_grows() -> None:
    assert trend(course(0.0)).verdict == "flat"
    assert trend(course(30.0)).verdict == "grows"


def test_a_leak_is_measured() -> None:
    found = trend(course(30.0))
    assert found.least < 30.0 < found.most
    assert found.slope == pytest.approx(30.0, rel=0.15)


def test_a_short_run_tells_nothing_for_sure() -> None:
    assert trend(course(LIMIT, rounds=5)).verdict.startswith("undecided")
    with pytest.raises(ValueError, match="four rounds"):
        trend(course(0.0, rounds=3))


def test_a_single_jump_is_no_slope() -> None:
    points = course(0.0, noise=0.05)
    jumped = [(at, value + (6.0 if number == 9 else 0.0)) for number, (at, value) in enumerate(points)]
    assert trend(jumped).verdict == "flat"


def test_spans_in_buckets_are_nearly_what_they_were() -> None:
    gaps = Gaps()
    for number in range(1, 1001):
        gaps.add(number / 10)
    found = gaps.summary()
    assert found["count"] == 1000
    assert found["p50"] == pytest.approx(50, rel=0.1)
    assert found["p99"] == pytest.approx(99, rel=0.1)
    assert found["max"] == 100.0
