"""How long this worker may begin checks without hearing from the master."""

import asyncio
import time
from collections.abc import Callable


def awake_and_asleep_seconds() -> float:
    """Return a clock that runs in suspend too, where the system has one."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(clock) if clock is not None else time.monotonic()


class Lease:
    """One lease for all accounts of a worker. It counts from *sending* the pulse that was acknowledged."""

    def __init__(self, clock: Callable[[], float] = awake_and_asleep_seconds) -> None:
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
