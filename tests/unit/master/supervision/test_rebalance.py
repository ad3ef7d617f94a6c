"""Evening out: the fewest moves, and none twice."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from master.supervision.balance import COST_SPREAD, COUNT_SPREAD, Held, Seat, Shift, rebalance

FEEDS = frozenset({"feed"})


def seats(held: list[Held], limit: int = 1000, **limits: int) -> list[Seat]:
    counts = Counter(account.worker_id for account in held)
    names = sorted({*counts, *limits})
    return [Seat(worker_id=name, held=counts[name], limit=limits.get(name, limit), platforms=FEEDS) for name in names]


def holding(**counts: int) -> list[Held]:
    return [
        Held(account_id=f"{worker}-{number}", worker_id=worker, platform="feed")
        for worker, count in counts.items()
        for number in range(count)
    ]


def after(held: list[Held], shifts: list[Shift]) -> Counter[str]:
    counts = Counter(account.worker_id for account in held)
    for shift in shifts:
        counts[shift.from_worker] -= 1
        counts[shift.to_worker] += 1
    return counts


@pytest.mark.parametrize(
    ("counts", "moves"),
    [
        ({"a": 5, "b": 2}, 0),
        ({"a": 6, "b": 2}, 1),
        ({"a": 10, "b": 0}, 4),
        ({"a": 10, "b": 10, "c": 0}, 5),
        ({"a": 0, "b": 0}, 0),
    ],
)
def test_moves_are_the_fewest_that_bring_the_counts_close(counts: dict[str, int], moves: int) -> None:
    held = holding(**counts)
    shifts = rebalance(held, seats(held, **dict.fromkeys(counts, 1000)))
    assert len(shifts) == moves
    left = after(held, shifts)
    assert max(left[name] for name in counts) - min(left[name] for name in counts) <= COUNT_SPREAD


def test_pinned_and_just_moved_accounts_stay() -> None:
    held = [Held(account_id=str(n), worker_id="a", platform="feed", fixed=n != 3) for n in range(10)]
    shifts = rebalance(held, seats(held, b=100))
    assert [shift.account_id for shift in shifts] == ["3"]


def test_what_is_over_a_limit_moves_even_when_the_rest_is_even() -> None:
    held = holding(a=4, b=3)
    shifts = rebalance(held, seats(held, a=2, b=10))
    assert len(shifts) == 2
    assert all(shift.over_limit for shift in shifts)


def test_nobody_gets_more_than_its_limit_or_what_it_does_not_know() -> None:
    held = holding(a=20)
    table = [*seats(held), Seat(worker_id="b", held=0, limit=4, platforms=FEEDS)]
    table.append(Seat(worker_id="c", held=0, limit=100, platforms=frozenset({"imap"})))
    left = after(held, rebalance(held, table))
    assert left == {"a": 16, "b": 4}


def test_many_accounts_are_compared_by_cost() -> None:
    heavy = [Held(account_id=f"h{n}", worker_id="a", platform="feed", cost=4.0) for n in range(40)]
    light = [Held(account_id=f"l{n}", worker_id="b", platform="feed", cost=1.0) for n in range(40)]
    held = heavy + light
    shifts = rebalance(held, seats(held))
    assert shifts
    assert all(shift.by_cost for shift in shifts)
    costs = {"a": 160.0, "b": 40.0}
    for shift in shifts:
        costs[shift.from_worker] -= 4.0
        costs[shift.to_worker] += 4.0
    assert max(costs.values()) - min(costs.values()) <= COST_SPREAD * max(costs.values())
    # Half the gap is 60: 12 moves of 4 bring it within a fifth.
    assert len(shifts) <= 13


@given(
    placed=st.lists(
        st.tuples(st.sampled_from("abcd"), st.floats(0.2, 20, allow_nan=False), st.booleans()), max_size=200
    ),
    limits=st.fixed_dictionaries({name: st.integers(0, 80) for name in "abcd"}),
)
def test_it_ends_and_keeps_to_the_limits(placed: list[tuple[str, float, bool]], limits: dict[str, int]) -> None:
    held = [
        Held(account_id=str(number), worker_id=worker, platform="feed", cost=cost, fixed=fixed)
        for number, (worker, cost, fixed) in enumerate(placed)
    ]
    shifts = rebalance(held, seats(held, **limits))
    names = [shift.account_id for shift in shifts]
    assert len(names) == len(set(names)), "no account moves twice"
    where = {account.account_id: account for account in held}
    before, left = Counter(account.worker_id for account in held), after(held, shifts)
    for shift in shifts:
        assert where[shift.account_id].worker_id == shift.from_worker != shift.to_worker
        assert not where[shift.account_id].fixed
    for name, limit in limits.items():
        assert left[name] <= max(limit, before[name])
