"""A console that goes, by what stands for the library of Windows."""

import ctypes
import sys
import threading
from typing import Any

import pytest

from master.cli.console_events import CLOSE, LOGOFF, SHUTDOWN, hold_console


class Kernel:
    """kernel32, as far as it is asked: it keeps handlers, and asks the newest first, each on a thread of its own."""

    def __init__(self, takes: bool = True) -> None:
        self.takes = takes
        self.handlers: list[Any] = []
        self.SetConsoleCtrlHandler: Any = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)(self._set)

    def _set(self, handler: int, add: int) -> int:
        if not self.takes:
            return 0
        if add:
            self.handlers.append(handler)
        else:
            self.handlers.remove(handler)
        return 1

    def send(self, event: int, answers: list[int]) -> threading.Thread:
        call = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)(ctypes.c_int, ctypes.c_uint32)(self.handlers[-1])
        thread = threading.Thread(target=lambda: answers.append(call(event)))
        thread.start()
        return thread


@pytest.mark.parametrize("event", [CLOSE, LOGOFF, SHUTDOWN])
def test_the_end_waits_until_everything_has_stopped(event: int) -> None:
    kernel, stopped, asked, answers = Kernel(), threading.Event(), threading.Event(), list[int]()
    release = hold_console(asked.set, stopped, kernel)
    thread = kernel.send(event, answers)
    assert asked.wait(60)
    assert answers == []
    stopped.set()
    thread.join(60)
    assert answers == [1]
    release()
    assert kernel.handlers == []


@pytest.mark.parametrize("event", [0, 1])
def test_what_comes_as_a_signal_is_left_to_python(event: int) -> None:
    kernel, asked, answers = Kernel(), threading.Event(), list[int]()
    release = hold_console(asked.set, threading.Event(), kernel)
    kernel.send(event, answers).join(60)
    assert answers == [0]
    assert not asked.is_set()
    release()


def test_without_a_console_there_is_nothing_to_hold() -> None:
    kernel = Kernel(takes=False)
    hold_console(lambda: None, threading.Event(), kernel)()
    assert kernel.handlers == []


@pytest.mark.skipif(sys.platform == "win32", reason="it has one")
def test_other_systems_have_no_such_thing() -> None:
    hold_console(lambda: None, threading.Event())()
