"""Slots for waiting jobs: never more than there are, in order, alone where that is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from master.supervision.job_queue import PATIENCE_MS, JobQueue, Need, Seat, fits, why_waiting


def seat(worker_id: str = "w1", cpus: int = 2, **more: object) -> Seat:
    return Seat(worker_id=worker_id, cpus=cpus, **more)  # type: ignore[arg-type]


def need(cpus: int = 1, **more: object) -> Need:
    return Need(runner="command", cpus=cpus, **more)  # type: ignore[arg-type]


def queue_of(*jobs: tuple[str, Need], priority: int = 0) -> JobQueue:
    queue = JobQueue()
    for job_id, one in jobs:
        queue.add(job_id, one, priority=priority)
    return queue


def test_the_oldest_goes_first_and_fills_the_first_worker() -> None:
    queue = queue_of(("3", need()), ("1", need()), ("2", need()))
    assert queue.plan([seat(), seat("w2")], 0) == [("1", "w1"), ("2", "w1"), ("3", "w2")]
    assert len(queue) == 0


def test_priority_goes_before_age() -> None:
    queue = queue_of(("1", need()))
    queue.add("2", need(), priority=9)
    assert queue.plan([seat(cpus=1)], 0) == [("2", "w1")]
    assert list(queue.jobs()) == ["1"]


def test_what_does_not_fit_lets_later_ones_pass() -> None:
    queue = queue_of(("1", need(4)), ("2", need()))
    assert queue.plan([seat(cpus=4, jobs=1, used_cpus=2)], 0) == [("2", "w1")]
    assert "1" in queue


def test_one_that_waits_for_long_is_passed_no_more_on_one_worker() -> None:
    queue = queue_of(("1", need(4)), ("2", need()), ("3", need()))
    busy = [seat(cpus=4, jobs=1, used_cpus=2), seat("w2", cpus=4, jobs=3, used_cpus=3)]
    assert queue.plan(busy, PATIENCE_MS + 1) == [("2", "w2")]
    assert queue.plan([seat(cpus=4), seat("w2", cpus=4, jobs=4, used_cpus=4)], PATIENCE_MS + 2) == [("1", "w1")]


def test_a_job_that_nobody_could_have_keeps_no_worker() -> None:
    queue = queue_of(("1", need(99)), ("2", need()))
    assert queue.plan([seat()], PATIENCE_MS + 1) == [("2", "w1")]


def test_an_exclusive_job_is_alone() -> None:
    queue = queue_of(("1", need(exclusive=True)), ("2", need()))
    assert queue.plan([seat(jobs=1, used_cpus=1), seat("w2")], 0) == [("1", "w2"), ("2", "w1")]
    assert not fits(seat("w2", jobs=1, used_cpus=1, exclusive=True), need())


def test_memory_label_runner_and_worker_are_asked_for() -> None:
    full = seat(memory_mb=100, used_memory_mb=60, jobs=1)
    assert not fits(full, need(memory_mb=50))
    assert fits(full, need(memory_mb=40))
    assert fits(full, need())
    assert fits(seat(used_memory_mb=60), need(memory_mb=10**6))
    assert not fits(seat(), need(label="gpu"))
    assert fits(seat(labels=frozenset({"gpu"})), need(label="gpu"))
    assert not fits(seat(), need(worker_id="w2"))
    assert not fits(seat(runners=frozenset({"http"})), need())
    assert fits(seat(runners=frozenset({"command"})), need())


def test_who_is_removed_waits_no_more() -> None:
    queue = queue_of(("1", need()), ("2", need(2)))
    queue.remove("1")
    queue.remove("1")
    queue.add("2", need(1))
    assert queue.plan([seat()], 0) == [("2", "w1")]


@pytest.mark.parametrize(
    ("one", "seats", "code"),
    [
        (need(), [], "job_waits_no_worker"),
        (need(worker_id="w9"), [seat()], "job_waits_worker"),
        (need(label="gpu"), [seat()], "job_waits_label"),
        (need(99), [seat()], "job_waits_able"),
        (need(exclusive=True), [seat(jobs=1, used_cpus=1)], "job_waits_exclusive"),
        (need(memory_mb=50), [seat(memory_mb=60, used_memory_mb=20, jobs=1, used_cpus=1)], "job_waits_memory"),
        (need(), [seat(jobs=1, used_cpus=1)], "job_waits_turn"),
        (need(), [seat(jobs=2, used_cpus=2)], "job_waits_slots"),
        (need(), [seat(jobs=1, used_cpus=1, exclusive=True)], "job_waits_slots"),
    ],
)
def test_it_says_what_a_job_waits_for(one: Need, seats: list[Seat], code: str) -> None:
    assert why_waiting(one, seats).code == code


needs = st.builds(
    Need,
    runner=st.sampled_from(["command", "http"]),
    cpus=st.integers(1, 4),
    memory_mb=st.none() | st.integers(1, 50),
    exclusive=st.booleans(),
    worker_id=st.none() | st.sampled_from(["w0", "w1"]),
    label=st.none() | st.just("gpu"),
)
seats_of_crews = st.lists(
    st.builds(
        dict,
        cpus=st.integers(1, 4),
        memory_mb=st.none() | st.integers(1, 100),
        labels=st.sampled_from([frozenset(), frozenset({"gpu"})]),
        runners=st.sampled_from([frozenset(), frozenset({"command"})]),
    ),
    max_size=3,
)


@given(st.lists(st.tuples(needs, st.integers(0, 2), st.booleans()), max_size=25), seats_of_crews)
def test_never_over_capacity_in_order_and_alone(jobs: list[tuple[Need, int, bool]], crew: list[dict]) -> None:
    seats = [Seat(worker_id=f"w{number}", **one) for number, one in enumerate(crew)]
    queue = JobQueue()
    asked, old = {}, {}
    for number, (one, priority, waits_long) in enumerate(jobs):
        job_id = f"{number:03}"
        asked[job_id] = (one, priority)
        old[job_id] = waits_long
        queue.add(job_id, one, priority=priority, since_at=0 if waits_long else PATIENCE_MS)
    placed = queue.plan(seats, PATIENCE_MS + 1)
    # In order of priority and age, each where it fitted at that moment.
    order = [(-asked[job_id][1], job_id) for job_id, _ in placed]
    assert order == sorted(order)
    room = {one.worker_id: one for one in seats}
    for job_id, worker_id in placed:
        assert fits(room[worker_id], asked[job_id][0])
        room[worker_id] = room[worker_id].with_job(asked[job_id][0])
    for one in room.values():
        assert one.used_cpus <= one.cpus
        assert one.memory_mb is None or one.used_memory_mb <= one.memory_mb
        assert not one.exclusive or one.jobs == 1
    # Whoever waits fits nowhere, but for workers that are kept for who waits for long.
    left = [job_id for job_id in asked if job_id in queue]
    assert {*left, *(job_id for job_id, _ in placed)} == set(asked)
    if not any(old[job_id] for job_id in left):
        assert not any(fits(one, asked[job_id][0]) for job_id in left for one in room.values())
    # Nobody passes one that asks for the same.
    for job_id, _ in placed:
        mine, priority = asked[job_id]
        assert not any(asked[one] == (mine, priority) and one < job_id for one in left)
