"""A small disk for a profile, that can be filled."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from subprocess import run

MEGABYTES = 256
BLOCK = b"\0" * 65_536


class Disk:
    """``why_not`` says why it cannot be filled; empty when it can."""

    def __init__(self, folder: Path, why_not: str) -> None:
        self.folder = folder
        self.why_not = why_not
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no byte free."""
        with self._ballast.open("ab", buffering=0) as file:
            size = len(BLOCK)
            while size:
                try:
                    file.write(BLOCK[:size])
                except OSError:
                    size //= 2

    def free(self) -> None:
        """Give the place back."""
        self._ballast.unlink(missing_ok=True)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """Mount a small tmpfs on ``folder``, where the system and our rights allow it."""
    folder.mkdir(parents=True, exist_ok=True)
    why_not = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "only root may mount a small disk"
    if not why_not:
        command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0700", "watchkeeper-chaos", str(folder)]
        done = run(command, capture_output=True, text=True, check=False, timeout=10)
        if done.returncode:
            why_not = f"no small disk: {done.stderr.strip()}"
    try:
        yield Disk(folder, why_not)
    finally:
        if not why_not:
            run(["umount", "-l", str(folder)], check=False, timeout=10)
