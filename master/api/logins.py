"""Signing in with the person's help, and signing out."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from master.api.inheritance import ProxyChoice, Sound
from master.api.rows import Body, Interval, Name, Notes, Priority, Row, Tags, Time
from master.api.rules import NotificationLevel, QuietPlan
from worker.protocol.logins import CODE_LENGTH, Challenge
from worker.protocol.secret import veiled
from worker.protocol.texts import Text

LoginState = Literal["pending", "scanning", "code_asked", "success", "failed", "expired", "timeout"]
"""``pending``: begins, shows a challenge, or waits for a page; ``scanning``: the person agrees on the other device, or
what came of it is verified; the last four are final. ``expired``: the five minutes or the service's patience are over;
``timeout``: one state took too long."""

OPEN_LOGINS: frozenset[LoginState] = frozenset({"pending", "scanning", "code_asked"})


class LoginSession(Row, frozen=True, kw_only=True):
    """One sign-in. Its ``challenge`` is shown to holders of an ``admin`` token only, and stored nowhere."""

    id: str
    platform: str
    method: str
    """Id of one of the ``logins`` of the platform's manifest."""
    account_id: str | None
    """Whose sign-in it is; of a new account: the account that it made, null before."""
    name: str
    state: LoginState
    step: Text
    """What goes on, or how it ended, in a sentence."""
    verifying: bool = False
    """The person has done everything; the new credentials are tried."""
    challenge: Challenge | None = None
    refreshes: int = 0
    """So many QR codes took the place of an earlier one."""
    error: Text | None = None
    fields: dict[str, Text] = {}
    """Settings (``settings.x``) or credentials (``credentials.x``) that are wrong."""
    worker_id: str
    created_at: int
    expires_at: int
    """It is over by then, whatever happens."""
    state_expires_at: int
    """So is its present state."""
    ended_at: int | None = None


class AccountLogin(Body, frozen=True, kw_only=True):
    """Body of ``POST /accounts/:id/login``: *Sign in again*. ``method`` absent: the best one of the platform."""

    method: Annotated[str, Meta(max_length=100)] | None = None
    credentials: dict[str, Any] = {}
    """Secret fields that the method asks beforehand."""

    __repr__ = veiled


class LoginCreate(Body, frozen=True, kw_only=True):
    """Body of ``POST /login-sessions``: sign in first; the account is made of what comes of it."""

    platform: str
    method: Annotated[str, Meta(max_length=100)] | None = None
    settings: dict[str, Any] = {}
    """What is known already; more may come with the sign-in."""
    credentials: dict[str, Any] = {}
    name: Name | None = None
    """Absent: the name that the service tells."""
    interval_seconds: Interval | None = None
    """Null here and below: inherited from the group, else the default of all."""
    interval_max_seconds: Interval | None = None
    group_id: str | None = None
    proxy_id: ProxyChoice | None = None
    quiet_hours: QuietPlan | None = None
    notify_level: NotificationLevel | None = None
    sound: Sound | None = None
    tags: Tags = []
    notes: Notes = ""
    priority: Priority | None = None
    show_existing: Annotated[int, Meta(ge=0, le=50)] = 0
    """So many of the newest things that are there already become items, read and told to nobody."""

    __repr__ = veiled


class LoginInput(Body, frozen=True, kw_only=True):
    """Body of ``POST /login-sessions/:id/input``: what was typed, or the address that was pasted."""

    value: Annotated[str, Meta(min_length=1, max_length=CODE_LENGTH)]

    __repr__ = veiled


class LogOutReport(Row, frozen=True, kw_only=True):
    """Answer of ``POST /accounts/:id/logout``: nothing uses the credentials any more, whatever became of them."""

    revoked: bool
    """The service forgot the credentials."""
    erased: bool = True
    """False while the keyring does not let them be erased; that is tried again, and on record once it is done."""
    text: Text
    """What became of it, in a sentence."""


AuditAction = Literal[
    "credential_granted",
    "credential_stored",
    "credential_refused",
    "credential_erased",
    "login_started",
    "login_succeeded",
    "login_failed",
    "logged_out",
    "token_created",
    "token_revoked",
    "settings_changed",
    "exported",
    "imported",
    "backup_made",
    "restored",
]


class AuditEntry(Row, frozen=True, kw_only=True):
    """One thing that was done with what needs to be kept safe. Never holds a secret."""

    id: int
    at: Time
    action: AuditAction
    actor: str
    """``admin`` (the token of this start), ``token:NAME``, a worker's id, or ``master``."""
    subject: str
    """Id of the account, credential, token … that it is about; empty for the whole."""
    subject_name: str
    account_id: str | None
    text: Text
    """What happened, in a sentence."""
    request_id: str = ""


__all__ = [
    "OPEN_LOGINS",
    "AccountLogin",
    "AuditAction",
    "AuditEntry",
    "Challenge",
    "LogOutReport",
    "LoginCreate",
    "LoginInput",
    "LoginSession",
    "LoginState",
]
