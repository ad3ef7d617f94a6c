"""Alerts: what is wrong now, and what was."""

from typing import Annotated, Literal

from msgspec import Meta

from master.api.rows import Body, Row
from worker.protocol.texts import Text

AlertKind = Literal[
    "worker_crashed",
    "worker_gave_up",
    "worker_silent",
    "heartbeat_lost",
    "worker_cpu",
    "worker_memory",
    "error_rate",
    "account_login_needed",
    "account_unreachable",
    "account_stale",
    "account_expiring",
    "certificate_expiring",
    "backlog",
    "disk_low",
    "orphans",
    "unassigned",
    "jobs_lost",
    "backup_failed",
    "backup_old",
    "network_down",
    "server_down",
]
AlertLevel = Literal["warn", "bad"]


class Alert(Row, frozen=True, kw_only=True):
    """One alert, from its raise to its clear. While it is open there is no second one of its kind and subject."""

    id: int
    kind: AlertKind
    subject: str
    """Id of the worker or account that it is about, or the host or file of a certificate; "" for the machine."""
    subject_name: str
    level: AlertLevel
    title: Text
    detail: Text | None = None
    raised_at: int
    cleared_at: int | None = None
    acknowledged_at: int | None = None
    silenced_until_at: int | None = None
    """No notification until then, neither of this alert nor of a later one of the same kind and subject."""


class Incident(Row, frozen=True, kw_only=True):
    """One fault that several accounts share now: a person is told of it once, not once an account."""

    kind: Literal["network_down", "server_down"]
    host: str
    """The server; "" for this machine's own network."""
    account_ids: list[str]
    reason: Text | None
    since_at: int
    told: bool
    """It lasts so long that it raised its alert."""


class AlertSilence(Body, frozen=True, kw_only=True):
    """Body of ``POST /alerts/:id/silence``; 0 ends the silence."""

    seconds: Annotated[int, Meta(ge=0, le=30 * 86_400)]
