"""Jobs, and the slots that they hold on workers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from master.store.columns import from_json, to_json
from master.store.job_tables import job_reservations, jobs
from worker.protocol.states import JobReason, JobState, ReservationState
from worker.protocol.texts import Text

T = TypeVar("T", bound=msgspec.Struct)

_OPEN = ("PENDING", "RUNNING")
_JSON = ("template", "error", "result")

# Made once: to make a statement with its values in it takes longer than to execute it.
_INSERT = insert(jobs)
_UPDATE = update(jobs).where(jobs.c.id == bindparam("of_job"))
_RESERVE = insert(job_reservations)
_UPDATE_SLOTS = update(job_reservations).where(
    job_reservations.c.job_id == bindparam("of_job"), job_reservations.c.run == bindparam("of_run")
)


class JobRecord(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One row; ``template`` says what is run."""

    id: str
    name: str
    template: T
    runner: str
    state: JobState
    reason: JobReason | None = None
    error: Text | None = None
    exit_code: str | None = None
    pid: int | None = None
    worker_id: str | None = None
    attempts: int = 0
    """Runs that were given out; the last of them is the one that counts."""
    cancelling: str = ""
    """The reason of its cancellation, as soon as somebody asked for it; a ``!`` after it: by force."""
    submitted_at: int
    not_before_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    resubmit_of: str | None = None
    schedule_id: str | None = None
    credential_id: str | None = None
    peak_memory_bytes: int | None = None
    stdout_bytes: int = 0
    stderr_bytes: int = 0
    left_bytes: int = 0
    stragglers: int = 0
    result: dict[str, Any] | None = None
    version: int = 1


class ReservationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The slots of one run. Of those that are not released a job has one at most."""

    job_id: str
    run: int
    worker_id: str
    cpus: int
    memory_mb: int | None
    exclusive: bool
    state: ReservationState
    reserved_at: int
    allocated_at: int | None = None
    """When its run began, also where that is known by its end only; None: it never did."""
    released_at: int | None = None


class OpenJob(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A job that has not ended, with the slots that it holds and the number of its runs that began."""

    record: JobRecord[T]
    held: ReservationRecord | None
    begun: int


class JobQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs; what is None does not restrict. ``q``: part of the name or the runner."""

    state: JobState | None = None
    schedule_id: str | None = None
    q: str | None = None


class JobStore(Generic[T]):
    """The tables of jobs; ``kind`` is the struct of a template."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind

    # ------------------------------------------------------------ reading

    def get(self, conn: Connection, job_id: str) -> JobRecord[T] | None:
        """Return one job."""
        row = conn.execute(select(jobs).where(jobs.c.id == job_id)).mappings().one_or_none()
        return None if row is None else self._record(row)

    def page(self, conn: Connection, query: JobQuery, limit: int, before: str | None = None) -> list[JobRecord[T]]:
        """Return up to ``limit`` jobs, newest first, below the id ``before``."""
        statement = select(jobs).order_by(jobs.c.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(jobs.c.id < before)
        if query.state is not None:
            statement = statement.where(jobs.c.state == query.state)
        if query.schedule_id is not None:
            statement = statement.where(jobs.c.schedule_id == query.schedule_id)
        if query.q:
            words = (column.contains(query.q, autoescape=True) for column in (jobs.c.name, jobs.c.runner))
            statement = statement.where(or_(*words))
        return [self._record(row) for row in conn.execute(statement).mappings()]

    def failed(self, conn: Connection, since: int, limit: int) -> list[JobRecord[T]]:
        """Return up to ``limit`` jobs that failed after ``since`` (UTC ms), the last one first."""
        statement = select(jobs).where(jobs.c.ended_at > since, jobs.c.state == JobState.FAILED)
        ordered = statement.order_by(jobs.c.ended_at.desc(), jobs.c.id.desc()).limit(limit)
        return [self._record(row) for row in conn.execute(ordered).mappings()]

    def repeated(self, conn: Connection, ids: Sequence[str]) -> set[str]:
        """Return those of the jobs that were run again as another one."""
        if not ids:
            return set()
        # Whatever was run again got a later id: only those rows are looked at.
        again = select(jobs.c.resubmit_of).where(jobs.c.id > min(ids), jobs.c.resubmit_of.in_(ids))
        return {str(job_id) for job_id in conn.execute(again).scalars()}

    def last_id(self, conn: Connection) -> str:
        """Return the highest id, "" when there is no job."""
        return conn.execute(select(func.max(jobs.c.id))).scalar_one_or_none() or ""

    def open(self, conn: Connection) -> list[OpenJob[T]]:
        """Return all jobs that have not ended, oldest first."""
        records = [self._record(row) for row in conn.execute(_open_jobs()).mappings()]
        held = {row.job_id: row for row in self.held(conn)}
        wanted = select(jobs.c.id).where(jobs.c.state.in_(_OPEN))
        counted = (
            select(job_reservations.c.job_id, func.count())
            .where(job_reservations.c.job_id.in_(wanted), job_reservations.c.allocated_at.is_not(None))
            .group_by(job_reservations.c.job_id)
        )
        begun = {row[0]: row[1] for row in conn.execute(counted)}
        return [OpenJob(record=one, held=held.get(one.id), begun=begun.get(one.id, 0)) for one in records]

    def held(self, conn: Connection) -> list[ReservationRecord]:
        """Return all slots that are not released, by job."""
        where = job_reservations.c.state != ReservationState.RELEASED
        statement = select(job_reservations).where(where).order_by(job_reservations.c.job_id)
        return [_reservation(row) for row in conn.execute(statement).mappings()]

    def ended(self, conn: Connection, before: int | None = None) -> list[tuple[str, int]]:
        """Return id and end (UTC milliseconds) of the jobs that ended, oldest end first, up to ``before``."""
        statement = select(jobs.c.id, jobs.c.ended_at).where(jobs.c.ended_at.is_not(None))
        if before is not None:
            statement = statement.where(jobs.c.ended_at < before)
        return [(row[0], row[1]) for row in conn.execute(statement.order_by(jobs.c.ended_at, jobs.c.id))]

    def known(self, conn: Connection, ids: Iterable[str]) -> set[str]:
        """Return those of the ids that are jobs."""
        wanted, found = list(ids), set[str]()
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            found.update(conn.execute(select(jobs.c.id).where(jobs.c.id.in_(part))).scalars())
        return found

    # ------------------------------------------------------------ writing

    def insert(self, conn: Connection, record: JobRecord[T]) -> None:
        """Add a job."""
        conn.execute(_INSERT, _values(msgspec.structs.asdict(record)))

    def update(self, conn: Connection, job_id: str, changes: Mapping[str, Any]) -> None:
        """Write some fields of a job."""
        conn.execute(_UPDATE, _values({**changes, "of_job": job_id}))

    def delete(self, conn: Connection, ids: Sequence[str]) -> int:
        """Remove jobs that have ended, with the history of their slots; return how many there were."""
        count = 0
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            where = and_(jobs.c.id.in_(part), jobs.c.ended_at.is_not(None))
            count += conn.execute(delete(jobs).where(where)).rowcount
        return count

    def reserve(self, conn: Connection, reservation: ReservationRecord) -> None:
        """Hold slots. Raises ``IntegrityError`` when the job holds some already."""
        conn.execute(_RESERVE, msgspec.structs.asdict(reservation))

    def restore(self, conn: Connection, reservation: ReservationRecord) -> None:
        """Hold the slots of a run again, whatever was written of them."""
        values = msgspec.structs.asdict(reservation)
        statement = upsert(job_reservations).values(values)
        conn.execute(statement.on_conflict_do_update(index_elements=["job_id", "run"], set_=values))

    def update_reservation(self, conn: Connection, job_id: str, run: int, changes: Mapping[str, Any]) -> None:
        """Write some fields of the slots of a run."""
        conn.execute(_UPDATE_SLOTS, {**changes, "of_job": job_id, "of_run": run})

    def stale(self, conn: Connection) -> list[ReservationRecord]:
        """Return slots that are held for a job that has ended."""
        ended = select(jobs.c.id).where(jobs.c.state.not_in(_OPEN))
        where = and_(job_reservations.c.state != ReservationState.RELEASED, job_reservations.c.job_id.in_(ended))
        return [_reservation(row) for row in conn.execute(select(job_reservations).where(where)).mappings()]

    def _record(self, row: Mapping[Any, Any]) -> JobRecord[T]:
        values = dict(row)
        values["template"] = from_json(values["template"], self._kind)
        values["error"] = from_json(values["error"], Text | None)
        values["result"] = from_json(values["result"], dict[str, Any] | None)
        values["state"] = JobState(values["state"])
        values["reason"] = None if values["reason"] is None else JobReason(values["reason"])
        return JobRecord(**values)


def _open_jobs() -> Any:
    return select(jobs).where(jobs.c.state.in_(_OPEN)).order_by(jobs.c.id)


def _reservation(row: Mapping[Any, Any]) -> ReservationRecord:
    return ReservationRecord(**{**row, "state": ReservationState(row["state"])})


def _values(values: dict[str, Any]) -> dict[str, Any]:
    for name in _JSON:
        if name in values:
            values[name] = to_json(values[name])
    return values
