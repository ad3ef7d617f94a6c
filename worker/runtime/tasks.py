"""Background tasks of the worker: the only place that makes them, so that none is lost or forgotten."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger(__name__)


class Tasks:
    """Keeps named tasks until they end, logs what they raise, and ends those that are left at :meth:`close`."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run ``coroutine`` in the background. What it raises is logged with its traceback."""
        task = asyncio.create_task(coroutine, name=name)  # noqa: TID251 (the one place)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel what runs and wait for its end."""
        current = asyncio.current_task()
        while left := [task for task in self._tasks if task is not current]:
            for task in left:
                task.cancel()
            # Not gather: that would hold whoever gives up waiting until the last stubborn one has ended.
            await asyncio.wait(left)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("the task %r failed", task.get_name(), exc_info=error)


async def end(task: asyncio.Task[Any] | None) -> None:
    """Cancel ``task`` and wait for its end, whatever it raises; its keeper has logged that."""
    if task is None:
        return
    task.cancel()
    await asyncio.wait([task])
