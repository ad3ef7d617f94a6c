"""The schedules in memory: rows that follow every commit."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import cast

from master.api.jobs import JobTemplate
from master.api.schedules import Misfire, NotifyOn, Overlap, Schedule, ScheduleRun
from master.errors import Invalid, NotFound
from master.services.crons import Cron, describe
from master.services.events import Publisher
from master.services.schedule_moments import Plan, begins_at
from master.store.schedules import RunRecord, ScheduleRecord
from worker.protocol.states import JobState
from worker.protocol.texts import text

Record = ScheduleRecord[JobTemplate]


@dataclass(slots=True, eq=False)
class Entry:
    """One schedule. Whoever changes it holds ``lock``."""

    record: Record
    cron: Cron | None
    """None: the expression or its time zone is not known any more."""
    begins_at: int | None = None
    """When the next moment begins: planned, and jitter."""
    last_state: JobState | None = None
    waiting: deque[RunRecord] = field(default_factory=deque)
    """Moments whose turn has not come, oldest first."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    attended: bool = False
    """Somebody deals with what is due."""
    replan: bool = False
    """The clock, its zone or the rules of zones may be others than when it was planned."""
    not_before: float = 0.0
    """Monotonic seconds before which nobody tries again, after a fault."""
    patience: float = 0.0
    """So many seconds were waited after the last fault; 0: there was none."""
    told_long: set[str] = field(default_factory=set)
    """Open jobs of which was told that they take long."""

    @property
    def plan(self) -> Plan:
        """What it says of its moments."""
        record = self.record
        return Plan(
            schedule_id=record.id,
            misfire=record.misfire,
            misfire_limit=record.misfire_limit,
            misfire_age_seconds=record.misfire_age_seconds,
            jitter_seconds=record.jitter_seconds,
        )

    def change(self, record: Record) -> None:
        """Take what was committed."""
        if (record.cron, record.time_zone) != (self.record.cron, self.record.time_zone):
            self.cron = known_cron(record)
        self.record = record
        self.begins_at = None
        if record.next_at is not None and self.cron is not None:
            self.begins_at = begins_at(self.plan, self.cron, record.next_at)


class ScheduleBook:
    """All schedules by id, oldest first."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self.entries: dict[str, Entry] = {}

    def add(self, record: Record, last_state: JobState | None = None) -> Entry:
        """Take a schedule in."""
        entry = Entry(record=record, cron=known_cron(record), last_state=last_state)
        entry.change(record)
        self.entries[record.id] = entry
        return entry

    def entry(self, schedule_id: str) -> Entry:
        """Return a schedule. Raises :class:`NotFound`."""
        entry = self.entries.get(schedule_id)
        if entry is None:
            raise NotFound(text("schedule_unknown", id=schedule_id[:100]))
        return entry

    def show(self, entry: Entry) -> None:
        """Tell everybody of a schedule; of one that is gone nobody."""
        if self.entries.get(entry.record.id) is entry:
            self._publisher.publish("schedule.changed", row_of(entry))


def known_cron(record: Record) -> Cron | None:
    """Return the expression of a schedule, None when it is not known (a time zone that was given up)."""
    try:
        return Cron(record.cron, record.time_zone)
    except Invalid:
        return None


def row_of(entry: Entry) -> Schedule:
    """Return what clients see of a schedule."""
    record = entry.record
    return Schedule(
        id=record.id,
        name=record.name,
        cron=record.cron,
        time_zone=record.time_zone,
        text=describe(record.cron) if entry.cron is not None else {},
        job=record.template,
        enabled=record.enabled,
        misfire=cast("Misfire", record.misfire),
        misfire_limit=record.misfire_limit,
        misfire_age_seconds=record.misfire_age_seconds,
        overlap=cast("Overlap", record.overlap),
        jitter_seconds=record.jitter_seconds,
        long_seconds=record.long_seconds,
        notify=cast("list[NotifyOn]", record.notify),
        next_at=record.next_at,
        last_at=record.last_at,
        last_job_id=record.last_job_id,
        last_state=entry.last_state,
        created_at=record.created_at,
        version=record.version,
    )


def run_row(record: RunRecord) -> ScheduleRun:
    """Return what clients see of a moment."""
    return ScheduleRun(
        id=record.id,
        schedule_id=record.schedule_id,
        planned_at=record.planned_at,
        at=record.at,
        outcome=record.outcome,
        job_id=record.job_id,
        text=record.text,
    )
