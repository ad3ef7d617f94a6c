"""Accounts and their assignments."""

from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from master.api.inheritance import Effective, ProxyChoice, Sound
from master.api.rows import Body, Interval, Name, Notes, Priority, Row, Tags, Time
from master.api.rules import NotificationLevel, QuietPlan
from worker.protocol.account_messages import TestStep
from worker.protocol.certificates import Certificate
from worker.protocol.secret import veiled
from worker.protocol.states import AccountState, LoginStatus
from worker.protocol.texts import Text

PinPolicy = Literal["wait", "move"]
"""What a pinned account does while its worker is gone: wait for it, or move and come back."""
UNDO_SECONDS: Final = 30
"""So long a removed account can be restored."""
GroupId = Annotated[str, Meta(min_length=1, max_length=64)]


class Account(Row, frozen=True, kw_only=True):
    """One watched account. Credentials are in no answer.

    What it may inherit stands here as it counts (``interval_seconds`` is what it is checked at); ``effective`` says
    whose value each is.
    """

    id: str
    platform: str
    name: str
    platform_account_id: str
    settings: dict[str, Any]
    has_credentials: bool
    interval_seconds: int
    interval_max_seconds: int | None
    interval_factor: float = 1.0
    """So many times longer are its intervals now (``interval_reason`` says why); 1: they are as above."""
    interval_reason: Text | None = None
    proxy_id: str | None = None
    """The proxy that it is watched through; null: none."""
    quiet_hours: QuietPlan | None = None
    """Null: those of all count."""
    notify_level: NotificationLevel = "all"
    sound: Sound = "default"
    effective: dict[str, Effective] = {}
    group_id: str | None = None
    tags: list[str]
    notes: str
    priority: int
    paused_until_at: int | None = None
    """When it resumes by itself."""
    removed_at: int | None = None
    """It is removed, and can be restored for ``UNDO_SECONDS`` from then on."""
    state: AccountState
    checking: bool
    listening: bool
    """A push connection stands; there is no next check to wait for."""
    state_reason: Text | None
    state_since_at: int
    incident: str | None = None
    """Several accounts share its trouble: the server's name, "" for this machine's own network."""
    login_status: LoginStatus
    login_session_id: str | None = None
    """The sign-in that is under way; ``login_status`` is ``pending`` meanwhile."""
    credentials_expire_at: int | None = None
    """When what signs in ends and a person is needed, as far as it is known."""
    credentials_used_at: int | None = None
    """When a worker was last given the credentials."""
    credential_version: int = 0
    """Grows with every change of the credentials."""
    certificates: list[Certificate] = []
    """Of the servers that it connects to and of the authorities in its own file, the first to end first."""
    worker_id: str | None
    assignment_reason: Text | None
    assigned_since_at: int | None
    pinned: bool
    pinned_to: str | None
    """The worker where it belongs; ``worker_id`` may be another one, or none, while that one is away."""
    pin_policy: PinPolicy
    epoch: int
    last_checked_at: int | None
    last_ok_at: int | None
    next_check_at: int | None
    unread: int
    checks_ok: int
    """Successful checks since the master started; ``GET /accounts/stats`` has those of a day and a week."""
    checks_total: int
    created_at: int
    version: int


class AccountCreate(Body, frozen=True, kw_only=True):
    """Body of ``POST /accounts``."""

    platform: str
    name: Name
    platform_account_id: Annotated[str, Meta(max_length=512)] | None = None
    settings: dict[str, Any] = {}
    credentials: dict[str, Any] | None = None
    interval_seconds: Interval | None = None
    """Null here and below: inherited from the group, else the default of all."""
    interval_max_seconds: Interval | None = None
    proxy_id: ProxyChoice | None = None
    quiet_hours: QuietPlan | None = None
    notify_level: NotificationLevel | None = None
    sound: Sound | None = None
    priority: Priority | None = None
    group_id: GroupId | None = None
    tags: Tags = []
    notes: Notes = ""
    show_existing: Annotated[int, Meta(ge=0, le=50)] = 0
    """So many of the newest things that are there already become items, read and told to nobody."""

    __repr__ = veiled


class AccountPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /accounts/:id``; what is absent stays. With ``version`` a stale one is refused (409).

    Null where a value may be inherited: inherit it (again). ``interval_max_seconds`` goes with ``interval_seconds``.
    """

    name: Name | UnsetType = UNSET
    platform_account_id: Annotated[str, Meta(max_length=512)] | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET
    interval_seconds: Interval | None | UnsetType = UNSET
    interval_max_seconds: Interval | None | UnsetType = UNSET
    proxy_id: ProxyChoice | None | UnsetType = UNSET
    quiet_hours: QuietPlan | None | UnsetType = UNSET
    notify_level: NotificationLevel | None | UnsetType = UNSET
    sound: Sound | None | UnsetType = UNSET
    priority: Priority | None | UnsetType = UNSET
    group_id: GroupId | None | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    notes: Notes | UnsetType = UNSET
    version: int | UnsetType = UNSET


class AccountTest(Body, frozen=True, kw_only=True):
    """Body of ``POST /accounts/test``. With ``account_id`` the stored credentials stand in for absent ones."""

    platform: str
    settings: dict[str, Any] = {}
    credentials: dict[str, Any] | None = None
    account_id: str | None = None
    proxy_id: ProxyChoice | None = None
    """To connect through; null: that of the account, else of the group; ``direct``: none."""
    group_id: GroupId | None = None

    __repr__ = veiled


class TestReport(Row, frozen=True, kw_only=True):
    """Its answer. A refused sign-in is a success of the request with ``success`` false here."""

    __test__ = False

    success: bool
    steps: list[TestStep]
    error: Text | None
    fields: dict[str, Text]
    identity: str
    expires_at: int | None = None
    """When what signs in ends, as far as the server tells."""


class CredentialsPut(Body, frozen=True, kw_only=True):
    """Body of ``PUT /accounts/:id/credentials``: *Sign in again*. The history stays."""

    credentials: dict[str, Any]
    expires_at: Time | None = None
    """When they end, where the person knows: warned of before."""

    __repr__ = veiled


class AssignmentPut(Body, frozen=True, kw_only=True):
    """Body of ``PUT /accounts/:id/assignment``; ``worker_id`` null: automatic."""

    worker_id: str | None
    pinned: bool = False
    pin_policy: PinPolicy = "wait"


class AssignmentRow(Row, frozen=True, kw_only=True):
    """Who holds what, since when and why."""

    account_id: str
    worker_id: str | None
    pinned: bool
    epoch: int
    since_at: int | None
    reason: Text | None
    pinned_to: str | None
    pin_policy: PinPolicy


class Rebalance(Body, frozen=True, kw_only=True):
    """Body of ``POST /assignments/rebalance``."""

    dry_run: bool = False


class Move(Row, frozen=True, kw_only=True):
    """One account that changes its worker, and why."""

    account_id: str
    name: str
    from_worker: str
    to_worker: str
    reason: Text


class RebalanceReport(Row, frozen=True, kw_only=True):
    """Its answer: what is moved (or would be), and how many accounts each worker has before and after."""

    dry_run: bool
    moves: list[Move]
    before: dict[str, int]
    after: dict[str, int]


class AccountPause(Body, frozen=True, kw_only=True):
    """Body of ``POST /accounts/:id/pause``; with ``until_at`` it resumes by itself then."""

    until_at: Time | None = None


class AccountDuplicate(Body, frozen=True, kw_only=True):
    """Body of ``POST /accounts/:id/duplicate``. Credentials are not copied; the copy begins paused."""

    name: Name | UnsetType = UNSET
    platform_account_id: Annotated[str, Meta(min_length=1, max_length=512)] | UnsetType = UNSET


class AccountChanges(Body, frozen=True, kw_only=True):
    """What an ``edit`` of many accounts changes; what is absent stays, null where it may be inherited: inherit it."""

    interval_seconds: Interval | None | UnsetType = UNSET
    interval_max_seconds: Interval | None | UnsetType = UNSET
    proxy_id: ProxyChoice | None | UnsetType = UNSET
    quiet_hours: QuietPlan | None | UnsetType = UNSET
    notify_level: NotificationLevel | None | UnsetType = UNSET
    sound: Sound | None | UnsetType = UNSET
    priority: Priority | None | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    add_tags: Tags = []
    remove_tags: Tags = []
    notes: Notes | UnsetType = UNSET


AccountAction = Literal["pause", "resume", "check", "delete", "restore", "edit", "move", "assign"]


class AccountBatch(Body, frozen=True, kw_only=True):
    """Body of ``POST /accounts/batch``. Each action takes the fields that its single form takes, and no others."""

    action: AccountAction
    account_ids: Annotated[list[str], Meta(min_length=1, max_length=500)]
    until_at: Time | None = None
    """``pause``."""
    keep_history: bool = True
    """``delete``."""
    changes: AccountChanges | None = None
    """``edit``, which needs it."""
    group_id: GroupId | None = None
    """``move``; null: into no group."""
    assignment: AssignmentPut | None = None
    """``assign``, which needs it."""
