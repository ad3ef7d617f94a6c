"""What a worker's memory says of its next step (pure)."""

from enum import StrEnum
from typing import Final

SOFT_SHARE: Final = 0.85
"""Of the limit: from here on the worker is recycled in order."""
RECYCLED_SECONDS: Final = 60.0
"""Recycling again sooner than this says that the limit is too near to what the worker needs at all."""
MEGABYTE: Final = 1024 * 1024


class Memory(StrEnum):
    """How near a worker is to its limit."""

    FINE = "fine"
    SOFT = "soft"
    """Hand its accounts over and begin anew."""
    HARD = "hard"
    """Kill it before it takes the machine down."""


def recycles_in_vain(now: float, before: float | None) -> bool:
    """Judge a recycling at ``now`` by the one ``before`` (seconds of one clock; None: there was none)."""
    return before is not None and now - before < RECYCLED_SECONDS


def judge_memory(rss_bytes: int | None, told_bytes: int | None, limit_mb: int) -> Memory:
    """Judge what the system says (``rss_bytes``) and what the worker's last heartbeat told; None: not known."""
    if rss_bytes is not None and rss_bytes > limit_mb * MEGABYTE:
        return Memory.HARD
    known = max(rss_bytes or 0, told_bytes or 0)
    return Memory.SOFT if known > limit_mb * MEGABYTE * SOFT_SHARE else Memory.FINE
