"""The tray icon on the bus of the session, where KDE and GNOME find it: picture, tooltip, menu and clicks."""

import asyncio
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
say("available", tray_available())
tray.show()
sys.exit(app.exec())
"""


class Screen(TrayDesk):
    """A display alone."""

    def _start_buses(self) -> None:
        """The bus is the test's."""


async def test_the_icon_is_found_on_the_bus(tmp_path):
    watcher = Watcher()
    with Screen(tmp_path / "screen") as screen:
        async with session_bus(tmp_path) as address:
            await watcher.start(address)
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                PROGRAM,
                env=screen.environment | {"DBUS_SESSION_BUS_ADDRESS": address},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            try:
                await _look(watcher, process)
            finally:
                if process.returncode is None:
                    process.kill()
                await process.wait()
                await watcher.stop()


async def _look(watcher, process):
    said = process.stdout
    async with asyncio.timeout(20):
        assert await said.readline() == b"available True\n"
    await until(lambda: watcher.items, 10, "the icon")
    assert {row[0] for row in await watcher.property("IconPixmap")} >= {16, 22, 24, 32, 44}
    assert "1 account needs sign-in" in str(await watcher.property("ToolTip"))
    menu = await watcher.menu()
    assert {"Open Watchkeeper (2 unread)", "Mute", "Until I say so", "Pause all", "Check now"} <= set(menu)
    async with asyncio.timeout(20):
        await watcher.call(ITEM_PATH, ITEM, "Activate", "ii", 0, 0)
        assert await said.readline() == b"toggle\n"
        await watcher.call(ITEM_PATH, ITEM, "SecondaryActivate", "ii", 0, 0)
        assert await said.readline() == b"mute 1h\n"
        await watcher.choose(next(number for label, number in menu.items() if label.startswith("R")))
        assert await said.readline() == b"item 7\n"
        await watcher.choose(menu["Quit Watchkeeper"])
        assert await process.wait() == 0
