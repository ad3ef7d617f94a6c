"""What the shell that started the window is told."""

import sys
from pathlib import Path

from PySide6.QtWidgets import QWidget

EXIT_FAILED = 1


def say(line: str) -> None:
    """Tell the shell that started the window."""
    print(line, flush=True)  # noqa: T201 (what a shell is told)


def complain(sentence: str) -> None:
    """Tell the shell what is wrong."""
    print(f"watchkeeper: {sentence}", file=sys.stderr)  # noqa: T201


def save_picture(window: QWidget, path: Path | None) -> int:
    """Write a PNG of the window, where one is wanted; return the exit code."""
    if path is None:
        return 0
    if window.grab().save(str(path), "PNG"):
        say(f"screenshot {path}")
        return 0
    complain(f"--screenshot {path}: the file cannot be written.")
    return EXIT_FAILED
