"""Shows notifications of the operating system; a click opens the item.

Qt's tray messages carry no id, so a click belongs to the message that was shown last.
"""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from desktop.bridge import Showing
from desktop.integration.tray import Tray
from master.api.schema import Notification
from worker.protocol.texts import Text

SHOW_MS = 8000
MAX_BODY = 240


COMPLETED = "notify_job_completed"
"""Of what is told of jobs, the only good news."""


def job_went_wrong(notification: Notification) -> bool:
    """Whether it tells that a job failed, did not start, or takes too long."""
    return notification.kind == "job" and notification.title.code != COMPLETED


def is_loud(notification: Notification) -> bool:
    """Whether it is told with the sound of what must be heard, and marked: urgent, or of a priority account."""
    return notification.level == "urgent" or notification.prominent or notification.sound == "alert"


class Notifier(QObject):
    """Turns notifications into tray messages (or hands them to ``fallback`` where no tray is)."""

    opened = Signal(object)
    """The :class:`Notification` whose message was clicked."""
    window_wanted = Signal()
    """A message that belongs to no notification was clicked."""
    shown = Signal(object)
    """A :class:`Notification` was put on the screen."""

    def __init__(
        self,
        tray: Tray | None,
        say: Callable[[Text], str],
        fallback: Callable[[str, str, Notification], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tray = tray
        self._say = say
        self._fallback = fallback
        self._last: Notification | None = None
        self._known: set[int] = set()
        if tray is not None:
            tray.message_clicked.connect(self._on_clicked)

    def show(self, showing: Showing) -> None:
        """Show what is new (an id shown before is dropped), then confirm. What failed to show is not confirmed."""
        fresh = [notification for notification in showing.notifications if notification.id not in self._known]
        if showing.digest and len(fresh) > 1:
            newest = msgspec.structs.replace(fresh[-1], kind="system") if fresh[-1].kind == "item" else fresh[-1]
            self._show(newest, self.tr("%n notifications while you were away", "", len(fresh)), "")
            self._known.update(notification.id for notification in fresh)
        else:
            for notification in fresh:
                if notification.level != "silent":
                    self._show(notification, self._say(notification.title), self._body(notification))
                self._known.add(notification.id)
        showing.confirm()

    def _body(self, notification: Notification) -> str:
        return self._say(notification.detail) if notification.detail is not None else notification.text

    def explain(self, title: str, body: str) -> None:
        """Say something about the window itself, in the tray; a click on it opens the window alone."""
        if self._tray is not None:
            self._last = None
            self._tray.icon.showMessage(title, body)

    def _show(self, notification: Notification, title: str, body: str) -> None:
        body = " ".join(body.split())
        body = body if len(body) <= MAX_BODY else body[: MAX_BODY - 1] + "…"
        self._last = notification
        if is_loud(notification) and notification.sound != "none":
            QApplication.beep()
        if self._tray is not None:
            icon = (
                QSystemTrayIcon.MessageIcon.Warning
                if notification.kind == "alert" or is_loud(notification) or job_went_wrong(notification)
                else QSystemTrayIcon.MessageIcon.Information
            )
            self._tray.icon.showMessage(title, body, icon, SHOW_MS)
        else:
            self._fallback(title, body, notification)
        self.shown.emit(notification)

    def _on_clicked(self) -> None:
        if self._last is not None:
            self.opened.emit(self._last)
        else:
            self.window_wanted.emit()
