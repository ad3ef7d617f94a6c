"""Schedules, and what became of each of their moments."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, Literal, TypeVar

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from master.store.columns import from_json, to_json
from master.store.job_tables import jobs, schedule_runs, schedules
from master.store.system_tables import credentials
from worker.protocol.states import JobState
from worker.protocol.texts import Text

T = TypeVar("T", bound=msgspec.Struct)

Outcome = Literal["started", "queued", "skipped", "missed", "failed"]

KEPT: Final = 1000
"""So many moments of a schedule are remembered, beside those that wait."""


class ScheduleRecord(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One row. ``next_at``: the first moment that is not dealt with; None: switched off, or it never comes again."""

    id: str
    name: str
    cron: str
    time_zone: str
    template: T
    enabled: bool
    misfire: str
    misfire_limit: int
    misfire_age_seconds: int
    overlap: str
    jitter_seconds: int
    long_seconds: int | None
    notify: list[str]
    credential_id: str | None
    next_at: int | None
    last_at: int | None = None
    last_job_id: str | None = None
    created_at: int
    version: int = 1


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one moment; ``id`` 0 before it is stored."""

    id: int = 0
    schedule_id: str
    planned_at: int
    at: int
    outcome: Outcome
    job_id: str | None = None
    text: Text | None = None


class ScheduleStore(Generic[T]):
    """The tables of schedules and their moments. ``template``: the type of what is run."""

    def __init__(self, template: type[T]) -> None:
        self._template = template

    def all(self, conn: Connection) -> list[ScheduleRecord[T]]:
        """Return all schedules, oldest first."""
        statement = select(schedules).order_by(schedules.c.created_at, schedules.c.id)
        return [self._record(row) for row in conn.execute(statement).mappings()]

    def insert(self, conn: Connection, record: ScheduleRecord[T]) -> None:
        """Add a schedule."""
        conn.execute(insert(schedules).values(_values(msgspec.structs.asdict(record))))

    def update(
        self, conn: Connection, schedule_id: str, changes: Mapping[str, Any], expected_version: int | None = None
    ) -> bool:
        """Write some fields; False when it is gone, or its version is not ``expected_version``."""
        statement = update(schedules).where(schedules.c.id == schedule_id).values(_values(dict(changes)))
        if expected_version is not None:
            statement = statement.where(schedules.c.version == expected_version)
        return conn.execute(statement).rowcount == 1

    def delete(self, conn: Connection, schedule_id: str) -> None:
        """Remove a schedule with what is remembered of its moments; its jobs stay."""
        conn.execute(delete(schedules).where(schedules.c.id == schedule_id))

    def claim(self, conn: Connection, schedule_id: str, planned_at: int, next_at: int | None) -> bool:
        """Move on from the moments up to ``planned_at``; False when somebody dealt with them already."""
        columns = schedules.c
        statement = (
            update(schedules)
            .where(columns.id == schedule_id, columns.enabled.is_(True), columns.next_at <= planned_at)
            .values(next_at=next_at)
        )
        return conn.execute(statement).rowcount == 1

    def next_at(self, conn: Connection, schedule_id: str) -> int | None:
        """Return the first moment that is not dealt with."""
        return conn.execute(select(schedules.c.next_at).where(schedules.c.id == schedule_id)).scalar_one_or_none()

    def has_credential(self, conn: Connection, credential_id: str) -> bool:
        """Tell whether there is such a credential."""
        return conn.execute(select(credentials.c.id).where(credentials.c.id == credential_id)).first() is not None

    def last_states(self, conn: Connection) -> dict[str, JobState]:
        """Return the state of the last job of each schedule, by the schedule's id."""
        statement = select(schedules.c.id, jobs.c.state).join(jobs, jobs.c.id == schedules.c.last_job_id)
        return {schedule_id: JobState(state) for schedule_id, state in conn.execute(statement)}

    # ------------------------------------------------------------ moments

    def add_runs(self, conn: Connection, records: Sequence[RunRecord]) -> list[int]:
        """Note what became of moments, the oldest first; return their ids. The oldest beyond 1,000 are forgotten."""
        ids = []
        for record in records:
            values = _values(msgspec.structs.asdict(record))
            del values["id"]
            number = conn.execute(insert(schedule_runs).values(values)).inserted_primary_key
            assert number is not None
            ids.append(int(number[0]))
        for schedule_id in {record.schedule_id for record in records}:
            self._forget(conn, schedule_id)
        return ids

    def waiting(self, conn: Connection) -> list[RunRecord]:
        """Return the moments that wait for their turn, oldest first."""
        statement = select(schedule_runs).where(schedule_runs.c.outcome == "queued").order_by(schedule_runs.c.id)
        return [_run(row) for row in conn.execute(statement).mappings()]

    def settle(self, conn: Connection, run_id: int, changes: Mapping[str, Any]) -> bool:
        """Write what became of a moment that waited; False when it waits no more."""
        columns = schedule_runs.c
        statement = update(schedule_runs).where(columns.id == run_id, columns.outcome == "queued")
        return conn.execute(statement.values(_values(dict(changes)))).rowcount == 1

    def last_planned(self, conn: Connection, schedule_id: str) -> int:
        """Return the moment that was dealt with last, 0 when none was; a clock set right may make it an earlier one."""
        columns = schedule_runs.c
        last = select(columns.planned_at).where(columns.schedule_id == schedule_id).order_by(columns.id.desc())
        return int(conn.execute(last.limit(1)).scalar_one_or_none() or 0)

    def ran_since(self, conn: Connection, schedule_id: str, since: int) -> set[int]:
        """Return the moments from ``since`` on that started a job, or wait to."""
        columns = schedule_runs.c
        mine = columns.schedule_id == schedule_id, columns.planned_at >= since
        ran = select(columns.planned_at).where(*mine, columns.outcome.in_(("started", "queued")))
        return set(conn.execute(ran).scalars())

    def page(self, conn: Connection, schedule_id: str, limit: int, before: int | None) -> list[RunRecord]:
        """Return up to ``limit`` moments, newest first, below the id ``before``."""
        columns = schedule_runs.c
        statement = select(schedule_runs).where(columns.schedule_id == schedule_id)
        if before is not None:
            statement = statement.where(columns.id < before)
        return [_run(row) for row in conn.execute(statement.order_by(columns.id.desc()).limit(limit)).mappings()]

    def unstarted(self, conn: Connection, since: int) -> list[RunRecord]:
        """Return the last moment of each schedule where nothing was started (UTC ms), newest first."""
        columns = schedule_runs.c
        last = select(func.max(columns.id)).group_by(columns.schedule_id)
        wanted = columns.outcome.in_(("missed", "failed")), columns.at > since
        statement = select(schedule_runs).where(columns.id.in_(last), *wanted).order_by(columns.id.desc())
        return [_run(row) for row in conn.execute(statement).mappings()]

    # ------------------------------------------------------------ inside

    def _forget(self, conn: Connection, schedule_id: str) -> None:
        columns = schedule_runs.c
        mine = columns.schedule_id == schedule_id
        last = select(columns.id).where(mine).order_by(columns.id.desc()).offset(KEPT).limit(1).scalar_subquery()
        conn.execute(delete(schedule_runs).where(mine, columns.id <= last, columns.outcome != "queued"))

    def _record(self, row: Mapping[Any, Any]) -> ScheduleRecord[T]:
        values = dict(row)
        values["template"] = from_json(values["template"], self._template)
        values["notify"] = from_json(values["notify"], list[str])
        values["enabled"] = bool(values["enabled"])
        return ScheduleRecord(**values)


def _values(values: dict[str, Any]) -> dict[str, Any]:
    for name in {"template", "notify", "text"} & values.keys():
        values[name] = to_json(values[name])
    return values


def _run(row: Mapping[Any, Any]) -> RunRecord:
    return RunRecord(**{**row, "text": from_json(row["text"], Text | None)})
