"""Starts this program once more, as a process of its own."""

import sys

from PySide6.QtCore import QProcess, QProcessEnvironment


def program() -> list[str]:
    """Return what starts the desktop: the packaged program, or this interpreter with the module."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "desktop"]


def start_demo() -> bool:
    """Open the demo in a window of its own, on a profile of its own that goes with it. False: it did not start."""
    executable, *arguments = program()
    process = QProcess()
    process.setProgram(executable)
    process.setArguments([*arguments, "demo"])
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYINSTALLER_RESET_ENVIRONMENT", "1")  # a packaged program that starts itself once more
    process.setProcessEnvironment(environment)
    started: tuple[bool, int] | bool = process.startDetached()
    return started[0] if isinstance(started, tuple) else started
