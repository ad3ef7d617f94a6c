"""What Windows knows the program by: its taskbar puts windows and shortcuts of one identifier together.

The shortcut that the setup program makes carries the same identifier, so a pinned shortcut and the window are one.
"""

import ctypes
import logging
from typing import Any, Final

IDENTIFIER: Final = "io.github.watchkeeper.Watchkeeper"

log = logging.getLogger("watchkeeper.desktop")


def name_process(shell: Any = None) -> bool:
    """Tell Windows the identifier, before the first window is made. False: there is no such thing, or it refused."""
    if shell is None:
        library = getattr(ctypes, "WinDLL", None)  # there on Windows alone
        if library is None:
            return False
        shell = library("shell32")
    call = shell.SetCurrentProcessExplicitAppUserModelID
    call.argtypes, call.restype = [ctypes.c_wchar_p], ctypes.c_long
    result = int(call(IDENTIFIER))
    if result < 0:
        log.info("Windows does not take the identifier %s: 0x%08X", IDENTIFIER, result & 0xFFFFFFFF)
    return result >= 0
