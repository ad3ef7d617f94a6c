"""Everything that passes between the master and its clients, as types.

The same types decode requests (strictly: an unknown field or a wrong type is an error that names it), encode answers,
and make ``openapi.json``. Times are UTC milliseconds named ``…_at``; spans carry their unit in their name.
``Text`` is a sentence ``{code, params, message}``.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from worker.protocol.manifest import Manifest
from worker.protocol.messages import LogRecord, TestStep
from worker.protocol.states import AccountState, ItemKind, LoginStatus, WorkerState
from worker.protocol.texts import Text

Name = Annotated[str, Meta(min_length=1, max_length=50)]
Interval = Annotated[int, Meta(ge=5, le=86_400)]
Tags = Annotated[list[Annotated[str, Meta(min_length=1, max_length=50)]], Meta(max_length=20)]
Notes = Annotated[str, Meta(max_length=10_000)]
Priority = Annotated[int, Meta(ge=0, le=9)]
WorkerId = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what the master sends."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what a client sends."""


# ---------------------------------------------------------------- answers


class Failure(Row, frozen=True, kw_only=True):
    """The ``error`` of a refused request."""

    code: str
    message: str
    fields: dict[str, str] | UnsetType = UNSET
    texts: dict[str, Text] | UnsetType = UNSET
    """The same as ``fields`` with codes, for clients that translate."""
    request_id: str = ""


class Beat(msgspec.Struct, frozen=True, array_like=True):
    """One tick of a heartbeat bar: when, how long it took (ms), and ``ok``, ``warn``, ``bad`` or ``idle``."""

    at: int
    ms: int
    level: str


# ---------------------------------------------------------------- accounts


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


class AssignmentRow(Row, frozen=True, kw_only=True):
    """Who holds what, since when and why."""

    account_id: str
    worker_id: str | None
    pinned: bool
    epoch: int
    since_at: int | None
    reason: Text | None


AccountAction = Literal["pause", "resume", "check", "delete"]


class AccountBatch(Body, frozen=True, kw_only=True):
    """Body of ``POST /accounts/batch``."""

    action: AccountAction
    account_ids: Annotated[list[str], Meta(min_length=1, max_length=500)]


class BatchResult(Row, frozen=True, kw_only=True):
    """One row of a batch's answer."""

    id: str
    success: bool
    error: Text | None = None


class BatchReport(Row, frozen=True, kw_only=True):
    """Answer of a batch."""

    action: str
    total: int
    success: int
    failure: int
    results: list[BatchResult]


# ---------------------------------------------------------------- workers


class WorkerConfig(Row, frozen=True, kw_only=True):
    """How a worker is run."""

    worker_id: str
    name: str
    description: str
    deployment_type: str
    host: str
    port: int | None
    max_accounts: int
    max_memory_mb: int | None
    cpu_cores: int | None
    env: dict[str, str]
    command_args: list[str]
    working_directory: str | None
    auto_start: bool
    auto_restart: bool
    restart_delay_ms: int
    max_restart_attempts: int
    enabled: bool
    version: int
    created_at: int


Port = Annotated[int, Meta(ge=1, le=65_535)]
MaxAccounts = Annotated[int, Meta(ge=1, le=100_000)]
MaxMemory = Annotated[int, Meta(ge=32, le=1_048_576)]
Cores = Annotated[int, Meta(ge=1, le=1024)]
RestartDelay = Annotated[int, Meta(ge=0, le=3_600_000)]
Attempts = Annotated[int, Meta(ge=0, le=1_000_000)]
Description = Annotated[str, Meta(max_length=1000)]
Env = Annotated[dict[str, str], Meta(max_length=200)]
Args = Annotated[list[str], Meta(max_length=200)]


class WorkerConfigCreate(Body, frozen=True, kw_only=True):
    """Body of ``POST /worker-configs``."""

    worker_id: WorkerId
    name: Name
    description: Description = ""
    deployment_type: str = "local"
    host: str = "localhost"
    port: Port | None = None
    max_accounts: MaxAccounts = 10
    max_memory_mb: MaxMemory | None = None
    cpu_cores: Cores | None = None
    env: Env = {}
    command_args: Args = []
    working_directory: str | None = None
    auto_start: bool = True
    auto_restart: bool = True
    restart_delay_ms: RestartDelay = 1000
    max_restart_attempts: Attempts = 3
    enabled: bool = True


class WorkerConfigPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /worker-configs/:worker_id``."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    deployment_type: str | UnsetType = UNSET
    host: str | UnsetType = UNSET
    port: Port | None | UnsetType = UNSET
    max_accounts: MaxAccounts | UnsetType = UNSET
    max_memory_mb: MaxMemory | None | UnsetType = UNSET
    cpu_cores: Cores | None | UnsetType = UNSET
    env: Env | UnsetType = UNSET
    command_args: Args | UnsetType = UNSET
    working_directory: str | None | UnsetType = UNSET
    auto_start: bool | UnsetType = UNSET
    auto_restart: bool | UnsetType = UNSET
    restart_delay_ms: RestartDelay | UnsetType = UNSET
    max_restart_attempts: Attempts | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    version: int | UnsetType = UNSET


class WorkerConfigSummary(Row, frozen=True, kw_only=True):
    """Answer of ``GET /worker-configs/stats/summary``."""

    total: int
    enabled: int
    disabled: int
    total_capacity: int
    deployment_types: dict[str, int]


class LastExit(Row, frozen=True, kw_only=True):
    """How a worker's last process ended; ``text`` says it in words."""

    code: int | None
    signal: int | None
    text: Text
    at: int


class Worker(Row, frozen=True, kw_only=True):
    """A worker as it is now: a row of ``GET /workers`` and the answer of ``GET /workers/:id/status``."""

    worker_id: str
    name: str
    deployment_type: str
    status: WorkerState
    online: bool
    """Registered, and its socket stands."""
    pid: int | None
    uptime: float
    """Seconds since the process started, 0 when none runs."""
    cpu_usage: float | None
    """Percent of one core, over the last heartbeat interval."""
    memory_usage_mb: float | None
    assigned_accounts: int
    max_accounts: int
    active_tasks: int
    """Checks under way at the last heartbeat."""
    started_at: int | None
    last_heartbeat_at: int | None
    round_trip_ms: float | None
    error_count: int
    restart_count: int
    """Automatic restarts since the last start by hand."""
    restart_at: int | None
    """When a crashed worker will be started again."""
    last_exit: LastExit | None
    status_text: Text | None
    worker_version: str
    epoch: int
    """Number of processes that this worker has had."""
    enabled: bool
    auto_start: bool
    config_version: int


class WorkerCommand(Body, frozen=True, kw_only=True):
    """Body of ``POST /workers/:id/start|stop|restart``. Kill: stop with ``graceful`` false."""

    graceful: bool = True
    timeout_ms: Annotated[int, Meta(ge=0, le=600_000)] = 30_000


# ---------------------------------------------------------------- items and notifications


class Item(Row, frozen=True, kw_only=True):
    """A detected comment, message, mail, mention, entry, change or line."""

    id: int
    account_id: str
    kind: ItemKind
    key: str
    title: str
    text: str
    author: str
    url: str
    thread: str
    created_at: int
    detected_at: int
    stored_at: int
    read: bool
    truncated: bool


class ItemPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /items/:id``."""

    read: bool


class ItemFilter(Body, frozen=True, kw_only=True):
    """Body of ``POST /items/read`` and the query of ``GET /items``: what is absent does not restrict."""

    account_id: str | UnsetType = UNSET
    kind: ItemKind | UnsetType = UNSET
    unread: bool | UnsetType = UNSET
    q: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    since: int | UnsetType = UNSET
    until: int | UnsetType = UNSET
    ids: Annotated[list[int], Meta(max_length=500)] | UnsetType = UNSET


class Count(Row, frozen=True, kw_only=True):
    """How many rows a command changed."""

    count: int


class TraceStep(Row, frozen=True, kw_only=True):
    """One step in the life of an item: found → stored → notified / suppressed(reason) → shown → opened."""

    at: int
    text: Text


class Trace(Row, frozen=True, kw_only=True):
    """Answer of ``GET /items/:id/trace``."""

    item_id: int
    steps: list[TraceStep]


class Notification(Row, frozen=True, kw_only=True):
    """Something to tell the person, or (``suppressed``) why it was not told."""

    id: int
    kind: Literal["item", "job", "alert", "system"]
    item_id: int | None = None
    job_id: str | None = None
    alert_id: str | None = None
    account_id: str | None = None
    title: Text
    text: str
    state: Literal["pending", "suppressed", "dismissed", "snoozed", "read"]
    reason: Text | None
    created_at: int
    snoozed_until_at: int | None = None


class Snooze(Body, frozen=True, kw_only=True):
    """Body of ``POST /notifications/:id/snooze``."""

    seconds: Annotated[int, Meta(ge=60, le=2_592_000)] = 3600


# ---------------------------------------------------------------- others


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list, with ``rows`` of the resource's type. ``next_cursor`` null: this was the last one."""

    rows: list[Any]
    next_cursor: str | None = None
    total: int | UnsetType = UNSET


class WorkerCounts(Row, frozen=True, kw_only=True):
    """Part of :class:`Status`."""

    total: int
    online: int
    offline: int
    total_assigned_accounts: int


class SchedulingCounts(Row, frozen=True, kw_only=True):
    """Part of :class:`Status`."""

    total_accounts: int
    assigned_accounts: int
    unassigned_accounts: int


class ClientCounts(Row, frozen=True, kw_only=True):
    """Part of :class:`Status`."""

    total: int
    online: int


class NotificationCounts(Row, frozen=True, kw_only=True):
    """Part of :class:`Status`."""

    pending: int


class JobCounts(Row, frozen=True, kw_only=True):
    """Part of :class:`Status`."""

    pending: int = 0
    running: int = 0


class Status(Row, frozen=True, kw_only=True):
    """Answer of ``GET /status``; ``uptime`` in seconds."""

    version: str
    uptime: float
    workers: WorkerCounts
    scheduling: SchedulingCounts
    clients: ClientCounts
    notifications: NotificationCounts
    jobs: JobCounts
    unread: int
    vault: Literal["ok", "unavailable", "locked"]
    vault_reason: Text | None = None
    profile: str = ""
    demo: bool = False


class Health(Row, frozen=True, kw_only=True):
    """Answer of ``GET /health``, ``/readiness`` and ``/liveness``."""

    status: Literal["ok", "starting", "stopping"]
    version: str


class DeploymentType(Row, frozen=True, kw_only=True):
    """A way to run workers."""

    id: str
    title: Text


class CatalogAnswer(Row, frozen=True, kw_only=True):
    """Answer of ``GET /catalog``."""

    platforms: list[Manifest]
    runners: list[Manifest]
    deployments: list[DeploymentType]


class Beats(Row, frozen=True, kw_only=True):
    """Answer of ``GET /beats``: the heartbeat bars, oldest first, at most 40 ticks each."""

    accounts: dict[str, list[Beat]]
    workers: dict[str, list[Beat]]


class LogRow(Row, frozen=True, kw_only=True):
    """A stored line of the log; ``id`` grows."""

    id: int
    record: LogRecord


class Settings(Row, frozen=True, kw_only=True):
    """Settings of the master (``settings.json``). An unknown key is an error."""

    heartbeat_seconds: Annotated[float, Meta(ge=1, le=300)] = 10.0
    offline_after_seconds: Annotated[float, Meta(ge=3, le=3600)] = 30.0
    default_interval_seconds: Interval = 30
    notifications_enabled: bool = True
    muted_until_at: int | None = None
    """Notifications are kept but not shown until then (the tray's *Mute*)."""
    baseline_quiet: bool = True
    """The first check of a new account tells nothing."""
    item_burst_limit: Annotated[int, Meta(ge=1, le=1000)] = 5
    """Most notifications of one account in one batch; the rest become one "N new"."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_total_mb: Annotated[int, Meta(ge=1, le=10_000)] = 50


class SettingsPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /settings``."""

    heartbeat_seconds: Annotated[float, Meta(ge=1, le=300)] | UnsetType = UNSET
    offline_after_seconds: Annotated[float, Meta(ge=3, le=3600)] | UnsetType = UNSET
    default_interval_seconds: Interval | UnsetType = UNSET
    notifications_enabled: bool | UnsetType = UNSET
    muted_until_at: int | None | UnsetType = UNSET
    baseline_quiet: bool | UnsetType = UNSET
    item_burst_limit: Annotated[int, Meta(ge=1, le=1000)] | UnsetType = UNSET
    log_level: Literal["debug", "info", "warning", "error"] | UnsetType = UNSET
    log_total_mb: Annotated[int, Meta(ge=1, le=10_000)] | UnsetType = UNSET


class TokenCreate(Body, frozen=True, kw_only=True):
    """Body of ``POST /tokens``."""

    name: Name
    scope: Literal["admin", "client"]


class Token(Row, frozen=True, kw_only=True):
    """A named token; its value is shown once."""

    id: str
    name: str
    scope: Literal["admin", "client"]
    created_at: int
    last_used_at: int | None
    token: str | UnsetType = UNSET


class Client(Row, frozen=True, kw_only=True):
    """A device that is told of notifications."""

    device_id: str
    name: str
    online: bool
    last_seen_at: int
    cursor: int
