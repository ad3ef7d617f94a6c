"""How many items were found, in the local hours, days or weeks of any time zone."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import UNSET, UnsetType

from master.api.item_statistics import ItemAccountStats, ItemStats, ItemStatsQuery, Period, StatPeriod
from master.errors import Invalid
from master.services.item_queries import Grouped, accounts_of
from master.store.engine import Connection, Database
from master.store.item_counts import ALL, QUARTER_MS
from master.store.items import ItemStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

MOST: Final = 2000
"""Most periods of one answer."""
USUAL: Final[Mapping[Period, int]] = {"hour": 48, "day": 30, "week": 26}
"""So many periods are counted where nobody says since when."""
_HOUR_MS: Final = 3_600_000
_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)


class Accounts(Protocol):
    """What is asked of the accounts."""

    def rows(self) -> Mapping[str, Grouped]: ...


class Unread(Protocol):
    """What is asked of the items: how many of each account are unread."""

    def unread_of(self, account_id: str) -> int: ...


class Counts(NamedTuple):
    """What was read of the tables."""

    accounts: list[str]
    bars: list[StatPeriod]
    now: dict[str, dict[str, int]]
    before: dict[str, dict[str, int]]
    stored: int
    complete: bool


class ItemStatisticsService:
    """Adds up what was counted as items came: the history itself is not read."""

    def __init__(self, *, database: Database, accounts: Accounts, unread: Unread) -> None:
        self._database = database
        self._accounts = accounts
        self._unread = unread
        self._store = ItemStore()

    async def stats(self, query: ItemStatsQuery) -> ItemStats:
        """Return the counts. Raises :class:`Invalid` for an unknown time zone or too long a time."""
        zone = zone_of(query.tz)
        starts = periods(query.group_by, zone, query.since, query.until, now_ms())
        since, until = starts[0], starts[-1]
        before = shifted(since, query.group_by, zone, -(len(starts) - 1))
        named = accounts_of(query.account_id, query.account_ids, query.group_id, self._accounts.rows())
        kind = None if query.kind is UNSET else str(query.kind)

        def read(conn: Connection) -> Counts:
            counts = self._store.counts
            accounts = counts.accounts(conn) if named is UNSET else list(named)
            return Counts(
                accounts=accounts,
                bars=self._bars(conn, query.group_by, starts, named, kind),
                now=counts.sums(conn, accounts, kind, since, until),
                before=counts.sums(conn, accounts, kind, before, since),
                stored=0 if named == [] else counts.total(conn, named or None, kind),
                complete=self._store.known_from(conn) <= 1,
            )

        found = await self._database.read(read)
        rows = self._rows(found)
        return ItemStats(
            group_by=query.group_by,
            tz=query.tz,
            since=since,
            until=until,
            previous_since=before,
            total=sum(bar.count for bar in found.bars),
            previous=sum(row.previous for row in rows),
            unread=sum(self._unread.unread_of(account_id) for account_id in self._asked(named)),
            stored=found.stored,
            kinds=_added(bar.kinds for bar in found.bars),
            periods=found.bars,
            accounts=rows,
            complete=found.complete,
        )

    def _bars(
        self, conn: Connection, group_by: Period, starts: list[int], named: list[str] | UnsetType, kind: str | None
    ) -> list[StatPeriod]:
        """Return every period with its counts."""
        counts = self._store.counts
        parts: list[dict[str, int]] = [{} for _ in starts[1:]]
        if named == []:
            pass
        elif group_by == "hour":
            for one in counts.quarters(conn, named or None, kind, starts[0], starts[-1]):
                part = parts[min(max(bisect_right(starts, one.at) - 1, 0), len(parts) - 1)]
                part[one.kind] = part.get(one.kind, 0) + one.number
        else:
            pairs = list(pairwise(starts))
            parts = [_added(counts.sums(conn, named or [ALL], kind, *pair).values()) for pair in pairs]
        return [
            StatPeriod(at=begin, until=end, count=sum(part.values()), kinds=dict(sorted(part.items())))
            for (begin, end), part in zip(pairwise(starts), parts, strict=True)
        ]

    def _asked(self, named: list[str] | UnsetType) -> list[str]:
        return list(self._accounts.rows()) if named is UNSET else named

    def _rows(self, found: Counts) -> list[ItemAccountStats]:
        rows = []
        for account_id in found.accounts:
            now, before = found.now.get(account_id, {}), found.before.get(account_id, {})
            if now or before:
                row = ItemAccountStats(
                    account_id=account_id,
                    count=sum(now.values()),
                    previous=sum(before.values()),
                    unread=self._unread.unread_of(account_id),
                    kinds={kind: count for kind, count in sorted(now.items()) if count},
                )
                rows.append(row)
        return sorted((row for row in rows if row.count or row.previous), key=lambda row: (-row.count, row.account_id))


def zone_of(name: str) -> tzinfo:
    """Return a time zone. Raises :class:`Invalid` when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(fields={"tz": text("job_zone_unknown", name=name[:64])}) from error


def periods(group_by: Period, zone: tzinfo, since: int | UnsetType, until: int | UnsetType, now: int) -> list[int]:
    """Return where every period begins, and where the last one ends: all that touch ``since`` to ``until``.

    Raises :class:`Invalid` when these are too many, or the wrong way round.
    """
    last = now if until is UNSET else until
    if since is UNSET:
        first = shifted(floor(last, group_by, zone), group_by, zone, -(USUAL[group_by] - 1))
    else:
        first = floor(since, group_by, zone)
        if since > last:
            raise Invalid(fields={"since": text("item_stats_backwards")})
    shortest = {"hour": _HOUR_MS, "day": 23 * _HOUR_MS, "week": 167 * _HOUR_MS}[group_by]
    if (last - first) // shortest > MOST:
        raise Invalid(fields={"since": text("item_stats_long", maximum=MOST)})
    starts = [first]
    while starts[-1] <= last:
        starts.append(shifted(starts[-1], group_by, zone, 1))
    return starts


def floor(at: int, group_by: Period, zone: tzinfo) -> int:
    """Return where the period begins in which a moment lies."""
    local = _local(at, zone)
    if group_by == "hour":
        begin = at - at % QUARTER_MS
        while _local(begin, zone).minute >= 15 and at - begin < 2 * _HOUR_MS:
            begin -= QUARTER_MS
        return begin
    day = local.date()
    return _start(day if group_by == "day" else day - timedelta(days=day.weekday()), zone)


def shifted(at: int, group_by: Period, zone: tzinfo, count: int) -> int:
    """Return the beginning of the period that lies ``count`` after the one that begins ``at``."""
    if group_by == "hour":
        if count <= 0:
            return floor(at + count * _HOUR_MS, group_by, zone)
        # A clock that changes by half an hour moves the hours: they begin anew where it shows a full one.
        begin = at + count * _HOUR_MS - 2 * QUARTER_MS
        while _local(begin, zone).minute >= 15 or begin <= at:
            begin += QUARTER_MS
        return begin
    days = count * (7 if group_by == "week" else 1)
    # Somewhat behind the beginning: a midnight that does not exist lies on the day before.
    return _start(_local(at + 2 * _HOUR_MS, zone).date() + timedelta(days=days), zone)


def _start(day: date, zone: tzinfo) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)


def _local(at: int, zone: tzinfo) -> datetime:
    moment = datetime.fromtimestamp(at / 1000, UTC) if at < 200_000_000_000_000 else _LATEST
    return moment.astimezone(zone)


def _added(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    kinds: dict[str, int] = {}
    for part in parts:
        for kind, count in part.items():
            if count:
                kinds[kind] = kinds.get(kind, 0) + count
    return dict(sorted(kinds.items()))
