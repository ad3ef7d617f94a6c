"""Which moments of a plan are due, and what becomes of those that nobody was there for: pure rules."""

import random
from collections.abc import Collection
from typing import Final, NamedTuple

import msgspec

from master.services.crons import Cron
from worker.protocol.texts import Text, text

GRACE_MS: Final = 10_000
"""A moment that is dealt with so late is on time all the same: a restart, a busy machine."""
LISTED: Final = 100
"""So many missed moments are noted one by one; of older ones the first is."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a schedule says of its moments."""

    schedule_id: str
    misfire: str
    misfire_limit: int
    misfire_age_seconds: int
    jitter_seconds: int


class Missed(NamedTuple):
    """A moment that does not run."""

    planned_at: int
    why: Text


class Due(NamedTuple):
    """The moments that are due, each list in order, and each before those of the next list."""

    missed: list[Missed]
    made_up: list[int]
    """Late ones that are run now."""
    on_time: list[int]
    next_at: int | None
    """The first moment that is not due yet."""
    lost: int
    """Missed moments for which nothing makes up."""
    more: bool
    """There are more of them than are counted."""


def begins_at(plan: Plan, cron: Cron, planned_at: int) -> int:
    """Return when a moment begins: with jitter later, by a chance that is the same whenever it is asked for.

    Never after the next moment, so that none overtakes another.
    """
    if not plan.jitter_seconds:
        return planned_at
    span = plan.jitter_seconds * 1000
    following = cron.next(planned_at)
    if following is not None:
        span = min(span, following - planned_at - 1)
    return planned_at + int(random.Random(f"{plan.schedule_id} {planned_at}").random() * span)  # noqa: S311 (no secret)


def due_moments(plan: Plan, cron: Cron, next_at: int, now: int, ran: Collection[int] = ()) -> Due:
    """Sort the moments from ``next_at`` on that are due at ``now`` (UTC milliseconds); those that ``ran`` are over."""
    most = LISTED + plan.misfire_limit + GRACE_MS // 1000 + 2
    moments = cron.latest(next_at - 1, now, most)
    more = len(moments) == most and moments[0] > next_at
    if moments and begins_at(plan, cron, moments[-1]) > now:
        following: int | None = moments.pop()
    else:
        following = cron.next(max(now, next_at))
    moments = [moment for moment in moments if moment not in ran]
    # All but the last begin before the next one, which is due.
    on_time = [moment for moment in moments if begins_at(plan, cron, moment) >= now - GRACE_MS]
    late = moments[: len(moments) - len(on_time)]
    oldest = now - plan.misfire_age_seconds * 1000
    made_up = _made_up(plan, [moment for moment in late if moment >= oldest])
    left = late[: len(late) - len(made_up)]
    missed = [Missed(moment, _why(plan, moment >= oldest, bool(made_up))) for moment in left[-LISTED:]]
    more = more or len(left) > LISTED
    if more:
        missed.insert(0, Missed(next_at, text("schedule_missed_more")))
    lost = 0 if plan.misfire == "once" and made_up else len(missed)
    return Due(missed, made_up, on_time, following, lost, more and lost > 0)


def _made_up(plan: Plan, young: list[int]) -> list[int]:
    if plan.misfire == "once":
        return young[-1:]
    if plan.misfire == "all":
        return young[-plan.misfire_limit :]
    return []


def _why(plan: Plan, is_young: bool, made_up: bool) -> Text:
    if plan.misfire == "skip":
        return text("schedule_missed_skip")
    if plan.misfire == "once" and made_up:
        return text("schedule_missed_once")
    return text("schedule_missed_limit" if is_young else "schedule_missed_old")
