"""Notifications."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Row, RowId, Time
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text

NotificationState = Literal["pending", "held", "suppressed", "dismissed", "snoozed", "read"]
"""``held``: until quiet hours or a snooze end; ``suppressed``: never told by itself. ``reason`` says why."""
NotificationKind = Literal["item", "job", "alert", "system"]


class Notification(Row, frozen=True, kw_only=True):
    """Something to tell the person, or (``held``, ``suppressed``) why it was not told."""

    id: int
    kind: NotificationKind
    item_id: int | None = None
    job_id: str | None = None
    alert_id: int | None = None
    account_id: str | None = None
    title: Text
    text: str
    detail: Text | None = None
    """What ``text`` says, in every language; None where it is somebody's own words."""
    state: NotificationState
    reason: Text | None
    created_at: int
    changed_at: int = 0
    """When it was changed last: a "N more" counts up."""
    snoozed_until_at: int | None = None
    level: Literal["silent", "normal", "urgent"] = "normal"
    """``silent``: in the list only, without a message of the system and without sound."""
    item_kind: ItemKind | None = None
    count: int = 1
    """So many items it stands for."""
    rule_id: str | None = None
    """The rule that decided."""
    prominent: bool = False
    """Of a priority account: with the urgent sound, and marked."""
    sound: str = ""
    """What the account or its group chose; empty: the usual one."""
    told_by: int | None = None
    """The notification that told it together with others."""
    private: bool = False
    """Its words were withheld (privacy mode)."""


class NotificationFilter(Body, frozen=True, kw_only=True):
    """Query of ``GET /notifications``, body of ``POST /notifications/read`` and ``/clear``.

    What is absent does not restrict.
    """

    state: NotificationState | UnsetType = UNSET
    account_id: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    kind: NotificationKind | UnsetType = UNSET
    since: Time | UnsetType = UNSET
    until: Time | UnsetType = UNSET
    until_id: RowId | UnsetType = UNSET
    """No later ones than this: what came while one looked is not put away unseen."""


class NotificationTotals(Row, frozen=True, kw_only=True):
    """Answer of ``GET /notifications/counts``."""

    total: int
    states: dict[str, int]
    """Every state, 0 too."""
    kinds: dict[str, int]
    last_id: int
    """Of the newest."""
