"""One contract over what three systems say of their battery: Linux for real, the others by what stands for them."""

import ctypes
import sys
from typing import Any

import pytest

from master.services.powers import (
    LinuxPowers,
    MacPowers,
    Power,
    PowerReader,
    WindowsPowers,
    choose_reader,
    power_saver_profile,
)
from tests.helpers.logind import FakeSystem, private_bus


class Kernel:
    """kernel32, as far as it is asked."""

    def __init__(self, line: int, percent: int, saver: int, flag: int = 0, *, fails: bool = False) -> None:
        self.values = (line, flag, percent, saver)
        self.fails = fails

    def GetSystemPowerStatus(self, pointer: Any) -> int:  # noqa: N802 (Windows' own name)
        if self.fails:
            return 0
        status = pointer._obj
        status.line, status.flag, status.percent, status.saver = self.values
        return 1


class Send:
    """``objc_msgSend``: the second message is the question."""

    def __init__(self, low: bool) -> None:
        self.low = low
        self.argtypes: Any = None
        self.restype: Any = None

    def __call__(self, target: int, selector: int) -> object:
        assert self.argtypes == [ctypes.c_void_p, ctypes.c_void_p]
        if selector == hash(b"processInfo"):
            assert self.restype is ctypes.c_void_p
            return 77
        assert (target, selector, self.restype) == (77, hash(b"isLowPowerModeEnabled"), ctypes.c_bool)
        return self.low


class Runtime:
    """libobjc, as far as it is asked."""

    class _Named:
        restype: Any = None

        def __call__(self, name: bytes) -> int:
            return hash(name)

    def __init__(self, low: bool) -> None:
        self.objc_getClass, self.sel_registerName = self._Named(), self._Named()
        self.objc_msgSend = Send(low)


def linux(on_battery: bool, percent: int | None, saves: bool) -> PowerReader:
    return LinuxPowers(lambda: (on_battery, percent), lambda: saves)


def windows(on_battery: bool, percent: int | None, saves: bool) -> PowerReader:
    known = 255 if percent is None else percent
    return WindowsPowers(Kernel(0 if on_battery else 1, known, int(saves), 128 if percent is None else 0))


def mac(on_battery: bool, percent: int | None, saves: bool) -> PowerReader:
    return MacPowers(lambda: (on_battery, percent), Runtime(saves))


@pytest.mark.parametrize("system", [linux, windows, mac])
class TestContract:
    def test_on_battery_with_the_system_saving(self, system: Any) -> None:
        reader = system(True, 42, True)
        assert reader.read(saving=True) == Power(on_battery=True, percent=42, saving=True)
        assert reader.read(saving=False) == Power(on_battery=True, percent=42)

    def test_on_battery_without(self, system: Any) -> None:
        assert system(True, 42, False).read(saving=True) == Power(on_battery=True, percent=42)

    def test_at_the_mains(self, system: Any) -> None:
        assert system(False, 100, False).read(saving=True) == Power(on_battery=False, percent=100)

    def test_without_a_battery(self, system: Any) -> None:
        assert system(False, None, False).read(saving=True) == Power()


def test_a_windows_that_says_nothing_is_at_the_mains() -> None:
    assert WindowsPowers(Kernel(0, 10, 1, fails=True)).read(saving=True) == Power()


@pytest.mark.parametrize(
    ("platform", "kind"), [("linux", LinuxPowers), ("darwin", MacPowers), ("freebsd14", LinuxPowers)]
)
def test_each_system_has_its_reader(platform: str, kind: type) -> None:
    assert isinstance(choose_reader(platform), kind)


@pytest.mark.skipif(sys.platform != "linux", reason="reads this machine")
def test_this_machine_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    # No system bus here: that is no reason to fail.
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    power = choose_reader().read(saving=True)
    assert power.percent is None or 0 <= power.percent <= 100
    assert not power.saving


@pytest.mark.skipif(sys.platform != "linux", reason="asks a bus")
def test_the_profile_is_asked_of_its_service(monkeypatch: pytest.MonkeyPatch) -> None:
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        assert not power_saver_profile(), "nobody keeps profiles there"
        system = FakeSystem(address)
        try:
            assert not power_saver_profile()
            system.profile = "power-saver"
            assert power_saver_profile()
            assert LinuxPowers(lambda: (True, 50)).read(saving=True) == Power(on_battery=True, percent=50, saving=True)
            assert not LinuxPowers(lambda: (False, 50)).read(saving=True).saving, "at the mains nobody asks"
        finally:
            system.close()
