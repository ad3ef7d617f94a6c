"""Finds out that the machine slept, by how far its clocks went between two looks. Pure: clocks in, seconds out."""

from typing import Final

from worker.protocol.clocks import Moment

SLEEP_SECONDS: Final = 5.0
"""A look that comes so much later than the one before means that the machine slept, or was held as if it did."""
LOOK_SECONDS: Final = 1.0
"""Looks are at most so far apart while it is awake."""


class SleepFinder:
    """Compares each look with the one before."""

    def __init__(self) -> None:
        self._before: Moment | None = None

    def look(self, now: Moment) -> float:
        """Return the seconds that the machine slept since the look before; 0: it did not.

        The clock that runs in sleep says it best. Where there is none such, or the machine is a virtual one that was
        put to rest as a whole, the wall clock does; that somebody set it forward looks the same, and does no harm.
        """
        before, self._before = self._before, now
        if before is None:
            return 0.0
        elapsed = max(now.elapsed - before.elapsed, now.awake - before.awake)
        gap = elapsed if elapsed >= SLEEP_SECONDS else now.wall - before.wall
        return max(0.0, gap - LOOK_SECONDS) if gap >= SLEEP_SECONDS else 0.0
