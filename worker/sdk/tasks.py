"""Two things at once, for a runner that does its work in Python."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Stopped(Exception):
    """The run is to end."""


async def beside(work: Coroutine[Any, Any, T], other: Coroutine[Any, Any, object]) -> T:
    """Return what ``work`` comes to; ``other`` runs beside it and is cancelled with its end.

    What ``other`` raises ends the work and is raised; its own end does not.
    """
    doing = asyncio.create_task(work, name="work")  # noqa: TID251 (the one place)
    watching = asyncio.create_task(other, name="beside")  # noqa: TID251 (the one place)
    try:
        await asyncio.wait((doing, watching), return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            # Raises what it raised.
            watching.result()
            await asyncio.wait((doing,))
        return doing.result()
    finally:
        for task in (doing, watching):
            task.cancel()
        await asyncio.gather(doing, watching, return_exceptions=True)


async def unless(stopping: asyncio.Event, work: Coroutine[Any, Any, T]) -> T:
    """Return what ``work`` comes to. Once ``stopping`` is set it is cancelled, and ``Stopped`` is raised."""
    return await beside(work, _raise_when(stopping))


async def _raise_when(stopping: asyncio.Event) -> None:
    await stopping.wait()
    raise Stopped
