"""The newest unread items, whatever the inbox is filtered by: what the tray names."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.bridge import Bridge
from master.api.client import ApiError
from master.api.events import Event
from master.api.schema import Item, ItemFilter

GATHER_MS = 500
"""What happens is gathered this long before the master is asked."""
TELLING = frozenset({"item.detected", "items.read", "items.deleted", "account.deleted", "resync"})

log = logging.getLogger("watchkeeper.desktop")


class UnreadItems(QObject):
    """Asks the master anew when something was found or read. ``run`` starts a task on the GUI's loop."""

    changed = Signal()

    def __init__(
        self,
        bridge: Bridge,
        run: Callable[[Coroutine[Any, Any, Any]], object],
        most: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._run, self._most = bridge, run, most
        self.rows: tuple[Item, ...] = ()
        """The newest first."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(GATHER_MS)
        self._timer.timeout.connect(lambda: self._run(self.load()))
        bridge.event_arrived.connect(self._on_event)
        bridge.connection_changed.connect(self._on_connection)
        if bridge.connected:
            self._timer.start()

    async def load(self) -> None:
        """Ask for them now; where they cannot be had, those that were known stay."""
        try:
            page = await self._bridge.call(self._bridge.client.items(ItemFilter(unread=True), self._most, None))
        except ApiError as error:
            log.info("the unread items cannot be had: %s", error)
            return
        rows = tuple(page.rows)
        if rows != self.rows:
            self.rows = rows
            self.changed.emit()

    def close(self) -> None:
        """Ask for nothing more."""
        self._timer.stop()
        self._bridge.event_arrived.disconnect(self._on_event)
        self._bridge.connection_changed.disconnect(self._on_connection)

    def _on_event(self, event: Event) -> None:
        if event.type in TELLING and not self._timer.isActive():
            self._timer.start()

    def _on_connection(self, connected: bool, _reason: str) -> None:
        if connected and not self._timer.isActive():
            self._timer.start()
