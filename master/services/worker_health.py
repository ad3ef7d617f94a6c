"""How a worker is, each thing that was looked at by its name. Pure."""

from typing import Final, NamedTuple

from master.api.events import HeartbeatSeen
from master.api.system import Settings
from master.api.workers import Worker, WorkerCheck, WorkerHealth, WorkerHealthState
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text, text

FATAL: Final = frozenset({"process", "heartbeat", "lease"})
"""A worker that fails one of these watches nothing; one that fails another is degraded."""
FEWEST_CHECKS: Final = 5
"""Fewer checks say nothing of the share that fails."""


class Recent(NamedTuple):
    """Checks of the last minutes."""

    checks: int = 0
    errors: int = 0


def assess(
    worker: Worker,
    seen: HeartbeatSeen | None,
    recent: Recent,
    max_memory_mb: int | None,
    settings: Settings,
    now: int,
) -> WorkerHealth:
    """Look at everything. ``seen``: the last heartbeat of its present process; ``now`` in UTC ms."""
    checks = {
        "process": _process(worker),
        "heartbeat": _heartbeat(worker, settings, now),
        "lease": _lease(worker),
        "memory": _memory(worker, max_memory_mb, settings),
        "cpu": _cpu(worker, settings),
        "errors": _errors(recent, settings),
        "backlog": _backlog(seen, settings),
    }
    failed = {name for name, check in checks.items() if not check.ok}
    state: WorkerHealthState = "dead" if failed & FATAL else "degraded" if failed else "healthy"
    return WorkerHealth(worker_id=worker.worker_id, healthy=not failed, status=state, checks=checks)


def _process(worker: Worker) -> WorkerCheck:
    if worker.pid is not None and worker.status is WorkerState.RUNNING:
        return _good(text("health_process_ok", pid=worker.pid))
    return _bad(text("health_process_down", state=worker.status.value))


def _heartbeat(worker: Worker, settings: Settings, now: int) -> WorkerCheck:
    limit = settings.offline_after_seconds
    began = worker.started_at
    last = worker.last_heartbeat_at
    if last is not None and began is not None and last < began:
        last = None  # of the process before
    known = last if last is not None else began
    if known is None:
        return _bad(text("health_heartbeat_none"))
    age = max(0.0, (now - known) / 1000)
    if age > limit:
        return _bad(text("health_heartbeat_late", seconds=round(age), limit=round(limit)))
    if last is None:
        return _good(text("health_heartbeat_none"))
    return _good(text("health_heartbeat_ok", seconds=round(age)))


def _lease(worker: Worker) -> WorkerCheck:
    if worker.health == "dead":
        return _bad(text("health_lease_ended"))
    if worker.lease_ms <= 0:
        return _bad(text("health_lease_none"))
    return _good(text("health_lease_ok", ms=worker.lease_ms))


def _memory(worker: Worker, max_memory_mb: int | None, settings: Settings) -> WorkerCheck:
    used = worker.memory_usage_mb
    if used is None:
        return _good(text("health_not_measured"))
    limit = max_memory_mb * settings.alert_memory_percent / 100 if max_memory_mb is not None else None
    if limit is not None and used > limit:
        return _bad(text("health_memory_high", memory=round(used), limit=round(limit)))
    return _good(text("health_memory_ok", memory=round(used)))


def _cpu(worker: Worker, settings: Settings) -> WorkerCheck:
    used = worker.cpu_usage
    if used is None:
        return _good(text("health_not_measured"))
    if used > settings.alert_cpu_percent:
        return _bad(text("health_cpu_high", percent=round(used), limit=settings.alert_cpu_percent))
    return _good(text("health_cpu_ok", percent=round(used)))


def _errors(recent: Recent, settings: Settings) -> WorkerCheck:
    limit = settings.alert_error_percent
    if recent.checks >= FEWEST_CHECKS and recent.errors * 100 > recent.checks * limit:
        return _bad(text("health_errors_high", errors=recent.errors, checks=recent.checks, limit=limit))
    return _good(text("health_errors_ok", errors=recent.errors, checks=recent.checks))


def _backlog(seen: HeartbeatSeen | None, settings: Settings) -> WorkerCheck:
    if seen is None:
        return _good(text("health_not_measured"))
    if seen.backlog >= settings.alert_backlog:
        return _bad(text("health_backlog_high", count=seen.backlog, limit=settings.alert_backlog))
    return _good(text("health_backlog_ok", count=seen.backlog))


def _good(words: Text) -> WorkerCheck:
    return WorkerCheck(ok=True, text=words)


def _bad(words: Text) -> WorkerCheck:
    return WorkerCheck(ok=False, text=words)
