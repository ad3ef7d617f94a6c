"""The tray icon on the bus of the session, where KDE and GNOME find it: picture, tooltip, menu and clicks."""

import asyncio
import contextlib
import shutil
import subprocess
import sys

import pytest

from tests.helpers.deadlines import until
from tests.helpers.notification_servers import session_bus
from tests.helpers.status_notifiers import ITEM, ITEM_PATH, Watcher
from tests.helpers.tray_desks import TrayDesk

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="a bus of Linux desktops"),
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed"),
]

PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from desktop.integration.tray import Tray, tray_available
from desktop.integration.tray_pictures import TrayEntry, TrayPicture
from desktop.integration import tray_watch
tray_watch.EVERY_MS = 50
app = QApplication(sys.argv)
tray = Tray()
def say(*words):
    print(*words, flush=True)
tray.toggle_requested.connect(lambda: say("toggle"))
tray.menu.mute_requested.connect(lambda name: say("mute", name))
tray.menu.item_requested.connect(lambda number: say("item", number))
tray.menu.quit_requested.connect(app.quit)
tray.show_picture(TrayPicture(level="bad", sentence="1 account needs sign-in", unread=2, watched=1, connected=True,
                              items=(TrayEntry(key="7", words="R&D: Hello"),)))
watch = tray_watch.TrayWatch(tray_available)
watch.appeared.connect(tray.show)
watch.vanished.connect(lambda: (tray.hide(), say("vanished")))
say("available", watch.there)
if watch.there:
    tray.show()
sys.exit(app.exec())
"""


class Screen(TrayDesk):
    """A display alone."""

    def _start_buses(self) -> None:
        """The bus is the test's."""


@contextlib.asynccontextmanager
async def program(folder):
    """A program with a tray icon on a screen and a bus of its own; yields it and the address of the bus."""
    with Screen(folder / "screen") as screen:
        async with session_bus(folder) as address:
            process = None

            async def start():
                nonlocal process
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-c",
                    PROGRAM,
                    env=screen.environment | {"DBUS_SESSION_BUS_ADDRESS": address},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
                return process

            try:
                yield start, address
            finally:
                if process is not None:
                    if process.returncode is None:
                        process.kill()
                    await process.wait()


async def test_the_icon_is_found_on_the_bus(tmp_path):
    watcher = Watcher()
    async with program(tmp_path) as (start, address):
        await watcher.start(address)
        await _look(watcher, await start())
        await watcher.stop()


async def test_a_tray_that_comes_later_is_used(tmp_path):
    async with program(tmp_path) as (start, address):
        process = await start()
        async with asyncio.timeout(60):
            assert await process.stdout.readline() == b"available False\n"
        for _ in range(2):  # and one that comes again
            watcher = Watcher()
            await watcher.start(address)
            await until(lambda there=watcher: there.items, what="the icon")
            assert "1 account needs sign-in" in str(await watcher.property("ToolTip"))
            await watcher.stop()
            async with asyncio.timeout(60):
                assert await process.stdout.readline() == b"vanished\n"


async def _look(watcher, process):
    said = process.stdout
    async with asyncio.timeout(60):
        assert await said.readline() == b"available True\n"
    await until(lambda: watcher.items, what="the icon")
    assert {row[0] for row in await watcher.property("IconPixmap")} >= {16, 22, 24, 32, 44}
    assert "1 account needs sign-in" in str(await watcher.property("ToolTip"))
    menu = await watcher.menu()
    assert {"Open Watchkeeper (2 unread)", "Mute", "Until I say so", "Pause all", "Check now"} <= set(menu)
    async with asyncio.timeout(60):
        await watcher.call(ITEM_PATH, ITEM, "Activate", "ii", 0, 0)
        assert await said.readline() == b"toggle\n"
        await watcher.call(ITEM_PATH, ITEM, "SecondaryActivate", "ii", 0, 0)
        assert await said.readline() == b"mute 1h\n"
        await watcher.choose(next(number for label, number in menu.items() if label.startswith("R")))
        assert await said.readline() == b"item 7\n"
        await watcher.choose(menu["Quit Watchkeeper"])
        assert await process.wait() == 0
