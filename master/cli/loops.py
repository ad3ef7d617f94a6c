"""The event loop of a command: one that can start processes, on every system."""

import asyncio
from collections.abc import Callable


def new_loop() -> asyncio.AbstractEventLoop:
    """Return a loop of its own, without a look at the process's policy: on Windows only this kind starts processes."""
    proactor: Callable[[], asyncio.AbstractEventLoop] | None = getattr(asyncio, "ProactorEventLoop", None)
    return proactor() if proactor is not None else asyncio.SelectorEventLoop()
