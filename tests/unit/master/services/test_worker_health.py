"""Each thing that is looked at fails alone, and says so."""

from typing import Any

import msgspec
import pytest

from master.api.events import HeartbeatSeen
from master.api.rows import Beat
from master.api.schema import Settings, Worker, WorkerHealth
from master.services.worker_health import Recent, assess
from worker.protocol.states import WorkerState

NOW = 1_800_000_000_000
WORKER = Worker(
    worker_id="w",
    name="w",
    deployment_type="local",
    status=WorkerState.RUNNING,
    online=True,
    pid=7,
    uptime=60,
    cpu_usage=5,
    memory_usage_mb=50,
    assigned_accounts=1,
    max_accounts=10,
    active_tasks=0,
    started_at=NOW - 60_000,
    last_heartbeat_at=NOW - 1000,
    round_trip_ms=1,
    error_count=0,
    restart_count=0,
    restart_at=None,
    last_exit=None,
    status_text=None,
    worker_version="1",
    epoch=1,
    enabled=True,
    auto_start=True,
    config_version=1,
    lease_ms=1500,
)
SEEN = HeartbeatSeen(
    worker_id="w",
    at=NOW,
    cpu_percent=5,
    memory_mb=50,
    active_tasks=0,
    accounts=1,
    checks=100,
    errors=0,
    items=0,
    backlog=0,
    round_trip_ms=1,
    beat=Beat(NOW, 1, "ok"),
)


RECENT = Recent(100, 1)


def look(*, seen: HeartbeatSeen = SEEN, recent: Recent = RECENT, **changes: Any) -> WorkerHealth:
    return assess(msgspec.structs.replace(WORKER, **changes), seen, recent, 100, Settings(), NOW)


def test_a_worker_that_is_well() -> None:
    found = look()
    assert (found.healthy, found.status) == (True, "healthy")
    assert all(check.ok for check in found.checks.values())


@pytest.mark.parametrize(
    ("changes", "failed", "state"),
    [
        ({"status": WorkerState.STOPPED, "pid": None}, "process", "dead"),
        ({"last_heartbeat_at": NOW - 31_000}, "heartbeat", "dead"),
        ({"last_heartbeat_at": NOW - 90_000, "started_at": NOW - 31_000}, "heartbeat", "dead"),
        ({"health": "dead"}, "lease", "dead"),
        ({"lease_ms": 0}, "lease", "dead"),
        ({"memory_usage_mb": 81.0}, "memory", "degraded"),
        ({"cpu_usage": 81.0}, "cpu", "degraded"),
        ({"recent": Recent(100, 11)}, "errors", "degraded"),
        ({"seen": msgspec.structs.replace(SEEN, backlog=1000)}, "backlog", "degraded"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], failed: str, state: str) -> None:
    found = look(**changes)
    assert (found.healthy, found.status) == (False, state)
    assert [name for name, check in found.checks.items() if not check.ok] == [failed]


def test_too_few_checks_say_nothing_of_errors() -> None:
    assert look(recent=Recent(2, 2)).healthy


def test_a_process_that_just_began_is_given_time() -> None:
    assert look(last_heartbeat_at=NOW - 90_000, started_at=NOW - 2000).checks["heartbeat"].ok
