"""Which program is started for what: from source this interpreter, in a package one of its own executables.

A package has the program itself and the keeper of jobs; on Windows the program is there twice, with a console and
without, and whatever runs unseen is started by the one that has standard streams.
"""

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Final

from worker.version import __version__

WITH_CONSOLE: Final = "watchkeeper-cli.exe"
WITHOUT_CONSOLE: Final = "watchkeeper.exe"
KEEPER: Final = "watchkeeper-keeper"
SEARCHED: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH", "SHLIB_PATH")
"""Where a package's loader puts its own folder of libraries."""
KEEPERS: Final = "WATCHKEEPER_KEEPERS"
"""Set by a package whose own folder goes when the program ends: where it put the keeper, which must stay."""
PRIVATE: Final = ("_PYI_", "_MEIPASS", "PYINSTALLER_")


def packaged() -> bool:
    """Return whether this is a package, with executables of its own, and not Python with a script."""
    return bool(getattr(sys, "frozen", False))


def console_program() -> str:
    """Return the executable of a package for the command line, workers and whatever else has no window."""
    return _beside(WITH_CONSOLE)


def window_program() -> str:
    """Return the executable of a package that opens the window."""
    return _beside(WITHOUT_CONSOLE)


def keeper_program() -> str | None:
    """Return the executable that keeps jobs: in a folder of its own, so that an update can replace all the rest.

    None where a package has none; then the program does it itself.
    """
    folder = Path(sys.executable).parent
    name = f"{KEEPER}.exe" if sys.platform == "win32" else KEEPER
    elsewhere = os.environ.get(KEEPERS, "")
    # An application of macOS has no data among its programs.
    for place in (*((Path(elsewhere),) if elsewhere else ()), folder, folder.parent / "Resources"):
        path = place / f"keeper-{__version__}" / name
        if path.is_file():
            return str(path)
    return None


def release_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let go of what the loader of a package added: programs that are started find their own libraries.

    The loader is done when this is called; what it set is of use to nobody else.
    """
    if not packaged():
        return
    for name in SEARCHED:
        before = environment.pop(f"{name}_ORIG", None)
        if before:
            environment[name] = before
        else:
            environment.pop(name, None)
    for name in [name for name in environment if name.startswith(PRIVATE)]:
        del environment[name]
    if sys.platform == "win32":
        _release_libraries()


def foreign_path(value: str) -> str:
    """Return a ``PATH`` without folders inside of a package: on Windows the window's library puts its own first."""
    inside = getattr(sys, "_MEIPASS", None)
    if inside is None:
        return value
    return os.pathsep.join(
        part for part in value.split(os.pathsep) if not part or not Path(part).is_relative_to(inside)
    )


if sys.platform == "win32":

    def _release_libraries() -> None:
        """Programs that are started would look for their libraries in our folder first; this process still may."""
        import ctypes

        os.add_dll_directory(str(getattr(sys, "_MEIPASS", Path(sys.executable).parent)))
        ctypes.WinDLL("kernel32").SetDllDirectoryW(None)


def _beside(name: str) -> str:
    """Return the executable of that name in the folder of this one; this one where a system has no such pair."""
    if sys.platform == "win32":
        path = Path(sys.executable).with_name(name)
        if path.is_file():
            return str(path)
    return sys.executable
