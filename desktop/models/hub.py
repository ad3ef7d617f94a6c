"""All models of a window: loaded once over the bridge, then patched from its events."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, cast

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.bridge import Bridge
from desktop.models.accounts import AccountTableModel, now_ms
from desktop.models.alerts import WORKER_KINDS, AlertTableModel
from desktop.models.assignments import AssignmentTableModel
from desktop.models.figures import SPAN_MS, Figure
from desktop.models.inbox import InboxLoads
from desktop.models.job_loads import JobLoads
from desktop.models.loads import Loads
from desktop.models.log_loads import LogLoads
from desktop.models.rows import LoadStatus, natural_key
from desktop.models.rule_words import RuleWords
from desktop.models.rules import RuleLoads
from desktop.models.workers import WorkerTableModel
from desktop.words import Wording
from master.api.client import ApiError
from master.api.events import Event
from master.api.schema import CatalogAnswer, Recovery, Settings, Status
from worker.protocol.manifest import Manifest

MASTER = "master"
"""The source of lines that are the master's own."""
MEASURED = 32
"""Workers whose figures of the last minutes are asked for at a load: one small request each."""
ALERT_PAGE = 200
STATUS_MS = 300
"""Events that change figures of the status are gathered this long before it is asked for."""

Run = Callable[[Coroutine[Any, Any, Any]], object]
log = logging.getLogger("watchkeeper.desktop")


class Models(QObject):
    """The window's picture of the master. ``run`` starts a task on the GUI's loop and shows its errors."""

    connection_changed = Signal()
    status_changed = Signal()
    catalog_changed = Signal()
    settings_changed = Signal()
    unread_changed = Signal()
    worker_logged = Signal(object)
    """One :class:`~master.api.workers.WorkerEvent`."""
    recovered = Signal(object)
    """The last start repaired something: a :class:`~master.api.upkeep.Recovery`, told once."""

    def __init__(self, bridge: Bridge, wording: Wording, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._wording = wording
        self._run = run
        self._loads = Loads()
        self._lost = self._missed = False
        self._resyncing = False
        self._deleted: set[str] = set()
        self.accounts = AccountTableModel(wording, self)
        self.assignments = AssignmentTableModel(wording, self)
        self.workers = WorkerTableModel(wording, self)
        self.lines = LogLoads(bridge, wording, run, self._loads, self._guard, self)
        self.logs = self.lines.logs
        self.alerts = AlertTableModel(wording, self)
        self.inbox = InboxLoads(bridge, wording, run, self._loads, self._guard, self._group_of, self)
        self.items = self.inbox.items
        self.work = JobLoads(bridge, wording, run, self._loads, self._guard, self)
        self.jobs, self.schedules = self.work.jobs, self.work.schedules
        words = RuleWords(wording, self.account_name, self.group_name)
        self.telling = RuleLoads(bridge, wording, self._loads, self._guard, words, self)
        self.recovery: Recovery | None = None
        self.status: Status | None = None
        self.settings: Settings | None = None
        self.catalog: CatalogAnswer | None = None
        self.connected = bridge.connected
        self.connection_reason = ""
        self.restart_words = ""
        """Why the master is away for a moment, where this window asked for it."""
        self.unread = 0
        self._status_timer = self._make_status_timer()
        self._handlers = self._make_handlers() | self.work.handlers() | self.telling.handlers()
        bridge.event_arrived.connect(self._on_event)
        bridge.connection_changed.connect(self._on_connection)

    def _make_status_timer(self) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(STATUS_MS)
        timer.timeout.connect(self._on_status_wanted)
        self.work.changed.connect(lambda _job: timer.start())
        self.work.deleted.connect(lambda _id: timer.start())
        return timer

    def _make_handlers(self) -> dict[str, Callable[[Any], object]]:
        return self.inbox.handlers() | {
            "account.changed": self._kept_for("accounts", self._on_account),
            "account.deleted": self._on_account_deleted,
            "worker.changed": self._kept_for("workers", self.workers.upsert),
            "worker.deleted": self._kept_for("workers", lambda data: self._forget_worker(data.id)),
            "worker.logged": self.worker_logged.emit,
            "alert.changed": self._kept_for("alerts", self.alerts.upsert),
            "unread.changed": self._on_unread,
            "checking": self._kept_for("accounts", self.accounts.apply_checking),
            "heartbeat": self._kept_for("workers", self.workers.apply_heartbeat),
            "log.batch": self._kept_for("logs", self.lines.take),
            "settings.changed": self._kept_for("settings", self._set_settings),
            "catalog.changed": self._kept_for("catalog", self._set_catalog),
            "vault.changed": lambda _data: self._status_timer.start(),
            "notification.changed": self._on_notification,
            "resync": self._on_resync,
        }

    def close(self) -> None:
        """Hear no further event and give the log's files back. Call it when the window is gone."""
        self._bridge.event_arrived.disconnect(self._on_event)
        self._bridge.connection_changed.disconnect(self._on_connection)
        self._status_timer.stop()
        self.work.close()
        self.inbox.close()
        self.logs.close()

    # -- loading

    async def load(self) -> None:
        """Load everything, each noun by itself: one that fails says so on its own page."""
        self._missed = False
        await asyncio.gather(
            self._load_status(),
            self._load_catalog(),
            self._load_settings(),
            self.reload_accounts(),
            self.reload_workers(),
            self.inbox.load(),
            self.lines.reload(),
            self.reload_alerts(),
            self.work.load(),
            self.telling.load(),
        )
        await asyncio.gather(self._load_beats(), self._load_recovery(), self._load_figures())

    async def reload_accounts(self) -> None:
        """Load all accounts."""
        self.accounts.load_status.set_loading()
        self.assignments.load_status.set_loading()
        client = self._bridge.client
        with self._loads.loading("accounts"):
            rows = await self._guard(client.all_accounts(), self.accounts.load_status, self.assignments.load_status)
            if rows is not None:
                self.accounts.replace_all(rows)
                self.assignments.replace_all(rows)

    async def reload_workers(self) -> None:
        """Load all workers."""
        self.workers.load_status.set_loading()
        with self._loads.loading("workers"):
            rows = await self._guard(self._bridge.client.workers(), self.workers.load_status)
            if rows is not None:
                self.workers.replace_all(rows)

    async def reload_alerts(self) -> None:
        """Load what is open, all of it, and the newest that is over."""
        self.alerts.load_status.set_loading()
        with self._loads.loading("alerts"):
            rows = await self._guard(self._all_alerts(), self.alerts.load_status, calls=False)
            if rows is not None:
                self.alerts.replace_all(rows)

    async def _all_alerts(self) -> list[Any]:
        call, client = self._bridge.call, self._bridge.client
        rows: list[Any] = list((await call(client.alerts(state="cleared", limit=ALERT_PAGE))).rows)
        cursor: str | None = None
        while True:
            page = await call(client.alerts(state="open", limit=ALERT_PAGE, cursor=cursor))
            rows += page.rows
            cursor = page.next_cursor
            if cursor is None:
                return rows

    async def _load_recovery(self) -> None:
        report = await self._guard(self._bridge.client.recovery())
        if report is not None and (self.recovery is None or self.recovery.at != report.at):
            self.recovery = report
            self.recovered.emit(report)

    async def _load_beats(self) -> None:
        with self._loads.loading("accounts", "workers"):
            beats = await self._guard(self._bridge.client.beats())
            if beats is not None:
                self.accounts.beats.load(beats.accounts)
                self.workers.beats.load(beats.workers)
                self.accounts.touch()
                self.workers.touch()

    async def _load_figures(self) -> None:
        """Fill the sparklines of the first workers; those of the others grow with their heartbeats."""
        since = now_ms() - SPAN_MS
        for worker_id in [row.worker_id for row in self.workers.ordered()][:MEASURED]:
            metrics = await self._guard(self._bridge.client.worker_metrics(worker_id, since=since))
            if metrics is not None and self.workers.get(worker_id) is not None:
                self.workers.figures.load(
                    worker_id,
                    [
                        Figure(point.at, point.cpu_percent, point.memory_mb)
                        for point in metrics.points
                        if point.cpu_percent is not None and point.memory_mb is not None
                    ],
                )
        self.workers.touch()

    async def _load_status(self) -> None:
        with self._loads.loading("status"):
            status = await self._guard(self._bridge.client.status())
            if status is not None:
                self.status = status
                self._set_unread(status.unread)
                self.status_changed.emit()

    async def _load_settings(self) -> None:
        with self._loads.loading("settings"):
            settings = await self._guard(self._bridge.client.settings())
            if settings is not None:
                self._set_settings(settings)

    async def _load_catalog(self) -> None:
        with self._loads.loading("catalog"):
            catalog = await self._guard(self._bridge.client.catalog())
            if catalog is not None:
                self._set_catalog(catalog)

    async def _guard(self, call: Coroutine[Any, Any, Any], *states: LoadStatus, calls: bool = True) -> Any:
        """Await a call of the client; with ``calls`` false, a coroutine that makes its calls itself."""
        try:
            return await (self._bridge.call(call) if calls else call)
        except ApiError as error:
            log.info("a load failed: %s", error)
            self._missed = self._missed or error.status == 0
            for state in states:
                state.set_failed(self._wording.refusal(error))
            return None

    # -- what pages ask

    def platforms(self) -> list[Manifest]:
        """Return the platforms to offer: the demo's only in a demo."""
        demo = self.status is not None and self.status.demo
        offered = [one for one in (self.catalog.platforms if self.catalog else []) if demo or not one.capabilities.demo]
        return sorted(offered, key=lambda one: self._wording.pick(one.title).casefold())

    def manifest(self, platform: str) -> Manifest | None:
        """Return the manifest of a platform."""
        platforms = self.catalog.platforms if self.catalog else []
        return next((one for one in platforms if one.id == platform), None)

    def account_name(self, account_id: str) -> str:
        """Return an account's name; its id when it is gone."""
        account = self.accounts.get(account_id)
        return account.name if account is not None else account_id

    def group_name(self, group_id: str) -> str:
        """Return a group's name; its id when it is gone."""
        group = self.inbox.groups.get(group_id)
        return group.name if group is not None else group_id

    def deleted_workers(self) -> list[str]:
        """Return the ids of deleted workers that something here tells of: their logs and events are kept."""
        told = {row.subject for row in self.alerts.values() if row.kind in WORKER_KINDS}
        told |= self._deleted | set(self.logs.sources) | self.assignments.takeovers.workers()
        if self.workers.load_status.state != "ready":
            return []
        return sorted((one for one in told if one and one != MASTER and self.workers.get(one) is None), key=natural_key)

    # -- events

    def _on_event(self, event: object) -> None:
        one = cast("Event", event)
        handler = self._handlers.get(one.type)
        if handler is not None:
            handler(one.data)

    def _kept_for(self, noun: str, act: Callable[[Any], object]) -> Callable[[Any], None]:
        """Return a handler that waits while ``noun`` is loaded."""
        return lambda data: self._loads.apply(noun, lambda: act(data))

    def _on_account(self, account: Any) -> None:
        known = self.accounts.get(account.id)
        self.accounts.upsert(account)
        self.assignments.upsert(account)
        if known is None or known.state != account.state:
            self._status_timer.start()

    def _on_account_deleted(self, data: Any) -> None:
        self._loads.apply("accounts", lambda: self._forget_account(data.id))
        if not data.keep_history:
            self._loads.apply("items", lambda: self.inbox.forget_account(data.id))
        self._status_timer.start()

    def _on_notification(self, data: Any) -> None:
        self.inbox.take_notification(data)
        self._status_timer.start()

    def _group_of(self, account_id: str) -> str | None:
        account = self.accounts.get(account_id)
        return account.group_id if account is not None else None

    def _forget_worker(self, worker_id: str) -> None:
        self._deleted.add(worker_id)
        self.workers.forget(worker_id)

    def _forget_account(self, account_id: str) -> None:
        self.accounts.beats.forget(account_id)
        self.accounts.remove(account_id)
        self.assignments.remove(account_id)

    def _on_unread(self, data: Any) -> None:
        self._loads.apply("accounts", lambda: self.accounts.apply_unread(data))
        self._loads.apply("status", lambda: self._set_unread(data.total))

    def _on_resync(self, _data: Any) -> None:
        self._resyncing = True
        self._run(self._resync())

    async def _resync(self) -> None:
        try:
            await self.load()
        finally:
            self._resyncing = False

    async def _refresh_untold(self) -> None:
        """Checks, ticks and lines have no numbers: those of a time without a connection are not told later."""
        await self.reload_accounts()
        await self.lines.reload()
        await self._load_beats()

    def _set_settings(self, settings: Settings) -> None:
        self.settings = settings
        self.settings_changed.emit()

    def _set_catalog(self, catalog: CatalogAnswer) -> None:
        self.catalog = catalog
        self._wording.learn([*catalog.platforms, *catalog.runners])
        self.work.learn(catalog)
        self.accounts.learn(catalog.platforms)
        self.catalog_changed.emit()

    def _set_unread(self, total: int) -> None:
        if total != self.unread:
            self.unread = total
            self.unread_changed.emit()

    def _on_status_wanted(self) -> None:
        self._run(self._load_status())

    def _on_connection(self, connected: bool, reason: str) -> None:
        back, self._lost = connected and self._lost, not connected
        self.connected, self.connection_reason = connected, reason
        if connected and self._missed and not self._resyncing:
            self._run(self.load())  # nobody answered when it was asked for: no event tells it later
        elif back and not self._resyncing:
            self._run(self._refresh_untold())
        self.connection_changed.emit()
