"""How jobs went: by name, by worker and by day."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from master.api.jobs import JobGroup, JobStats
from master.api.system import JobCounts
from master.errors import Invalid
from master.store.engine import Connection, Database
from master.store.job_statistics import JobStatistics, Sums
from worker.protocol.texts import text


def zone_of(name: str | None) -> tzinfo | None:
    """Return a time zone; None: that of this machine, as it is at each moment. Raises :class:`Invalid`."""
    if name is None or name == "local":
        return None
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(fields={"tz": text("job_zone_unknown", name=name[:100])}) from error


async def job_stats(database: Database, since: int, zone: tzinfo | None, now: JobCounts) -> JobStats:
    """Return how the jobs went that ended since a time (UTC milliseconds)."""
    store = JobStatistics()

    def read(conn: Connection) -> JobStats:
        quarters = store.by_quarter(conn, since)
        whole = _together(quarters.values())
        judged = whole.completed + whole.failed
        return JobStats(
            since=since,
            total=whole.total,
            completed=whole.completed,
            failed=whole.failed,
            cancelled=whole.cancelled,
            pending=now.pending,
            running=now.running,
            success_rate=round(whole.completed / judged, 4) if judged else None,
            shortest_ms=whole.shortest_ms,
            mean_ms=_mean(whole),
            longest_ms=whole.longest_ms,
            mean_wait_ms=store.mean_wait_ms(conn, since),
            reasons=store.reasons(conn, since),
            by_name=_groups(store.by_name(conn, since)),
            by_worker=_groups(store.by_worker(conn, since)),
            by_day=_groups(_days(quarters, zone)),
        )

    return await database.read(read)


def _days(quarters: Mapping[int, Sums], zone: tzinfo | None) -> dict[str, Sums]:
    days: dict[str, Sums] = {}
    for at in sorted(quarters):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
        day = moment.astimezone(zone).date().isoformat()
        days[day] = days.get(day, Sums()).plus(quarters[at])
    return days


def _together(sums: Iterable[Sums]) -> Sums:
    whole = Sums()
    for one in sums:
        whole = whole.plus(one)
    return whole


def _groups(sums: Mapping[str, Sums]) -> list[JobGroup]:
    return [
        JobGroup(
            key=key,
            total=one.total,
            completed=one.completed,
            failed=one.failed,
            cancelled=one.cancelled,
            shortest_ms=one.shortest_ms,
            mean_ms=_mean(one),
            longest_ms=one.longest_ms,
        )
        for key, one in sums.items()
    ]


def _mean(sums: Sums) -> int | None:
    return round(sums.sum_ms / sums.timed) if sums.timed else None
