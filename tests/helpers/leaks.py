"""What a test may not leave behind: threads, tasks, child processes, and log records that nobody expected."""

import asyncio
import asyncio.runners
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable

import psutil

from tests.helpers.processes import alive, child_pids

GRACE_SECONDS = 20.0
"""How long what is ending may take to end."""


SESSION_PIDS: set[int] = set()
"""Servers that a fixture of the whole session ends; they may be started again within a test."""


class LogGuard(logging.Handler):
    """Keeps the records from WARNING on that a test makes."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record as ``LEVEL name message``."""
        text = f"{record.levelname} {record.name} {record.getMessage()}"
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        self._seen.append(text)

    def take(self, expected: Iterable[str] = ()) -> list[str]:
        """Return what no pattern of ``expected`` is found in, and begin anew."""
        patterns = [re.compile(pattern) for pattern in expected]
        seen, self._seen = self._seen, []
        return [text for text in seen if not any(pattern.search(text) for pattern in patterns)]


class TaskGuard:
    """Learns of every task that a loop still had when its runner closed; runners cancel them without a word."""

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._cancel_all: Callable[[asyncio.AbstractEventLoop], None] | None = None

    def install(self) -> None:
        """Watch all runners of this process, in any thread."""
        self._cancel_all = asyncio.runners._cancel_all_tasks
        asyncio.runners._cancel_all_tasks = self._on_close

    def uninstall(self) -> None:
        """Watch no longer."""
        if self._cancel_all is not None:
            asyncio.runners._cancel_all_tasks = self._cancel_all

    def take(self) -> list[str]:
        """Return the leaked tasks as text, and begin anew."""
        seen, self._seen = self._seen, []
        return seen

    def _on_close(self, loop: asyncio.AbstractEventLoop) -> None:
        self._seen += [f"{task.get_name()}: {task.get_coro()!r}" for task in asyncio.all_tasks(loop)]
        assert self._cancel_all is not None
        self._cancel_all(loop)


class Baseline:
    """The threads and direct child processes of this process at one moment."""

    def __init__(self) -> None:
        self._threads = set(threading.enumerate())
        self._children = child_pids()

    def leaks(self) -> list[str]:
        """Return what has been added since and does not end within ``GRACE_SECONDS``."""
        deadline = time.monotonic() + GRACE_SECONDS
        while True:
            threads = [thread for thread in threading.enumerate() if thread not in self._threads and thread.is_alive()]
            children = [pid for pid in child_pids() - self._children - SESSION_PIDS if alive(pid)]
            if not threads and not children:
                return []
            if time.monotonic() > deadline:
                return [f"thread {thread.name}" for thread in threads] + [
                    f"process {_describe(pid)}" for pid in children
                ]
            time.sleep(0.01)


def _describe(pid: int) -> str:
    try:
        return f"{pid} {' '.join(psutil.Process(pid).cmdline())[:200]}"
    except psutil.Error:
        return str(pid)
