"""The numbered events of ``/admin``, and the unnumbered ones that may be merged for a slow client."""

from typing import Any

import msgspec

from master.api.backups import Backup, BackupState
from master.api.schema import (
    Account,
    Alert,
    Beat,
    CatalogAnswer,
    Credential,
    Group,
    Item,
    Job,
    LoginSession,
    Machine,
    Notification,
    Proxy,
    QuietHours,
    Row,
    Rule,
    Schedule,
    Search,
    Settings,
    SnoozeRow,
    Worker,
    WorkerEvent,
)
from master.api.updates import UpdateState
from worker.protocol.log_messages import LogRecord
from worker.protocol.texts import Text


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event. ``seq`` grows by one within ``stream`` (new at every start); 0 marks an unnumbered one."""

    stream: str
    seq: int
    type: str
    data: Any
    request_id: str = ""


class Deleted(Row, frozen=True, kw_only=True):
    """A row is gone."""

    id: str
    keep_history: bool = False
    """Of an account: the items that were found for it stay."""


class ItemsRead(Row, frozen=True, kw_only=True):
    """Items were marked (un)read; ``ids`` empty: those of the account (or of all) up to ``until_id``."""

    ids: list[int]
    read: bool
    account_id: str | None = None
    until_id: int | None = None


class NotificationsSwept(Row, frozen=True, kw_only=True):
    """Many notifications changed at once: those of ``ids``; with none, ask for the list again."""

    ids: list[int]
    state: str
    """What they are now."""
    reason: Text | None = None
    count: int


class RulesOrdered(Row, frozen=True, kw_only=True):
    """The rules in their new order."""

    rule_ids: list[str]


class ItemsDeleted(Row, frozen=True, kw_only=True):
    """Items are gone: they were kept long enough."""

    ids: list[int]


class Unread(Row, frozen=True, kw_only=True):
    """Unread items, in all and of the accounts that changed."""

    total: int
    accounts: dict[str, int]


class Checking(Row, frozen=True, kw_only=True):
    """A check began or ended (unnumbered)."""

    account_id: str
    checking: bool
    listening: bool = False
    last_checked_at: int | None = None
    last_ok_at: int | None = None
    next_check_at: int | None = None
    checks_ok: int = 0
    checks_total: int = 0
    beat: Beat | None = None


class HeartbeatSeen(Row, frozen=True, kw_only=True):
    """A worker's heartbeat (unnumbered)."""

    worker_id: str
    at: int
    cpu_percent: float
    memory_mb: float
    active_tasks: int
    accounts: int
    checks: int
    """Checks, failed checks and items found since its process started."""
    errors: int
    items: int
    backlog: int
    """Reports in its outbox that the master has not acknowledged."""
    round_trip_ms: float | None
    beat: Beat


class JobPrinted(Row, frozen=True, kw_only=True):
    """A running job printed something (unnumbered); where ``offset`` is not what one has, ask for the output."""

    job_id: str
    attempt: int
    stream: str
    offset: int
    text: str
    next_offset: int


class LogBatch(Row, frozen=True, kw_only=True):
    """New lines of the log (unnumbered), oldest first; ``first_id`` is the id of the first."""

    first_id: int
    records: list[LogRecord]


PAYLOADS: dict[str, type[Row]] = {
    "account.changed": Account,
    "account.deleted": Deleted,
    "worker.changed": Worker,
    "worker.deleted": Deleted,
    "worker.logged": WorkerEvent,
    "alert.changed": Alert,
    "backup.changed": Backup,
    "backup.deleted": Deleted,
    "backup.state": BackupState,
    "group.changed": Group,
    "group.deleted": Deleted,
    "proxy.changed": Proxy,
    "proxy.deleted": Deleted,
    "credential.changed": Credential,
    "credential.deleted": Deleted,
    "item.detected": Item,
    "items.read": ItemsRead,
    "items.deleted": ItemsDeleted,
    "unread.changed": Unread,
    "job.changed": Job,
    "login.challenge": LoginSession,
    "login.changed": LoginSession,
    "job.deleted": Deleted,
    "notification.changed": Notification,
    "notifications.swept": NotificationsSwept,
    "rule.changed": Rule,
    "rule.deleted": Deleted,
    "rules.ordered": RulesOrdered,
    "quiet_hours.changed": QuietHours,
    "snooze.changed": SnoozeRow,
    "snooze.ended": Deleted,
    "schedule.changed": Schedule,
    "schedule.deleted": Deleted,
    "search.changed": Search,
    "search.deleted": Deleted,
    "settings.changed": Settings,
    "catalog.changed": CatalogAnswer,
    "vault.changed": Row,
    "machine.changed": Machine,
    "update.changed": UpdateState,
    # unnumbered
    "checking": Checking,
    "heartbeat": HeartbeatSeen,
    "job.printed": JobPrinted,
    "log.batch": LogBatch,
}
"""Type of the data of every event."""

UNNUMBERED = frozenset({"checking", "heartbeat", "job.printed", "log.batch"})
