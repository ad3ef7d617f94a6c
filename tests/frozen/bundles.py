"""The built program, where there is one."""

import sys
from pathlib import Path

import pytest

from tests.architecture.rules import ROOT
from worker.version import __version__

PLACE = ROOT / "dist" / "bundle" / "watchkeeper"
HOW = "python packaging/make_installers.py build"
SUFFIX = ".exe" if sys.platform == "win32" else ""


class Bundle:
    """The executables of the built program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        console = "watchkeeper-cli.exe" if sys.platform == "win32" else "watchkeeper"
        self.program = str(folder / console)
        self.keeper = str(folder / f"keeper-{__version__}" / f"watchkeeper-keeper{SUFFIX}")


def find_bundle() -> Bundle:
    """Return it; the test is skipped where it was not built, or of another version."""
    if sys.platform == "darwin":
        pytest.skip("an application of macOS is proven by packaging/make_installers.py selftest")
    found = Bundle(PLACE)
    if not Path(found.program).is_file():
        pytest.skip(f"the program is not built: {HOW}")
    if not Path(found.keeper).is_file():
        pytest.skip(f"the built program is not of version {__version__}: {HOW}")
    return found
