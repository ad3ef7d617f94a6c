"""The workers that start with the master: waited for once, and for a moment only."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

SETTLE_SECONDS: Final = 2.0


class Arrivals:
    """Says when all are here, or 2 s after the first came."""

    def __init__(self, settled: Callable[[], None]) -> None:
        """``settled()`` is called once; who is not here by then is not waited for."""
        self._settled = settled
        self._expected: set[str] | None = set()
        self._timer: asyncio.TimerHandle | None = None

    def expect(self, worker_ids: Iterable[str]) -> None:
        """Begin to wait for these; for nobody is no waiting."""
        self._expected = set(worker_ids)
        if not self._expected:
            self._settle()

    def arrived(self, worker_id: str) -> None:
        """A worker is here."""
        if self._expected is None:
            return
        self._expected.discard(worker_id)
        if not self._expected:
            self._settle()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SETTLE_SECONDS, self._settle)

    def gone(self, worker_id: str) -> None:
        """A worker's process ended: if it was waited for, it is not any more."""
        if self._expected is not None and worker_id in self._expected:
            self.arrived(worker_id)

    def close(self) -> None:
        """Wait no longer, and say nothing."""
        if self._timer is not None:
            self._timer.cancel()

    def _settle(self) -> None:
        self._expected = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._settled()
