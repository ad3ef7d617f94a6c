"""Who runs which job: slots are given in memory at once, written, and only then told to the worker."""

import asyncio
import itertools
import logging
import time
from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from master.api.jobs import WorkerSlots
from master.api.schema import Worker, WorkerConfig
from master.services.job_books import Change, Entry, JobBook, need_of
from master.services.job_checks import slots_of, takes_jobs
from master.services.job_deliveries import JobDeliveries, fitting
from master.store.jobs import ReservationRecord
from master.supervision.job_queue import JobQueue, Placed, Seat, why_waiting
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.job_messages import RunJob
from worker.protocol.states import JobState, ReservationState, WorkerState
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

SOON_MS: Final = 1500
"""A crashed worker whose restart is that near keeps its jobs."""
PATIENCE_SECONDS: Final = 10.0
"""A worker that is being started keeps its jobs so long."""
REFRESHED: Final = 500
"""So many of the open jobs are looked at whether they wait for something else by now."""
OPEN_SECONDS: Final = 0.01
"""The answer to a registration goes out before the first job."""


class Workers(Protocol):
    """What is asked of the workers."""

    def exists(self, worker_id: str) -> bool: ...

    def get(self, worker_id: str) -> Worker: ...

    def config(self, worker_id: str) -> WorkerConfig: ...

    def configs(self) -> list[WorkerConfig]: ...


class JobDispatcher:
    """Places jobs on workers that are there, and has others take up what a worker left that is gone."""

    def __init__(
        self, *, book: JobBook, queue: JobQueue, workers: Workers, deliveries: JobDeliveries, tasks: Tasks
    ) -> None:
        self._book = book
        self._queue = queue
        self._workers = workers
        self._deliveries = deliveries
        self._tasks = tasks
        self._connected: dict[str, frozenset[str] | None] = {}
        """Runners of the workers whose sockets stand, None until the answer to their registration is out."""
        self._runners: dict[str, frozenset[str]] = {}
        """Of those that take jobs."""
        self._absent: dict[str, float] = {}
        self.opened = False
        """All workers that start with the master are being started: whoever is not there now does not come."""
        self.closed = False

    # ------------------------------------------------------------ workers

    def registered(self, worker_id: str, runners: list[str]) -> list[RunJob]:
        """A worker's socket stands: return the jobs that it is to take up again."""
        self._connected[worker_id] = None
        self._runners.pop(worker_id, None)
        mine = [entry for entry in self._book.of_worker(worker_id) if entry.given]
        told = fitting([self._deliveries.message(entry, adopt=True) for entry in mine])
        for entry in mine[: len(told)]:
            entry.noted = True
        asyncio.get_running_loop().call_later(
            OPEN_SECONDS, self._open_seat, worker_id, frozenset(runners), mine, mine[len(told) :]
        )
        return told

    def _open_seat(self, worker_id: str, runners: frozenset[str], mine: list[Entry], rest: list[Entry]) -> None:
        """It has its answer by now."""
        if self.closed or worker_id not in self._connected:
            return
        for entry in rest:
            self._deliveries.run(entry, adopt=True)
        for entry in mine:
            if entry.record.cancelling:
                self._deliveries.cancel(entry)
        for entry in self._book.entries.values():
            if worker_id in entry.formerly:
                entry.formerly.discard(worker_id)
                if entry.held is not None and entry.held.worker_id != worker_id:
                    self._deliveries.forget(worker_id, entry)
        self._connected[worker_id] = runners
        self.changed(worker_id)

    def disconnected(self, worker_id: str) -> None:
        """Its socket is gone: it is given nothing more. What it has goes on."""
        self._connected.pop(worker_id, None)
        self._runners.pop(worker_id, None)

    def changed(self, worker_id: str) -> None:
        """A worker changed, or was deleted: perhaps it has other slots, or will not come back."""
        runners = self._connected.get(worker_id)
        if runners is None or not self._is_running(worker_id) or not takes_jobs(self._workers.config(worker_id)):
            self._runners.pop(worker_id, None)
        else:
            self._runners[worker_id] = runners
        self.sweep()
        self.kick()

    def present(self, worker_id: str) -> bool:
        """Tell whether a worker takes messages."""
        return worker_id in self._connected

    def _is_running(self, worker_id: str) -> bool:
        return self._workers.exists(worker_id) and self._workers.get(worker_id).status is WorkerState.RUNNING

    # ------------------------------------------------------------ slots

    def seats(self) -> list[Seat]:
        """Return the workers that take jobs, with what is held of each."""
        return [self._seat(config) for config in self._workers.configs() if config.worker_id in self._runners]

    def slots(self) -> list[WorkerSlots]:
        """Return the slots of all workers."""
        rows = []
        for config in filter(takes_jobs, self._workers.configs()):
            seat = self._seat(config)
            rows.append(
                WorkerSlots(
                    worker_id=seat.worker_id,
                    cpus=seat.cpus,
                    used_cpus=seat.used_cpus,
                    memory_mb=seat.memory_mb,
                    used_memory_mb=seat.used_memory_mb,
                    exclusive=seat.exclusive,
                    online=seat.worker_id in self._runners,
                )
            )
        return rows

    def _seat(self, config: WorkerConfig) -> Seat:
        held = [entry.held for entry in self._book.of_worker(config.worker_id) if entry.held is not None]
        return Seat(
            worker_id=config.worker_id,
            cpus=slots_of(config),
            memory_mb=config.job_memory_mb,
            labels=frozenset(config.labels),
            runners=self._runners.get(config.worker_id, frozenset()),
            jobs=len(held),
            used_cpus=sum(slots.cpus for slots in held),
            used_memory_mb=sum(slots.memory_mb or 0 for slots in held),
            exclusive=any(slots.exclusive for slots in held),
        )

    def refresh(self) -> None:
        """Tell again of jobs that wait for something else by now, the oldest of them."""
        seats = self.seats()
        for entry in itertools.islice(self._book.entries.values(), REFRESHED):
            if entry.record.state is JobState.PENDING and self.waiting(entry, seats) != entry.shown:
                self._book.publish(entry)

    def waiting(self, entry: Entry, seats: Sequence[Seat] | None = None) -> Text | None:
        """Say why a job does not run yet; ``seats`` as they are now, where somebody has them at hand."""
        record = entry.record
        if record.state is not JobState.PENDING:
            return None
        if entry.held is not None:
            worker_id = entry.held.worker_id
            return text("job_waits_start" if self.present(worker_id) else "job_waits_answer", worker=worker_id)
        if entry.timer is not None:
            return text("job_waits_retry", error=record.error.message if record.error is not None else "")
        return why_waiting(need_of(record.template), self.seats() if seats is None else seats)

    # ------------------------------------------------------------ placing

    def place(self, entry: Entry) -> None:
        """Give a new job slots if there is room; else it waits. It is not written yet."""
        record = entry.record
        self._wait(entry)
        for placed in self._planned():
            if placed.job_id == record.id:
                slots = slots_for(entry, placed.worker_id)
                self._book.hold(entry, slots)
                changes = {"attempts": slots.run, "worker_id": slots.worker_id}
                entry.record = msgspec.structs.replace(record, **changes)
            else:
                self._claim(placed)

    def kick(self) -> None:
        """Give free slots to those who wait for them."""
        for placed in self._planned():
            self._claim(placed)

    def enqueue(self, entry: Entry) -> None:
        """Let a job wait for slots, from its time on."""
        wait = ((entry.record.not_before_at or 0) - now_ms()) / 1000
        if entry.timer is not None:
            entry.timer.cancel()
            entry.timer = None
        if wait > 0:
            entry.timer = asyncio.get_running_loop().call_later(wait, self._due, entry)
        else:
            self._wait(entry)

    def withdraw(self, entry: Entry) -> None:
        """It waits no more, and slots that were not yet written are free."""
        self._queue.remove(entry.record.id)
        if not entry.given:
            self._book.hold(entry, None)

    def _due(self, entry: Entry) -> None:
        entry.timer = None
        if entry.record.id in self._book.entries and entry.held is None:
            self._wait(entry)
            self.kick()

    def _wait(self, entry: Entry) -> None:
        record = entry.record
        since = max(record.submitted_at, record.not_before_at or 0)
        self._queue.add(record.id, need_of(record.template), priority=record.template.priority, since_at=since)

    def _planned(self) -> list[Placed]:
        if self.closed or not len(self._queue) or not self._runners:
            return []
        return self._queue.plan(self.seats(), now_ms())

    def _claim(self, placed: Placed) -> None:
        entry = self._book.entries.get(placed.job_id)
        if entry is not None:
            slots = slots_for(entry, placed.worker_id)
            self._book.hold(entry, slots)
            self._tasks.spawn(self._give(entry, slots), name=f"place job {placed.job_id}")

    async def _give(self, entry: Entry, slots: ReservationRecord) -> None:
        """Write that a waiting job got slots, then tell the worker."""
        async with entry.lock:
            if entry.held is not slots:
                return  # cancelled meanwhile
            job = {"attempts": slots.run, "worker_id": slots.worker_id, "not_before_at": None}
            try:
                await self._book.write(entry, Change(job=job, reserve=slots))
            except BaseException:
                # It waits on; the next second brings the next attempt.
                self._book.hold(entry, None)
                self._wait(entry)
                raise
        self._deliveries.run(entry, adopt=False)

    # ------------------------------------------------------------ what workers left

    def sweep(self) -> None:
        """Have others take up the jobs of workers that will not come back soon."""
        if not self.opened or self.closed or not self._runners:
            return
        now = time.monotonic()
        away = [worker_id for worker_id in self._book.holders() if worker_id not in self._connected]
        self._absent = {worker_id: self._absent.get(worker_id, now) for worker_id in away}
        for worker_id, since in self._absent.items():
            if not self._comes(worker_id, now - since):
                for entry in self._book.of_worker(worker_id):
                    self._tasks.spawn(self._move(entry, worker_id), name=f"move job {entry.record.id}")

    def _comes(self, worker_id: str, seconds: float) -> bool:
        """Tell whether a worker that is away is expected to be there again in a moment."""
        if not self._workers.exists(worker_id):
            return False
        row = self._workers.get(worker_id)
        match row.status:
            case WorkerState.RUNNING:
                return True  # its process lives; should it hang, it is ended
            case WorkerState.CRASHED:
                return row.restart_at is not None and row.restart_at - now_ms() <= SOON_MS
            case WorkerState.STARTING | WorkerState.STOPPING:
                return seconds < PATIENCE_SECONDS
            case _:
                return False

    async def _move(self, entry: Entry, worker_id: str) -> None:
        """Have another worker look after a run; it holds slots there, even if there are none."""
        async with entry.lock:
            held = entry.held
            if held is None or held.worker_id != worker_id or not entry.given or worker_id in self._connected:
                return
            target = self._target()
            if target is None:
                return
            changed = {"worker_id": target}
            await self._book.write(entry, Change(job=changed, held=changed))
            entry.formerly.add(worker_id)
            entry.formerly.discard(target)
        logger.info("job %s: %s looks after it instead of %s", entry.record.id, target, worker_id)
        self._deliveries.run(entry, adopt=True)
        if entry.record.cancelling:
            self._deliveries.cancel(entry)

    def _target(self) -> str | None:
        """Return the worker with most room."""
        seats = self.seats()
        if not seats:
            return None
        return min(seats, key=lambda seat: (seat.used_cpus - seat.cpus, seat.jobs, seat.worker_id)).worker_id


def slots_for(entry: Entry, worker_id: str) -> ReservationRecord:
    """Return the slots that the next run of a job needs."""
    template = entry.record.template
    return ReservationRecord(
        job_id=entry.record.id,
        run=entry.record.attempts + 1,
        worker_id=worker_id,
        cpus=template.cpus,
        memory_mb=template.memory_mb,
        exclusive=template.exclusive,
        state=ReservationState.RESERVED,
        reserved_at=now_ms(),
    )
