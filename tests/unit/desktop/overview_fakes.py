"""How all goes, as a master answers it."""

from typing import Any

from master.api.backups import BackupState
from master.api.overviews import Latency, Overview, OverviewHour, OverviewPoint
from master.api.schema import ScheduleRun
from tests.unit.desktop.job_fakes import NOW
from worker.protocol.texts import Text

HOUR_MS = 3_600_000


def make_latency(half: float | None = 140.0, most: float | None = 420.0, measured: int = 280) -> Latency:
    return Latency(measured=measured if half is not None else 0, p50_ms=half, p95_ms=most)


def make_point(at: int = NOW - HOUR_MS, **changes: Any) -> OverviewPoint:
    values: dict[str, Any] = {"at": at, "checks": 28.0, "check": make_latency(), "shown": make_latency(900.0, 2500.0)}
    return OverviewPoint(**(values | changes))


def make_overview(**changes: Any) -> Overview:
    values: dict[str, Any] = {
        "at": NOW,
        "since": NOW - 24 * HOUR_MS,
        "step_seconds": 600,
        "points": [make_point(NOW - 24 * HOUR_MS + number * 600_000) for number in range(6)],
        "check": make_latency(),
        "shown": make_latency(900.0, 2500.0),
        "hours": [OverviewHour(at=NOW + number * HOUR_MS, found=number, before=24 - number) for number in range(24)],
        "found_today": 212,
        "found_before": 188,
        "running": [],
        "running_total": 0,
        "waiting": 0,
        "failed": [],
        "failed_total": 0,
        "missed": [],
        "backup": BackupState(running=False, last_good_at=None, next_at=None, problem=None, last_restore=None),
    }
    return Overview(**(values | changes))


def make_missed(schedule_id: str = "s1", **changes: Any) -> ScheduleRun:
    values: dict[str, Any] = {
        "id": 1, "schedule_id": schedule_id, "planned_at": NOW - HOUR_MS, "at": NOW, "outcome": "missed",
        "job_id": None, "text": Text(code="", message="Watchkeeper did not run."),
    }  # fmt: skip
    return ScheduleRun(**(values | changes))
