"""The one rule by which a worker that crashed is started again (pure)."""

from typing import Final

import msgspec

STEADY_SECONDS: Final = 60.0
"""Running that long makes what happened before forgotten."""
MAX_DELAY_SECONDS: Final = 60.0
MAX_JITTER: Final = 0.2
"""Jitter only ever shortens a delay, by at most this share."""


class RestartPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker's configuration says of restarts."""

    auto_restart: bool = True
    restart_delay_ms: int = 1000
    max_restart_attempts: int = 3


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """``failures``: consecutive abnormal exits so far; ``delay_seconds`` None: it is given up."""

    failures: int
    delay_seconds: float | None


def may_restart(policy: RestartPolicy, failures: int) -> bool:
    """Tell whether another start may follow so many consecutive abnormal exits."""
    return policy.auto_restart and failures <= policy.max_restart_attempts


def after_crash(
    policy: RestartPolicy, *, failures: int, ran_seconds: float, jitter: float, curable: bool = True
) -> Decision:
    """Decide what follows an abnormal exit.

    ``failures``: consecutive ones before this; ``ran_seconds``: how long this process was ``running`` up to its last
    sign of life (0 when it never registered); ``jitter``: a random number from 0 to 1; ``curable``: False if another
    start would end in the same way.
    """
    count = 1 if ran_seconds >= STEADY_SECONDS else failures + 1
    if not curable or not may_restart(policy, count):
        return Decision(failures=count, delay_seconds=None)
    # 2**16 ms is past the limit already: the exponent is capped so that no number grows without bound.
    delay = min(policy.restart_delay_ms / 1000 * 2 ** min(count - 1, 16), MAX_DELAY_SECONDS)
    return Decision(failures=count, delay_seconds=delay * (1 - MAX_JITTER * jitter))
