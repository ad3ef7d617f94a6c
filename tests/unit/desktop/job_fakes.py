"""Jobs, schedules and runners to show, and what a master answers about them."""

from typing import Any

from master.api.schema import (
    Credential,
    Job,
    JobOutput,
    JobResources,
    JobStats,
    JobTemplate,
    Page,
    Reservation,
    Schedule,
    SchedulePreview,
    ScheduleRun,
    WorkerSlots,
)
from worker.protocol.manifest import Capabilities, Field, Manifest
from worker.protocol.states import JobReason, JobState, ReservationState

NOW = 1_790_000_000_000


def make_job(job_id: str = "j1", **changes: Any) -> Job:
    values: dict[str, Any] = {
        "id": job_id,
        "name": f"backup {job_id}",
        "runner": "command",
        "spec": {"command": "/usr/bin/rsync", "args": ["-a", "/home", "/backup"]},
        "state": JobState.COMPLETED,
        "reason": JobReason.OK,
        "error": None,
        "waiting": None,
        "cancelling": False,
        "exit_code": "0:0",
        "pid": 4711,
        "worker_id": "local-1",
        "wanted_worker_id": None,
        "worker_label": None,
        "time_limit_seconds": None,
        "cpus": 1,
        "memory_mb": None,
        "exclusive": False,
        "priority": 0,
        "env": {},
        "working_directory": None,
        "credential_id": None,
        "retry": None,
        "submitted_at": NOW,
        "not_before_at": None,
        "started_at": NOW + 200,
        "ended_at": NOW + 4200,
        "attempts": 1,
        "resubmit_of": None,
        "schedule_id": None,
        "peak_memory_mb": 12.5,
        "stdout_bytes": 0,
        "stderr_bytes": 0,
        "left_bytes": 0,
        "stragglers": 0,
        "result": None,
        "version": 1,
    }
    return Job(**(values | changes))


def make_running(job_id: str = "j1", **changes: Any) -> Job:
    """A job that runs."""
    going: dict[str, Any] = {"state": JobState.RUNNING, "reason": None, "exit_code": None, "ended_at": None}
    return make_job(job_id, **(going | changes))


def make_pending(job_id: str = "j1", **changes: Any) -> Job:
    """A job that waits."""
    waits: dict[str, Any] = {
        "state": JobState.PENDING, "reason": None, "exit_code": None, "started_at": None, "ended_at": None,
        "attempts": 0, "worker_id": None, "pid": None, "peak_memory_mb": None,
    }  # fmt: skip
    return make_job(job_id, **(waits | changes))


def make_schedule(schedule_id: str = "s1", **changes: Any) -> Schedule:
    values: dict[str, Any] = {
        "id": schedule_id,
        "name": f"nightly {schedule_id}",
        "cron": "0 3 * * *",
        "time_zone": "local",
        "text": {"en": "At 03:00", "zh_CN": "在 03:00"},
        "job": JobTemplate(runner="command", spec={"command": "/usr/bin/rsync"}),
        "enabled": True,
        "misfire": "once",
        "misfire_limit": 10,
        "misfire_age_seconds": 86_400,
        "overlap": "skip",
        "jitter_seconds": 0,
        "long_seconds": None,
        "notify": ["failure"],
        "next_at": NOW + 3_600_000,
        "last_at": NOW - 3_600_000,
        "last_job_id": "j1",
        "last_state": JobState.COMPLETED,
        "created_at": NOW,
        "version": 1,
    }
    return Schedule(**(values | changes))


def make_run(run_id: int = 1, **changes: Any) -> ScheduleRun:
    values: dict[str, Any] = {
        "id": run_id, "schedule_id": "s1", "planned_at": NOW, "at": NOW, "outcome": "started", "job_id": "j1",
        "text": None,
    }  # fmt: skip
    return ScheduleRun(**(values | changes))


def make_stats(**changes: Any) -> JobStats:
    values: dict[str, Any] = {
        "since": NOW, "total": 0, "completed": 0, "failed": 0, "cancelled": 0, "pending": 0, "running": 0,
        "success_rate": None, "shortest_ms": None, "mean_ms": None, "longest_ms": None, "mean_wait_ms": None,
        "reasons": {}, "by_name": [], "by_worker": [], "by_day": [],
    }  # fmt: skip
    return JobStats(**(values | changes))


COMMAND = Manifest(
    id="command",
    kind="runner",
    title={"en": "Command", "zh_CN": "命令"},
    summary={"en": "Runs a program with arguments, without a shell.", "zh_CN": "不经 shell，直接运行程序及其参数。"},
    icon="C",
    color="#2f6fb3",
    capabilities=Capabilities(credentials="optional"),
    fields=[
        Field(name="command", type="text", title={"en": "Command", "zh_CN": "命令"}, required=True),
        Field(name="args", type="list", title={"en": "Arguments", "zh_CN": "参数"}),
        Field(name="headers", type="map", title={"en": "Headers", "zh_CN": "请求头"}, advanced=True),
        Field(name="shell", type="boolean", title={"en": "In a shell", "zh_CN": "在 shell 中"}, advanced=True),
    ],
)
SCRIPT = Manifest(
    id="script",
    kind="runner",
    title={"en": "Script", "zh_CN": "脚本"},
    summary={"en": "Runs a script of Python, shell or Node.", "zh_CN": "运行 Python、shell 或 Node 脚本。"},
    icon="S",
    color="#7a4fc4",
    fields=[Field(name="code", type="multiline", title={"en": "Code", "zh_CN": "代码"}, required=True)],
)


def job_answers() -> dict[str, Any]:
    """What a master says that has no job and no schedule."""
    return {
        "jobs": Page(rows=[]),
        "job_output": lambda _job, _stream, offset, _attempt: JobOutput(
            text="", next_offset=offset, complete=True, skipped=0
        ),
        "job_stats": make_stats(),
        "job_resources": JobResources(
            workers=[
                WorkerSlots(
                    worker_id="local-1",
                    cpus=4,
                    used_cpus=1,
                    memory_mb=None,
                    used_memory_mb=0,
                    exclusive=False,
                    online=True,
                )
            ],
            reservations=[
                Reservation(
                    job_id="j1",
                    worker_id="local-1",
                    cpus=1,
                    memory_mb=None,
                    exclusive=False,
                    state=ReservationState.ALLOCATED,
                    reserved_at=NOW,
                )
            ],
            pending=0,
            running=1,
        ),
        "schedules": [],
        "schedule_runs": Page(rows=[]),
        "preview_schedule": lambda cron, time_zone=None, n=5: SchedulePreview(
            cron=cron, time_zone=time_zone or "local", text={"en": f"text of {cron}"}, next_at=[NOW + 1000] * n
        ),
        "credentials": [Credential(id="c1", name="Backup key", fields=["key"], created_at=NOW)],
    }
