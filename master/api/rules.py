"""What is told of what is found: rules, quiet hours, snoozes."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Name, Row, Time
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text

RuleAction = Literal["notify", "silent", "urgent", "ignore"]
"""``silent``: in the list and counted, without message and sound; ``ignore``: stored, and not told at all."""
NotificationLevel = Literal["all", "urgent", "none"]
"""What of an account is told."""
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SnoozeScope = Literal["notification", "account", "group", "all"]
SnoozePreset = Literal["15min", "1h", "tomorrow"]
"""``tomorrow``: 9:00 in the time zone of the quiet hours."""

Keyword = Annotated[str, Meta(min_length=1, max_length=100)]
Keywords = Annotated[list[Keyword], Meta(max_length=50)]
Ids = Annotated[list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(max_length=1000)]
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)", examples=["22:00"])]
"""A time of the day, such as ``22:00``."""
Zone = Annotated[str, Meta(min_length=1, max_length=100)]
"""A name such as ``Europe/Berlin``; ``local``: that of the master's machine."""
SnoozeSeconds = Annotated[int, Meta(ge=60, le=2_592_000)]


class RuleConditions(Body, frozen=True, kw_only=True):
    """All that is given here must be true; a rule without conditions matches everything."""

    include: Keywords = []
    """Words in title or text, whatever their case; ``match`` says whether one is enough."""
    match: Literal["any", "all"] = "any"
    exclude: Keywords = []
    """None of these."""
    whole_words: bool = False
    """``cat`` is not found in ``catalogue``. Chinese, Japanese and Korean words are always found anywhere."""
    regex: Annotated[str, Meta(max_length=500)] = ""
    """Found in title or text (a line each), whatever the case. It may take 50 ms an item."""
    account_ids: Ids = []
    """One of these accounts; the same for groups, tags and kinds."""
    group_ids: Ids = []
    tags: Keywords = []
    kinds: Annotated[list[ItemKind], Meta(max_length=20)] = []
    author: Annotated[str, Meta(max_length=200)] = ""
    """A part of the author's name, whatever its case."""


class RuleCreate(Body, frozen=True, kw_only=True):
    """Body of ``POST /rules``. Without ``position`` it comes last."""

    name: Name
    enabled: bool = True
    position: Annotated[int, Meta(ge=0, le=10_000)] | UnsetType = UNSET
    conditions: RuleConditions = RuleConditions()
    action: RuleAction = "notify"


class RulePatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /rules/:id``; what is absent stays. Switching it on forgets why it was switched off."""

    name: Name | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    position: Annotated[int, Meta(ge=0, le=10_000)] | UnsetType = UNSET
    conditions: RuleConditions | UnsetType = UNSET
    """All of them anew."""
    action: RuleAction | UnsetType = UNSET
    version: int | UnsetType = UNSET


class Rule(Row, frozen=True, kw_only=True):
    """One rule. Of those that match, the one with the lowest ``position`` decides."""

    id: str
    name: str
    enabled: bool
    position: int
    """0, 1, 2 … without gaps."""
    conditions: RuleConditions
    action: RuleAction
    disabled_reason: Text | None
    """Why it was switched off by itself."""
    hits: int
    """So many items it decided."""
    last_hit_at: int | None
    created_at: int
    version: int


class RuleOrder(Body, frozen=True, kw_only=True):
    """Body of ``PUT /rules/order``: every rule, the first first."""

    rule_ids: Ids


class RuleSample(Body, frozen=True, kw_only=True):
    """A text to try rules on, as if an item said it."""

    title: Annotated[str, Meta(max_length=8192)] = ""
    text: Annotated[str, Meta(max_length=65_536)] = ""
    author: Annotated[str, Meta(max_length=8192)] = ""
    kind: ItemKind = ItemKind.MAIL
    account_id: str | UnsetType = UNSET


class RuleTest(Body, frozen=True, kw_only=True):
    """Body of ``POST /rules/test``: what rules say of a text, and of what was found last. Nothing is changed or told.

    ``rule`` joins the stored ones before it is saved; with ``rule_id`` it stands in for that one.
    """

    __test__ = False

    sample: RuleSample | UnsetType = UNSET
    history: Annotated[int, Meta(ge=0, le=500)] = 0
    """So many of the last items, of ``account_id`` or of all."""
    account_id: str | UnsetType = UNSET
    rule: RuleCreate | UnsetType = UNSET
    rule_id: str | UnsetType = UNSET


class RuleVerdict(Row, frozen=True, kw_only=True):
    """What one rule says of one item."""

    rule_id: str | None
    """Null: the one that is not saved."""
    name: str
    matched: bool
    reason: Text
    """Which condition was met, or was not."""


class RuleTestRow(Row, frozen=True, kw_only=True):
    """What becomes of the text (``item_id`` null), or of an item."""

    item_id: int | None
    account_id: str | None
    title: str
    decided: bool
    """A rule matched; without one everything is told."""
    rule_id: str | None
    """The rule that decides; null: none, or the one that is not saved."""
    rule_name: str
    action: RuleAction
    verdicts: list[RuleVerdict]
    """In the order of the rules."""


class RuleTestReport(Row, frozen=True, kw_only=True):
    """Answer of ``POST /rules/test``: the text first, then items, the newest first."""

    __test__ = False

    rows: list[RuleTestRow]
    actions: dict[str, int]
    """How many rows each action has."""


class QuietWindow(Body, frozen=True, kw_only=True):
    """From ``start`` on each of ``days`` to ``end``: on the next day when that is not later."""

    days: Annotated[list[Weekday], Meta(min_length=1, max_length=7)] = msgspec.field(
        default_factory=lambda: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    )
    start: Clock
    end: Clock


Windows = Annotated[list[QuietWindow], Meta(max_length=50)]


class QuietPlan(Body, frozen=True, kw_only=True):
    """Quiet hours of an account or a group: they count instead of those of all. No windows: never quiet."""

    windows: Windows = []
    time_zone: Zone = "local"


class QuietHours(Row, frozen=True, kw_only=True):
    """Answer of ``GET /quiet-hours``: when what is not urgent is held, to be told together at the end."""

    enabled: bool
    windows: list[QuietWindow]
    time_zone: str
    active: bool
    """It is quiet now."""
    until_at: int | None
    """When that ends; null while it is not quiet."""
    next_at: int | None
    """When it begins next; null while it is quiet, and when it never does."""
    held: int
    """So many notifications wait, for whatever reason."""
    version: int


class QuietHoursPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /quiet-hours``; it counts at once: what is not to be held any more is told."""

    enabled: bool | UnsetType = UNSET
    windows: Windows | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    version: int | UnsetType = UNSET


class Snooze(Body, frozen=True, kw_only=True):
    """Body of ``POST /notifications/:id/snooze``: one of the three; none of them: an hour."""

    seconds: SnoozeSeconds | UnsetType = UNSET
    until_at: Time | UnsetType = UNSET
    preset: SnoozePreset | UnsetType = UNSET


class SnoozeCreate(Snooze, frozen=True, kw_only=True):
    """Body of ``POST /snoozes``; a target that is snoozed already is snoozed anew.

    What comes of an account, a group or all meanwhile is held, urgent or not, and told together at the end.
    """

    scope: SnoozeScope
    target_id: Annotated[str, Meta(min_length=1, max_length=64)] | UnsetType = UNSET
    """Id of the notification, account or group; absent for ``all``."""


class SnoozeRow(Row, frozen=True, kw_only=True):
    """One snooze that has not ended. That of ``all`` is the setting ``muted_until_at``."""

    id: str
    """``all``, or scope and target: ``account:<id>``."""
    scope: SnoozeScope
    target_id: str | None
    name: str
    """Of the account or the group; of a notification its title in English."""
    until_at: int
    held: int
    """So many notifications of it wait; 1 of a notification itself."""
