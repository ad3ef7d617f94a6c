"""Which waiting job runs where (pure): by priority, then by age, first fit over the slots of the workers.

A job that does not fit lets later ones pass. One that waits for long is passed no more on one worker that could have
it: what becomes free there is kept until it fits.
"""

import heapq
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec

from worker.protocol.texts import Text, text

PATIENCE_MS: Final = 60_000
"""So long may others pass a job that does not fit."""


class Need(NamedTuple):
    """What a job asks of a worker. Jobs with the same needs stand in one line."""

    runner: str
    cpus: int = 1
    memory_mb: int | None = None
    exclusive: bool = False
    worker_id: str | None = None
    label: str | None = None


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A worker that takes jobs, and what the jobs that it has hold."""

    worker_id: str
    cpus: int
    memory_mb: int | None = None
    """None: not counted."""
    labels: frozenset[str] = frozenset()
    runners: frozenset[str] = frozenset()
    """Empty: not known, so anything."""
    jobs: int = 0
    used_cpus: int = 0
    used_memory_mb: int = 0
    exclusive: bool = False
    """A job holds all of it."""

    def with_job(self, need: Need) -> "Seat":
        """Return it with one more job."""
        return msgspec.structs.replace(
            self,
            jobs=self.jobs + 1,
            used_cpus=self.used_cpus + need.cpus,
            used_memory_mb=self.used_memory_mb + (need.memory_mb or 0),
            exclusive=self.exclusive or need.exclusive,
        )


class Placed(NamedTuple):
    """A job got slots."""

    job_id: str
    worker_id: str


class _Waiting(NamedTuple):
    """A place in a line; sorts by priority, then by id, which is by age."""

    urgency: int
    job_id: str
    since_at: int


def suits(seat: Seat, need: Need) -> bool:
    """Tell whether a worker could have such a job if it had no other."""
    return (
        need.worker_id in (None, seat.worker_id)
        and (need.label is None or need.label in seat.labels)
        and (not seat.runners or need.runner in seat.runners)
        and need.cpus <= seat.cpus
        and (seat.memory_mb is None or (need.memory_mb or 0) <= seat.memory_mb)
    )


def fits(seat: Seat, need: Need) -> bool:
    """Tell whether a worker has room for such a job now."""
    return (
        suits(seat, need)
        and not seat.exclusive
        and not (need.exclusive and seat.jobs)
        and seat.used_cpus + need.cpus <= seat.cpus
        and (seat.memory_mb is None or seat.used_memory_mb + (need.memory_mb or 0) <= seat.memory_mb)
    )


def why_waiting(need: Need, seats: Sequence[Seat]) -> Text:
    """Say what a job waits for."""
    if not seats:
        return text("job_waits_no_worker")
    if need.worker_id is not None and all(seat.worker_id != need.worker_id for seat in seats):
        return text("job_waits_worker", worker=need.worker_id)
    if need.label is not None and all(need.label not in seat.labels for seat in seats):
        return text("job_waits_label", label=need.label)
    able = [seat for seat in seats if suits(seat, need)]
    if not able:
        return text("job_waits_able", runner=need.runner, cpus=need.cpus)
    if need.exclusive:
        return text("job_waits_exclusive")
    if any(not seat.exclusive and seat.used_cpus + need.cpus <= seat.cpus for seat in able):
        if need.memory_mb and not any(fits(seat, need) for seat in able):
            return text("job_waits_memory", memory_mb=need.memory_mb)
        return text("job_waits_turn")
    return text("job_waits_slots", cpus=need.cpus)


class JobQueue:
    """The jobs that wait for slots. What is done costs by the number of different needs, not of jobs."""

    def __init__(self) -> None:
        self._lines: dict[Need, list[_Waiting]] = {}
        self._places: dict[str, tuple[Need, _Waiting]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, job_id: object) -> bool:
        return job_id in self._places

    def jobs(self) -> Iterable[str]:
        """Return all that wait."""
        return tuple(self._places)

    def add(self, job_id: str, need: Need, *, priority: int = 0, since_at: int = 0) -> None:
        """Let a job wait; ``since_at``: since when it does, UTC milliseconds."""
        self.remove(job_id)
        waiting = _Waiting(-priority, job_id, since_at)
        self._places[job_id] = (need, waiting)
        insort(self._lines.setdefault(need, []), waiting)

    def remove(self, job_id: str) -> None:
        """A job waits no more. Nothing happens when it did not."""
        place = self._places.pop(job_id, None)
        if place is None:
            return
        need, waiting = place
        line = self._lines[need]
        del line[bisect_left(line, waiting)]
        if not line:
            del self._lines[need]

    def plan(self, seats: Sequence[Seat], now: int) -> list[Placed]:
        """Give slots to all that fit, in order; they wait no more."""
        room = {seat.worker_id: seat for seat in seats}
        heads = [(line[0], need, 0) for need, line in self._lines.items()]
        heapq.heapify(heads)
        kept: set[str] = set()
        placed: list[Placed] = []
        while heads:
            waiting, need, place = heapq.heappop(heads)
            seat = next((one for one in room.values() if one.worker_id not in kept and fits(one, need)), None)
            if seat is None:
                # None of its line fits either: all ask for the same.
                if now - waiting.since_at > PATIENCE_MS and (keep := _kept(room.values(), need, kept)):
                    kept.add(keep)
                continue
            room[seat.worker_id] = seat.with_job(need)
            placed.append(Placed(waiting.job_id, seat.worker_id))
            line = self._lines[need]
            if place + 1 < len(line):
                heapq.heappush(heads, (line[place + 1], need, place + 1))
        for one in placed:
            self.remove(one.job_id)
        return placed


def _kept(seats: Iterable[Seat], need: Need, kept: set[str]) -> str | None:
    """Return the worker that will soonest have room, None when there is none or it is kept for another."""
    able = [seat for seat in seats if seat.worker_id not in kept and suits(seat, need)]
    if not able:
        return None
    return min(able, key=lambda seat: (seat.used_cpus - seat.cpus, seat.jobs, seat.worker_id)).worker_id
