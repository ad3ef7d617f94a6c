"""When a new owner looks at an account for the first time. Pure: times in, times out."""

from typing import Final

UNSTAGGERED: Final = 50
"""So many accounts that change hands together are checked at once, those of the highest priority."""
FAILOVER_GAP_MS: Final = 20
"""Between the rest of a failover."""


def first_check(
    *,
    now: int,
    planned: int | None,
    patience_ms: int,
    rank: int,
    count: int,
    interval_seconds: int,
    failover: bool,
) -> int:
    """Return when the new owner is to check (UTC ms).

    ``planned``: when the owner before wanted to; ``patience_ms``: how long the service had asked it to wait, 0 if it
    had not; ``rank`` of ``count`` that change hands together, by priority; ``failover``: their owner died.

    What a service asked for holds whoever the owner is; a back-off does not, for it may have been the owner that could
    not reach the service. The first of a failover are checked at once: nobody knows what their owner missed. Others are
    checked when they would have been anyway, so that one that changes hands again and again never waits longer than its
    interval. Those that are late, or waited for a push, follow by priority: the first at once, the rest quickly after a
    failover and over one interval at a start.
    """
    interval_ms = interval_seconds * 1000
    if patience_ms and planned is not None:
        return max(now, min(planned, now + patience_ms))
    first = rank < UNSTAGGERED
    if planned is not None and now < planned <= now + interval_ms and not (failover and first):
        return planned
    if first:
        return now
    place = rank - UNSTAGGERED + 1
    if failover:
        return now + place * FAILOVER_GAP_MS % interval_ms
    return now + interval_ms * place // max(1, count - UNSTAGGERED)


CATCH_UP_GAP_MS: Final = 40
"""Between two accounts that are caught up with after the machine slept."""


def caught_up(*, now: int, planned: int | None, not_before: int | None, rank: int) -> tuple[int, bool]:
    """Return when an account is checked after the machine slept (UTC ms), and whether it takes one of the turns.

    ``planned``: when it was due, None when nobody knows what was missed: a push connection that stands no more, a
    back-off of a network that is another one by now; ``not_before``: what its service asked for, which holds all the
    same; ``rank``: how many take their turn before it.
    """
    if planned is not None and planned > now:
        return max(planned, not_before or 0), False
    turn = now + rank * CATCH_UP_GAP_MS
    if not_before is not None and not_before > turn:
        return not_before, False
    return turn, True
