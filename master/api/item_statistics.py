"""How many items were found, where and when."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from master.api.items import AccountKey
from master.api.rows import Body, Row, Time
from worker.protocol.states import ItemKind

Period = Literal["hour", "day", "week"]


class ItemStatsQuery(Body, frozen=True, kw_only=True):
    """Query of ``GET /items/stats``. Counted is when items were found, whether or not they are still kept.

    ``since`` and ``until`` are widened to whole periods of ``tz``; absent: the last 48 hours, 30 days or 26 weeks.
    """

    group_by: Period = "day"
    tz: Annotated[str, Meta(min_length=1, max_length=64)] = "UTC"
    """Name of a time zone, such as ``Asia/Shanghai``; weeks begin on Monday."""
    since: Time | UnsetType = UNSET
    until: Time | UnsetType = UNSET
    account_id: AccountKey | UnsetType = UNSET
    account_ids: Annotated[list[AccountKey], Meta(max_length=1000)] | UnsetType = UNSET
    group_id: AccountKey | UnsetType = UNSET
    kind: ItemKind | UnsetType = UNSET


class StatPeriod(Row, frozen=True, kw_only=True):
    """One bar: a local hour, day or week."""

    at: int
    """Where it begins."""
    until: int
    """Where the next one begins."""
    count: int
    kinds: dict[str, int]


class ItemAccountStats(Row, frozen=True, kw_only=True):
    """One account within the time asked for."""

    account_id: str
    count: int
    previous: int
    """In as many periods before."""
    unread: int
    """Now."""
    kinds: dict[str, int]


class ItemStats(Row, frozen=True, kw_only=True):
    """Answer of ``GET /items/stats``."""

    group_by: Period
    tz: str
    since: int
    until: int
    """The first moment that is not counted."""
    previous_since: int
    """As many periods before ``since``: what ``previous`` counts."""
    total: int
    previous: int
    unread: int
    """Now, of the accounts asked for."""
    stored: int
    """Ever found, of the accounts and kind asked for."""
    kinds: dict[str, int]
    periods: list[StatPeriod]
    """Every one, 0 too, oldest first."""
    accounts: list[ItemAccountStats]
    """Those that have any now or before, most first."""
    complete: bool
    """False: an older history is still being counted (``GET /items/index``)."""


class ItemIndex(Row, frozen=True, kw_only=True):
    """Answer of ``GET /items/index``: how much of an older history can be searched; the newest comes first."""

    complete: bool
    done: int
    total: int
