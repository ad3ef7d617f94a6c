"""Placement."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from master.supervision.balance import Claim, Seat, place


def seat(worker_id: str, held: int = 0, limit: int = 10, platforms: tuple[str, ...] = ("feed",)) -> Seat:
    return Seat(worker_id=worker_id, held=held, limit=limit, platforms=frozenset(platforms))


def claim(name: str, platform: str = "feed", **more: object) -> Claim:
    return Claim(account_id=name, platform=platform, **more)  # type: ignore[arg-type]


def test_the_least_loaded_worker_gets_the_account() -> None:
    (placement,) = place([claim("a")], [seat("w1", 3), seat("w2", 2), seat("w3", 5)])
    assert placement.worker_id == "w2"


def test_ties_do_not_depend_on_the_order_of_workers() -> None:
    seats = [seat("w1"), seat("w2"), seat("w3")]
    for name in ("a", "b", "c", "d"):
        (one,) = place([claim(name)], seats)
        (other,) = place([claim(name)], seats[::-1])
        assert one == other


def test_ties_spread_over_all_workers() -> None:
    seats = [seat("w1"), seat("w2"), seat("w3")]
    winners = Counter(place([claim(f"account-{n}")], seats)[0].worker_id for n in range(300))
    assert min(winners.values()) > 60


def test_no_worker_no_platform_and_full_are_told_apart() -> None:
    assert place([claim("a")], [])[0].obstacle == "no_worker"
    assert place([claim("a", "matrix")], [seat("w1")])[0].obstacle == "no_platform"
    assert place([claim("a")], [seat("w1", 10, 10)])[0].obstacle == "full"


def test_a_failover_may_go_to_twice_the_limit_and_no_further() -> None:
    placements = place([claim(f"a{n}", failover=True) for n in range(30)], [seat("w1", 10, 10)])
    assert Counter(p.worker_id for p in placements) == {"w1": 10, None: 20}


def test_a_failover_prefers_free_places() -> None:
    (placement,) = place([claim("a", failover=True)], [seat("w1", 2, 2), seat("w2", 9, 10)])
    assert placement.worker_id == "w2"


def test_a_worker_that_did_not_take_it_is_not_asked_again() -> None:
    (placement,) = place([claim("a", avoid=frozenset({"w1"}))], [seat("w1", 0), seat("w2", 9)])
    assert placement.worker_id == "w2"
    (placement,) = place([claim("a", avoid=frozenset({"w1"}))], [seat("w1", 0)])
    assert (placement.worker_id, placement.obstacle) == (None, "avoided")


@given(
    held=st.lists(st.integers(0, 30), min_size=1, max_size=6),
    limit=st.integers(1, 30),
    claims=st.integers(0, 60),
)
def test_limits_hold_every_claim_is_answered_and_the_end_is_even(held: list[int], limit: int, claims: int) -> None:
    seats = [seat(f"w{n}", count, limit) for n, count in enumerate(held)]
    placements = place([claim(f"a{n}") for n in range(claims)], seats)
    assert [p.account_id for p in placements] == [f"a{n}" for n in range(claims)]
    after = Counter({s.worker_id: s.held for s in seats})
    after.update(p.worker_id for p in placements if p.worker_id)
    for s in seats:
        assert after[s.worker_id] <= max(limit, s.held)
    given_to = {p.worker_id for p in placements if p.worker_id}
    for worker_id in given_to:
        # Nobody who was given one has more than one account above the least loaded worker with a free place.
        others = [after[s.worker_id] for s in seats if after[s.worker_id] < limit]
        assert not others or after[worker_id] <= min(others) + 1
    if any(p.obstacle for p in placements):
        assert all(after[s.worker_id] >= limit for s in seats)
