"""The end of the session, where answering it is the end of the process: first everything stops, then the answer."""

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final

from desktop.bridge import Engine

HOLD_SECONDS: Final = 3.0
"""Windows ends a program that takes longer than five."""

log = logging.getLogger("watchkeeper.desktop")


class SessionEnd:
    """Holds the answer while the master of this process stops. Elsewhere the signal to end comes in good time."""

    def __init__(
        self, engine: Engine, stop: Callable[[], Coroutine[Any, Any, None]], *, holds: bool = sys.platform == "win32"
    ) -> None:
        """``stop`` ends the master; it may be called again."""
        self._engine, self._stop, self._holds = engine, stop, holds

    def hold(self, _manager: object = None) -> None:
        """Stop the master before this returns. The engine does it: the window's own loop cannot run meanwhile."""
        if not self._holds or not self._engine.alive:
            return
        stopped = asyncio.run_coroutine_threadsafe(self._stop(), self._engine.loop)
        try:
            stopped.result(HOLD_SECONDS)
        except TimeoutError:
            log.warning("the session ends before everything has stopped")
        except OSError as error:
            log.warning("the master did not stop in order: %s", error)
