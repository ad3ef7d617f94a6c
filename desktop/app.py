"""The process of the desktop: one window a profile, engine thread and master, started and stopped in order."""

import asyncio
import contextlib
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal, cast

import msgspec
import qasync
from PySide6.QtCore import QCoreApplication, QLibraryInfo, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.bridge import Engine
from desktop.compositions import Desktop
from desktop.integration.app_ids import name_process
from desktop.integration.deep_links import link_to, read_link
from desktop.integration.failed_starts import show_failure
from desktop.integration.faults import FaultGuard
from desktop.integration.session import InstanceServer, raise_running
from desktop.integration.session_ends import SessionEnd
from desktop.integration.shells import complain, say
from desktop.integration.signals import SignalWatcher
from desktop.integration.tray import tray_available
from desktop.options import DesktopOptions, Peer, running_peer
from desktop.settings import SettingsError, SettingsHolder
from desktop.theme import app_icon
from master.app import Master
from master.errors import StartError
from master.settings import Options
from worker.programs import packaged
from worker.protocol.texts import text

EXIT_USAGE = 2
EXIT_PROFILE = 5
TRAY_WAIT = 5.0
"""Seconds."""
RAISE_WAIT = 5.0
"""Seconds for a window that holds the profile to answer: it may be starting, or quitting."""


def run(options: DesktopOptions) -> int:
    """Open the desktop; return the exit code once it has closed."""
    if options.link and read_link(options.link) is None:
        return _refused(options)
    with contextlib.ExitStack() as stack:
        if options.demo:
            folder = tempfile.TemporaryDirectory(prefix="watchkeeper-demo-", ignore_cleanup_errors=True)
            options = msgspec.structs.replace(options, profile=Path(stack.enter_context(folder)) / "profile")
        elif raise_running(options.profile, options.link, peer=options.connect or ""):
            return _raised()
        app = _make_application()
        guard = FaultGuard()
        stack.callback(guard.close)
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
            guard.install(runner.get_loop())
            return runner.run(_main(app, options, guard))


def _raised() -> int:
    say("Watchkeeper is running already; its window was raised.")
    return 0


def _refused(options: DesktopOptions) -> int:
    """Somebody clicked a link that is none: a window that runs says so, and so does the shell."""
    raise_running(options.profile, options.link, peer=options.connect or "")
    complain(f"{options.link[:80]!r} is no link of Watchkeeper. One to an item looks like {link_to('item', 5)}.")
    return EXIT_USAGE


def _make_application() -> QApplication:
    name_process()
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    if packaged():
        # The desktop's environment may name plug-ins of another Qt.
        QCoreApplication.setLibraryPaths([QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)])
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
    early = [options.link] if options.link else []
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
                peer = running_peer(options.profile) if error.exit_code == EXIT_PROFILE else None
                if peer is None:
                    complain(error.text.message)
                    await show_failure(app, error.text, stop, offscreen=options.offscreen)
                    return error.exit_code
        settings = await _settings(app, options, stop)
        if settings is None:
            return EXIT_PROFILE
        if stop.is_set():
            return 0
        assert peer is not None
        if (options.minimized or settings.values.start_minimized) and not options.offscreen:
            await _wait_for_tray()
        instance.raise_requested.disconnect(early.append)
        desktop = Desktop(app, engine, peer, settings, options, instance)
        signals.stop_requested.connect(desktop.quit)
        if stop.is_set():  # while the window was made
            desktop.quit()
        return await _guarded(desktop, guard, engine, master, early)
    finally:
        instance.close()
        if master is not None:
            await engine.call(master.stop())
        await engine.close()
        signals.close()


async def _settings(app: QApplication, options: DesktopOptions, stop: asyncio.Event) -> SettingsHolder | None:
    """Return the settings of the window; None: they cannot be read, and that was said."""
    try:
        return SettingsHolder(None if options.demo else options.profile)
    except SettingsError as error:
        why = text("start_window_settings", path=str(error.path), detail=error.detail)
        complain(why.message)
        await show_failure(app, why, stop, offscreen=options.offscreen)
        return None


async def _guarded(desktop: Desktop, guard: FaultGuard, engine: Engine, master: Master | None, early: list[str]) -> int:
    """Run the desktop; meanwhile it tells of what fails unexpectedly."""
    guard.tell = desktop.show_error
    try:
        if master is None:
            return await desktop.run(None, early)
        session = SessionEnd(engine, master.stop)
        desktop.session_ends.connect(session.hold)
        return await desktop.run(lambda: engine.call(master.wait_stopped()), early)
    finally:
        guard.tell = None


async def _listen(instance: InstanceServer, options: DesktopOptions) -> bool:
    """Be found by later starts from now on. False: another window came first, and was raised."""
    until = time.monotonic() + RAISE_WAIT
    while not instance.listen():
        if raise_running(options.profile, options.link, peer=options.connect or ""):
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
