"""What no code expected: an exception in a slot, in a callback of a loop, in a thread. Logged, told once, survived."""

import asyncio
import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

log = logging.getLogger("watchkeeper.desktop")

Tell = Callable[[BaseException], None]


class FaultGuard:
    """Stands at the process's hooks from :meth:`install` to :meth:`close`. ``tell`` may be set once there is a window.

    ``tell`` runs on the GUI thread alone; what fails elsewhere is logged.
    """

    def __init__(self, tell: Tell | None = None) -> None:
        self.tell = tell
        self._telling = False
        self._before = sys.excepthook, sys.unraisablehook, threading.excepthook

    def install(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """Take the hooks over; ``loop``: the GUI's, whose callbacks have no other guard."""
        self._before = sys.excepthook, sys.unraisablehook, threading.excepthook
        sys.excepthook = self.on_exception
        sys.unraisablehook = self._on_unraisable
        threading.excepthook = self._on_thread
        if loop is not None:
            loop.set_exception_handler(self._on_loop)

    def close(self) -> None:
        """Give the hooks back."""
        sys.excepthook, sys.unraisablehook, threading.excepthook = self._before

    def on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, where: str = "a slot"
    ) -> None:
        """Log an exception with its traceback, then say that something failed."""
        if not issubclass(kind, Exception):
            self._before[0](kind, error, trace)
            return
        log.error("%s of the window failed", where, exc_info=(kind, error, trace))
        if self.tell is None or self._telling or threading.current_thread() is not threading.main_thread():
            return
        self._telling = True
        try:
            self.tell(error)
        except Exception:  # the guard of the guard: what tells of a failure must not fail the application
            log.exception("the failure could not be shown")
        finally:
            self._telling = False

    def _on_unraisable(self, fault: "sys.UnraisableHookArgs") -> None:
        error = fault.exc_value or fault.exc_type()
        self.on_exception(fault.exc_type, error, fault.exc_traceback, fault.err_msg or "a callback")

    def _on_thread(self, fault: threading.ExceptHookArgs) -> None:
        error = fault.exc_value or fault.exc_type()
        self.on_exception(fault.exc_type, error, fault.exc_traceback, "a thread")

    def _on_loop(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.on_exception(type(error), error, error.__traceback__, "a callback")
        else:
            log.error("the loop of the window: %s", context.get("message", ""))
