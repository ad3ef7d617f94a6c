"""Tells whether this process itself stood still, by how late its ticks come. Pure: times in, verdicts out."""

from typing import Final

TICK_SECONDS: Final = 1.0
"""From one tick to the next."""
LATE_SECONDS: Final = 0.5
"""A tick that comes so much later means that this process was stopped, or its loop held."""
LONGEST_SECONDS: Final = 5.0
"""So much time awake may pass in ticks that are late one after the other; then others are judged all the same."""


class Standstills:
    """Signs of life that came meanwhile wait to be handled: nobody is judged before they were."""

    def __init__(self) -> None:
        self._ticked_at: float | None = None
        self._awake_seconds = 0.0
        """While all ticks were late."""

    def tick(self, now: float) -> tuple[float, bool]:
        """Note a tick at ``now`` (monotonic seconds).

        Returns the seconds in which this process stood still since the tick before, and whether anybody may be judged.
        """
        before, self._ticked_at = self._ticked_at, now
        lag = now - before - TICK_SECONDS if before is not None else 0.0
        if lag < LATE_SECONDS:
            self._awake_seconds = 0.0
            return 0.0, True
        if self._awake_seconds >= LONGEST_SECONDS:
            return 0.0, True
        self._awake_seconds += TICK_SECONDS
        return lag, False
