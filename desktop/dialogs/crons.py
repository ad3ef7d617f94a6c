"""Cron expressions as people choose them, there and back."""

import re
from dataclasses import dataclass
from typing import Final

MINUTES, HOURLY, DAILY, WEEKLY, MONTHLY, OWN = "minutes", "hourly", "daily", "weekly", "monthly", "own"
KINDS: Final = (MINUTES, HOURLY, DAILY, WEEKLY, MONTHLY, OWN)
STEPS: Final = (1, 2, 3, 5, 10, 15, 20, 30)
"""Minutes that divide an hour: with others the last pause before the full hour is a shorter one."""
LAST: Final = "L"
"""The last day of a month, whichever that is."""
NAMES: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NUMBER = re.compile(r"[0-9]{1,2}")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is chosen. Only the parts of its ``kind`` count; days of the week from 0 (Sunday)."""

    kind: str = DAILY
    every: int = 15
    minute: int = 0
    hour: int = 3
    weekdays: tuple[int, ...] = (1,)
    day: str = "1"
    expression: str = ""


def write(plan: Plan) -> str:
    """Return the expression of a plan."""
    if plan.kind == MINUTES:
        return "* * * * *" if plan.every == 1 else f"*/{plan.every} * * * *"
    if plan.kind == HOURLY:
        return f"{plan.minute} * * * *"
    if plan.kind == DAILY:
        return f"{plan.minute} {plan.hour} * * *"
    if plan.kind == WEEKLY:
        return f"{plan.minute} {plan.hour} * * {','.join(map(str, sorted(plan.weekdays)))}"
    if plan.kind == MONTHLY:
        return f"{plan.minute} {plan.hour} {plan.day} * *"
    return plan.expression.strip()


def read(expression: str) -> Plan:
    """Return the plan of an expression; one that is none of the simple kinds is *own*."""
    own = Plan(kind=OWN, expression=expression)
    fields = expression.split()
    if len(fields) != 5 or fields[3] != "*":
        return own
    minute, hour, day, _month, weekday = fields
    if (hour, day, weekday) == ("*", "*", "*"):
        if minute == "*":
            return Plan(kind=MINUTES, every=1, expression=expression)
        step = minute.removeprefix("*/")
        if step != minute and _NUMBER.fullmatch(step) and int(step) in STEPS:
            return Plan(kind=MINUTES, every=int(step), expression=expression)
    at = _within(minute, 59)
    if at is None:
        return own
    if (hour, day, weekday) == ("*", "*", "*"):
        return Plan(kind=HOURLY, minute=at, expression=expression)
    on = _within(hour, 23)
    if on is None:
        return own
    if (day, weekday) == ("*", "*"):
        return Plan(kind=DAILY, minute=at, hour=on, expression=expression)
    if day == "*":
        days = _weekdays(weekday)
        return Plan(kind=WEEKLY, minute=at, hour=on, weekdays=days, expression=expression) if days else own
    if weekday == "*" and (day == LAST or _within(day, 31)):
        return Plan(kind=MONTHLY, minute=at, hour=on, day=day.lstrip("0"), expression=expression)
    return own


def _within(text: str, most: int) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) and int(text) <= most else None


def _weekdays(text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.lower().split(","):
        first, sign, last = part.partition("-")
        begin, end = _weekday(first), _weekday(last) if sign else _weekday(first)
        if begin is None or end is None or begin > end:
            return ()
        found |= {one % 7 for one in range(begin, end + 1)}
    return tuple(sorted(found))


def _weekday(text: str) -> int | None:
    return NAMES.index(text) if text in NAMES else _within(text, 7)
