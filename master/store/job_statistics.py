"""Sums over the jobs that ended."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, case, func, select

from master.store.job_tables import jobs

QUARTER_MS: Final = 15 * 60 * 1000
"""Days of every time zone begin at a quarter of an hour."""
NAMES: Final = 50


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Some jobs that ended. Durations in milliseconds, of the ``timed`` ones that ran."""

    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    timed: int = 0
    shortest_ms: int | None = None
    longest_ms: int | None = None
    sum_ms: int = 0

    @property
    def total(self) -> int:
        """Return how many they are."""
        return self.completed + self.failed + self.cancelled

    def plus(self, other: "Sums") -> "Sums":
        """Return both together."""
        shortest = [one for one in (self.shortest_ms, other.shortest_ms) if one is not None]
        longest = [one for one in (self.longest_ms, other.longest_ms) if one is not None]
        return Sums(
            completed=self.completed + other.completed,
            failed=self.failed + other.failed,
            cancelled=self.cancelled + other.cancelled,
            timed=self.timed + other.timed,
            shortest_ms=min(shortest, default=None),
            longest_ms=max(longest, default=None),
            sum_ms=self.sum_ms + other.sum_ms,
        )


class JobStatistics:
    """Reads the table of jobs."""

    def by_name(self, conn: Connection, since: int) -> dict[str, Sums]:
        """Return the names with most ends."""
        statement = _sums(jobs.c.name, since).order_by(func.count().desc(), jobs.c.name).limit(NAMES)
        return {row["key"]: _read(row) for row in conn.execute(statement).mappings()}

    def by_worker(self, conn: Connection, since: int) -> dict[str, Sums]:
        """Return the workers that ran some."""
        statement = _sums(jobs.c.worker_id, since).where(jobs.c.worker_id.is_not(None)).order_by(jobs.c.worker_id)
        return {row["key"]: _read(row) for row in conn.execute(statement).mappings()}

    def by_quarter(self, conn: Connection, since: int) -> dict[int, Sums]:
        """Return the quarters of hours (UTC milliseconds of their begin) in which some ended."""
        quarter = jobs.c.ended_at - jobs.c.ended_at % QUARTER_MS
        return {row["key"]: _read(row) for row in conn.execute(_sums(quarter, since)).mappings()}

    def reasons(self, conn: Connection, since: int) -> dict[str, int]:
        """Return how many failed for each reason, the most frequent first."""
        statement = (
            select(jobs.c.reason, func.count())
            .where(jobs.c.ended_at >= since, jobs.c.state == "FAILED", jobs.c.reason.is_not(None))
            .group_by(jobs.c.reason)
            .order_by(func.count().desc(), jobs.c.reason)
        )
        return {row[0]: row[1] for row in conn.execute(statement)}

    def mean_wait_ms(self, conn: Connection, since: int) -> int | None:
        """Return the mean time from submission to start of those that ran."""
        wait = jobs.c.started_at - jobs.c.submitted_at
        where = (jobs.c.ended_at >= since, jobs.c.started_at.is_not(None))
        found = conn.execute(select(func.avg(func.max(wait, 0))).where(*where)).scalar_one_or_none()
        return None if found is None else round(found)


def _sums(key: ColumnElement[Any], since: int) -> Any:
    ran = case((jobs.c.started_at.is_not(None), func.max(jobs.c.ended_at - jobs.c.started_at, 0)))
    return (
        select(
            key.label("key"),
            *(
                func.sum(case((jobs.c.state == state, 1), else_=0)).label(state)
                for state in ("COMPLETED", "FAILED", "CANCELLED")
            ),
            func.count(ran).label("timed"),
            func.min(ran).label("shortest"),
            func.max(ran).label("longest"),
            func.coalesce(func.sum(ran), 0).label("sum"),
        )
        .where(jobs.c.ended_at >= since)
        .group_by(key)
    )


def _read(row: Mapping[Any, Any]) -> Sums:
    return Sums(
        completed=row["COMPLETED"],
        failed=row["FAILED"],
        cancelled=row["CANCELLED"],
        timed=row["timed"],
        shortest_ms=row["shortest"],
        longest_ms=row["longest"],
        sum_ms=row["sum"],
    )
