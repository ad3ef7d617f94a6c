"""What is said to systems that slow down programs in the background, by what stands for their libraries."""

import ctypes
import sys
from collections.abc import Callable
from typing import Any

import pytest

from master.deploy import throttlings
from master.deploy.throttlings import spare, spare_on_mac, spare_on_windows, spare_this


class Called:
    def __init__(self, answer: Callable[..., Any]) -> None:
        self._answer = answer
        self.restype: Any = None
        self.argtypes: Any = None

    def __call__(self, *given: Any) -> Any:
        return self._answer(self, *given)


class Kernel:
    """kernel32, as far as it is asked. ``masks``: which wishes it grants."""

    def __init__(self, *masks: int, opens: int = 77) -> None:
        self.masks = masks
        self.calls: list[tuple[Any, ...]] = []
        self.GetCurrentProcess = Called(lambda _self: 1)
        self.OpenProcess = Called(lambda _self, *given: self.calls.append(("open", *given)) or opens)
        self.CloseHandle = Called(lambda _self, handle: self.calls.append(("close", handle.value)))
        self.SetProcessInformation = Called(self._set)

    def _set(self, _called: Called, handle: Any, kind: int, pointer: Any, size: int) -> int:
        wanted = pointer._obj
        assert (kind, size, wanted.version, wanted.state) == (4, ctypes.sizeof(wanted), 1, 0)
        self.calls.append(("set", handle.value, wanted.control))
        return int(wanted.control in self.masks)


def test_windows_runs_this_process_at_its_usual_speed() -> None:
    kernel = Kernel(5)
    assert spare_on_windows(None, kernel)
    assert kernel.calls == [("set", 1, 5)]


def test_an_older_windows_knows_only_half_of_it() -> None:
    kernel = Kernel(1)
    assert spare_on_windows(4711, kernel)
    assert kernel.calls == [("open", 0x0200, False, 4711), ("set", 77, 5), ("set", 77, 1), ("close", 77)]


def test_a_windows_that_refuses_is_no_error() -> None:
    assert not spare_on_windows(4711, Kernel())
    assert not spare_on_windows(4711, Kernel(5, opens=0))


class Runtime:
    """libobjc, as far as it is asked."""

    def __init__(self, *, knows: bool = True) -> None:
        self.knows = knows
        self.sent: list[tuple[Any, ...]] = []
        self.objc_getClass = Called(lambda _self, name: name)
        self.sel_registerName = Called(lambda _self, name: name)
        self.objc_msgSend = Called(self._send)

    def _send(self, called: Called, target: Any, selector: bytes, *given: Any) -> Any:
        assert len(called.argtypes) == 2 + len(given), "a wrong number of registers is a crash there"
        self.sent.append((target, selector, *given))
        if selector == b"beginActivityWithOptions:reason:" and not self.knows:
            return 0
        return {b"processInfo": "info", b"stringWithUTF8String:": "words"}.get(selector, "activity")


def test_a_mac_keeps_app_nap_away_until_it_is_over() -> None:
    runtime = Runtime()
    end = spare_on_mac(runtime)
    assert end is not None
    assert ("info", b"beginActivityWithOptions:reason:", 0x00EFFFFF, "words") in runtime.sent
    assert runtime.sent[-1] == ("activity", b"retain")
    end()
    assert runtime.sent[-2:] == [("info", b"endActivity:", "activity"), ("activity", b"release")]


def test_a_mac_that_does_not_know_it_is_no_error() -> None:
    assert spare_on_mac(Runtime(knows=False)) is None


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_a_library_that_is_not_there_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(throttlings.sys, "platform", platform)

    def missing(name: str) -> Any:
        raise OSError(name)

    monkeypatch.setattr(throttlings.ctypes, "CDLL", missing)
    monkeypatch.delattr(throttlings.ctypes, "windll", raising=False)
    spare_this()()
    spare(4711)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="where nothing is slowed down")
def test_elsewhere_nothing_is_to_be_done() -> None:
    spare_this()()
    spare(1)
