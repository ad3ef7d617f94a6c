"""Accounts and their assignments."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Interval, Name, Notes, Priority, Row, Tags
from worker.protocol.messages import TestStep
from worker.protocol.states import AccountState, LoginStatus
from worker.protocol.texts import Text

PinPolicy = Literal["wait", "move"]
"""What a pinned account does while its worker is gone: wait for it, or move and come back."""


class Account(Row, frozen=True, kw_only=True):
    """One watched account. Credentials are in no answer."""

    id: str
    platform: str
    name: str
    platform_account_id: str
    settings: dict[str, Any]
    has_credentials: bool
    interval_seconds: int
    interval_max_seconds: int | None
    proxy_id: str | None = None
    group_id: str | None = None
    tags: list[str]
    notes: str
    priority: int
    state: AccountState
    checking: bool
    listening: bool
    """A push connection stands; there is no next check to wait for."""
    state_reason: Text | None
    state_since_at: int
    login_status: LoginStatus
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
    """Successful checks since the master started; with ``checks_total`` the success rate."""
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
    interval_seconds: Interval = 30
    interval_max_seconds: Interval | None = None
    proxy_id: str | None = None
    group_id: str | None = None
    tags: Tags = []
    notes: Notes = ""
    priority: Priority = 0


class AccountPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /accounts/:id``; what is absent stays. With ``version`` a stale one is refused (409)."""

    name: Name | UnsetType = UNSET
    platform_account_id: Annotated[str, Meta(max_length=512)] | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET
    interval_seconds: Interval | UnsetType = UNSET
    interval_max_seconds: Interval | None | UnsetType = UNSET
    proxy_id: str | None | UnsetType = UNSET
    group_id: str | None | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    notes: Notes | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    version: int | UnsetType = UNSET


class AccountTest(Body, frozen=True, kw_only=True):
    """Body of ``POST /accounts/test``. With ``account_id`` the stored credentials stand in for absent ones."""

    platform: str
    settings: dict[str, Any] = {}
    credentials: dict[str, Any] | None = None
    account_id: str | None = None


class TestReport(Row, frozen=True, kw_only=True):
    """Its answer. A refused sign-in is a success of the request with ``success`` false here."""

    __test__ = False

    success: bool
    steps: list[TestStep]
    error: Text | None
    fields: dict[str, Text]
    identity: str


class CredentialsPut(Body, frozen=True, kw_only=True):
    """Body of ``PUT /accounts/:id/credentials``: *Sign in again*. The history stays."""

    credentials: dict[str, Any]


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


AccountAction = Literal["pause", "resume", "check", "delete"]


class AccountBatch(Body, frozen=True, kw_only=True):
    """Body of ``POST /accounts/batch``."""

    action: AccountAction
    account_ids: Annotated[list[str], Meta(min_length=1, max_length=500)]
