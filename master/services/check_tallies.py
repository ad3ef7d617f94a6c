"""What became of the checks of a day and a week, by account and by proxy: in memory for a minute, then on disk."""

import time
from collections.abc import Iterable
from typing import Final

from master.api.account_statistics import AccountRate, AccountStatistics, CheckCounts, PlatformStats
from master.api.accounts import Account
from master.api.proxies import ProxyRate
from master.store.check_tallies import KINDS, Counts, Tally, TallyStore
from master.store.engine import Database
from worker.protocol.codec import now_ms
from worker.protocol.states import AccountState, CheckOutcome

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
WEEK_MS: Final = 7 * DAY_MS
SAVE_SECONDS: Final = 60.0
FRESH_SECONDS: Final = 10.0
"""Sums that were read so recently are not read again."""

COUNTED_AS: Final = {
    CheckOutcome.OK: "ok",
    CheckOutcome.TEMPORARY: "network",
    CheckOutcome.TIMEOUT: "network",
    CheckOutcome.RATE_LIMITED: "rate_limited",
    CheckOutcome.AUTH_FAILED: "auth",
    CheckOutcome.INVALID_CONFIG: "config",
    CheckOutcome.PARSE: "parse",
    CheckOutcome.ERROR: "error",
}
TROUBLED: Final = (AccountState.LOGIN_NEEDED, AccountState.UNREACHABLE, AccountState.STALE)


class CheckTallies:
    """Counts the ends of checks. What a killed master had not written yet (a minute at most) is not counted."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._store = TallyStore()
        self._pending: dict[tuple[str, int], Counts] = {}
        self._day: dict[str, Counts] = {}
        self._week: dict[str, Counts] = {}
        self._read_at = float("-inf")
        self._saved_at = time.monotonic()

    def ended(self, account_id: str, proxy_id: str | None, outcome: CheckOutcome) -> None:
        """Count a check of an account, and of the proxy that it went through."""
        hour, kind = now_ms() // HOUR_MS * HOUR_MS, COUNTED_AS[outcome]
        for subject in (f"account:{account_id}", f"proxy:{proxy_id}" if proxy_id else ""):
            if subject:
                counts = self._pending.setdefault((subject, hour), {})
                counts[kind] = counts.get(kind, 0) + 1

    @property
    def is_due(self) -> bool:
        """Whether it is time to write."""
        return bool(self._pending) and time.monotonic() - self._saved_at >= SAVE_SECONDS

    async def save(self) -> None:
        """Write what was counted since the last time; kept for the next time where that fails."""
        self._saved_at = time.monotonic()
        pending, self._pending = self._pending, {}
        if not pending:
            return
        tallies = [Tally(subject=subject, hour_at=hour, counts=counts) for (subject, hour), counts in pending.items()]
        try:
            await self._database.write(lambda conn: self._store.add(conn, tallies))
        except Exception:
            for place, counts in pending.items():
                _add(self._pending.setdefault(place, {}), counts)
            raise

    async def refresh(self) -> None:
        """Read the sums of the last day and week."""
        if time.monotonic() - self._read_at < FRESH_SECONDS and not self._pending:
            return
        await self.save()
        now = now_ms()
        self._day, self._week = await self._database.read(
            lambda conn: (self._store.sums(conn, now - DAY_MS), self._store.sums(conn, now - WEEK_MS))
        )
        self._read_at = time.monotonic()

    def forget(self, subject: str) -> None:
        """Count no more what is not written yet of a subject that is gone."""
        for place in [place for place in self._pending if place[0] == subject]:
            del self._pending[place]
        self._day.pop(subject, None)
        self._week.pop(subject, None)

    async def purge(self, before: int, dry_run: bool) -> int:
        """Remove hours that no sum speaks of any more; return how many rows. ``before`` is further back than needed."""
        limit = max(before, now_ms() - WEEK_MS - HOUR_MS)
        if dry_run:
            return await self._database.read(lambda conn: self._store.count_before(conn, limit))
        return await self._database.write(lambda conn: self._store.purge(conn, limit))

    # ------------------------------------------------------------ as it is shown, of the sums that were read last

    def proxy_rates(self, proxy_id: str) -> tuple[ProxyRate, ProxyRate]:
        """Return the rates of a proxy, of a day and of a week."""
        subject = f"proxy:{proxy_id}"
        return _proxy_rate(self._day.get(subject, {})), _proxy_rate(self._week.get(subject, {}))

    def statistics(self, accounts: Iterable[Account]) -> AccountStatistics:
        """Return the counts of all accounts, of each platform, and of each account."""
        rows = list(accounts)
        platforms: dict[str, list[Account]] = {}
        for row in rows:
            platforms.setdefault(row.platform, []).append(row)
        return AccountStatistics(
            at=now_ms(),
            total=len(rows),
            active=_active(rows),
            error=_troubled(rows),
            paused=_paused(rows),
            day=self._sum(rows, self._day),
            week=self._sum(rows, self._week),
            platforms=[self._platform(name, members) for name, members in sorted(platforms.items())],
            accounts=[
                AccountRate(account_id=row.id, day=self._sum([row], self._day), week=self._sum([row], self._week))
                for row in rows
            ],
        )

    def _platform(self, platform: str, rows: list[Account]) -> PlatformStats:
        return PlatformStats(
            platform=platform,
            total=len(rows),
            active=_active(rows),
            error=_troubled(rows),
            paused=_paused(rows),
            day=self._sum(rows, self._day),
            week=self._sum(rows, self._week),
        )

    def _sum(self, rows: Iterable[Account], sums: dict[str, Counts]) -> CheckCounts:
        together: Counts = {}
        for row in rows:
            _add(together, sums.get(f"account:{row.id}", {}))
        return counts_of(together)


def counts_of(counts: Counts) -> CheckCounts:
    """Return counts with their success rate: network and rate limits aside."""
    given = {kind: counts.get(kind, 0) for kind in KINDS}
    total = sum(given.values())
    judged = total - given["network"] - given["rate_limited"]
    return CheckCounts(total=total, success_rate=given["ok"] / judged if judged else None, **given)


def _proxy_rate(counts: Counts) -> ProxyRate:
    total = sum(counts.values())
    ok = total - counts.get("network", 0) - counts.get("config", 0)
    return ProxyRate(total=total, ok=ok, rate=ok / total if total else None)


def _add(counts: Counts, more: Counts) -> None:
    for kind, count in more.items():
        counts[kind] = counts.get(kind, 0) + count


def _paused(rows: Iterable[Account]) -> int:
    return sum(row.state is AccountState.PAUSED for row in rows)


def _troubled(rows: Iterable[Account]) -> int:
    return sum(row.state in TROUBLED for row in rows)


def _active(rows: Iterable[Account]) -> int:
    return sum(row.state in (AccountState.OK, AccountState.PENDING) for row in rows)
