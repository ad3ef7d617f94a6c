"""Finds workers whose lease ended though their process stands: frozen, starved, or cut off."""

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import Final

from master.services.leases import Leases

logger = logging.getLogger(__name__)

IDLE_SECONDS: Final = 0.25
"""The longest time between two looks."""
SETTLE_SECONDS: Final = 0.02
"""Pulses that came in while this was asleep are handled within that time, before anybody is judged."""
OWN_STALL_SECONDS: Final = 0.2
"""A look that comes so much later than it should means that this process stood still, or the machine slept."""
LONGEST_GRACE_SECONDS: Final = 1.5
"""So long after a standstill of its own nobody is judged."""
SLEEP_SECONDS: Final = 5.0
"""A longer one was the machine's sleep: then it is as long as it may be."""
MACHINE_SECONDS: Final = 5.0
"""So long nobody moves while most workers are late at once, or we stand still again and again: it is the machine."""
MACHINE_WORKERS: Final = 3
"""With fewer workers nothing can be said of the machine."""


class StallWatch:
    """Sleeps until the next lease could end; judges nobody by a clock that stood still itself."""

    def __init__(
        self, leases: Leases, holders: Callable[[], Collection[str]], on_late: Callable[[list[str]], None]
    ) -> None:
        """``holders``: workers that hold accounts and were not judged yet; ``on_late``: their leases ended."""
        self._leases = leases
        self._holders = holders
        self._on_late = on_late
        self._machine_since: float | None = None
        self._stalling_since: float | None = None
        self._grace_ends = 0.0

    async def run(self) -> None:
        """Watch for ever."""
        while True:
            try:
                await self._look()
            except Exception:
                # The supervisor's guard: one failed look must not leave frozen workers unseen for ever.
                logger.exception("looking for late workers failed")
                await asyncio.sleep(IDLE_SECONDS)

    async def _look(self) -> None:
        began = self._leases.now()
        pause = self._pause(began)
        await asyncio.sleep(pause)
        now = self._leases.now()
        if self._stood_still(now, now - began - pause):
            return
        if self._late():
            await asyncio.sleep(SETTLE_SECONDS)
        late = self._late()
        if not late:
            self._machine_since = None
        elif not self._is_machine(late):
            self._on_late(late)

    def _stood_still(self, now: float, lag: float) -> bool:
        """This process itself was late, or was a moment ago: pulses wait to be handled. True for 5 s on end at most."""
        if lag > OWN_STALL_SECONDS:
            if self._stalling_since is None:
                self._stalling_since = now
            grace = MACHINE_SECONDS if lag >= SLEEP_SECONDS else min(lag, LONGEST_GRACE_SECONDS)
            self._grace_ends = min(now + grace, self._stalling_since + MACHINE_SECONDS)
        elif now >= self._grace_ends:
            self._stalling_since = None
        return now < self._grace_ends

    def _pause(self, now: float) -> float:
        ends = [end for worker in self._holders() if (end := self._leases.ends_at(worker)) is not None]
        return max(SETTLE_SECONDS, min([IDLE_SECONDS, *(end - now for end in ends if end > now)]))

    def _late(self) -> list[str]:
        now = self._leases.now()
        ends = {worker: self._leases.ends_at(worker) for worker in self._holders()}
        return [worker for worker, end in ends.items() if end is not None and end <= now]

    def _is_machine(self, late: list[str]) -> bool:
        """Most of at least three workers are late at once: wait for the machine, though not for ever."""
        count = len(self._holders())
        if count < MACHINE_WORKERS or len(late) * 2 <= count:
            self._machine_since = None
            return False
        now = self._leases.now()
        if self._machine_since is None:
            self._machine_since = now
            logger.warning("%d of %d workers are late at once: the machine is busy, nobody moves yet", len(late), count)
        return now - self._machine_since < MACHINE_SECONDS
