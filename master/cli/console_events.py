"""A console that is closed, and the end of a session: Windows ends the process as soon as its handler has returned.

So the handler asks for the end and returns when everything has stopped. Ctrl-C and Ctrl-Break come as signals.
"""

import ctypes
import threading
from collections.abc import Callable
from typing import Any, Final

CLOSE: Final = 2
LOGOFF: Final = 5
SHUTDOWN: Final = 6
HOLD_SECONDS: Final = 4.5
"""Windows gives a process five."""
_HELD: Final[list[Any]] = []
"""What the system may call must not be collected as garbage."""


def hold_console(ask: Callable[[], object], stopped: threading.Event, kernel: Any = None) -> Callable[[], None]:
    """Have ``ask`` called, on a thread of the system's, when the console goes; it goes on when ``stopped`` is set.

    Returns what takes the handler away again, to be called at the end. Does nothing on other systems.
    """
    if kernel is None:
        library = getattr(ctypes, "WinDLL", None)  # there on Windows alone
        if library is None:
            return lambda: None
        kernel = library("kernel32")
    prototype = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)(ctypes.c_int, ctypes.c_uint32)

    def handle(event: int) -> int:
        if event not in (CLOSE, LOGOFF, SHUTDOWN):
            return 0  # the next handler: Python's own
        ask()
        stopped.wait(HOLD_SECONDS)
        return 1

    handler = prototype(handle)
    kernel.SetConsoleCtrlHandler.argtypes = [prototype, ctypes.c_int]
    kernel.SetConsoleCtrlHandler.restype = ctypes.c_int
    if not kernel.SetConsoleCtrlHandler(handler, 1):
        return lambda: None  # a process without a console has none that could go

    _HELD.append(handler)

    def release() -> None:
        kernel.SetConsoleCtrlHandler(handler, 0)
        _HELD.remove(handler)

    return release
