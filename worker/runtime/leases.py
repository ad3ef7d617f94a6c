"""How long this worker may begin checks without hearing from the master."""

import asyncio
from collections.abc import Callable

from worker.protocol.clocks import elapsed_seconds


class Lease:
    """One lease for all accounts of a worker. It counts from *sending* the pulse that was acknowledged."""

    def __init__(self, clock: Callable[[], float] = elapsed_seconds) -> None:
        self._clock = clock
        self._ends = 0.0
        self._waiting: set[asyncio.Future[None]] = set()

    def now(self) -> float:
        """Return the clock by which the lease is counted, in seconds."""
        return self._clock()

    def renew(self, sent_at: float, lease_ms: int) -> None:
        """The master acknowledged what was sent at ``sent_at`` (by :meth:`now`). It never shortens the lease."""
        self._ends = max(self._ends, sent_at + lease_ms / 1000)
        if self.holds():
            for waiting in self._waiting:
                if not waiting.done():
                    waiting.set_result(None)

    def end(self) -> None:
        """The master no longer counts on it: nothing may begin before the next registration."""
        self._ends = 0.0

    def holds(self) -> bool:
        """A check may begin."""
        return self._clock() < self._ends

    async def held(self) -> None:
        """Wait until the lease holds."""
        while not self.holds():
            waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(waiting)
            try:
                await waiting
            finally:
                self._waiting.discard(waiting)
