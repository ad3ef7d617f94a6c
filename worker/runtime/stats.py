"""Counters that the heartbeat reports."""

from dataclasses import dataclass


@dataclass(slots=True)
class Stats:
    """What this worker did since it started."""

    checks: int = 0
    errors: int = 0
    """Failed checks."""
    items: int = 0
    """Items that the master stored as new."""
    active: int = 0
    """Checks that run now."""
    round_trip_ms: float | None = None
    """Of the last pulse."""
