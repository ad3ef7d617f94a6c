"""Background tasks of the worker: the only place that makes them, so that none is lost or forgotten."""

import asyncio
import logging
import math
from collections.abc import Coroutine
from typing import Any, Final

logger = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 0.2
"""A task that swallowed its cancellation is cancelled again after so long."""


_bounded: set[asyncio.Task[Any]] = set()
"""What :func:`bounded` began and has not ended; kept, or it might be collected half-way."""


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
            await asyncio.wait(left, timeout=AGAIN_SECONDS)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("the task %r failed", task.get_name(), exc_info=error)


async def bounded(coroutine: Coroutine[Any, Any, Any], seconds: float, name: str) -> None:
    """Wait for ``coroutine`` for ``seconds``, and hardly longer even when it swallows its cancellation.

    Raises what it raises, ``RuntimeError`` for a cancellation of its own, and ``TimeoutError``; one that goes on then
    is left behind.
    """
    task = asyncio.create_task(coroutine, name=name)  # noqa: TID251 (the one place)
    _bounded.add(task)
    task.add_done_callback(_end_bounded)
    try:
        await asyncio.wait([task], timeout=seconds)
        if not task.done():
            await end(task, AGAIN_SECONDS)
            raise TimeoutError(f"{name} took longer than {seconds:g} s")
    finally:
        task.cancel()
    if task.cancelled():
        raise RuntimeError(f"{name} was cancelled from within")
    task.result()


def _end_bounded(task: asyncio.Task[Any]) -> None:
    _bounded.discard(task)
    if not task.cancelled():
        # Asked for, so that asyncio need not complain of one that was left behind.
        task.exception()


async def end(task: asyncio.Task[Any] | None, patience: float = math.inf) -> bool:
    """Cancel ``task`` and wait for its end, whatever it raises; its keeper has logged that.

    One that swallows that is asked again, for ``patience`` seconds: False if it still runs then.
    """
    if task is None:
        return True
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    while True:
        task.cancel()
        await asyncio.wait([task], timeout=max(0.0, min(AGAIN_SECONDS, deadline - loop.time())))
        if task.done():
            return True
        if loop.time() >= deadline:
            return False
