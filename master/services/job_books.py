"""The jobs that have not ended: rows are the truth, what is kept here is a copy that follows every commit."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from master.api.jobs import Job, JobTemplate
from master.services.events import Publisher
from master.services.job_rows import Record, row_of
from master.services.notifications import NotificationService
from master.store.engine import Connection, Database
from master.store.jobs import JobStore, ReservationRecord
from master.store.notifications import NotificationRecord
from master.supervision.job_queue import Need
from master.supervision.job_transitions import OPEN
from worker.protocol.states import ReservationState
from worker.protocol.texts import Text

Also = Callable[[Connection, str], None]
"""Writes more in the transaction of a new job, whose id is given."""


@dataclass(slots=True, eq=False)
class Entry:
    """One job that has not ended. Whoever changes it holds ``lock``."""

    record: Record
    begun: int = 0
    """Runs that began."""
    held: ReservationRecord | None = None
    """Its slots. Written already when ``run`` is that of the record; else they are about to be."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    noted: bool = False
    """The worker has acknowledged the run that counts."""
    shown: Text | None = None
    """Why it waits, as it was last told."""
    asked_at: float = field(default_factory=time.monotonic)
    """Monotonic seconds at which its worker was last asked about it."""
    formerly: set[str] = field(default_factory=set)
    """Workers that looked after this run before, and may not know that another does."""
    timer: asyncio.TimerHandle | None = None

    @property
    def given(self) -> bool:
        """Some worker may have begun the run that counts, or will."""
        return self.held is not None and self.held.run == self.record.attempts


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is written of a job in one transaction."""

    job: Mapping[str, Any] = {}
    held: Mapping[str, Any] = {}
    """Fields of the slots that it holds."""
    reserve: ReservationRecord | None = None
    """New slots."""
    told: NotificationRecord | None = None


def need_of(template: JobTemplate) -> Need:
    """Return what a job asks of a worker."""
    return Need(
        runner=template.runner,
        cpus=template.cpus,
        memory_mb=template.memory_mb,
        exclusive=template.exclusive,
        worker_id=template.worker_id,
        label=template.worker_label,
    )


class JobBook:
    """All open jobs by id, and the slots that they hold by worker."""

    def __init__(
        self,
        *,
        database: Database,
        publisher: Publisher,
        notifications: NotificationService,
        waiting: Callable[[Entry], Text | None],
    ) -> None:
        """``waiting`` says why a job does not run yet."""
        self._database = database
        self._publisher = publisher
        self._notifications = notifications
        self._waiting = waiting
        self.store: JobStore[JobTemplate] = JobStore(JobTemplate)
        self.entries: dict[str, Entry] = {}
        self._held: dict[str, dict[str, Entry]] = {}

    # ------------------------------------------------------------ slots

    def hold(self, entry: Entry, slots: ReservationRecord | None) -> None:
        """Note the slots of a job; those of before are free."""
        if entry.held is not None:
            self._held[entry.held.worker_id].pop(entry.record.id, None)
        entry.held = slots
        if slots is not None:
            self._held.setdefault(slots.worker_id, {})[entry.record.id] = entry

    def of_worker(self, worker_id: str) -> list[Entry]:
        """Return the jobs that hold slots of a worker."""
        return list(self._held.get(worker_id, {}).values())

    def holders(self) -> list[str]:
        """Return the workers whose slots are held."""
        return [worker_id for worker_id, entries in self._held.items() if entries]

    # ------------------------------------------------------------ rows

    def row(self, entry: Entry) -> Job:
        """Return an open job as it is now."""
        return row_of(entry.record, self._waiting(entry))

    def row_after(self, entry: Entry, changes: Mapping[str, Any]) -> Job:
        """Return a job as it will be once these fields are written."""
        return row_of(msgspec.structs.replace(entry.record, **changes, version=entry.record.version + 1))

    def publish(self, entry: Entry) -> None:
        """Tell everybody of a job."""
        row = self.row(entry)
        entry.shown = row.waiting
        self._publisher.publish("job.changed", row)

    def add(self, entry: Entry) -> None:
        """Note a job that has not ended."""
        self.entries[entry.record.id] = entry

    async def insert(self, entry: Entry, also: Also | None = None) -> None:
        """Write a new job with the slots that it holds, in one transaction with ``also``, and tell everybody."""
        record, held = entry.record, entry.held

        def work(conn: Connection) -> None:
            self.store.insert(conn, record)
            if held is not None:
                self.store.reserve(conn, held)
            if also is not None:
                also(conn, record.id)

        await self._database.write(work)
        self.publish(entry)

    async def write(self, entry: Entry, change: Change) -> None:
        """Write, then let it count, then tell everybody. An ended job is open no more, and holds nothing."""
        record = msgspec.structs.replace(entry.record, **change.job, version=entry.record.version + 1)
        fields = {**change.job, "version": record.version}
        held = entry.held

        def work(conn: Connection) -> list[NotificationRecord]:
            self.store.update(conn, record.id, fields)
            if change.held and held is not None:
                self.store.update_reservation(conn, record.id, held.run, change.held)
            if change.reserve is not None:
                self.store.reserve(conn, change.reserve)
            return self._notifications.store.insert(conn, [change.told] if change.told is not None else [])

        told = await self._database.write(work)
        entry.record = record
        if change.reserve is not None:
            self.hold(entry, change.reserve)
        elif change.held and held is not None:
            after = msgspec.structs.replace(held, **change.held)
            self.hold(entry, None if after.state is ReservationState.RELEASED else after)
        if record.state not in OPEN:
            self.forget(entry)
        self.publish(entry)
        self._notifications.announce(told)

    def forget(self, entry: Entry) -> None:
        """It has ended."""
        self.entries.pop(entry.record.id, None)
        self.hold(entry, None)
        if entry.timer is not None:
            entry.timer.cancel()
            entry.timer = None
