"""Jobs, schedules, and how they went."""

from typing import Any

from master.api.backups import BackupState
from master.api.schema import (
    Credential,
    JobGroup,
    JobStats,
    Page,
    SchedulePreview,
)
from tests.pictures.moments import DAY, HOUR, MINUTE, Say
from tests.unit.desktop import job_fakes, statistics_fakes
from tests.unit.desktop.fakes import NOW
from tests.unit.desktop.overview_fakes import make_missed, make_overview, make_point
from worker.protocol.states import JobReason, JobState
from worker.protocol.texts import text


def job_answers(say: Say) -> dict[str, Any]:
    """Return jobs and schedules."""
    nightly = say("Nightly backup", "每晚备份")
    jobs = [
        job_fakes.make_running("j1", name=nightly, submitted_at=NOW - 2 * MINUTE, started_at=NOW - 2 * MINUTE),
        job_fakes.make_pending("j2", name=say("Resize pictures", "缩放图片"), submitted_at=NOW - MINUTE),
        job_fakes.make_job("j3", name=say("Check links", "检查链接"), runner="http", submitted_at=NOW - HOUR,
                           started_at=NOW - HOUR, ended_at=NOW - HOUR + 4000),
        job_fakes.make_job("j4", name=say("Import orders", "导入订单"), state=JobState.FAILED,
                           reason=JobReason.SCRIPT_ERROR, exit_code="3:0", submitted_at=NOW - DAY,
                           started_at=NOW - DAY, ended_at=NOW - DAY + 61_000),
    ]  # fmt: skip
    schedules = [
        job_fakes.make_schedule("s1", name=nightly, last_job_id="j1"),
        job_fakes.make_schedule("s2", name=say("Weekly report", "每周报告"), cron="0 8 * * 1", enabled=False,
                                text={"en": "At 08:00 on Monday", "zh_CN": "每周一 08:00"}, next_at=None),
    ]  # fmt: skip
    failed = jobs[3]
    return {
        "jobs": Page(rows=jobs),
        "job": jobs[0],
        "credentials": [Credential(id="c1", name=say("Backup key", "备份密钥"), fields=["key"], created_at=NOW)],
        "preview_schedule": lambda cron, time_zone=None, n=5: SchedulePreview(
            cron=cron, time_zone=time_zone or "local", text={"en": "At 03:00", "zh_CN": "在 03:00"},
            next_at=[NOW + HOUR + number * DAY for number in range(n)],
        ),
        "schedules": schedules,
        "schedule_runs": Page(rows=[job_fakes.make_run(2, at=NOW - HOUR), job_fakes.make_run(1, at=NOW - DAY)]),
        "job_stats": _job_figures(nightly, say),
        "overview": make_overview(
            points=[make_point(NOW - HOUR + number * 120_000, checks=24.0 + number % 5) for number in range(30)],
            running=[jobs[0]], running_total=1, waiting=1, failed=[failed], failed_total=1,
            missed=[make_missed("s2", text=text("schedule_missed_skip"))],
            backup=BackupState(running=False, last_good_at=NOW - 6 * HOUR, next_at=NOW + 18 * HOUR, problem=None,
                               last_restore=None),
        ),
        "item_stats": statistics_fakes.make_stats(),
        "account_stats": statistics_fakes.make_checks(),
    }  # fmt: skip


def _job_figures(name: str, say: Say) -> JobStats:
    return job_fakes.make_stats(
        total=42, completed=39, failed=2, cancelled=1, success_rate=0.929, shortest_ms=800, mean_ms=4200,
        longest_ms=61_000, mean_wait_ms=120, reasons={"script_error": 2},
        by_name=[_ends(name, 30), _ends(say("Import orders", "导入订单"), 12)], by_worker=[_ends("local-1", 42)],
        by_day=[_ends(f"2026-09-{day:02}", 3 + day % 4) for day in range(10, 21)],
    )  # fmt: skip


def _ends(key: str, total: int) -> JobGroup:
    return JobGroup(key=key, total=total, completed=total - 1, failed=1, cancelled=0, shortest_ms=800, mean_ms=4200,
                    longest_ms=61_000)  # fmt: skip
