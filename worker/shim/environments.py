"""What the programs of jobs find around them."""

import os
import sys

_OURS = ("WATCHKEEPER_", "_PYI_", "_MEIPASS", "PYINSTALLER_")


def environment() -> dict[str, str]:
    """Return what a program of the user's gets: as before a package changed where libraries are found."""
    env = {name: value for name, value in os.environ.items() if not name.upper().startswith(_OURS)}
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        before = env.pop(f"{name}_ORIG", None)
        if before is not None:
            env[name] = before
        elif getattr(sys, "frozen", False):
            env.pop(name, None)
    return env


def release_libraries() -> None:
    """On Windows, a program that is started would look for its libraries in the folder of a package first."""
    if sys.platform == "win32" and getattr(sys, "frozen", False):
        import ctypes

        os.add_dll_directory(str(getattr(sys, "_MEIPASS", os.path.dirname(sys.executable))))
        ctypes.WinDLL("kernel32").SetDllDirectoryW(None)
