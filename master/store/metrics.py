"""Samples of figures over time: short steps for a short while, long ones for a week."""

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, or_, select
from sqlalchemy.dialects.sqlite import insert

from master.store.system_tables import metric_samples

HOUR_MS: Final = 3_600_000
KEPT_MS: Final = {10: 2 * HOUR_MS, 60: 26 * HOUR_MS, 600: 8 * 24 * HOUR_MS}
"""Length of a step in seconds → how long its samples are kept."""
AHEAD_MS: Final = 24 * HOUR_MS
"""Samples that lie further ahead were made while the clock was wrong."""


_COLUMNS: Final = ("series", "step", "at", "count", "mean", "low", "high")


class Sample(NamedTuple):
    """What was measured in one step; ``at`` is its begin, UTC ms, a multiple of the step."""

    series: str
    step: int
    """Seconds."""
    at: int
    measured: int
    """So many measurements."""
    mean: float
    low: float
    high: float


class MetricStore:
    """The table of samples."""

    def add(self, conn: Connection, samples: Iterable[Sample]) -> None:
        """Write samples; one that is there already is merged with the new one of the same step."""
        rows = [dict(zip(_COLUMNS, sample, strict=True)) for sample in samples]
        if not rows:
            return
        old, statement = metric_samples.c, insert(metric_samples)
        new = statement.excluded
        merged = statement.on_conflict_do_update(
            index_elements=[old.series, old.step, old.at],
            set_={
                "count": old.count + new.count,
                "mean": (old.mean * old.count + new.mean * new.count) / (old.count + new.count),
                "low": func.min(old.low, new.low),
                "high": func.max(old.high, new.high),
            },
        )
        conn.execute(merged, rows)

    def prune(self, conn: Connection, now: int) -> None:
        """Forget what is older than its step is kept."""
        at = metric_samples.c.at
        for step, kept in KEPT_MS.items():
            stale = or_(at < now - kept, at > now + AHEAD_MS)
            conn.execute(delete(metric_samples).where(metric_samples.c.step == step, stale))

    def read(self, conn: Connection, series: Collection[str], step: int, since: int) -> list[Sample]:
        """Return the samples of these series from ``since`` (UTC ms) on, oldest first."""
        columns = metric_samples.c
        query = select(metric_samples).where(columns.series.in_(series), columns.step == step, columns.at >= since)
        return [Sample(*row) for row in conn.execute(query.order_by(columns.at))]

    def known(self, conn: Connection, series: Collection[str]) -> bool:
        """Tell whether there is a sample of any of these series."""
        query = select(metric_samples.c.at).where(metric_samples.c.series.in_(series)).limit(1)
        return conn.execute(query).first() is not None
