"""What a person does with a notice, and what becomes of notices when something is settled elsewhere."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, QTimer

from desktop.bridge import Bridge
from desktop.integration.notifier import Notifier
from master.api.events import Event, NotificationsSwept
from master.api.rules import Snooze
from master.api.schema import Notification, NotificationFilter

Run = Callable[[Coroutine[Any, Any, Any]], object]
GATHER_MS = 300
"""What is settled is gathered this long before the master is asked which notifications still wait."""
PAGE = 200


class NoticeControls(QObject):
    """Stands between the notifier and the master. ``run`` starts a task on the GUI's loop and shows its errors."""

    def __init__(self, notifier: Notifier, bridge: Bridge, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notifier, self._bridge, self._run = notifier, bridge, run
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(GATHER_MS)
        self._looking.timeout.connect(self._on_look)
        notifier.read_wanted.connect(self._on_read_wanted)
        notifier.snooze_wanted.connect(self._on_snooze_wanted)
        bridge.event_arrived.connect(self._on_event)
        bridge.notified.connect(notifier.show)

    def close(self) -> None:
        """Hear nothing more."""
        self._looking.stop()
        self._bridge.event_arrived.disconnect(self._on_event)
        self._bridge.notified.disconnect(self._notifier.show)

    def _on_event(self, event: Event) -> None:
        swept = event.data
        if event.type == "resync" or (isinstance(swept, NotificationsSwept) and not swept.ids):
            self._looking.start()
        else:
            self._notifier.take_event(event)

    def _on_look(self) -> None:
        if self._notifier.standing:
            self._run(self._look())

    async def _look(self) -> None:
        """Many were settled at once, or nobody knows what was: ask which of the newest still wait."""
        wanted = NotificationFilter(state="pending")
        page = await self._bridge.call(self._bridge.client.notifications(PAGE, None, wanted))
        self._notifier.withdraw_all_but(row.id for row in page.rows)

    def _on_read_wanted(self, notification: Notification) -> None:
        if notification.item_id is not None:
            self._run(self._bridge.call(self._bridge.client.patch_item(notification.item_id, True)))

    def _on_snooze_wanted(self, notification: Notification) -> None:
        snooze = Snooze(preset="15min")
        self._run(self._bridge.call(self._bridge.client.snooze_notification(notification.id, snooze=snooze)))
