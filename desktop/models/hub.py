"""All models of a window: loaded once over the bridge, then patched from its events."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, cast

from msgspec import UNSET
from PySide6.QtCore import QObject, QTimer, Signal

from desktop.bridge import Bridge
from desktop.models.accounts import AccountTableModel
from desktop.models.alerts import AlertTableModel
from desktop.models.assignments import AssignmentTableModel
from desktop.models.items import ItemListModel
from desktop.models.logs import LogTableModel
from desktop.models.rows import LoadStatus
from desktop.models.workers import WorkerTableModel
from desktop.words import Wording
from master.api.client import ApiError
from master.api.events import Event
from master.api.schema import CatalogAnswer, ItemFilter, Recovery, Settings, Status
from worker.protocol.manifest import Manifest

PAGE = 200
LOG_PAGE = 500
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
        self.accounts = AccountTableModel(wording, self)
        self.assignments = AssignmentTableModel(wording, self)
        self.workers = WorkerTableModel(wording, self)
        self.items = ItemListModel(self)
        self.logs = LogTableModel(wording, self)
        self.alerts = AlertTableModel(wording, self)
        self.recovery: Recovery | None = None
        self.status: Status | None = None
        self.settings: Settings | None = None
        self.catalog: CatalogAnswer | None = None
        self.connected = False
        self.connection_reason = ""
        self.unread = 0
        self._status_timer = QTimer(self)
        self._status_timer.setSingleShot(True)
        self._status_timer.setInterval(STATUS_MS)
        self._status_timer.timeout.connect(self._on_status_wanted)
        self._handlers: dict[str, Callable[[Any], object]] = {
            "account.changed": self._on_account,
            "account.deleted": self._on_account_deleted,
            "worker.changed": self.workers.upsert,
            "worker.deleted": lambda data: self.workers.forget(data.id),
            "worker.logged": self.worker_logged.emit,
            "alert.changed": self.alerts.upsert,
            "item.detected": self.items.add,
            "items.read": self.items.apply_read,
            "unread.changed": self._on_unread,
            "checking": self.accounts.apply_checking,
            "heartbeat": self.workers.apply_heartbeat,
            "log.batch": lambda data: self.logs.append(data.records),
            "settings.changed": lambda _data: self._run(self._load_settings()),
            "catalog.changed": lambda _data: self._run(self._load_catalog()),
            "vault.changed": lambda _data: self._status_timer.start(),
            "notification.changed": lambda _data: self._status_timer.start(),
            "resync": lambda _data: self._run(self.load()),
        }
        self.items.more_wanted.connect(self._on_more_wanted)
        bridge.event_arrived.connect(self._on_event)
        bridge.connection_changed.connect(self._on_connection)

    def close(self) -> None:
        """Hear no further event and give the log's files back. Call it when the window is gone."""
        self._bridge.event_arrived.disconnect(self._on_event)
        self._bridge.connection_changed.disconnect(self._on_connection)
        self._status_timer.stop()
        self.logs.close()

    # -- loading

    async def load(self) -> None:
        """Load everything, each noun by itself: one that fails says so on its own page."""
        await asyncio.gather(
            self._load_status(),
            self._load_catalog(),
            self._load_settings(),
            self.reload_accounts(),
            self.reload_workers(),
            self.reload_items(self.items.filter),
            self.reload_logs(),
            self.reload_alerts(),
        )
        await self._load_beats()
        await self._load_recovery()

    async def reload_accounts(self) -> None:
        """Load all accounts."""
        self.accounts.load_status.set_loading()
        self.assignments.load_status.set_loading()
        client = self._bridge.client
        rows = await self._guard(client.all_accounts(), self.accounts.load_status, self.assignments.load_status)
        if rows is not None:
            self.accounts.replace_all(rows)
            self.assignments.replace_all(rows)

    async def reload_workers(self) -> None:
        """Load all workers."""
        self.workers.load_status.set_loading()
        rows = await self._guard(self._bridge.client.workers(), self.workers.load_status)
        if rows is not None:
            self.workers.replace_all(rows)

    async def reload_items(self, wanted: ItemFilter) -> None:
        """Load the first page of the items that fit; an answer that a later filter overtook is dropped."""
        self.items.filter = wanted
        self.items.load_status.set_loading()
        page = await self._guard(self._bridge.client.items(wanted, PAGE, None), self.items.load_status)
        if page is not None and self.items.filter is wanted:
            self.items.replace_all(page.rows, page.next_cursor)

    async def load_more_items(self) -> None:
        """Load the next page of items."""
        wanted, cursor = self.items.filter, self.items.next_cursor
        try:
            page = await self._bridge.call(self._bridge.client.items(wanted, PAGE, cursor))
        except ApiError:
            self.items.page_failed()
            raise
        if self.items.filter is wanted and self.items.next_cursor == cursor:
            self.items.append_page(page.rows, page.next_cursor)

    async def reload_logs(self) -> None:
        """Load the newest lines."""
        self.logs.load_status.set_loading()
        call = self._bridge.client.logs(source=None, level=None, q=None, before=None, limit=LOG_PAGE)
        rows = await self._guard(call, self.logs.load_status)
        if rows is not None:
            self.logs.reload(sorted(rows, key=lambda row: row.id))

    async def load_older_logs(self) -> None:
        """Load the page before the oldest line."""
        if self.logs.exhausted or self.logs.first_id is None:
            return
        client, before = self._bridge.client, self.logs.first_id
        rows = await self._bridge.call(client.logs(source=None, level=None, q=None, before=before, limit=LOG_PAGE))
        if self.logs.first_id == before:
            self.logs.prepend(sorted(rows, key=lambda row: row.id))

    async def reload_alerts(self) -> None:
        """Load what is open, all of it, and the newest that is over."""
        self.alerts.load_status.set_loading()
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
        beats = await self._guard(self._bridge.client.beats())
        if beats is not None:
            self.accounts.beats.load(beats.accounts)
            self.workers.beats.load(beats.workers)
            self.accounts.touch()
            self.workers.touch()

    async def _load_status(self) -> None:
        status = await self._guard(self._bridge.client.status())
        if status is not None:
            self.status = status
            self._set_unread(status.unread)
            self.status_changed.emit()

    async def _load_settings(self) -> None:
        settings = await self._guard(self._bridge.client.settings())
        if settings is not None:
            self.settings = settings
            self.settings_changed.emit()

    async def _load_catalog(self) -> None:
        catalog = await self._guard(self._bridge.client.catalog())
        if catalog is not None:
            self.catalog = catalog
            self._wording.learn(catalog.platforms)
            self.accounts.learn(catalog.platforms)
            self.catalog_changed.emit()

    async def _guard(self, call: Coroutine[Any, Any, Any], *states: LoadStatus, calls: bool = True) -> Any:
        """Await a call of the client; with ``calls`` false, a coroutine that makes its calls itself."""
        try:
            return await (self._bridge.call(call) if calls else call)
        except ApiError as error:
            log.info("a load failed: %s", error)
            for state in states:
                state.set_failed(error.message)
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

    # -- events

    def _on_event(self, event: object) -> None:
        one = cast("Event", event)
        handler = self._handlers.get(one.type)
        if handler is not None:
            handler(one.data)

    def _on_account(self, account: Any) -> None:
        known = self.accounts.get(account.id)
        self.accounts.upsert(account)
        self.assignments.upsert(account)
        if known is None or known.state != account.state:
            self._status_timer.start()

    def _on_account_deleted(self, data: Any) -> None:
        self.accounts.beats.forget(data.id)
        self.accounts.remove(data.id)
        self.assignments.remove(data.id)
        self._run(self.reload_items(self.items.filter))
        self._status_timer.start()

    def _on_unread(self, data: Any) -> None:
        self.accounts.apply_unread(data)
        self._set_unread(data.total)

    def _set_unread(self, total: int) -> None:
        if total != self.unread:
            self.unread = total
            self.unread_changed.emit()

    def _on_status_wanted(self) -> None:
        self._run(self._load_status())

    def _on_more_wanted(self) -> None:
        self._run(self.load_more_items())

    def _on_connection(self, connected: bool, reason: str) -> None:
        self.connected, self.connection_reason = connected, reason
        self.connection_changed.emit()


def item_filter(*, unread: bool = False, account_id: str = "", query: str = "") -> ItemFilter:
    """Make a filter of what the inbox offers; empty does not restrict."""
    return ItemFilter(unread=True if unread else UNSET, account_id=account_id or UNSET, q=query.strip()[:200] or UNSET)
