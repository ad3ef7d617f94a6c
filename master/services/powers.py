"""What the system says of its battery, and whether it saves energy: one reading, three systems."""

import ctypes
import sys
from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec
import psutil

PROFILES: Final = (
    ("org.freedesktop.UPower.PowerProfiles", "/org/freedesktop/UPower/PowerProfiles"),
    ("net.hadess.PowerProfiles", "/net/hadess/PowerProfiles"),
)
"""Names of the service that keeps the power profile, the newer one first."""
ANSWER_SECONDS: Final = 1.0
UNKNOWN: Final = 255
"""What Windows says of a percentage that it does not know."""


class Power(msgspec.Struct, frozen=True, kw_only=True):
    """One reading."""

    on_battery: bool = False
    percent: int | None = None
    """None: there is no battery."""
    saving: bool = False
    """The system itself saves energy."""


class PowerReader(Protocol):
    """Reads the state of the system. May take some milliseconds; never raises for what a system does not have."""

    def read(self, *, saving: bool) -> Power:
        """Return how it is now; ``saving``: find out, too, whether the system saves energy."""


def _battery() -> tuple[bool, int | None]:
    """Return whether it runs on battery, and the percentage."""
    found = psutil.sensors_battery()
    if found is None:
        return False, None
    return found.power_plugged is False, round(found.percent)


class LinuxPowers:
    """Batteries as the kernel lists them, the profile as its service on the system bus says."""

    def __init__(
        self,
        battery: Callable[[], tuple[bool, int | None]] = _battery,
        saves: "Callable[[], bool] | None" = None,
    ) -> None:
        self._battery = battery
        self._saves = saves or power_saver_profile

    def read(self, *, saving: bool) -> Power:
        """Read both."""
        on_battery, percent = self._battery()
        return Power(on_battery=on_battery, percent=percent, saving=saving and on_battery and self._saves())


def power_saver_profile() -> bool:
    """Tell whether the active power profile is that which saves; False where nobody keeps profiles."""
    from jeepney import DBusAddress, MessageType
    from jeepney.io.blocking import open_dbus_connection
    from jeepney.wrappers import Properties

    try:
        connection = open_dbus_connection(bus="SYSTEM")
    except (OSError, KeyError, ValueError, EOFError):
        return False
    try:
        for name, path in PROFILES:
            asked = Properties(DBusAddress(path, bus_name=name, interface=name)).get("ActiveProfile")
            answer = connection.send_and_get_reply(asked, timeout=ANSWER_SECONDS)
            if answer.header.message_type is MessageType.method_return:
                return bool(answer.body[0][1] == "power-saver")
    except (OSError, TimeoutError, EOFError):
        return False
    finally:
        connection.close()
    return False


class _PowerStatus(ctypes.Structure):
    _fields_ = (
        ("line", ctypes.c_ubyte),
        ("flag", ctypes.c_ubyte),
        ("percent", ctypes.c_ubyte),
        ("saver", ctypes.c_ubyte),
        ("seconds", ctypes.c_ulong),
        ("full_seconds", ctypes.c_ulong),
    )


class WindowsPowers:
    """``GetSystemPowerStatus``: it knows battery and battery saver at once."""

    def __init__(self, kernel: Any = None) -> None:
        """``kernel``: kernel32, or what stands for it."""
        self._kernel = kernel if kernel is not None else getattr(ctypes, "windll").kernel32  # noqa: B009 (Windows)

    def read(self, *, saving: bool) -> Power:
        """Read both."""
        status = _PowerStatus()
        if not self._kernel.GetSystemPowerStatus(ctypes.byref(status)):
            return Power()
        percent = None if status.percent == UNKNOWN or status.flag & 128 else int(status.percent)
        return Power(on_battery=status.line == 0, percent=percent, saving=saving and status.saver == 1)


class MacPowers:
    """The battery as everywhere, the low power mode as ``NSProcessInfo`` says."""

    def __init__(self, battery: Callable[[], tuple[bool, int | None]] = _battery, runtime: Any = None) -> None:
        """``runtime``: the library of the Objective-C runtime, or what stands for it."""
        self._battery = battery
        self._runtime = runtime

    def read(self, *, saving: bool) -> Power:
        """Read both."""
        on_battery, percent = self._battery()
        return Power(on_battery=on_battery, percent=percent, saving=saving and on_battery and self._low_power())

    def _low_power(self) -> bool:
        runtime = self._runtime or ctypes.CDLL("/usr/lib/libobjc.A.dylib")
        runtime.objc_getClass.restype = runtime.sel_registerName.restype = ctypes.c_void_p
        send = runtime.objc_msgSend
        send.argtypes, send.restype = [ctypes.c_void_p, ctypes.c_void_p], ctypes.c_void_p
        info = send(runtime.objc_getClass(b"NSProcessInfo"), runtime.sel_registerName(b"processInfo"))
        send.restype = ctypes.c_bool
        return bool(info and send(info, runtime.sel_registerName(b"isLowPowerModeEnabled")))


def choose_reader(platform: str = sys.platform) -> PowerReader:
    """Return the reader of a system."""
    if platform == "win32":
        return WindowsPowers()
    return MacPowers() if platform == "darwin" else LinuxPowers()
