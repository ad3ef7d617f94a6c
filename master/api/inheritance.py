"""What an account may take from its group: its own value counts, else the group's, else the default of all."""

from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from master.api.rows import Body, Interval, Priority, Row
from master.api.rules import NotificationLevel, QuietPlan

Origin = Literal["account", "group", "default"]
"""Whose value counts."""
Sound = Literal["default", "none", "alert"]
"""``default``: as the system plays messages; ``alert``: as it plays what must be heard."""
DIRECT: Final = "direct"
"""As a ``proxy_id``: no proxy, whatever the group has."""
ProxyChoice = Annotated[str, Meta(min_length=1, max_length=64)]

INHERITABLE: Final = (
    "interval_seconds",
    "interval_max_seconds",
    "priority",
    "proxy_id",
    "quiet_hours",
    "notify_level",
    "sound",
)


class Inheritable(Body, frozen=True, kw_only=True):
    """Settings that a group gives to its accounts, or an account has of its own; null: not from here.

    ``interval_max_seconds`` goes with ``interval_seconds``: whoever gives the one gives the other.
    """

    interval_seconds: Interval | None = None
    interval_max_seconds: Interval | None = None
    """A random range when set."""
    priority: Priority | None = None
    proxy_id: ProxyChoice | None = None
    """Id of a proxy, or ``direct``."""
    quiet_hours: QuietPlan | None = None
    """Instead of those of all; a plan without windows: never quiet."""
    notify_level: NotificationLevel | None = None
    sound: Sound | None = None


class Effective(Row, frozen=True, kw_only=True):
    """The value that counts, and whose it is."""

    value: Any
    origin: Origin
