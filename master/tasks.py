"""Background tasks of the master: the only place that makes them, so that none is lost or forgotten."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final

logger = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 5.0
"""A task that swallowed its cancellation is cancelled again after so long; others have tidied up by then."""


class Tasks:
    """Keeps named tasks until they end, logs what they raise, and ends those that are left at :meth:`close`."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def spawn(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run ``coroutine`` in the background. After :meth:`close` it is cancelled before it begins."""
        task = asyncio.create_task(coroutine, name=name)  # noqa: TID251 (the one place)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        if self._closed:
            task.cancel()
        return task

    def names(self) -> list[str]:
        """Return the names of those that have not ended."""
        return sorted(task.get_name() for task in self._tasks if not task.done())

    async def close(self) -> None:
        """Cancel what runs and wait for its end."""
        self._closed = True
        current = asyncio.current_task()
        while left := [task for task in self._tasks if task is not current]:
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=AGAIN_SECONDS)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("the task %r failed", task.get_name(), exc_info=error)
