"""When an alert is raised and when it is cleared (pure): levels with a gap between them, and durations."""

from collections import deque
from typing import Final

import msgspec

from master.api.alerts import AlertKind, AlertLevel
from master.api.schema import Settings
from worker.protocol.states import AccountState, WorkerState

CPU_GAP: Final = 10.0
"""Points below the level at which an alert of CPU or memory is cleared."""
DISK_ROOM: Final = 1.25
"""So many times the least free space end the alert of a full disk."""
HEARTBEAT_SECONDS: Final = 10.0
"""A worker that is stopped for a moment (a debugger, a loaded machine) is nothing to be told of."""
BACKLOG_SECONDS: Final = 60.0
UNASSIGNED_SECONDS: Final = 60.0
STEADY_SECONDS: Final = 10.0
"""A worker that runs that long has recovered from its crash: a loop of crashes is one alert, not many."""
UNREACHABLE_INTERVALS: Final = 3
MINIMUM_CHECKS: Final = 10
MINIMUM_ERRORS: Final = 3
"""Fewer checks, or fewer that failed, make no rate."""

SILENT: Final = frozenset[AlertKind]({"worker_crashed", "account_login_needed", "account_unreachable"})
"""Kinds without a notification of their own.

A crash is mended by the restart, and one that is not ends in ``worker_gave_up``: that is the one notification. Of
accounts the account service tells in the transaction of their state.
"""

LEVELS: Final[dict[AlertKind, AlertLevel]] = {
    "worker_crashed": "warn",
    "worker_gave_up": "bad",
    "worker_silent": "bad",
    "heartbeat_lost": "bad",
    "worker_cpu": "warn",
    "worker_memory": "warn",
    "error_rate": "warn",
    "account_login_needed": "bad",
    "account_unreachable": "warn",
    "account_stale": "warn",
    "account_expiring": "warn",
    "certificate_expiring": "warn",
    "backlog": "warn",
    "disk_low": "bad",
    "orphans": "warn",
    "unassigned": "bad",
    "jobs_lost": "warn",
    "backup_failed": "bad",
    "backup_old": "warn",
    "network_down": "bad",
    "server_down": "warn",
}


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Raised at ``raise_at`` or above for ``raise_seconds``; cleared at ``clear_at`` or below for ``clear_seconds``.

    ``clear_at`` is below ``raise_at``: between them an alert stays as it is.
    """

    raise_at: float = 1.0
    clear_at: float = 0.0
    raise_seconds: float = 0.0
    clear_seconds: float = 0.0


class Gauge(msgspec.Struct, frozen=True, kw_only=True):
    """What was judged so far; ``since``: awake seconds since when the value asks for the other verdict."""

    raised: bool = False
    since: float | None = None


def judge(gauge: Gauge, limits: Limits, value: float, now: float) -> Gauge:
    """Return the gauge after ``value`` at ``now`` (awake seconds, never backwards)."""
    turns = value <= limits.clear_at if gauge.raised else value >= limits.raise_at
    if not turns:
        return gauge if gauge.since is None else Gauge(raised=gauge.raised)
    since = now if gauge.since is None else gauge.since
    wait = limits.clear_seconds if gauge.raised else limits.raise_seconds
    if now - since >= wait:
        return Gauge(raised=not gauge.raised)
    return gauge if gauge.since is not None else Gauge(raised=gauge.raised, since=since)


def limits_of(kind: AlertKind, settings: Settings, interval_seconds: float = 0.0) -> Limits:
    """Return the limits of a kind; ``interval_seconds``: that of the account. Free space counts as a negative value."""
    minutes = settings.alert_minutes * 60.0
    share = {"worker_cpu": settings.alert_cpu_percent, "worker_memory": settings.alert_memory_percent}.get(kind)
    if share is not None:
        return Limits(raise_at=share, clear_at=max(share - CPU_GAP, 0.0), raise_seconds=minutes)
    match kind:
        case "worker_crashed" | "orphans":
            return Limits(clear_seconds=STEADY_SECONDS)
        case "heartbeat_lost":
            return Limits(raise_seconds=HEARTBEAT_SECONDS)
        case "jobs_lost":
            return Limits(raise_at=settings.alert_lost_jobs, clear_seconds=STEADY_SECONDS)
        case "error_rate":
            return Limits(raise_at=settings.alert_error_percent, clear_at=settings.alert_error_percent / 2)
        case "backlog":
            return Limits(
                raise_at=settings.alert_backlog, clear_at=settings.alert_backlog / 2, raise_seconds=BACKLOG_SECONDS
            )
        case "disk_low":
            return Limits(raise_at=-settings.alert_disk_mb, clear_at=-settings.alert_disk_mb * DISK_ROOM)
        case "account_unreachable":
            return Limits(raise_seconds=UNREACHABLE_INTERVALS * interval_seconds)
        case "unassigned":
            return Limits(raise_seconds=UNASSIGNED_SECONDS)
        case _:
            return Limits()


def crashed_value(state: WorkerState) -> float | None:
    """Return 1 for a worker that crashed, 0 for one that runs, is stopped or was given up (which says more)."""
    if state is WorkerState.CRASHED:
        return 1.0
    return None if state in (WorkerState.STARTING, WorkerState.STOPPING) else 0.0


def gave_up_value(state: WorkerState, *, carried: bool) -> float | None:
    """Return 1 for a worker that was given up, 0 once it is started again or stopped by hand.

    ``carried``: the alert is older than this master, which starts workers by itself: only one that runs is well.
    None: nothing is known.
    """
    if state is WorkerState.ERROR:
        return 1.0
    if state is WorkerState.CRASHED or (carried and state is WorkerState.STARTING):
        return None
    return 0.0


def silent_value(state: WorkerState, *, carried: bool) -> float | None:
    """Return 1 for a worker that is started elsewhere and given up, 0 once it joined or nobody waits for it any more.

    ``carried``: the alert is older than this master, which has yet to see whether it joins: None.
    """
    if state is WorkerState.ERROR:
        return 1.0
    return None if carried and state is not WorkerState.RUNNING else 0.0


def account_values(state: AccountState, *, owned: bool) -> dict[AlertKind, float]:
    """Return the values of the kinds that follow from an account's state.

    One that nobody watches is not silent by itself: that accounts are without a worker is told once for all.
    """
    return {
        "account_login_needed": float(state is AccountState.LOGIN_NEEDED),
        "account_unreachable": float(state is AccountState.UNREACHABLE),
        "account_stale": float(owned and state is AccountState.STALE),
    }


class ErrorRate:
    """Share of failed checks of the last minutes, from counters that begin anew with every process."""

    def __init__(self, began: float) -> None:
        """``began``: awake seconds at which watching begins."""
        self._began = began
        self._last: tuple[int, int] | None = None
        self._steps: deque[tuple[float, int, int]] = deque()

    def add(self, checks: int, errors: int, now: float) -> None:
        """Note the counters of a heartbeat. The first one only says where they stand."""
        before, self._last = self._last, (checks, errors)
        if before is None:
            return
        if checks < before[0] or errors < before[1]:
            before = (0, 0)  # another process
        if checks > before[0] or errors > before[1]:
            self._steps.append((now, checks - before[0], errors - before[1]))

    def percent(self, window_seconds: float, now: float) -> float | None:
        """Return the rate of the last ``window_seconds``: 0 of too few, None while it is too early to say."""
        while self._steps and now - self._steps[0][0] > window_seconds:
            self._steps.popleft()
        checks = sum(step[1] for step in self._steps)
        errors = sum(step[2] for step in self._steps)
        if checks >= MINIMUM_CHECKS:
            return 100.0 * errors / checks if errors >= MINIMUM_ERRORS else 0.0
        return 0.0 if now - self._began >= window_seconds else None
