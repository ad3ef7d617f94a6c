"""Which of what an account may inherit counts: its own, its group's, or the default of all. Pure."""

from typing import Any, Final, cast

import msgspec

from master.api.inheritance import DIRECT, INHERITABLE, Effective, Inheritable, Origin, Sound
from master.api.rules import NotificationLevel, QuietPlan
from master.store.accounts import AccountRecord

DEFAULT_INTERVAL: Final = 30
_DEFAULTS: Final[dict[str, Any]] = {
    "interval_max_seconds": None,
    "priority": 0,
    "proxy_id": None,
    "quiet_hours": None,
    "notify_level": "all",
    "sound": "default",
}


class Counting(msgspec.Struct, frozen=True, kw_only=True):
    """The values that count for one account, and whose each is."""

    interval_seconds: int
    interval_max_seconds: int | None
    priority: int
    proxy_id: str | None
    quiet_hours: QuietPlan | None
    notify_level: NotificationLevel
    sound: Sound
    effective: dict[str, Effective]


def own_of(record: AccountRecord) -> Inheritable:
    """Return what an account has of its own."""
    plan = record.quiet_hours
    return Inheritable(
        interval_seconds=record.interval_seconds,
        interval_max_seconds=record.interval_max_seconds,
        priority=record.priority,
        proxy_id=record.proxy_id,
        quiet_hours=None if plan is None else msgspec.convert(plan, QuietPlan),
        notify_level=cast("NotificationLevel | None", record.notify_level),
        sound=cast("Sound | None", record.sound),
    )


def counting(own: Inheritable, group: Inheritable | None, default_interval: int = DEFAULT_INTERVAL) -> Counting:
    """Return what counts. A range goes with its interval: it comes from whoever gives that."""
    default = Inheritable(**(_DEFAULTS | {"interval_seconds": default_interval}))
    found: dict[str, Effective] = {}
    for name in INHERITABLE:
        decided_by = "interval_seconds" if name == "interval_max_seconds" else name
        origin: Origin = "default"
        giver = default
        if getattr(own, decided_by) is not None:
            origin, giver = "account", own
        elif group is not None and getattr(group, decided_by) is not None:
            origin, giver = "group", group
        value = getattr(giver, name)
        found[name] = Effective(value=None if name == "proxy_id" and value == DIRECT else value, origin=origin)
    return Counting(**{name: one.value for name, one in found.items()}, effective=found)
