"""Where notifications lead in the window, and how they are told in it where nothing outside tells them."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from desktop.integration.notifier import Notifier, job_went_wrong
from desktop.views.main_window import MainWindow
from master.api.schema import Notification


class NotificationWays(QObject):
    """``window`` gives the window of the moment."""

    def __init__(self, window: Callable[[], MainWindow], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window

    def toast(self, title: str, body: str, notification: Notification) -> None:
        """Tell it in the window; its button opens it."""
        window, act = self._window(), (self.tr("Open"), partial(self.open, notification))
        if notification.kind == "item":
            window.toast_item(title, body, notification.account_id or "", act)
        else:
            window.toast(title, body, "warn" if job_went_wrong(notification) else "info", act, merge=False)

    async def try_out(self, notifier: Notifier) -> None:
        """Where a system asks the person for the permission it asks now, when it is plain what for."""
        await notifier.permission(ask=True)
        notifier.explain(self.tr("This is how Watchkeeper tells you"), self.tr("A click opens what is new."))

    def open(self, notification: Notification) -> None:
        """Bring the window to the front, and show what it is about."""
        window = self._window()
        window.come_forward()
        if notification.item_id is not None:
            window.open_item(notification.item_id)
        elif notification.job_id is not None:
            window.open_job(notification.job_id)
        elif notification.alert_id is not None:
            window.open_alert(notification.alert_id)
        elif notification.account_id is not None:
            window.open_account(notification.account_id)
