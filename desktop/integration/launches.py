"""Starts this program once more, as a process of its own."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QProcess

from worker.programs import packaged, window_program
from worker.version import __version__

LIVE, CURRENT = "live", "current"
"""How the package for Debian lies: each version in a folder of its own below the one, and what leads to the newest."""
LAUNCHER: Final = "started-by.txt"
"""A package that keeps each version in a folder of its own puts it beside the program: the path that stays."""


def program() -> list[str]:
    """Return what starts the desktop, today and after an update: the packaged program, or Python with the module."""
    return [lasting_path()] if packaged() else [sys.executable, "-m", "desktop"]


def lasting_path(environment: Mapping[str, str] = os.environ, executable: str = "") -> str:
    """Return the path of the packaged program that also stands in an entry of the system after an update.

    An AppImage runs from a folder that goes when it ends: its own file stays. Packages of distributions say a path.
    """
    executable = executable or window_program()
    image, mounted = environment.get("APPIMAGE", ""), environment.get("APPDIR", "")
    if image and mounted and Path(executable).is_relative_to(mounted):
        return image
    try:
        named = (Path(executable).parent / LAUNCHER).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return executable
    return named if Path(named).is_absolute() else executable


def replaceable(executable: str = "") -> bool:
    """Return whether a package can put a newer version beside this program while it runs."""
    return packaged() and Path(executable or window_program()).parent.parent.name == LIVE


def next_version(executable: str = "") -> str:
    """Return the version that the next start is of, "" when it is this one. Reads one link."""
    folder = Path(executable or window_program()).parent
    try:
        newest = (folder.parent.parent / CURRENT).readlink().name
    except OSError:
        return ""
    # A number at the end tells trees of the same version apart.
    return "" if newest == folder.name or newest.startswith(f"{__version__}.") or newest == __version__ else newest


def start_demo() -> bool:
    """Open the demo in a window of its own, on a profile of its own that goes with it. False: it did not start."""
    executable, *arguments = program()
    process = QProcess()
    process.setProgram(executable)
    process.setArguments([*arguments, "demo"])
    started: tuple[bool, int] | bool = process.startDetached()
    return started[0] if isinstance(started, tuple) else started
