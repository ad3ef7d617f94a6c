"""Waiting for something to become true, with a deadline; never a fixed sleep."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

T = TypeVar("T")
PATIENCE_SECONDS: Final = 60.0
"""How long a test waits for what it wants. What comes soon costs none of it; a machine that does much else needs it."""
SHORTEST: Final = 0.005
LONGEST: Final = 0.05
SHARE: Final = 0.05
"""Seconds between two looks: the longer it takes, the rarer, so that who looks does not hold up what is looked for."""


def wait_until(condition: Callable[[], T], seconds: float = PATIENCE_SECONDS, what: str = "") -> T:
    """Poll ``condition`` until its value is true and return that value. Raises ``AssertionError`` at the deadline."""
    began = time.monotonic()
    while True:
        value = condition()
        if value:
            return value
        passed = time.monotonic() - began
        if passed >= seconds:
            raise AssertionError(f"not within {seconds} s: {what or condition}")
        time.sleep(pause(passed))


async def until(condition: Callable[[], T | Awaitable[T]], seconds: float = PATIENCE_SECONDS, what: str = "") -> T:
    """As :func:`wait_until` for a running loop; ``condition`` may be a coroutine function."""
    began = time.monotonic()
    while True:
        value = condition()
        if isinstance(value, Awaitable):
            value = await value
        if value:
            return value
        passed = time.monotonic() - began
        if passed >= seconds:
            raise AssertionError(f"not within {seconds} s: {what or condition}")
        await asyncio.sleep(pause(passed))


def pause(passed: float) -> float:
    """Return the seconds until the next look at what has been waited for ``passed`` seconds."""
    return min(LONGEST, max(SHORTEST, passed * SHARE))
