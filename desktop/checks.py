"""What the desktop needs of the machine: a display, Qt's libraries, a tray. Each lack is one sentence, no traceback."""

import ctypes
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from master.api.results import CheckResult, finding

NO_DISPLAY = (
    "There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set). "
    "Run `watchkeeper serve` for the master alone, or `watchkeeper demo --offscreen --seconds 20` to see it work."
)

BUS_MS = 2_000
NOTIFICATIONS = "org.freedesktop.Notifications"

_X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-randr.so.0": "libxcb-randr0",
}
_BASE_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}


def display_problem(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str | None:
    """Return the sentence that says why no window can be opened, None when one can (or Qt draws offscreen)."""
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM", "") in {"offscreen", "minimal", "vnc"}:
        return None
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return None
    return NO_DISPLAY


def library_problem(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str | None:
    """Return the sentence that names the system libraries that Qt would miss, None when all are there."""
    missing = missing_libraries(environment, platform)
    if not missing:
        return None
    return (
        f"Qt needs system libraries that are not installed. On Debian or Ubuntu: sudo apt install {' '.join(missing)} "
        "(other systems: the packages that hold them)."
    )


def missing_libraries(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> list[str]:
    """Return the Debian packages of the system libraries that Qt would miss."""
    if not platform.startswith("linux"):
        return []
    wanted = dict(_BASE_LIBRARIES)
    if environment.get("QT_QPA_PLATFORM", "") in {"", "xcb"} and environment.get("DISPLAY"):
        wanted |= _X11_LIBRARIES
    return [package for library, package in wanted.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def check_machine() -> list[CheckResult]:
    """Display, libraries, tray and notifications, as ``doctor`` shows them."""
    display, libraries = display_problem(), library_problem()
    return check_window(tray=_tray_available() if display is None and libraries is None else None)


def check_window(*, tray: bool | None) -> list[CheckResult]:
    """The same for a window that knows of its tray (None: there can be none). Asks the bus; from any thread."""
    display, missing = display_problem(), missing_libraries()
    results = [
        finding("display", "warn", "doctor_display_none", advice="doctor_display_none_do")
        if display
        else finding("display", "ok", "doctor_display_ok"),
        _libraries_result(missing),
    ]
    if tray is None:
        return [*results, notification_result(tray=False, service=None)]
    service = _notification_service() if tray else None
    return [*results, _tray_result(tray), notification_result(tray=tray, service=service)]


def _libraries_result(missing: list[str]) -> CheckResult:
    if not missing:
        return finding("libraries", "ok", "doctor_libraries_ok")
    packages = " ".join(missing)
    return finding(
        "libraries",
        "bad",
        "doctor_libraries_missing",
        advice="doctor_libraries_missing_do",
        command=f"sudo apt install {packages}",
        packages=packages,
    )


def notification_result(*, tray: bool, service: bool | None) -> CheckResult:
    """Say how notifications are shown. ``service``: whether one answers on the session bus, None: none is needed."""
    if service:
        return finding("notifications", "ok", "doctor_notifications_ok")
    if not tray:
        return finding("notifications", "warn", "doctor_notifications_window", advice="doctor_notifications_window_do")
    if service is False:
        return finding("notifications", "warn", "doctor_notifications_none", advice="doctor_notifications_none_do")
    return finding("notifications", "ok", "doctor_notifications_ok")


def _notification_service(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool | None:
    if not platform.startswith("linux"):
        return None
    if not environment.get("DBUS_SESSION_BUS_ADDRESS") and not _default_bus(environment).exists():
        return False  # asked without one, the library would start a bus of its own
    from PySide6.QtDBus import QDBusConnection

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    interface = bus.interface()
    interface.setTimeout(BUS_MS)
    if interface.isServiceRegistered(NOTIFICATIONS).value():
        return True
    startable = interface.call("ListActivatableNames").arguments()
    return bool(startable) and NOTIFICATIONS in startable[0]


def _default_bus(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("XDG_RUNTIME_DIR") or "/nonexistent") / "bus"


def _tray_available() -> bool:
    from PySide6.QtWidgets import QApplication, QSystemTrayIcon

    application = QApplication.instance() or QApplication(["watchkeeper"])
    available = QSystemTrayIcon.isSystemTrayAvailable()
    del application
    return available


def _tray_result(available: bool) -> CheckResult:
    if available:
        return finding("tray", "ok", "doctor_tray_ok")
    return finding("tray", "warn", "doctor_tray_none", advice="doctor_tray_none_do")
