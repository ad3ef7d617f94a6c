"""Clocks that both sides count leases and sleep by: one runs while the machine sleeps, one stands still meanwhile."""

import ctypes
import sys
import time
from collections.abc import Callable
from typing import Final, NamedTuple


class Moment(NamedTuple):
    """The three clocks at one moment, in seconds; only differences mean anything."""

    wall: float
    """As people set it."""
    elapsed: float
    """Runs in sleep."""
    awake: float
    """Stands still in sleep, where the system has such a clock."""


def _by_id(name: str) -> Callable[[], float] | None:
    number = getattr(time, name, None)
    return None if number is None else lambda: time.clock_gettime(number)


def _unbiased() -> float:
    """Return the seconds that Windows worked since its start, without those that it slept."""
    ticks = ctypes.c_ulonglong()
    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore] # there on Windows alone
    kernel.QueryUnbiasedInterruptTime(ctypes.byref(ticks))
    return ticks.value / 10_000_000


def choose(platform: str) -> tuple[Callable[[], float], Callable[[], float]]:
    """Return the clock that runs in sleep and the one that does not, as a platform has them."""
    if platform == "darwin":
        # What Python calls monotonic stands still there; the clock of that name does not.
        return _by_id("CLOCK_MONOTONIC") or time.monotonic, _by_id("CLOCK_UPTIME_RAW") or time.monotonic
    if platform == "win32":
        return time.monotonic, _unbiased
    return _by_id("CLOCK_BOOTTIME") or time.monotonic, time.monotonic


_CHOSEN: Final = choose(sys.platform)


def elapsed_seconds() -> float:
    """Return a clock that runs in sleep too."""
    return _CHOSEN[0]()


def awake_seconds() -> float:
    """Return a clock that stands still in sleep."""
    return _CHOSEN[1]()


def read() -> Moment:
    """Read all three."""
    return Moment(time.time(), elapsed_seconds(), awake_seconds())
