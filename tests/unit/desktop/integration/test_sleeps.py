"""One contract over three systems' word on sleep: logind on a bus of its own, the others by what stands for them."""

import ctypes
from collections.abc import Callable, Iterator
from ctypes import wintypes
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtDBus import QDBusConnection
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.integration.logind import LogindSleeps
from desktop.integration.sleep_sources import choose_source
from desktop.integration.sleeps import (
    QUIET_SECONDS,
    MacSleeps,
    Say,
    SleepSource,
    SleepWatch,
    WindowsSleeps,
)
from tests.helpers.logind import FakeSystem, private_bus

Bench = tuple[SleepSource, Callable[[bool], None]]
"""A source, and what makes its system say something."""


@pytest.fixture
def bus() -> Iterator[tuple[QDBusConnection, FakeSystem]]:
    with private_bus() as address:
        system = FakeSystem(address)
        yield QDBusConnection.connectToBus(address, "fake system"), system
        QDBusConnection.disconnectFromBus("fake system")
        system.close()


@pytest.fixture
def logind(bus: tuple[QDBusConnection, FakeSystem], qapp: QApplication) -> Bench:
    connection, system = bus
    return LogindSleeps(connection), system.say


@pytest.fixture
def windows(qapp: QApplication) -> Bench:
    source = WindowsSleeps(qapp)

    def say(asleep: bool) -> None:
        for what in (0x0004,) if asleep else (0x0012, 0x0007):
            message = wintypes.MSG()
            message.message, message.wParam = 0x0218, what
            assert source.nativeEventFilter(b"windows_generic_MSG", ctypes.addressof(message)) == (False, 0)

    return source, say


class Called:
    """A function of a library."""

    def __init__(self, answer: Callable[..., Any]) -> None:
        self._answer = answer
        self.restype: Any = None
        self.argtypes: Any = None

    def __call__(self, *given: Any) -> Any:
        return self._answer(*given)


class Framework:
    """IOKit and CoreFoundation, as far as they are asked."""

    def __init__(self) -> None:
        self.callback: Any = None
        self.allowed: list[tuple[int, int]] = []
        self.sources: list[Any] = []
        self.left = 0
        self.IORegisterForSystemPower = Called(self._register)
        self.IONotificationPortGetRunLoopSource = Called(lambda _port: 5)
        self.IOAllowPowerChange = Called(lambda root, argument: self.allowed.append((root, argument)))
        self.IODeregisterForSystemPower = Called(lambda _notifier: self._leave())
        self.CFRunLoopGetMain = Called(lambda: 7)
        self.CFRunLoopAddSource = Called(lambda *given: self.sources.append(given))

    def _register(self, _context: Any, _port: Any, callback: Any, _notifier: Any) -> int:
        self.callback = callback
        return 42

    def _leave(self) -> None:
        self.left += 1

    def say(self, asleep: bool) -> None:
        self.callback(None, 0, MacSleeps.CAN_SLEEP if asleep else 0xE0000320, 11)
        self.callback(None, 0, MacSleeps.WILL_SLEEP if asleep else MacSleeps.HAS_WOKEN, 12)


@pytest.fixture
def mac() -> Bench:
    framework = Framework()
    return MacSleeps(framework, framework, "modes"), framework.say


@pytest.mark.parametrize("system", ["logind", "windows", "mac"])
class TestContract:
    def test_each_sleep_and_wake_is_said_once(self, system: str, request: pytest.FixtureRequest, qtbot: QtBot) -> None:
        source, say = request.getfixturevalue(system)
        heard: list[bool] = []
        assert source.open(heard.append)
        for number, asleep in enumerate((True, False, True, False), 1):
            say(asleep)
            qtbot.waitUntil(lambda number=number: len(heard) >= number)
        assert heard == [True, False, True, False]
        source.close()
        source.close()
        say(True)
        qtbot.wait(60)
        assert len(heard) == 4, "nothing is heard any more"


def test_logind_waits_until_the_word_has_gone_out(
    bus: tuple[QDBusConnection, FakeSystem], qapp: QApplication, qtbot: QtBot
) -> None:
    connection, system = bus
    source = LogindSleeps(connection)
    heard: list[bool] = []
    source.open(heard.append)
    qtbot.waitUntil(lambda: source._lock is not None)
    assert system.inhibited[0][0] == "sleep"
    assert system.inhibited[0][3] == "delay"
    assert system.held == 1
    system.say(True)
    qtbot.waitUntil(lambda: system.held == 0)
    assert heard == [True]
    system.say(False)
    qtbot.waitUntil(lambda: source._lock is not None)
    assert (len(system.inhibited), system.held) == (2, 1)
    source.close()
    qtbot.waitUntil(lambda: system.held == 0)


def test_without_a_bus_the_clocks_are_enough(qtbot: QtBot) -> None:
    assert not LogindSleeps(QDBusConnection("nowhere")).open(lambda _asleep: None)


def test_other_messages_of_windows_say_nothing(qapp: QApplication) -> None:
    source = WindowsSleeps(qapp)
    heard: list[bool] = []
    source.open(heard.append)
    for kind, number, what in ((b"windows_generic_MSG", 0x0010, 4), (b"xcb_generic_event_t", 0x0218, 4)):
        message = wintypes.MSG()
        message.message, message.wParam = number, what
        source.nativeEventFilter(kind, ctypes.addressof(message))
    other = wintypes.MSG()
    other.message, other.wParam = 0x0218, 0x000A  # from the mains to the battery
    source.nativeEventFilter(b"windows_generic_MSG", ctypes.addressof(other))
    source.close()
    assert heard == []


def test_a_mac_is_let_sleep_at_once() -> None:
    framework = Framework()
    source = MacSleeps(framework, framework, "modes")
    source.open(lambda _asleep: None)
    framework.say(True)
    assert framework.allowed == [(42, 11), (42, 12)]
    assert framework.sources == [(7, 5, "modes")]
    source.close()
    assert framework.left == 1


@pytest.mark.parametrize(
    ("platform", "kind"), [("win32", WindowsSleeps), ("darwin", MacSleeps), ("linux", LogindSleeps)]
)
def test_each_system_has_its_own(qapp: QApplication, platform: str, kind: type) -> None:
    assert isinstance(choose_source(qapp, platform), kind)


# ------------------------------------------------------------ the watch


class Source(QObject):
    def __init__(self, hears: bool = True) -> None:
        super().__init__()
        self.hears = hears
        self.say: Say = lambda _asleep: None
        self.closed = 0

    def open(self, say: Say) -> bool:
        self.say = say
        return self.hears

    def close(self) -> None:
        self.closed += 1


class Clocks:
    def __init__(self) -> None:
        self.wall, self.monotonic = 1e9, 100.0

    def watch(self, source: Source) -> SleepWatch:
        return SleepWatch(lambda: source, wall=lambda: self.wall, monotonic=lambda: self.monotonic)


def test_a_sleep_is_seen_by_the_clocks_and_is_over_after_minutes(qtbot: QtBot) -> None:
    clocks, source = Clocks(), Source(hears=False)
    watch = clocks.watch(source)
    watch.open()
    clocks.wall, clocks.monotonic = clocks.wall + 2, clocks.monotonic + 2
    assert not watch.quiet
    clocks.wall += 3600
    with qtbot.waitSignal(watch.woke):
        watch.look()
    assert watch.quiet
    clocks.wall, clocks.monotonic = clocks.wall + 1, clocks.monotonic + QUIET_SECONDS + 1
    clocks.wall += QUIET_SECONDS
    watch._seen = clocks.wall, clocks.monotonic
    assert not watch.quiet
    watch.close()
    watch.close()
    assert source.closed == 1


def test_the_systems_word_is_passed_on(qtbot: QtBot) -> None:
    clocks, source = Clocks(), Source()
    watch = clocks.watch(source)
    watch.open()
    with qtbot.waitSignal(watch.said, check_params_cb=lambda asleep: asleep):
        source.say(True)
    assert watch.quiet
    with qtbot.waitSignals([watch.woke, watch.said]):
        source.say(False)
    assert watch.quiet
    watch.close()


def test_a_system_that_fails_is_no_reason_to_fail(qtbot: QtBot) -> None:
    def broken() -> SleepSource:
        raise OSError("no library")

    watch = SleepWatch(broken)
    watch.open()
    assert not watch.quiet
    watch.close()
    assert QCoreApplication.instance() is not None
