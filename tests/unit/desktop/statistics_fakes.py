"""Figures to show."""

from master.api.account_statistics import AccountRate, AccountStatistics, CheckCounts, PlatformStats
from master.api.item_statistics import ItemAccountStats, ItemStats, Period, StatPeriod

DAY_MS = 86_400_000
BEGIN = 1_760_000_400_000


def make_counts(total: int = 200, ok: int = 199, rate: float | None = 0.995) -> CheckCounts:
    return CheckCounts(
        total=total, ok=ok, network=1, rate_limited=0, auth=0, config=0, parse=0, error=0, success_rate=rate
    )


def make_stats(period: Period = "day", kinds: dict[str, int] | None = None) -> ItemStats:
    kinds = kinds if kinds is not None else {"mail": 9, "entry": 5, "comment": 3, "mention": 2, "line": 1}
    count = sum(kinds.values())
    periods = [
        StatPeriod(at=BEGIN + number * DAY_MS, until=BEGIN + (number + 1) * DAY_MS, count=count * number, kinds={
            kind: one * number for kind, one in kinds.items()
        })
        for number in range(2)
    ]  # fmt: skip
    accounts = [
        ItemAccountStats(account_id=name, count=count, previous=previous, unread=2, kinds=kinds)
        for name, previous in (("a1", 10), ("gone", 0))
    ]
    return ItemStats(
        group_by=period, tz="UTC", since=BEGIN, until=BEGIN + 2 * DAY_MS, previous_since=BEGIN - 2 * DAY_MS,
        total=count, previous=10, unread=4, stored=1234, kinds=kinds, periods=periods, accounts=accounts, complete=True,
    )  # fmt: skip


def make_checks(rate: float | None = 0.995) -> AccountStatistics:
    counts = make_counts(rate=rate)
    return AccountStatistics(
        at=BEGIN, total=2, active=1, error=1, paused=0, day=counts, week=counts,
        platforms=[PlatformStats(platform="imap", total=2, active=1, error=1, paused=0, day=counts, week=counts)],
        accounts=[AccountRate(account_id="a1", day=counts, week=counts)],
    )  # fmt: skip
