"""One fixed world to show: every row that pages and dialogs need, at one moment, its data in either language."""

import asyncio
import dataclasses
import math
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

import msgspec
from PySide6.QtWidgets import QApplication

from desktop import checks
from desktop.dialogs.context import Context
from desktop.models import app_locks
from desktop.models.app_locks import AppLock
from master.api.account_statistics import AccountStateRow
from master.api.backups import Backup, BackupState
from master.api.diagnostics import SelfTest, SystemReport
from master.api.inheritance import Inheritable
from master.api.logins import AuditEntry
from master.api.results import finding
from master.api.rules import QuietHours, QuietWindow, Rule, RuleConditions, SnoozeRow
from master.api.schema import (
    Beat,
    Beats,
    CatalogAnswer,
    ClientCounts,
    Credential,
    JobCounts,
    JobGroup,
    JobStats,
    LogRow,
    NotificationCounts,
    Page,
    Proxy,
    ProxyRate,
    Recovery,
    SchedulePreview,
    SchedulingCounts,
    Settings,
    Status,
    WorkerConfig,
    WorkerCounts,
)
from master.api.system import Client, Token
from master.api.updates import UpdateState
from master.api.vaults import VaultInfo
from master.api.workers import LastExit, WorkerCheck, WorkerHealth, WorkerMetricPoint, WorkerMetrics
from tests.unit.desktop import fakes, inbox_fakes, job_fakes, statistics_fakes
from tests.unit.desktop.fakes import NOW, FakeClient, make_account, make_item, make_worker
from tests.unit.desktop.overview_fakes import make_missed, make_overview, make_point
from tests.unit.desktop.settings_fakes import KeptSettings, make_facts
from worker.protocol.states import AccountState, ItemKind, JobReason, JobState, LogLevel
from worker.protocol.texts import Text, text
from worker.sdk.testing import read_manifest

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
PLATFORMS = ("bluesky", "feed", "github", "imap", "json", "mastodon", "matrix", "script", "telegram", "webpage", "xmpp")
RUNNERS = ("command", "docker", "http", "script")

Say = Callable[[str, str], str]
"""Picks the words of the language out of English and Chinese."""


class Switch:
    """The system's switch of the start at login."""

    def enabled(self) -> bool:
        return True

    def enable(self, _command: list[str]) -> None:
        raise AssertionError("no picture switches it")

    def disable(self) -> None:
        raise AssertionError("no picture switches it")


@contextmanager
def still() -> Iterator[None]:
    """Hold the wall clock while pictures are taken: what says how long ago something was says the same every time."""
    seen = [finding("display", "ok", "doctor_display_ok"), finding("tray", "ok", "doctor_tray_ok")]
    with (
        patch("time.time", lambda: NOW / 1000),
        patch.object(app_locks, "COST", 2**4),
        patch.object(checks, "check_window", lambda *, tray: seen),
    ):
        yield


class Runs:
    """Runs coroutines to their end, at once; within another one as far as they go without waiting."""

    def __call__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            asyncio.run(coroutine)
        else:
            fakes.Runner()(coroutine)


def make_world(app: QApplication, language: str = "en", mode: str = "light") -> Context:
    """Return the context of a window on this world, loaded. Its catalogues must be installed before."""
    context = fakes.make_context(app, language, mode)
    client = context.bridge.client
    assert isinstance(client, FakeClient)
    chinese = language != "en"
    client.answers |= _answers(lambda english, other: other if chinese else english)
    client.alerts_kept = _alerts()
    context = dataclasses.replace(
        context,
        autostart=Switch(),
        profile=Path("/srv/watchkeeper"),
        lock=AppLock(None, _at_once),
        run=Runs(),  # type: ignore[arg-type]
    )
    asyncio.run(fakes.load(context))
    KeptSettings(context, client)
    return context


async def _at_once(work: Callable[[], bytes]) -> bytes:
    return work()


def _answers(say: Say) -> dict[str, Any]:
    return (
        _machine_answers()
        | _account_answers(say)
        | _inbox_answers(say)
        | _job_answers(say)
        | _rule_answers(say)
        | _settings_answers(say)
    )


def _machine_answers() -> dict[str, Any]:
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
            deployments=[],
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


def _account_answers(say: Say) -> dict[str, Any]:
    refused = text("auth_refused", username="sales@northwind.example")
    rows = [
        make_account("a1", name="support@northwind.example", group_id="g1", unread=4, worker_id="local-1"),
        make_account("a2", name="sales@northwind.example", group_id="g1", state=AccountState.LOGIN_NEEDED,
                     state_reason=refused, state_since_at=NOW - 17 * MINUTE, worker_id=None, next_check_at=None),
        make_account("a3", name=say("Ada's mailbox", "李雷的邮箱"), unread=1, worker_id="local-2", listening=True),
        make_account("a4", name=say("Release notes", "发布说明"), platform="feed", unread=5, worker_id="local-2",
                     settings={"url": "https://news.northwind.example/feed"}, has_credentials=False),
        make_account("a5", name=say("Price list", "价目表"), platform="webpage", worker_id="local-1", checking=True),
        make_account("a6", name="northwind/shop", platform="github", unread=2, worker_id="local-1"),
        make_account("a7", name=say("Team room", "团队聊天室"), platform="matrix", state=AccountState.UNREACHABLE,
                     state_reason=text("alert_server_down", name="matrix.northwind.example", count=1),
                     state_since_at=NOW - 4 * MINUTE, worker_id="local-2", last_ok_at=NOW - 5 * MINUTE),
        make_account("a8", name=say("Old blog", "旧博客"), platform="feed", state=AccountState.PAUSED,
                     state_reason=None, worker_id=None, next_check_at=None, last_checked_at=NOW - 3 * DAY),
        make_account("a9", name=say("New shop", "新店铺"), platform="json", state=AccountState.PENDING,
                     worker_id="local-1", last_checked_at=None, last_ok_at=None),
    ]  # fmt: skip
    groups = [
        inbox_fakes.make_group("g1", name=say("Work", "工作"), accounts=2, settings=Inheritable(interval_seconds=60)),
        inbox_fakes.make_group("g2", name=say("Reading", "阅读"), accounts=0),
    ]
    states = [
        AccountStateRow(id=2, state=AccountState.OK, reason=None, since_at=NOW - HOUR, until_at=None),
        AccountStateRow(id=1, state=AccountState.UNREACHABLE, since_at=NOW - DAY, until_at=NOW - HOUR,
                        reason=text("alert_server_down", name="imap.northwind.example", count=1)),
    ]  # fmt: skip
    return {
        "all_accounts": rows,
        "account_states": Page(rows=states),
        "groups": groups,
        "proxies": [_proxy("p1", say("Office", "办公室")), _proxy("p2", say("Home", "家"))],
    }


def _proxy(proxy_id: str, name: str) -> Proxy:
    return Proxy(
        id=proxy_id, name=name, kind="socks5", host="proxy.northwind.example", port=1080, username="",
        has_password=True, accounts=2, day=ProxyRate(total=0, ok=0, rate=None),
        week=ProxyRate(total=200, ok=199, rate=0.995), last_test=None, created_at=NOW, version=3,
    )  # fmt: skip


def _backup(backup_id: str, why: Literal["daily", "manual"], at: int) -> Backup:
    return Backup(
        id=backup_id, made_at=at, why=why, size_bytes=2_500_000, schema="r8", version="0.1.0", accounts=9, items=1200,
        verified_at=at, problem=None,
    )  # fmt: skip


def make_config() -> WorkerConfig:
    """Return how a worker is run."""
    return WorkerConfig(
        worker_id="local-1", name="local-1", description="", deployment_type="local", host="localhost", port=None,
        max_accounts=500, max_memory_mb=None, cpu_cores=None, env={}, command_args=[], working_directory=None,
        auto_start=True, auto_restart=True, restart_delay_ms=1000, max_restart_attempts=3, enabled=True, version=5,
        created_at=NOW,
    )  # fmt: skip


def _inbox_answers(say: Say) -> dict[str, Any]:
    rows = [
        make_item(9, account_id="a1", title=say("Invoice 2291: wrong address", "发票 2291：地址有误"),
                  author=say("Grace Lindqvist", "林静"), text=say(
                      "Hello,\n\nthe invoice you sent on Monday still shows our old address. Could you send a new one?",
                      "您好：\n\n周一寄来的发票仍是旧地址，能重开一张吗？")),
        make_item(8, account_id="a4", kind=ItemKind.ENTRY, title=say("Version 4.2 is out", "4.2 版已发布"),
                  author=say("Release team", "发布团队"), created_at=NOW - HOUR, detected_at=NOW - HOUR,
                  text=say("Faster start, and a calmer window.", "启动更快，窗口更清爽。")),
        make_item(7, account_id="a6", kind=ItemKind.MENTION, title=say("Import stops at 40 %", "导入停在 40%"),
                  author="jun", created_at=NOW - 2 * HOUR, detected_at=NOW - 2 * HOUR,
                  text=say("Could you look at the log?", "能看一下日志吗？")),
        make_item(6, account_id="a3", title=say("Photos from the workshop", "工作坊的照片"), read=True,
                  author=say("Tomás Rivera", "王芳"), created_at=NOW - DAY, detected_at=NOW - DAY,
                  text=say("I put the pictures of Saturday into the shared folder.", "周六的照片放在共享文件夹里了。")),
    ]  # fmt: skip
    told = [
        inbox_fakes.make_notification(2, account_id="a1", title=Text(code="", message=rows[0].title),
                                      text=rows[0].text, created_at=NOW, reason=text("told_new_item")),
        inbox_fakes.make_notification(1, account_id="a4", title=Text(code="", message=rows[1].title), state="held",
                                      text=rows[1].text, created_at=NOW - HOUR, reason=text("held_quiet")),
    ]  # fmt: skip
    return {
        "items": Page(rows=rows),
        "notifications": Page(rows=told),
        "notification_counts": inbox_fakes.make_totals(pending=1, held=1),
        "searches": [inbox_fakes.make_search(1, name=say("Invoices", "发票"))],
        "item": rows[0],
        "item_context": inbox_fakes.make_around(rows[0]),
    }


def _job_answers(say: Say) -> dict[str, Any]:
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


def _rule(position: int, name: str, action: str, **conditions: Any) -> Rule:
    return Rule(
        id=f"r{position}", name=name, enabled=position != 2, position=position, conditions=RuleConditions(**conditions),
        action=action, disabled_reason=None, hits=position * 37, last_hit_at=NOW - (position + 1) * HOUR,  # type: ignore[arg-type]
        created_at=NOW, version=1,
    )  # fmt: skip


def _rule_answers(say: Say) -> dict[str, Any]:
    return {
        "rules": [
            _rule(0, say("Invoices", "发票"), "urgent", include=[say("invoice", "发票"), say("bill", "账单")]),
            _rule(1, say("Build noise", "构建消息"), "silent", account_ids=["a6"], kinds=["comment"]),
            _rule(2, say("Offers", "促销"), "ignore", include=[say("discount", "折扣")]),
        ],
        "quiet_hours": QuietHours(
            enabled=True,
            windows=[
                QuietWindow(start="22:00", end="07:00"),
                QuietWindow(days=["sat", "sun"], start="09:00", end="18:00"),
            ],
            time_zone="local", active=False, until_at=None, next_at=NOW + 3 * HOUR, held=1, version=3,
        ),
        "snoozes": [
            SnoozeRow(id="account:a4", scope="account", target_id="a4", name=say("Release notes", "发布说明"),
                      until_at=NOW + 2 * HOUR, held=1)
        ],
    }  # fmt: skip


def _alerts() -> list[Any]:
    return [
        fakes.make_alert(2, kind="error_rate", subject="local-2", subject_name="local-2", level="warn",
                         title=text("alert_error_rate", name="local-2"), raised_at=NOW - 9 * MINUTE),
        fakes.make_alert(1, title=text("alert_worker_crashed", name="local-2"), raised_at=NOW - 2 * HOUR),
    ]  # fmt: skip


def _settings_answers(say: Say) -> dict[str, Any]:
    phone = say("Phone", "手机")
    entry = AuditEntry(
        id=3, at=NOW - HOUR, action="token_created", actor="admin", subject="t1", subject_name=phone, account_id=None,
        text=text("audit_token_created", scope="client"),
    )  # fmt: skip
    checks = [
        finding("clock", "ok", "doctor_clock_ok"),
        finding("profile", "warn", "doctor_profile_open", advice="doctor_profile_open_do",
                command="chmod 700 /srv/watchkeeper", path="/srv/watchkeeper"),
    ]  # fmt: skip
    return {
        "settings": Settings(),
        "system_facts": make_facts(),
        "system": SystemReport(at=NOW, checks=checks, facts=make_facts()),
        "vault": VaultInfo(kind="keyring", state="ok", name="GNOME Keyring"),
        "updates": UpdateState(
            mode="ask", managed_by="", address="https://watchkeeper.example/updates.json", current="0.1.0",
            checked_at=NOW - HOUR, next_at=None, available=None,
        ),
        "selftest": SelfTest(state="never"),
        "backups": [_backup("b1", "daily", NOW - 6 * HOUR), _backup("b2", "manual", NOW - DAY)],
        "backup_state": BackupState(
            running=False, last_good_at=NOW - 6 * HOUR, next_at=NOW + 18 * HOUR, problem=None, last_restore=None
        ),
        "tokens": [
            Token(id="t1", name=phone, scope="client", created_at=NOW - DAY, last_used_at=None),
            Token(id="t2", name=say("Server", "服务器"), scope="admin", created_at=NOW - DAY, last_used_at=NOW),
        ],
        "clients": [Client(device_id="d1", name=say("Laptop", "笔记本"), online=True, last_seen_at=NOW, cursor=1)],
        "audit": Page(rows=[msgspec.structs.replace(entry, id=number, at=NOW - number * HOUR) for number in (3, 2, 1)]),
    }  # fmt: skip
