"""The error boundary: what fails in one page fails in that page, with its traceback in the log."""

import logging
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger("watchkeeper.desktop")
T = TypeVar("T")


def guard(what: str, act: Callable[[], T], failed: Callable[[Exception], T]) -> T:
    """Return ``act()``, or, when it raises, log it and return ``failed(error)``."""
    try:
        return act()
    except Exception as error:
        log.exception("%s failed", what)
        return failed(error)
