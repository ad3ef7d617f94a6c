"""The desktop's composition root: engine, master, client, models, window and tray, started and stopped in order."""

import asyncio
import contextlib
import hashlib
import logging
import os
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

import msgspec
import qasync
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.bridge import Bridge, Engine, Showing
from desktop.dialogs.context import Context
from desktop.integration.autostart import choose_autostart, launch_command
from desktop.integration.failed_starts import show_failure
from desktop.integration.faults import FaultGuard
from desktop.integration.narrator import Narrator, count_of
from desktop.integration.notifier import Notifier, job_went_wrong
from desktop.integration.pauses import Pauses
from desktop.integration.session import InstanceServer, raise_running
from desktop.integration.signals import SignalWatcher
from desktop.integration.tray import Tray, tray_available
from desktop.integration.tray_states import TrayStates
from desktop.models.endings import stop_running
from desktop.models.hub import Models
from desktop.settings import SettingsError, SettingsHolder
from desktop.tasks import Tasks
from desktop.theme import Theme, app_icon
from desktop.views.main_window import MainWindow
from desktop.views.presses import enter_presses
from desktop.views.quitting import Quitting
from desktop.words import Wording, choose_language, install_translators
from master.api.client import ApiError, MasterClient
from master.api.schema import Notification, SettingsPatch
from master.app import Master
from master.errors import StartError
from master.settings import Options
from worker.protocol.states import AccountState
from worker.protocol.texts import Text

EXIT_FAILED = 1
EXIT_PROFILE = 5
ITEM_LINK = "watchkeeper://item/"
TRAY_WAIT = 5.0
"""Seconds."""
RAISE_WAIT = 5.0
"""Seconds for a window that holds the profile to answer: it may be starting, or quitting."""

log = logging.getLogger("watchkeeper.desktop")


class DesktopOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asked for."""

    demo: bool
    profile: Path
    host: str
    port: int
    port_explicit: bool
    log_level: str | None
    vault: str
    passphrase: str | None = None
    minimized: bool = False
    connect: str | None = None
    token: str = ""
    offscreen: bool = False
    seconds: float | None = None
    screenshot: Path | None = None


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """Where the master is, and how to speak to it."""

    url: str
    token: str


def run(options: DesktopOptions) -> int:
    """Open the desktop; return the exit code once it has closed."""
    with contextlib.ExitStack() as stack:
        if options.demo:
            folder = tempfile.TemporaryDirectory(prefix="watchkeeper-demo-", ignore_cleanup_errors=True)
            options = msgspec.structs.replace(options, profile=Path(stack.enter_context(folder)) / "profile")
        elif raise_running(options.profile, peer=options.connect or ""):
            return _raised()
        app = _make_application()
        guard = FaultGuard()
        stack.callback(guard.close)
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
            guard.install(runner.get_loop())
            return runner.run(_main(app, options, guard))


def _raised() -> int:
    _say("Watchkeeper is running already; its window was raised.")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (what a shell is told)


def _complain(sentence: str) -> None:
    print(f"watchkeeper: {sentence}", file=sys.stderr)  # noqa: T201


def _make_application() -> QApplication:
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Watchkeeper")
    app.setApplicationDisplayName("Watchkeeper")
    app.setDesktopFileName("watchkeeper")
    app.setWindowIcon(app_icon())
    app.setQuitOnLastWindowClosed(False)
    return app


async def _main(app: QApplication, options: DesktopOptions, guard: FaultGuard) -> int:
    signals = SignalWatcher()  # before the master: a start that is broken off ends in order too
    stop = asyncio.Event()
    signals.stop_requested.connect(lambda _number: stop.set())
    engine = Engine()
    master: Master | None = None
    instance = InstanceServer(options.profile, peer=options.connect or "")
    early: list[str] = []
    instance.raise_requested.connect(early.append)
    try:
        # Before the master: whoever starts meanwhile finds this window, though it is not there yet.
        if not await _listen(instance, options):
            return _raised()
        if options.connect is not None:
            peer: Peer | None = Peer(url=options.connect, token=options.token)
        else:
            master = Master(_master_options(options))
            try:
                await engine.call(master.start())
                peer = Peer(url=master.url, token=master.token)
            except StartError as error:
                master = None
                peer = _running_peer(options.profile) if error.exit_code == EXIT_PROFILE else None
                if peer is None:
                    _complain(error.text.message)
                    await show_failure(app, error.text, stop, offscreen=options.offscreen)
                    return error.exit_code
        try:
            settings = SettingsHolder(None if options.demo else options.profile)
        except SettingsError as error:
            _complain(str(error))
            await show_failure(app, Text(code="", message=str(error)), stop, offscreen=options.offscreen)
            return EXIT_PROFILE
        if stop.is_set():
            return 0
        assert peer is not None
        if options.minimized and not options.offscreen:
            await _wait_for_tray()
        instance.raise_requested.disconnect(early.append)
        desktop = Desktop(app, engine, peer, settings, options, instance)
        signals.stop_requested.connect(desktop.quit)
        if stop.is_set():  # while the window was made
            desktop.quit()
        return await _guarded(desktop, guard, master, early)
    finally:
        instance.close()
        if master is not None:
            await engine.call(master.stop())
        await engine.close()
        signals.close()


async def _guarded(desktop: "Desktop", guard: FaultGuard, master: Master | None, early: list[str]) -> int:
    """Run the desktop; meanwhile it tells of what fails unexpectedly."""
    guard.tell = desktop.show_error
    try:
        return await desktop.run(master, early)
    finally:
        guard.tell = None


async def _listen(instance: InstanceServer, options: DesktopOptions) -> bool:
    """Be found by later starts from now on. False: another window came first, and was raised."""
    until = time.monotonic() + RAISE_WAIT
    while not instance.listen():
        if raise_running(options.profile, peer=options.connect or ""):
            return False
        if time.monotonic() > until:
            break
        await asyncio.sleep(0.1)
    return True


async def _wait_for_tray() -> None:
    """At login the tray may come up after this program does; without one the window is shown."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(TRAY_WAIT):
            while not tray_available():  # noqa: ASYNC110 (Qt tells nobody when a tray comes up)
                await asyncio.sleep(0.2)


def _master_options(options: DesktopOptions) -> Options:
    passphrase = options.passphrase
    return Options(
        profile=options.profile,
        host=options.host,
        port=options.port,
        port_explicit=options.port_explicit,
        log_level=options.log_level,
        vault="memory" if options.demo else cast("Literal['keyring', 'passphrase']", options.vault),
        passphrase=None if passphrase is None else lambda: passphrase,
        demo=options.demo,
    )


def _running_peer(profile: Path) -> Peer | None:
    """Return the master that holds the profile (`serve`), None when none can be found."""
    try:
        known = msgspec.json.decode((profile / "master.json").read_bytes())
        return Peer(url=str(known["url"]), token=str(known["token"]))
    except (OSError, msgspec.DecodeError, KeyError, TypeError):
        return None


def _device_id(profile: Path) -> str:
    identity = f"{socket.gethostname()}:{profile.resolve()}"
    return "desktop-" + hashlib.sha256(identity.encode()).hexdigest()[:16]


class Desktop(QObject):
    """The running desktop: all that a person sees, on one master."""

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
        self._app = app
        self._options = options
        self._settings = settings
        self._done = asyncio.Event()
        self._tasks = Tasks()
        language = choose_language(settings.values.language)
        self._translators = install_translators(app, language)
        self._wording = Wording(language)
        self._theme = Theme(app, settings.values.color_scheme, language, self)
        self._theme.apply()
        client = MasterClient(
            peer.url, peer.token, device_id=_device_id(options.profile), device_name=socket.gethostname()
        )
        self._bridge = Bridge(engine, client, self)
        self._models = Models(self._bridge, self._wording, self._tasks.run, self)
        context = Context(
            bridge=self._bridge,
            models=self._models,
            wording=self._wording,
            theme=self._theme,
            settings=settings,
            run=self._tasks.run,
            address=urlsplit(peer.url).netloc,
        )
        app.focusChanged.connect(enter_presses)
        self._window = MainWindow(context)
        self._quitting = Quitting(context, self._window)
        self._tasks.on_error = self._window.show_error
        self._tray = Tray(app_icon(), self) if not options.offscreen and tray_available() else None
        self._notifier = Notifier(self._tray, self._wording.say, self._toast_notification, self)
        self._pauses = Pauses(self._bridge, self._models.accounts.values, settings)
        self._autostart = choose_autostart(os.environ, Path.home())
        self._instance = instance
        self._code = 0
        self._tray_states = TrayStates(self)
        self._narrator: Narrator | None = None
        if options.offscreen:
            self._narrator = Narrator(self._bridge, self._models.account_name, _say, self)
        self._connect()

    async def run(self, master: Master | None, early: list[str]) -> int:
        """Show the window until it is quit (or the time is over); then stop in order. Return the exit code.

        ``early`` are the links of starts that asked for the window before it was there.
        """
        self._quitting.asks = master is not None and not self._options.demo
        if not self._instance.listening:
            self._window.toast(self.tr("A second start will not find this window"))
        if self._tray is not None:
            self._tray.show()
        if not (self._options.minimized and self._tray is not None):
            self._window.come_forward()
        for link in early:
            self._on_raise_requested(link)
        self._tasks.run(self._fill(), "connect and load")
        watch = self._tasks.run(self._watch_master(master)) if master is not None else None
        await self._done.wait()
        if watch is not None:
            watch.cancel()
        await self._close()
        return self._code

    async def _fill(self) -> None:
        """Connect and load, while the window stands and says so; the time of a window that ends by itself runs then."""
        try:
            await self._bridge.open()
            await self._models.load()
            if self._options.offscreen:
                self._say_ready()
        finally:
            if self._options.seconds is not None and not self._done.is_set():
                asyncio.get_running_loop().call_later(self._options.seconds, self._on_time_over)

    def _on_time_over(self) -> None:
        if not self._done.is_set():
            self._code = self._save_screenshot()
            self.quit()

    def show_error(self, error: BaseException) -> None:
        """Say that something failed in the window."""
        self._window.show_error(error)

    def quit(self) -> None:
        """Begin to stop."""
        self._done.set()

    async def _watch_master(self, master: Master) -> None:
        """The master may be told to stop from outside (`watchkeeper stop`): the window goes with it."""
        await self._bridge.call(master.wait_stopped())
        self.quit()

    async def _close(self) -> None:
        try:
            self._window.remember()
        except OSError as error:
            log.warning("the place of the window cannot be kept: %s", error)
        self._instance.close()
        self._bridge.notified.disconnect(self._on_notified)
        self._models.close()
        tray, self._tray = self._tray, None  # what still settles finds no icon
        if tray is not None:
            tray.hide()
        await self._tasks.close()
        if self._options.demo and self._bridge.connected:  # its jobs' folders go with the profile
            with contextlib.suppress(ApiError):
                await stop_running(self._bridge)
        await self._bridge.close()
        self._window.close_for_good()

    def _say_ready(self) -> None:
        accounts = count_of(self._models.accounts.total, "account")
        _say(f"ready      the window shows {accounts} and {count_of(self._models.workers.total, 'worker')}")

    def _save_screenshot(self) -> int:
        if self._options.screenshot is None:
            return 0
        if self._window.grab().save(str(self._options.screenshot), "PNG"):
            _say(f"screenshot {self._options.screenshot}")
            return 0
        _complain(f"--screenshot {self._options.screenshot}: the file cannot be written.")
        return EXIT_FAILED

    # -- connections

    def _connect(self) -> None:
        self._bridge.notified.connect(self._on_notified)
        self._notifier.opened.connect(self._on_notification_opened)
        self._notifier.window_wanted.connect(self._window.come_forward)
        self._window.close_requested.connect(self._on_close_requested)
        self._quitting.decided.connect(self.quit)
        self._quitting.shown.connect(self._window.come_forward)
        self._app.commitDataRequest.connect(self.quit)
        self._instance.raise_requested.connect(self._on_raise_requested)
        if self._narrator is not None:
            narrator = self._narrator
            self._notifier.shown.connect(lambda row: narrator.tell_notification(self._wording.say(row.title)))
        if self._tray is not None:
            self._connect_tray(self._tray)

    def _connect_tray(self, tray: Tray) -> None:
        tray.open_requested.connect(self._window.come_forward)
        tray.quit_requested.connect(self._quitting.ask)
        tray.mute_requested.connect(self._on_mute_requested)
        tray.pause_all_requested.connect(self._on_pause_all_requested)
        tray.menu_opening.connect(self._on_menu_opening)
        tray.autostart_requested.connect(self._on_autostart_requested)
        self._on_menu_opening()
        for signal in (
            self._models.unread_changed,
            self._models.status_changed,
            self._models.connection_changed,
            self._models.settings_changed,
            self._models.accounts.settled,
            self._models.workers.settled,
        ):
            signal.connect(self._on_state_changed)

    def _on_notified(self, showing: Showing) -> None:
        self._notifier.show(showing)

    def _toast_notification(self, title: str, body: str, notification: Notification) -> None:
        act = self.tr("Open"), lambda: self._on_notification_opened(notification)
        if notification.kind == "item":
            self._window.toast_item(title, body, notification.account_id or "", act)
        else:
            self._window.toast(title, body, "warn" if job_went_wrong(notification) else "info", act, merge=False)

    def _on_notification_opened(self, notification: Notification) -> None:
        self._window.come_forward()
        if notification.item_id is not None:
            self._window.open_item(notification.item_id)
        elif notification.job_id is not None:
            self._window.open_job(notification.job_id)
        elif notification.alert_id is not None:
            self._window.open_alert(notification.alert_id)
        elif notification.account_id is not None:
            self._window.open_account(notification.account_id)

    def _on_raise_requested(self, link: str) -> None:
        self._window.come_forward()
        number = link.removeprefix(ITEM_LINK)
        if link.startswith(ITEM_LINK) and number.isdecimal():
            self._window.open_item(int(number))

    def _on_close_requested(self) -> None:
        if self._tray is None or not self._settings.values.close_to_tray:
            self._quitting.ask()
            return
        self._window.hide()
        if not self._settings.values.close_explained:
            self._settings.update(close_explained=True)
            self._notifier.explain(
                self.tr("Watchkeeper goes on watching"),
                self.tr("It lives in the tray. Quit it from the menu of its icon."),
            )

    def _on_mute_requested(self, seconds: int) -> None:
        until = int(time.time() * 1000) + seconds * 1000 if seconds else None
        self._tasks.run(
            self._bridge.call(self._bridge.client.patch_settings(SettingsPatch(muted_until_at=until))), "mute"
        )

    def _on_pause_all_requested(self, pause: bool) -> None:
        self._tasks.run(self._pause_all(pause), "pause all")

    async def _pause_all(self, pause: bool) -> None:
        failed = await (self._pauses.pause_all() if pause else self._pauses.resume_all())
        if failed:
            count = len(failed)
            title = (
                self.tr("%n account(s) could not be paused", "", count)
                if pause
                else self.tr("%n account(s) could not be resumed", "", count)
            )
            self._window.toast(title, self._wording.failures(failed, self._models.account_name), "bad")

    def _on_menu_opening(self) -> None:
        """A start at login has nobody to ask: it is offered where the keyring opens with the session."""
        plain = not self._options.demo and self._options.connect is None and self._options.vault == "keyring"
        if self._tray is not None and plain:
            self._tray.offer_autostart(self._autostart.enabled())

    def _on_autostart_requested(self, wanted: bool) -> None:
        try:
            if wanted:
                self._autostart.enable(launch_command(self._options.profile))
            else:
                self._autostart.disable()
        except OSError as error:
            self._window.come_forward()
            self._window.toast(self.tr("The start at login could not be changed"), str(error), "bad")
        self._on_menu_opening()

    def _on_state_changed(self) -> None:
        if self._tray is None:
            return
        counts = self._models.accounts.counts()
        total = counts.total()
        level, sentence = self._tray_states.tell(self._models.connected, counts, self._models.workers.values())
        until, now = (
            (self._models.settings.muted_until_at or 0) if self._models.settings else 0,
            int(time.time() * 1000),
        )
        muted_until = self._wording.clock(until, now) if until > now else ""
        self._tray.update_state(level, self._models.unread, sentence)
        self._tray.update_switches(
            all_paused=bool(total) and counts[AccountState.PAUSED] == total, muted_until=muted_until
        )
