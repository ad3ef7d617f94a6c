"""Status, catalogue, logs, settings, tokens and clients."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Beat, Body, Interval, Name, Row, Time, WorkerId
from master.api.updates import UpdateMode
from worker.protocol.log_messages import LogRecord
from worker.protocol.manifest import BrokenPlugin, Manifest
from worker.protocol.secret import veiled
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text


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
    broken: list[BrokenPlugin] = []
    """Plug-ins that are left out, and why."""


class Beats(Row, frozen=True, kw_only=True):
    """Answer of ``GET /beats``: the heartbeat bars, oldest first, at most 40 ticks each."""

    accounts: dict[str, list[Beat]]
    workers: dict[str, list[Beat]]


class LogRow(Row, frozen=True, kw_only=True):
    """A stored line of the log; ``id`` grows."""

    id: int
    record: LogRecord


UpdateAddress = Annotated[str, Meta(max_length=2000)]
Commands = Annotated[list[Annotated[str, Meta(min_length=1, max_length=4096)]], Meta(max_length=500)]
Folders = Annotated[list[Annotated[str, Meta(min_length=1, max_length=4096)]], Meta(max_length=100)]
Port = Annotated[int, Meta(ge=0, le=65_535)]
Host = Literal["127.0.0.1", "::1", "localhost"]
KeepDays = dict[ItemKind, Annotated[int, Meta(ge=1, le=36_500)]]


BatterySaver = Literal["off", "below", "system"]


class Machine(Row, frozen=True, kw_only=True):
    """How the machine is that the master runs on: asleep or awake, on battery or not."""

    state: Literal["awake", "asleep", "waking"] = "awake"
    """``waking``: what was missed in its sleep is being caught up; nothing that fails meanwhile is told."""
    woke_at: int | None = None
    """UTC ms of the last time that it woke since the master's start."""
    asleep_seconds: int = 0
    """How long it had slept then."""
    network: bool = True
    """Whether the network was there when it was last asked for, after a sleep."""
    on_battery: bool = False
    battery_percent: int | None = None
    """None: it has no battery, or the settings do not ask for it."""
    saving: Text | None = None
    """Why accounts are checked more rarely now; null: they are not."""
    interval_factor: float = 1.0


class MachineSleep(Body, frozen=True, kw_only=True):
    """Body of ``POST /machine/sleep``: what the system says to programs before it sleeps, and when it wakes."""

    asleep: bool


class Settings(Row, frozen=True, kw_only=True):
    """Settings of the master (``settings.json``). An unknown key is an error."""

    version: int = 1
    """Grows with every change."""
    port: Port = 3000
    """What the master listens on from its next start: taken, the next free one; 0: any free one."""
    host: Host = "127.0.0.1"
    """The address of this machine that it listens on from its next start."""
    heartbeat_seconds: Annotated[float, Meta(ge=1, le=300)] = 10.0
    offline_after_seconds: Annotated[float, Meta(ge=3, le=3600)] = 30.0
    default_interval_seconds: Interval = 30
    notifications_enabled: bool = True
    muted_until_at: int | None = None
    """Notifications are held until then (the tray's *Mute*; the snooze of all)."""
    baseline_quiet: bool = True
    """The first check of a new account tells nothing."""
    item_keep_days: KeepDays = {}
    """So many days items of a kind stay; kinds that are not named stay for ever."""
    item_keep_unread: bool = True
    """``item_keep_days`` leaves unread items alone."""
    item_keep_total_mb: Annotated[int, Meta(ge=50, le=10_000_000)] | None = None
    """Of the database; when it is larger the oldest items go, read ones first. null: no limit."""
    sync_read: bool = False
    """What is read here is marked as read at the service too, where the platform can."""
    item_burst_limit: Annotated[int, Meta(ge=1, le=1000)] = 5
    """Most notifications of one account within ``burst_window_seconds``; the rest become one "N more"."""
    burst_window_seconds: Annotated[int, Meta(ge=5, le=3600)] = 60
    notification_privacy: bool = False
    """Messages say of which account and what kind, not what is written."""
    notification_keep_days: Annotated[int, Meta(ge=1, le=3650)] = 90
    """So long what was told, or why it was not, can be looked up."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_total_mb: Annotated[int, Meta(ge=1, le=10_000)] = 50
    scale_out: bool = False
    """One more local worker when capacity is short, and an idle one stopped after a quiet time."""
    scale_max_workers: Annotated[int, Meta(ge=1, le=64)] = 4
    scale_idle_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    alert_cpu_percent: Annotated[int, Meta(ge=10, le=100)] = 80
    """Of one core, for ``alert_minutes``; cleared 10 points below."""
    alert_memory_percent: Annotated[int, Meta(ge=10, le=100)] = 80
    """Of a worker's ``max_memory_mb``."""
    alert_minutes: Annotated[int, Meta(ge=1, le=120)] = 5
    alert_error_percent: Annotated[int, Meta(ge=1, le=100)] = 10
    """Of the checks of the last ``alert_minutes``."""
    alert_backlog: Annotated[int, Meta(ge=1, le=1_000_000)] = 1000
    """Items that wait in a worker's outbox."""
    alert_disk_mb: Annotated[int, Meta(ge=1, le=1_000_000)] = 500
    """Free space of the disk that holds the profile."""
    alert_lost_jobs: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    """So many jobs of which nothing was left at a start raise an alert."""
    job_output_mb: Annotated[int, Meta(ge=1, le=10_000)] = 16
    """Of each stream of a job; of what is beyond it the first and the last half are kept."""
    job_keep_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    """So long jobs that have ended stay, with their output."""
    job_keep_total_mb: Annotated[int, Meta(ge=10, le=10_000_000)] = 2048
    """Of the output of all jobs that have ended; the oldest goes first."""
    job_commands: Commands | None = None
    """Names or absolute paths of what jobs may execute; null: anything."""
    job_shell: bool = True
    """Jobs may ask for a shell."""
    job_mounts: Folders = []
    """Folders that containers may see."""
    expiry_warning_days: Annotated[int, Meta(ge=0, le=365)] = 7
    """So many days before a token or a certificate ends the person is warned; 0: never."""
    audit_keep_days: Annotated[int, Meta(ge=1, le=3650)] = 365
    """So long what was done with credentials, tokens and settings stays on record."""
    battery_saver: BatterySaver = "off"
    """Accounts are checked more rarely: never, on battery below ``battery_saver_percent``, or as the system says."""
    battery_saver_percent: Annotated[int, Meta(ge=5, le=100)] = 20
    battery_saver_factor: Annotated[int, Meta(ge=2, le=8)] = 3
    """So many times longer are the intervals then; push connections and accounts of priority stay as they are."""
    update_check: UpdateMode = "ask"
    """Newer versions are looked for once a day: not before the person was asked, yes, or no."""
    update_address: UpdateAddress = ""
    """Of the signed file that tells of them; empty: the project's own."""
    backup_keep: Annotated[int, Meta(ge=1, le=365)] = 7
    """So many daily backups stay; of those made before a restore or an update as many, of those by hand all."""


class SettingsPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /settings``. With ``version``, 409 where the settings are another one by now."""

    version: int | UnsetType = UNSET
    port: Port | UnsetType = UNSET
    host: Host | UnsetType = UNSET
    heartbeat_seconds: Annotated[float, Meta(ge=1, le=300)] | UnsetType = UNSET
    offline_after_seconds: Annotated[float, Meta(ge=3, le=3600)] | UnsetType = UNSET
    default_interval_seconds: Interval | UnsetType = UNSET
    notifications_enabled: bool | UnsetType = UNSET
    muted_until_at: Time | None | UnsetType = UNSET
    baseline_quiet: bool | UnsetType = UNSET
    item_keep_days: KeepDays | UnsetType = UNSET
    item_keep_unread: bool | UnsetType = UNSET
    item_keep_total_mb: Annotated[int, Meta(ge=50, le=10_000_000)] | None | UnsetType = UNSET
    sync_read: bool | UnsetType = UNSET
    item_burst_limit: Annotated[int, Meta(ge=1, le=1000)] | UnsetType = UNSET
    burst_window_seconds: Annotated[int, Meta(ge=5, le=3600)] | UnsetType = UNSET
    notification_privacy: bool | UnsetType = UNSET
    notification_keep_days: Annotated[int, Meta(ge=1, le=3650)] | UnsetType = UNSET
    log_level: Literal["debug", "info", "warning", "error"] | UnsetType = UNSET
    log_total_mb: Annotated[int, Meta(ge=1, le=10_000)] | UnsetType = UNSET
    scale_out: bool | UnsetType = UNSET
    scale_max_workers: Annotated[int, Meta(ge=1, le=64)] | UnsetType = UNSET
    scale_idle_minutes: Annotated[int, Meta(ge=1, le=1440)] | UnsetType = UNSET
    alert_cpu_percent: Annotated[int, Meta(ge=10, le=100)] | UnsetType = UNSET
    alert_memory_percent: Annotated[int, Meta(ge=10, le=100)] | UnsetType = UNSET
    alert_minutes: Annotated[int, Meta(ge=1, le=120)] | UnsetType = UNSET
    alert_error_percent: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET
    alert_backlog: Annotated[int, Meta(ge=1, le=1_000_000)] | UnsetType = UNSET
    alert_disk_mb: Annotated[int, Meta(ge=1, le=1_000_000)] | UnsetType = UNSET
    alert_lost_jobs: Annotated[int, Meta(ge=1, le=1_000_000)] | UnsetType = UNSET
    job_output_mb: Annotated[int, Meta(ge=1, le=10_000)] | UnsetType = UNSET
    job_keep_days: Annotated[int, Meta(ge=1, le=3650)] | UnsetType = UNSET
    job_keep_total_mb: Annotated[int, Meta(ge=10, le=10_000_000)] | UnsetType = UNSET
    job_commands: Commands | None | UnsetType = UNSET
    job_shell: bool | UnsetType = UNSET
    job_mounts: Folders | UnsetType = UNSET
    expiry_warning_days: Annotated[int, Meta(ge=0, le=365)] | UnsetType = UNSET
    audit_keep_days: Annotated[int, Meta(ge=1, le=3650)] | UnsetType = UNSET
    battery_saver: BatterySaver | UnsetType = UNSET
    battery_saver_percent: Annotated[int, Meta(ge=5, le=100)] | UnsetType = UNSET
    battery_saver_factor: Annotated[int, Meta(ge=2, le=8)] | UnsetType = UNSET
    update_check: UpdateMode | UnsetType = UNSET
    update_address: UpdateAddress | UnsetType = UNSET
    backup_keep: Annotated[int, Meta(ge=1, le=365)] | UnsetType = UNSET


TokenScope = Literal["admin", "client", "worker"]
"""``admin``: all; ``client``: reading, and marking as read; ``worker``: nothing but to join as one worker."""


class TokenCreate(Body, frozen=True, kw_only=True):
    """Body of ``POST /tokens``."""

    name: Name
    scope: TokenScope
    worker_id: WorkerId | None = None
    """With the scope ``worker``, and only there: the worker, of the deployment type ``external``, that it lets join."""


class Token(Row, frozen=True, kw_only=True):
    """A named token; its value is shown once."""

    id: str
    name: str
    scope: TokenScope
    worker_id: str | None = None
    """Of the scope ``worker``: the one that it lets join."""
    created_at: int
    last_used_at: int | None
    token: str | UnsetType = UNSET

    __repr__ = veiled


class Client(Row, frozen=True, kw_only=True):
    """A device that is told of notifications."""

    device_id: str
    name: str
    online: bool
    last_seen_at: int
    cursor: int
