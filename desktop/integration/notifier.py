"""Tells the person: by the system's own notification service, else by the tray, else in the window.

The service lives on the engine thread behind :class:`~desktop.integration.notices.NoticeService`; this object lives on
the GUI thread and never waits for it. Qt's tray messages carry no id, so a click on one belongs to the last.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from desktop.bridge import Showing
from desktop.integration.notices import OPEN, READ, SNOOZE, Notice, NoticeButton, NoticeService, Permission, Sound
from desktop.integration.plain_lines import one_line
from desktop.integration.standing_notices import KnownNumbers, StandingNotices
from desktop.integration.tray import Tray
from master.api.events import Event
from master.api.schema import Notification
from worker.protocol.texts import Text

SHOW_MS = 8000
CLOSE_SECONDS = 2.0
"""A service that hangs does not hold up the end."""
MAX_TITLE, MAX_BODY = 120, 240
EXPLAINED = "explained"
"""Key of what is said about the window itself."""
COMPLETED = "notify_job_completed"
"""Of what is told of jobs, the only good news."""

Call = Callable[[Coroutine[Any, Any, Any]], Coroutine[Any, Any, Any]]
"""Awaits a coroutine on the engine thread."""
Run = Callable[[Coroutine[Any, Any, Any]], object]
"""Starts a coroutine on the GUI's loop."""


def job_went_wrong(notification: Notification) -> bool:
    """Whether it tells that a job failed, did not start, or takes too long."""
    return notification.kind == "job" and notification.title.code != COMPLETED


def is_loud(notification: Notification) -> bool:
    """Whether it is told with the sound of what must be heard, and marked: urgent, or of a priority account."""
    return notification.level == "urgent" or notification.prominent or notification.sound == "alert"


class SystemPort:
    """The way to the service of the system: ``call`` hops to its thread, ``run`` starts what nobody waits for."""

    def __init__(self, service: NoticeService, call: Call, run: Run) -> None:
        self.service, self.call, self.run = service, call, run


class Notifier(QObject):
    """Turns notifications into notices of the system, tray messages, or (``fallback``) messages in the window."""

    opened = Signal(object)
    """The :class:`Notification` that was clicked."""
    read_wanted = Signal(object)
    """The :class:`Notification` whose item is to be marked as read."""
    snooze_wanted = Signal(object)
    """The :class:`Notification` that is to come again later."""
    window_wanted = Signal()
    """A message that belongs to no notification was clicked."""
    shown = Signal(object)
    """A :class:`Notification` was put on the screen."""
    _acted = Signal(str, str)
    """From any thread: the key of a notice, and what was done with it."""

    def __init__(
        self,
        tray: Tray | None,
        say: Callable[[Text], str],
        fallback: Callable[[str, str, Notification], None],
        parent: QObject | None = None,
        *,
        audible: Callable[[], bool] = lambda: True,
    ) -> None:
        """``audible`` says whether the person wants to hear anything."""
        super().__init__(parent)
        self._audible = audible
        self._tray = tray
        self._say = say
        self._fallback = fallback
        self._port: SystemPort | None = None
        self._discreet = False
        self._last: Notification | None = None
        self._known = KnownNumbers()
        self._standing = StandingNotices()
        self._order = asyncio.Lock()
        self._acted.connect(self._on_acted)
        if tray is not None:
            tray.message_clicked.connect(self._on_clicked)

    # -- for the owner

    def use_system(self, make: Callable[[Callable[[str, str], object]], NoticeService], call: Call, run: Run) -> None:
        """From now on notices go to the system's service; ``make`` is given who is told what a person does."""
        self._port = SystemPort(make(self._acted.emit), call, run)

    @property
    def discreet(self) -> bool:
        """Nothing that was found is shown: the window is locked."""
        return self._discreet

    def set_discreet(self, discreet: bool) -> None:
        """Hide what notices say, those that stand too, or say it again from now on."""
        if discreet and not self._discreet:
            self._withdraw(self._standing.take_all())
        self._discreet = discreet

    async def permission(self, *, ask: bool = False) -> Permission:
        """Return whether the system shows notices; with ``ask`` a Mac asks the person, once and for all."""
        if self._port is None:
            return "unavailable"
        answer: Permission = await self._port.call(self._port.service.permission(ask=ask))
        return answer

    def show(self, showing: Showing) -> None:
        """Show what is new (an id shown before is dropped), then confirm. What failed to show is not confirmed."""
        if self._port is not None:
            self._port.run(self._show_by_system(showing, self._port))
            return
        for notification, title, body in self._fresh(showing):
            self._show_here(notification, title, body)
            self._told(showing, notification)
        showing.confirm()

    def explain(self, title: str, body: str) -> None:
        """Say something about the window itself; a click on it opens the window alone."""
        if self._port is not None:
            self._port.run(self._explain_by_system(title, body, self._port))
        else:
            self._explain_here(title, body)

    def take_event(self, event: Event) -> None:
        """Withdraw what was settled elsewhere; word anew what counts more now."""
        self._withdraw(self._standing.settled_by(event))
        grown = self._standing.grown_by(event)
        if grown is not None and self._port is not None and not self._discreet:
            self._port.run(self._show_again(grown, self._port))

    def withdraw_all_but(self, waiting: Iterable[int]) -> None:
        """Withdraw all notices but those of these notifications: many were settled at once."""
        self._withdraw(self._standing.keep_only(set(waiting)))

    @property
    def standing(self) -> int:
        """So many notices stand in the system's list, as far as is known."""
        return len(self._standing)

    async def close(self) -> None:
        """Take all notices away and show no more."""
        port, self._port = self._port, None
        self._standing.take_all()
        if port is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await port.call(port.service.close())

    # -- what is shown

    def _fresh(self, showing: Showing) -> list[tuple[Notification, str, str]]:
        """Return what has to be shown of ``showing``, with its words."""
        fresh = [one for one in showing.notifications if one.id not in self._known]
        if showing.digest and len(fresh) > 1:
            newest = msgspec.structs.replace(fresh[-1], kind="system") if fresh[-1].kind == "item" else fresh[-1]
            return [(newest, self.tr("%n notifications while you were away", "", len(fresh)), "")]
        self._known.update(one.id for one in fresh if one.level == "silent")
        return [(one, self._say(one.title), self._body(one)) for one in fresh if one.level != "silent"]

    def _told(self, showing: Showing, notification: Notification) -> None:
        digest = showing.digest and len(showing.notifications) > 1
        self._known.update(one.id for one in showing.notifications if digest or one.id == notification.id)
        self.shown.emit(notification)

    def _body(self, notification: Notification) -> str:
        return self._say(notification.detail) if notification.detail is not None else notification.text

    async def _show_by_system(self, showing: Showing, port: SystemPort) -> None:
        async with self._order:  # what is told twice within a moment is shown once
            for notification, title, body in self._fresh(showing):
                discreet = self._discreet
                if await port.call(port.service.show(self._notice(notification, title, body))):
                    self._standing.put(notification)
                    self._sound(notification, port)
                    self._hide_late(notification, discreet)
                else:
                    self._show_here(notification, title, body)
                self._told(showing, notification)
        showing.confirm()

    async def _show_again(self, grown: Notification, port: SystemPort) -> None:
        """The same notice with a higher number, without a sound."""
        notice = self._notice(grown, self._say(grown.title), self._body(grown))
        self._standing.put(grown)
        discreet = self._discreet
        await port.call(port.service.show(msgspec.structs.replace(notice, sound="none", urgent=False)))
        self._hide_late(grown, discreet)

    def _hide_late(self, row: Notification, discreet: bool) -> None:
        """The window was locked while ``row`` was on its way to the screen: it goes as what stood there did."""
        if self._discreet and not discreet:
            self._standing.put(row)
            self._withdraw(self._standing.take_all())

    async def _explain_by_system(self, title: str, body: str, port: SystemPort) -> None:
        if not await port.call(port.service.show(Notice(key=EXPLAINED, title=title, body=body, sound="none"))):
            self._explain_here(title, body)

    def _explain_here(self, title: str, body: str) -> None:
        if self._tray is not None:
            self._last = None
            self._tray.show_message(title, body)

    def _notice(self, notification: Notification, title: str, body: str) -> Notice:
        key = str(notification.id)
        loud = is_loud(notification)
        sound: Sound = "none" if self._is_silent(notification) else "alert" if loud else "usual"
        if self._discreet:
            return Notice(key=key, title=self.tr("Something new"), body=self.tr("Watchkeeper is locked."), sound=sound)
        account = notification.title.params.get("account")
        return Notice(
            key=key,
            title=one_line(title, MAX_TITLE),
            body=one_line(body, MAX_BODY),
            group=one_line(str(account or ""), MAX_TITLE),
            urgent=notification.level == "urgent",
            sound=sound,
            buttons=self._buttons(notification),
        )

    def _buttons(self, notification: Notification) -> tuple[NoticeButton, ...]:
        if notification.kind == "system":
            return ()
        words = [(OPEN, self.tr("Open"))]
        if notification.item_id is not None:
            words.append((READ, self.tr("Mark as read")))
        words.append((SNOOZE, self.tr("Snooze 15 min")))
        return tuple(NoticeButton(action=action, title=title) for action, title in words)

    def _is_silent(self, notification: Notification) -> bool:
        return notification.sound == "none" or not self._audible()

    def _sound(self, notification: Notification, port: SystemPort) -> None:
        """What must be heard is heard, also where the service makes no sounds."""
        abilities = port.service.abilities
        if is_loud(notification) and not (self._is_silent(notification) or (abilities and abilities.sounds)):
            QApplication.beep()

    def _show_here(self, notification: Notification, title: str, body: str) -> None:
        if self._discreet:
            title, body = self.tr("Something new"), self.tr("Watchkeeper is locked.")
        title, body = one_line(title, MAX_TITLE), one_line(body, MAX_BODY)
        self._last = notification
        if is_loud(notification) and not self._is_silent(notification):
            QApplication.beep()
        if self._tray is not None and self._tray.shown:
            icon = (
                QSystemTrayIcon.MessageIcon.Warning
                if notification.kind == "alert" or is_loud(notification) or job_went_wrong(notification)
                else QSystemTrayIcon.MessageIcon.Information
            )
            self._tray.show_message(title, body, icon, SHOW_MS)
        else:
            self._fallback(title, body, notification)

    def _withdraw(self, numbers: Sequence[int]) -> None:
        if numbers and self._port is not None:
            self._port.run(self._port.call(self._port.service.withdraw([str(number) for number in numbers])))

    # -- what a person does

    def _on_acted(self, key: str, action: str) -> None:
        notification = self._standing.take(int(key)) if key.isdecimal() else None
        if notification is None:
            self.window_wanted.emit()
        elif action == READ and not self._discreet:
            self.read_wanted.emit(notification)
        elif action == SNOOZE and not self._discreet:
            self.snooze_wanted.emit(notification)
        else:
            self.opened.emit(notification)

    def _on_clicked(self) -> None:
        if self._last is not None:
            self.opened.emit(self._last)
        else:
            self.window_wanted.emit()
