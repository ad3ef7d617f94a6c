"""What a master with three workers answers: its state, their figures, the log, what is wrong."""

import math
from typing import Any

from master.api.schema import (
    Beat,
    Beats,
    CatalogAnswer,
    ClientCounts,
    JobCounts,
    LogRow,
    NotificationCounts,
    Page,
    Recovery,
    SchedulingCounts,
    Status,
    WorkerConfig,
    WorkerCounts,
)
from master.api.system import DeploymentType
from master.api.workers import (
    DEPLOYMENT_TYPES,
    LOCAL,
    LastExit,
    WorkerCheck,
    WorkerHealth,
    WorkerMetricPoint,
    WorkerMetrics,
)
from tests.pictures.moments import DAY, HOUR, MINUTE
from tests.unit.desktop import fakes
from tests.unit.desktop.fakes import NOW, make_worker
from worker.protocol.states import LogLevel
from worker.protocol.texts import text
from worker.sdk.testing import read_manifest

PLATFORMS = ("bluesky", "feed", "github", "imap", "json", "mastodon", "matrix", "script", "telegram", "webpage", "xmpp")


RUNNERS = ("command", "docker", "http", "script")


def machine_answers() -> dict[str, Any]:
    """Return what the master and its workers answer."""
    return {
        "status": Status(
            version="0.1.0",
            uptime=86_400.0,
            workers=WorkerCounts(total=3, online=2, offline=1, total_assigned_accounts=7),
            scheduling=SchedulingCounts(total_accounts=9, assigned_accounts=7, unassigned_accounts=2),
            clients=ClientCounts(total=1, online=1),
            notifications=NotificationCounts(pending=2),
            jobs=JobCounts(running=1, pending=1),
            unread=12,
            vault="ok",
        ),
        "catalog": CatalogAnswer(
            platforms=[read_manifest(f"worker.platforms.{name}") for name in PLATFORMS],
            runners=[read_manifest(f"worker.runners.{name}") for name in RUNNERS],
            deployments=[DeploymentType(id=one, title=text(f"deployment_{one}")) for one in DEPLOYMENT_TYPES],
        ),
        "workers": [
            make_worker("local-1", assigned_accounts=4, uptime=86_400.0, started_at=NOW - DAY),
            make_worker("local-2", assigned_accounts=3, cpu_usage=14.8, memory_usage_mb=58.0, uptime=7260.0,
                        restart_count=1, last_exit=LastExit(code=None, signal=9, at=NOW - 2 * HOUR,
                                                         text=text("exit_signal", signal=9, name="SIGKILL"))),
            make_worker("local-3", assigned_accounts=0, online=False, pid=None, status="stopped", cpu_usage=0.0,
                        memory_usage_mb=0.0, uptime=0.0, started_at=None, round_trip_ms=None, last_heartbeat_at=None),
        ],
        "worker_metrics": _figures,
        "worker_health": _health,
        "beats": Beats(
            accounts={f"a{number}": _beats(number) for number in range(1, 8)},
            workers={f"local-{number}": _beats(number + 20) for number in (1, 2)},
        ),
        "recovery": Recovery(at=NOW - DAY, clean=True, repairs=[]),
        "worker_events": Page(rows=[
            fakes.make_event(3, worker_id="local-2", at=NOW - 2 * HOUR, text=text("worker_registered", pid=4712)),
            fakes.make_event(2, worker_id="local-2", at=NOW - 2 * HOUR - 900, text=text("worker_started", pid=4712)),
            fakes.make_event(1, worker_id="local-2", at=NOW - 2 * HOUR - 2000,
                             text=text("worker_restart_planned", seconds=1, count=1)),
        ]),
        "logs": _lines(),
    }  # fmt: skip


def _lines() -> list[LogRow]:
    lines = [
        (LogLevel.INFO, "master", "watchkeeper.master", "Watchkeeper 0.1.0 listens on http://127.0.0.1:3000 (212 ms)"),
        (LogLevel.INFO, "local-1", "watchkeeper.worker", "registered with 4 accounts"),
        (LogLevel.DEBUG, "local-2", "imap", "IDLE on INBOX, renewed after 240 s"),
        (LogLevel.WARNING, "local-2", "feed", "503 from https://news.northwind.example/feed, next try in 60 s"),
        (LogLevel.ERROR, "local-1", "imap", "AUTHENTICATIONFAILED for sales@northwind.example"),
    ]
    return [
        LogRow(id=number, record=fakes.make_record(number, level=level, source=source, logger=name, message=words,
                                                   at=NOW - (20 - number) * 1500))
        for number, (level, source, name, words) in enumerate(lines * 3, 1)
    ]  # fmt: skip


def _beats(seed: int) -> list[Beat]:
    results = ["ok"] * 30 + (["network"] * 2 if seed % 3 == 0 else ["ok"] * 2) + ["ok"] * 4
    if seed == 2:
        results = ["ok"] * 32 + ["auth"]
    return [Beat(NOW - (len(results) - number) * 30_000, 40 + number * seed % 90, result)
            for number, result in enumerate(results)]  # fmt: skip


def _health(worker_id: str) -> WorkerHealth:
    seen = {
        "process": text("health_process_ok", pid=4712),
        "heartbeat": text("health_heartbeat_ok", seconds=2),
        "lease": text("health_lease_ok", ms=15_000),
        "memory": text("health_memory_ok", memory=58),
    }
    found = {name: WorkerCheck(ok=True, text=words) for name, words in seen.items()}
    return WorkerHealth(worker_id=worker_id, healthy=True, status="healthy", checks=found)


def _figures(worker_id: str, **_query: Any) -> WorkerMetrics:
    points = [
        WorkerMetricPoint(at=NOW - (60 - number) * 10_000, cpu_percent=4 + 3 * math.sin(number / 4),
                          memory_mb=40 + number / 6, accounts=4.0, active_tasks=1.0)
        for number in range(60)
    ]  # fmt: skip
    return WorkerMetrics(worker_id=worker_id, since=NOW - 600_000, step_seconds=10, points=points)


def make_config(worker_id: str = "local-1", deployment_type: str = LOCAL) -> WorkerConfig:
    """Return how a worker is run."""
    return WorkerConfig(
        worker_id=worker_id, name=worker_id, description="", deployment_type=deployment_type, host="localhost",
        port=None, max_accounts=500, max_memory_mb=None, cpu_cores=None, env={}, command_args=[],
        working_directory=None,
        auto_start=True, auto_restart=True, restart_delay_ms=1000, max_restart_attempts=3, enabled=True, version=5,
        created_at=NOW,
    )  # fmt: skip


def make_alerts() -> list[Any]:
    """Return what is wrong."""
    return [
        fakes.make_alert(2, kind="error_rate", subject="local-2", subject_name="local-2", level="warn",
                         title=text("alert_error_rate", name="local-2"), raised_at=NOW - 9 * MINUTE),
        fakes.make_alert(1, title=text("alert_worker_crashed", name="local-2"), raised_at=NOW - 2 * HOUR),
    ]  # fmt: skip
