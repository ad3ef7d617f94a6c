"""A whole small desktop for tests: display, window manager, tray, session bus and notification service, all real."""

import contextlib
import json
import shutil
import subprocess
from typing import Any

import pytest

from tests.helpers.accessibility import Desk
from tests.helpers.deadlines import wait_until
from tests.helpers.processes import kill_tree

PROGRAMS = ("Xvfb", "openbox", "trayer", "dunst", "dunstctl", "dbus-daemon", "xdotool")
TRAYER = (
    "trayer",
    "--edge",
    "bottom",
    "--align",
    "right",
    "--SetDockType",
    "false",
    "--height",
    "32",
    "--widthtype",
    "request",
)

needs_tray = pytest.mark.skipif(
    any(shutil.which(one) is None for one in PROGRAMS), reason=f"{', '.join(PROGRAMS)} are not all installed"
)


class TrayDesk(Desk):
    """A :class:`Desk` without the bus of assistive programs, with everything that a tray icon wants."""

    def _start_buses(self) -> None:
        session = self._run(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self.environment,
        )
        assert session.stdout is not None
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = session.stdout.readline().decode().strip()
        self._quiet("openbox")
        wait_until(lambda: self.ask("xdotool", "get_num_desktops"), what="the window manager")
        self.trayer = self._quiet(*TRAYER)
        self.dunst = self._quiet("dunst")
        wait_until(lambda: self.windows("--class", "trayer"), what="the tray")
        wait_until(lambda: self.notices() is not None, what="the notification service")

    def _quiet(self, *command: str) -> "subprocess.Popen[bytes]":
        return self._run(list(command), env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ask(self, *command: str, seconds: float = 60.0) -> str | None:
        """Run a command on this desk; return what it says, None when it failed."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=seconds, check=False
        )
        return done.stdout.strip() if done.returncode == 0 else None

    # -- notices

    def notices(self) -> int | None:
        """Return how many notices are seen; None when there is no service."""
        told = self.ask("dunstctl", "count", "displayed")
        return int(told) if told is not None and told.isdecimal() else None

    def history(self) -> list[str]:
        """Return the titles of notices that are gone, the newest first."""
        told: Any = json.loads(self.ask("dunstctl", "history") or '{"data": [[]]}')
        return [one["summary"]["data"] for one in told["data"][0]]

    def stop_dunst(self) -> None:
        """The notification service dies."""
        kill_tree(self.dunst.pid)

    def start_dunst(self) -> None:
        """It comes back."""
        self.dunst = self._quiet("dunst")
        wait_until(lambda: self.notices() is not None, what="the notification service")

    def stop_tray(self) -> None:
        """The panel dies."""
        kill_tree(self.trayer.pid)

    def start_tray(self) -> None:
        """It comes back."""
        self.trayer = self._quiet(*TRAYER)
        wait_until(lambda: self.windows("--class", "trayer"), what="the tray")

    # -- windows

    def windows(self, *wanted: str) -> list[str]:
        """Return the windows on the screen that fit, as xdotool searches them."""
        return (self.ask("xdotool", "search", "--onlyvisible", *wanted) or "").split()

    def shown(self) -> bool:
        """The main window is on the screen."""
        return bool(self.windows("--name", "^Watchkeeper$"))

    def close_window(self) -> None:
        """Close the main window as the window manager does."""
        (window,) = self.windows("--name", "^Watchkeeper$")
        self.ask("xdotool", "windowactivate", "--sync", window, "key", "alt+F4")

    def tray_width(self) -> int:
        """Return how wide the tray is: each icon makes it wider."""
        return self._geometry()["WIDTH"]

    def click_tray(self, button: int) -> None:
        """Click the icon, which is the only one."""
        place = self._geometry()
        x, y = place["X"] + place["WIDTH"] // 2, place["Y"] + place["HEIGHT"] // 2
        self.ask("xdotool", "mousemove", str(x), str(y), "click", str(button))

    def _geometry(self) -> dict[str, int]:
        window = self.windows("--class", "trayer")[-1]
        told = self.ask("xdotool", "getwindowgeometry", "--shell", window) or ""
        with contextlib.suppress(ValueError):
            return {name: int(value) for name, value in (line.split("=") for line in told.splitlines())}
        raise AssertionError(told)
