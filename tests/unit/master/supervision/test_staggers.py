"""When a new owner looks first: no two accounts of one service at once, and nobody waits again and again."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from master.supervision.staggers import UNSTAGGERED, first_check

NOW = 1_800_000_000_000


def when(**more: Any) -> int:
    known = {"now": NOW, "planned": None, "patience_ms": 0, "rank": 0, "count": 1, "interval_seconds": 30}
    return first_check(**(known | {"failover": False} | more)) - NOW


@pytest.mark.parametrize("failover", [True, False])
def test_the_first_are_checked_at_once(failover: bool) -> None:
    assert when(rank=UNSTAGGERED - 1, count=500, failover=failover) == 0
    assert when(planned=NOW - 5, failover=failover) == 0


def test_who_moves_in_good_order_keeps_its_plan_and_who_lost_its_owner_does_not_wait() -> None:
    assert when(planned=NOW + 20_000) == 20_000
    assert when(planned=NOW + 20_000, failover=True) == 0
    assert when(planned=NOW + 20_000, failover=True, rank=UNSTAGGERED, count=100) == 20_000


def test_the_rest_of_a_failover_follows_quickly_and_that_of_a_start_within_an_interval() -> None:
    count = 1000
    failover = [when(rank=rank, count=count, failover=True) for rank in range(UNSTAGGERED, count)]
    assert failover == sorted(failover)
    assert (failover[0], failover[-1]) == (20, 19_000)
    start = [when(rank=rank, count=count) for rank in range(UNSTAGGERED, count)]
    assert start == sorted(start)
    assert start[-1] == 30_000
    assert max(b - a for a, b in itertools.pairwise(start)) <= 32


@pytest.mark.parametrize("failover", [True, False])
def test_patience_holds_whoever_the_owner_is(failover: bool) -> None:
    assert when(planned=NOW + 3_600_000, patience_ms=3_600_000, failover=failover) == 3_600_000
    assert when(planned=NOW - 1, patience_ms=3_600_000, failover=failover) == 0


def test_a_clock_that_was_set_back_makes_nobody_wait_longer() -> None:
    hour = 3_600_000
    assert when(planned=NOW + hour + 60_000, patience_ms=60_000) == 60_000
    assert when(planned=NOW + hour, rank=60, count=80) <= 30_000


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 500), st.booleans()), min_size=1, max_size=30),
    st.integers(1, 600),
)
def test_whatever_changes_hands_again_and_again_waits_one_interval_at_most(
    moves: list[tuple[int, int, bool]], interval: int
) -> None:
    now, planned = NOW, None
    for later, rank, failover in moves:
        planned = first_check(
            now=now,
            planned=planned,
            patience_ms=0,
            rank=rank,
            count=501,
            interval_seconds=interval,
            failover=failover,
        )
        assert now <= planned <= NOW + interval * 1000
        now += later
        if now >= planned:
            break
