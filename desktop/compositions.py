"""All that a person sees, on one master: window, tray, notifications, made, connected and stopped in order."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Awaitable, Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.bridge import Bridge, Engine
from desktop.integration.badge import Badge
from desktop.integration.clients import make_client
from desktop.integration.languages import Language
from desktop.integration.narrator import Narrator
from desktop.integration.notice_controls import NoticeControls
from desktop.integration.notifier import Notifier
from desktop.integration.recent_lines import keep_recent_lines
from desktop.integration.session import InstanceServer
from desktop.integration.shells import save_picture, say
from desktop.integration.sleep_sources import choose_source
from desktop.integration.sleeps import SleepWatch, pass_on
from desktop.integration.system_notices import SystemNotices
from desktop.integration.system_places import lead_links_here, login_start
from desktop.integration.tray import Tray, tray_available
from desktop.models.app_locks import AppLock
from desktop.models.endings import stop_running
from desktop.models.hub import Models
from desktop.options import DesktopOptions, Peer
from desktop.settings import SettingsHolder
from desktop.tasks import Tasks
from desktop.theme import Theme
from desktop.views.faces import Face, Lasting
from desktop.views.link_opener import LinkOpener
from desktop.views.locking import Locking
from desktop.views.main_window import MainWindow
from desktop.views.notification_ways import NotificationWays
from desktop.views.presses import enter_presses
from desktop.views.tray_presence import TrayPresence
from master.api.client import ApiError

log = logging.getLogger("watchkeeper.desktop")


class Desktop(QObject):
    """The running desktop: all that a person sees, on one master."""

    session_ends = Signal()
    """The system ends the session; once this has been dealt with there may be no more time."""

    def __init__(
        self,
        app: QApplication,
        engine: Engine,
        peer: Peer,
        settings: SettingsHolder,
        options: DesktopOptions,
        instance: InstanceServer,
    ) -> None:
        super().__init__()
        keep_recent_lines()
        self._app = app
        self._options = options
        self._settings = settings
        self._done = asyncio.Event()
        self._tasks = Tasks()
        self._language = Language(app, settings)
        self._wording = self._language.wording
        self._theme = Theme(app, settings.values.color_scheme, self._language.spoken, self)
        self._theme.apply()
        self._bridge = Bridge(engine, make_client(peer, options), self)
        self._lock = AppLock(
            None if options.demo else options.profile, lambda work: self._bridge.call(asyncio.to_thread(work)), self
        )
        self._locking = Locking(app, self._lock, settings, self._theme, self._tasks.run, self)
        self._on_screen = not options.offscreen and QGuiApplication.platformName() != "offscreen"
        app.focusChanged.connect(enter_presses)
        self._owns_master = False
        self._tray = Tray(self) if not options.offscreen else None
        if self._tray is not None:
            self._theme.dress(self._tray.menu)
        self._badge = Badge(settings, app.setBadgeNumber, self)
        self._left: list[Face] = []
        """Faces in other languages whose last answers are on their way."""
        self._face = self._make_face()
        self._presence = self._make_presence()
        self._ways = NotificationWays(lambda: self._window, self)
        self._notifier = self._make_notifier()
        self._notices = NoticeControls(self._notifier, self._bridge, self._tasks.run, self)
        self._links = LinkOpener(self)
        self._sleeps = SleepWatch(lambda: choose_source(app), self)
        self._instance = instance
        self._code = 0
        self._narrator: Narrator | None = None
        if options.offscreen:
            self._narrator = Narrator(self._bridge, self._account_name, say, self)
        self._connect()

    async def run(self, stopped: Callable[[], Awaitable[None]] | None, early: list[str]) -> int:
        """Show the window until it is quit (or the time is over); then stop in order. Return the exit code.

        ``stopped`` returns when the master of this process was told to stop from outside; None: it is elsewhere.
        ``early`` are the links of starts that asked for the window before it was there.
        """
        self._owns_master = stopped is not None and not self._options.demo
        self._face.quitting.asks = self._owns_master
        if not self._instance.listening:
            self._window.toast(self.tr("A second start will not find this window"))
        in_tray = self._presence is not None and self._presence.start()
        if not (in_tray and (self._options.minimized or self._settings.values.start_minimized)):
            self._window.come_forward()
        for link in early:
            self._on_raise_requested(link)
        self._tasks.run(self._fill(), "connect and load")
        watch = self._tasks.run(self._watch_master(stopped)) if stopped is not None else None
        await self._done.wait()
        if watch is not None:
            watch.cancel()
        await self._close()
        return self._code

    async def _fill(self) -> None:
        """Connect and load, while the window stands and says so; the time of a window that ends by itself runs then."""
        try:
            await self._bridge.open()
            await self._load()
            if self._on_screen:
                lead_links_here(self._options, self._settings, self)
                self._sleeps.open()
            if self._narrator is not None:
                self._narrator.tell_ready(self._models.accounts.total, self._models.workers.total)
        finally:
            if self._options.seconds is not None and not self._done.is_set():
                asyncio.get_running_loop().call_later(self._options.seconds, self._on_time_over)

    async def _load(self) -> None:
        """Load the models of now; links that came wait until the newest are loaded."""
        face = self._face
        await face.models.load()
        if face is self._face:
            self._links.loaded(face.window, face.models)

    def _on_time_over(self) -> None:
        if not self._done.is_set():
            self._code = save_picture(self._window, self._options.screenshot)
            self.quit()

    def show_error(self, error: BaseException) -> None:
        """Say that something failed in the window; not that a master is slow to answer while the machine wakes up."""
        if isinstance(error, ApiError) and error.status == 0 and self._sleeps.quiet:
            log.info("not told, as the machine sleeps or woke a moment ago: %s", error)
            return
        self._window.show_error(error)

    def quit(self) -> None:
        """Begin to stop."""
        self._done.set()

    async def _watch_master(self, stopped: Callable[[], Awaitable[None]]) -> None:
        """The master may be told to stop from outside (`watchkeeper stop`): the window goes with it."""
        await stopped()
        self.quit()

    async def _close(self) -> None:
        try:
            self._window.remember()
        except OSError as error:
            log.warning("the place of the window cannot be kept: %s", error)
        self._instance.close()
        self._sleeps.close()
        self._locking.close()
        if self._bridge.connected:
            await self._models.work.removals.finish()
        self._notices.close()
        self._badge.close()
        self._models.close()
        if self._face.controls is not None:
            self._face.controls.close()
        if self._presence is not None:
            self._presence.close()
        await self._tasks.close()
        for face in self._left:
            face.go()
        await self._notifier.close()
        if self._options.demo and self._bridge.connected:  # its jobs' folders go with the profile
            with contextlib.suppress(ApiError):
                await stop_running(self._bridge)
        await self._bridge.close()
        self._window.close_for_good()

    # -- what speaks a language, made anew when another one is chosen

    def _make_face(self) -> Face:
        lasting = Lasting(
            bridge=self._bridge,
            wording=self._wording,
            theme=self._theme,
            settings=self._settings,
            tasks=self._tasks,
            tray=self._tray,
            lock=self._lock,
            profile=self._options.profile,
            login_start=partial(login_start, self._options),
        )
        face = Face(lasting, self)
        self._badge.follow(face.models.unread_changed, lambda: face.models.unread)
        self._locking.follow(face.window)
        face.window.close_requested.connect(self._on_close_requested)
        face.window.welcoming.notification_wanted.connect(self._on_notification_tried)
        self._tasks.on_error = self.show_error
        face.quitting.asks = self._owns_master
        face.quitting.decided.connect(self.quit)
        face.quitting.shown.connect(self._come_forward)
        if face.controls is not None:
            face.controls.notice.connect(self._on_notice)
        return face

    @property
    def _models(self) -> Models:
        return self._face.models

    @property
    def _window(self) -> MainWindow:
        return self._face.window

    def _make_notifier(self) -> Notifier:
        """A test's display has no person to notify."""
        notifier = Notifier(
            self._tray,
            self._wording.say,
            self._ways.toast,
            self,
            audible=lambda: self._settings.values.notification_sound,
        )
        if self._on_screen:
            notifier.use_system(SystemNotices, self._bridge.call, self._tasks.run)
        return notifier

    def _make_presence(self) -> TrayPresence | None:
        if self._tray is None:
            return None
        presence = TrayPresence(
            self._app,
            self._tray,
            self._settings,
            lambda: self._window,
            lambda: self._owns_master,
            tray_available,
            self,
        )
        presence.quit_requested.connect(self._on_quit_requested)
        return presence

    def _on_settings_changed(self) -> None:
        self._theme.set_mode(self._settings.values.color_scheme)
        if not self._language.is_wanted:
            QTimer.singleShot(0, self, self._change_language)  # what was clicked stands in the window that goes

    def _change_language(self) -> None:
        """Every text is made from the catalogues once: window and models are made anew, and loaded."""
        if self._language.is_wanted or self._done.is_set():
            return
        self._language.change()
        self._theme.set_language(self._language.spoken)
        before, page = self._face, self._settings.values.page
        before.window.remember()
        self._links.wait()
        self._face = self._make_face()
        self._face.take_over(before)
        self._face.show_again(page)
        if self._tray is not None:
            self._tray.retranslate()
        if before.window.isVisible():
            self._window.come_forward()
        before.close()
        self._tasks.run(self._leave(before), "leave another language")
        self._tasks.run(self._load(), "load in another language")

    async def _leave(self, face: Face) -> None:
        self._left.append(face)
        await face.leave()
        self._left.remove(face)

    def _account_name(self, account_id: str) -> str:
        return self._models.account_name(account_id)

    def _come_forward(self) -> None:
        self._window.come_forward()

    # -- connections

    def _connect(self) -> None:
        self._notifier.opened.connect(self._ways.open)
        self._notifier.window_wanted.connect(self._come_forward)
        self._app.commitDataRequest.connect(self._on_session_end)
        self._instance.raise_requested.connect(self._on_raise_requested)
        self._settings.changed.connect(self._on_settings_changed)
        self._sleeps.said.connect(self._on_sleep)
        self._locking.locked_changed.connect(self._on_locked)
        self._notifier.set_discreet(self._lock.locked)
        if self._narrator is not None:
            narrator = self._narrator
            self._notifier.shown.connect(lambda row: narrator.tell_notification(self._wording.say(row.title)))
        if self._presence is not None:
            self._presence.explained.connect(self._notifier.explain)
            self._presence.follow_lock(self._lock)
        if sys.platform == "darwin":
            from desktop.integration.url_events import UrlEvents

            UrlEvents(self._app).link_opened.connect(self._on_raise_requested)

    def _on_locked(self, locked: bool) -> None:
        """Nothing outside of the window tells what it covers."""
        self._notifier.set_discreet(locked)
        if self._face.controls is not None:
            self._face.controls.set_locked(locked)

    def _on_session_end(self) -> None:
        """Nobody is asked: what runs goes on under its keepers, and there may be no time to keep anything later."""
        self._window.remember()
        self.quit()
        self.session_ends.emit()

    def _on_sleep(self, asleep: bool) -> None:
        """The master of this process hears at once what its clocks would tell it a moment later."""
        if self._owns_master and self._bridge.connected:
            self._tasks.run(pass_on(self._bridge, asleep))

    def _on_notification_tried(self) -> None:
        self._tasks.run(self._ways.try_out(self._notifier))

    def _on_notice(self, title: str, body: str, level: str) -> None:
        """Something that was asked for outside of the window failed: it comes forward and says so."""
        self._window.come_forward()
        self._window.toast(title, body, level)

    def _on_quit_requested(self) -> None:
        self._face.quitting.ask()

    def _on_raise_requested(self, link: str) -> None:
        self._links.follow(link, self._window, self._models)

    def _on_close_requested(self) -> None:
        if self._presence is not None:
            self._presence.on_close_requested()
        else:
            self._face.quitting.ask()
