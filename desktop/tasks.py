"""Tasks of the GUI thread's loop: named, kept until they end, their errors logged and shown once."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from master.api.client import ApiError

log = logging.getLogger("watchkeeper.desktop")


class Tasks:
    """Keeps the tasks of the window. ``on_error`` is told of every exception that a task ends with."""

    def __init__(self, on_error: Callable[[BaseException], None] | None = None) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self.on_error = on_error

    def run(self, coroutine: Coroutine[Any, Any, Any], name: str = "") -> asyncio.Task[Any]:
        """Start a coroutine on the running loop and keep it until it ends."""
        named = name or getattr(coroutine, "__qualname__", "task")
        task = asyncio.get_running_loop().create_task(coroutine, name=named)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel what runs and wait until it has ended."""
        running = [task for task in self._running if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        if isinstance(error, ApiError):
            log.info("task %s was refused: %s", task.get_name(), error)
        else:
            log.error("task %s failed", task.get_name(), exc_info=error)
        if self.on_error is not None:
            self.on_error(error)
