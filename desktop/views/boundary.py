"""The error boundary: what fails in one page fails in that page, with its traceback in the log."""

import logging
from collections.abc import Callable, Collection
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


SHOWING = frozenset({"refresh", "tick", "look"})
"""What a page shows what its models say with."""


def failed_page(error: BaseException, pages: Collection[T]) -> T | None:
    """Return the page of ``pages`` that raised ``error`` while it showed its models; None if none did.

    Qt calls slots: what they raise arrives at the process's hook, where only its traceback tells whose it is. What
    failed elsewhere, such as under a button, leaves the page as good as it was.
    """
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_code.co_name in SHOWING:
            owner = frame.f_locals.get("self")
            for page in pages:
                if page is owner:
                    return page
        trace = trace.tb_next
    return None
