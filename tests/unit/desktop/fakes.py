"""A bridge with canned answers, and rows to show. Every call is kept in ``client.calls``."""

from collections.abc import Callable, Coroutine, Generator, Iterable, Mapping
from types import coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.dialogs.context import Context
from desktop.models.hub import Models
from desktop.settings import SettingsHolder
from desktop.theme import Theme
from desktop.words import Wording
from master.api.backups import BackupState
from master.api.client import ApiError
from master.api.events import Event
from master.api.schema import (
    Account,
    Alert,
    BatchReport,
    BatchResult,
    Beat,
    Beats,
    CatalogAnswer,
    ClientCounts,
    Item,
    JobCounts,
    LogRow,
    NotificationCounts,
    Page,
    Recovery,
    SchedulingCounts,
    Settings,
    Status,
    TestReport,
    Trace,
    Worker,
    WorkerCounts,
    WorkerEvent,
)
from master.api.updates import UpdateState
from tests.unit.desktop.inbox_fakes import inbox_answers
from tests.unit.desktop.job_fakes import COMMAND, SCRIPT, job_answers
from tests.unit.desktop.job_fakes import NOW as NOW
from tests.unit.desktop.overview_fakes import make_overview
from tests.unit.desktop.statistics_fakes import make_checks, make_stats
from worker.protocol.account_messages import TestStep
from worker.protocol.log_messages import LogRecord
from worker.protocol.manifest import Capabilities, Choice, Field, Manifest
from worker.protocol.states import AccountState, ItemKind, LoginStatus, LogLevel, WorkerState
from worker.protocol.texts import Text, text


def make_account(account_id: str = "a1", **changes: Any) -> Account:
    values: dict[str, Any] = {
        "id": account_id,
        "platform": "imap",
        "name": f"{account_id}@northwind.example",
        "platform_account_id": "",
        "settings": {"host": "imap.northwind.example", "port": 993, "security": "tls", "username": account_id},
        "has_credentials": True,
        "interval_seconds": 30,
        "interval_max_seconds": None,
        "tags": [],
        "notes": "",
        "priority": 0,
        "state": AccountState.OK,
        "checking": False,
        "listening": False,
        "state_reason": None,
        "state_since_at": NOW,
        "login_status": LoginStatus.LOGGED_IN,
        "worker_id": "local-1",
        "assignment_reason": text("assign_least_loaded"),
        "assigned_since_at": NOW,
        "pinned": False,
        "pinned_to": None,
        "pin_policy": "wait",
        "epoch": 1,
        "last_checked_at": NOW,
        "last_ok_at": NOW,
        "next_check_at": NOW + 18_000,
        "unread": 0,
        "checks_ok": 0,
        "checks_total": 0,
        "created_at": NOW,
        "version": 1,
    }
    return Account(**(values | changes))


def make_worker(worker_id: str = "local-1", **changes: Any) -> Worker:
    values: dict[str, Any] = {
        "worker_id": worker_id,
        "name": worker_id,
        "deployment_type": "local",
        "status": WorkerState.RUNNING,
        "online": True,
        "pid": 4711,
        "uptime": 120.0,
        "cpu_usage": 2.1,
        "memory_usage_mb": 31.4,
        "assigned_accounts": 3,
        "max_accounts": 500,
        "active_tasks": 0,
        "started_at": NOW - 120_000,
        "last_heartbeat_at": NOW,
        "round_trip_ms": 0.4,
        "error_count": 0,
        "restart_count": 0,
        "restart_at": None,
        "last_exit": None,
        "status_text": None,
        "worker_version": "0.1.0",
        "epoch": 1,
        "enabled": True,
        "auto_start": True,
        "config_version": 1,
    }
    return Worker(**(values | changes))


def make_item(item_id: int = 1, **changes: Any) -> Item:
    values: dict[str, Any] = {
        "id": item_id,
        "account_id": "a1",
        "kind": ItemKind.MAIL,
        "key": f"k{item_id}",
        "title": f"Invoice {item_id}",
        "text": "Hello,\n\nthe invoice still shows our old address.",
        "author": "Ada Fischer",
        "url": "",
        "thread": "INBOX",
        "created_at": NOW - 1000,
        "detected_at": NOW,
        "stored_at": NOW + 800,
        "read": False,
        "truncated": False,
    }
    return Item(**(values | changes))


def make_record(number: int = 0, **changes: Any) -> LogRecord:
    values: dict[str, Any] = {
        "at": NOW + number,
        "level": LogLevel.INFO,
        "source": "master",
        "logger": "watchkeeper.master",
        "message": f"line {number}",
    }
    return LogRecord(**(values | changes))


def make_alert(alert_id: int = 1, **changes: Any) -> Alert:
    values: dict[str, Any] = {
        "id": alert_id,
        "kind": "worker_gave_up",
        "subject": "local-1",
        "subject_name": "local-1",
        "level": "bad",
        "title": Text(code="alert_test", params={}, message=f"Alert {alert_id}"),
        "raised_at": NOW + alert_id,
    }
    return Alert(**(values | changes))


def make_report(action: str, ids: Iterable[str], failed: Mapping[str, Text | None] | None = None) -> BatchReport:
    """The answer to a batch; ``failed`` maps ids to why they failed."""
    wrong = failed or {}
    results = [BatchResult(id=one, success=one not in wrong, error=wrong.get(one)) for one in ids]
    return BatchReport(
        action=action,
        total=len(results),
        success=sum(one.success for one in results),
        failure=sum(not one.success for one in results),
        results=results,
    )


def make_event(event_id: int = 1, **changes: Any) -> WorkerEvent:
    said = Text(code="event_test", params={}, message=f"event {event_id}")
    values: dict[str, Any] = {
        "id": event_id, "worker_id": "local-1", "kind": "lifecycle", "at": NOW + event_id, "text": said,
    }  # fmt: skip
    return WorkerEvent(**(values | changes))


def _state(alert: Alert) -> str:
    return "open" if alert.cleared_at is None else "cleared"


IMAP = Manifest(
    id="imap",
    title={"en": "Mailbox (IMAP)", "zh_CN": "邮箱（IMAP）"},
    summary={"en": "New mail of any mailbox, told at once.", "zh_CN": "任何邮箱的新邮件，即时提醒。"},
    icon="I",
    color="#d9455f",
    item_kinds=["mail"],
    capabilities=Capabilities(push=True, credentials="required"),
    name_from="username",
    fields=[
        Field(name="host", type="text", title={"en": "Server", "zh_CN": "服务器"}, required=True),
        Field(
            name="port",
            type="number",
            title={"en": "Port", "zh_CN": "端口"},
            default=993,
            minimum=1,
            maximum=65535,
            advanced=True,
        ),
        Field(
            name="security",
            type="choice",
            title={"en": "Encryption", "zh_CN": "加密"},
            default="tls",
            choices=[
                Choice(value="tls", title={"en": "TLS"}),
                Choice(value="starttls", title={"en": "STARTTLS"}),
                Choice(value="none", title={"en": "None", "zh_CN": "无"}),
            ],
            advanced=True,
        ),
        Field(name="username", type="text", title={"en": "User name", "zh_CN": "用户名"}, required=True),
        Field(
            name="password",
            type="password",
            title={"en": "Password", "zh_CN": "密码"},
            help={"en": "Some providers ask for an app password.", "zh_CN": "有些服务商要求应用专用密码。"},
            required=True,
            secret=True,
        ),
        Field(
            name="folders", type="list", title={"en": "Folders", "zh_CN": "文件夹"}, default=["INBOX"], advanced=True
        ),
    ],
)
FEED = Manifest(
    id="feed",
    title={"en": "Feed", "zh_CN": "订阅源"},
    summary={"en": "Entries of an RSS or Atom feed.", "zh_CN": "RSS 或 Atom 订阅源的条目。"},
    icon="F",
    color="#b35c00",
    item_kinds=["entry"],
    name_from="url",
    fields=[Field(name="url", type="url", title={"en": "Address", "zh_CN": "地址"}, required=True)],
)
DEMO = Manifest(
    id="demo",
    title={"en": "Demo"},
    summary={"en": "Made-up items."},
    icon="D",
    color="#1f6feb",
    capabilities=Capabilities(demo=True),
)


class FakeClient:
    """Answers with what stands in its attributes; ``errors`` maps a method's name to what it raises."""

    url = "http://127.0.0.1:3000"

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.errors: dict[str, Exception] = {}
        self.alerts_kept: list[Alert] = []
        self.answers: dict[str, Any] = {
            "status": Status(
                version="0.1.0",
                uptime=5.0,
                workers=WorkerCounts(total=1, online=1, offline=0, total_assigned_accounts=1),
                scheduling=SchedulingCounts(total_accounts=1, assigned_accounts=1, unassigned_accounts=0),
                clients=ClientCounts(total=1, online=1),
                notifications=NotificationCounts(pending=0),
                jobs=JobCounts(),
                unread=2,
                vault="ok",
            ),
            "catalog": CatalogAnswer(platforms=[IMAP, FEED, DEMO], runners=[COMMAND, SCRIPT], deployments=[]),
            "settings": Settings(),
            "all_accounts": [make_account("a1"), make_account("a2")],
            "create_account": make_account("a3"),
            "workers": [make_worker("local-1"), make_worker("local-2")],
            "items": Page(rows=[make_item(2), make_item(1)]),
            "logs": [LogRow(id=7, record=make_record(7)), LogRow(id=8, record=make_record(8))],
            "beats": Beats(accounts={"a1": [Beat(NOW, 80, "ok")]}, workers={}),
            "alerts": lambda state=None, **_more: Page(rows=[one for one in self.alerts_kept if _state(one) == state]),
            "batch_accounts": lambda body: make_report(body.action, body.account_ids),
            "recovery": Recovery(at=NOW, clean=True, repairs=[]),
            "worker_events": Page(rows=[make_event(2), make_event(1)]),
            "worker_logs": [make_record(1, source="local-1", logger="stdout")],
            **job_answers(),
            "item_stats": make_stats(),
            "account_stats": make_checks(),
            "overview": make_overview(),
            "backup_state": BackupState(
                running=False, last_good_at=None, next_at=None, problem=None, last_restore=None
            ),
            "proxies": [],
            "updates": UpdateState(
                mode="ask", managed_by="", address="", current="0.1.0", checked_at=None, next_at=None, available=None
            ),
            "trace": Trace(item_id=2, steps=[]),
            **inbox_answers(),
            "test_account": TestReport(
                success=True,
                steps=[TestStep(name=text("step_connect"), milliseconds=12)],
                error=None,
                fields={},
                identity="",
            ),
        }

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        if name.startswith("_"):
            raise AttributeError(name)

        async def answer(*args: Any, **kwargs: Any) -> Any:
            self.calls.append((name, args, kwargs))
            if name in self.errors:
                raise self.errors[name]
            found = self.answers.get(name)
            return found(*args, **kwargs) if callable(found) else found

        return answer

    def called(self, name: str) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
        """Arguments of every call of a method."""
        return [(args, kwargs) for one, args, kwargs in self.calls if one == name]


class FakeBridge(QObject):
    """Calls run at once; events are sent by :meth:`send`."""

    event_arrived = Signal(object)
    connection_changed = Signal(bool, str)

    def __init__(self) -> None:
        super().__init__()
        self.client = FakeClient()
        self.connected = False
        self.seq = 0

    async def call(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return await coroutine

    def send(self, kind: str, data: Any) -> None:
        self.seq += 1
        self.event_arrived.emit(Event(stream="s", seq=self.seq, type=kind, data=data))


class Runner:
    """Runs coroutines that never really wait to their end, at once; keeps what they raise."""

    def __init__(self) -> None:
        self.failures: list[BaseException] = []

    def __call__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        try:
            coroutine.send(None)
        except StopIteration:
            return
        except ApiError as error:
            self.failures.append(error)
            return
        coroutine.close()
        raise AssertionError("this coroutine waits; await it in an async test")


def make_context(app: Any, language: str = "en", mode: str = "light") -> Context:
    """A whole context around a :class:`FakeBridge`; nothing is loaded yet."""
    wording, bridge, run = Wording(language), FakeBridge(), Runner()
    theme = Theme(app, mode, language)
    models = Models(bridge, wording, run)  # type: ignore[arg-type]
    return Context(
        bridge=bridge,  # type: ignore[arg-type]
        models=models,
        wording=wording,
        theme=theme,
        settings=SettingsHolder(),
        run=run,
    )


class Pauses:
    """A runner whose coroutines stop where they wait, until :meth:`go_on`."""

    def __init__(self) -> None:
        self._waiting: list[Coroutine[Any, Any, None]] = []

    def __call__(self, coroutine: Coroutine[Any, Any, None]) -> None:
        try:
            coroutine.send(None)
        except StopIteration:
            return
        self._waiting.append(coroutine)

    def go_on(self) -> None:
        """Let everything that waits run on."""
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            self(one)

    @staticmethod
    @coroutine
    def wait() -> Generator[None, None, None]:
        """Stop here once."""
        yield


async def load(context: Context) -> None:
    """Load the models with the canned answers."""
    context.bridge.connection_changed.emit(True, "")
    await context.models.load()
