"""How far long work has come: one line on the terminal's stderr, none for programs and pipes."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from master.cli.output import fit, terminal_width
from master.tasks import Tasks

PATIENCE_SECONDS: Final = 0.5
"""What is done sooner needs no line."""
DRAW_SECONDS: Final = 0.1
BAR: Final = 24
SPINNER: Final = "|/-\\"
MEGABYTE: Final = 1_000_000


class Progress:
    """Counts what was done: of ``total`` where that is known."""

    def __init__(self, label: str, total: int | None = None) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self._begun = time.monotonic()

    def add(self, size: int) -> None:
        """So much more was done."""
        self.done += size

    def begin(self, label: str, total: int | None = None) -> None:
        """The next part of the work begins."""
        self.label, self.total, self.done = label, total, 0

    def line(self, turn: int) -> str:
        """Return the line as it is now."""
        seconds = int(time.monotonic() - self._begun)
        said = f"{self.label} {seconds // 60}:{seconds % 60:02}"
        amount = f"  {self.done / MEGABYTE:.1f} MB" if self.done else ""
        if not self.total:
            return f"{SPINNER[turn % len(SPINNER)]} {said}{amount}"
        share = min(1.0, self.done / self.total)
        full = round(share * BAR)
        return f"[{'#' * full}{'.' * (BAR - full)}] {share:4.0%}  {said}{amount}"


@asynccontextmanager
async def working(label: str, *, quiet: bool, total: int | None = None) -> AsyncIterator[Progress]:
    """Show how far the work in this block has come, when it takes longer than half a second at a terminal."""
    progress = Progress(label, total)
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield progress
        return
    tasks = Tasks()
    tasks.spawn(_draw(progress), name="progress")
    try:
        yield progress
    finally:
        await tasks.close()


async def _draw(progress: Progress) -> None:
    await asyncio.sleep(PATIENCE_SECONDS)
    turn = 0
    try:
        while True:
            room = terminal_width() - 1
            _write("\r" + fit(progress.line(turn), room).ljust(room))
            turn += 1
            await asyncio.sleep(DRAW_SECONDS)
    finally:
        _write("\r" + " " * (terminal_width() - 1) + "\r")


def _write(words: str) -> None:
    sys.stderr.write(words)
    sys.stderr.flush()
