"""Signing in and out, and the record of what was done with what needs to be kept safe."""

import msgspec
from msgspec import UNSET, UnsetType

from master.api.logins import (
    AccountLogin,
    AuditAction,
    AuditEntry,
    LoginCreate,
    LoginInput,
    LoginSession,
    LogOutReport,
)
from master.api.rows import Page, Rows, Time
from master.rest.calls import Call, Route
from master.rest.queries import ListQuery, PageQuery, Words, given, list_page


class AuditQuery(PageQuery, frozen=True, kw_only=True):
    """Which entries."""

    action: AuditAction | UnsetType = UNSET
    account_id: Words | UnsetType = UNSET
    actor: Words | UnsetType = UNSET
    since: Time | UnsetType = UNSET
    until: Time | UnsetType = UNSET


async def create(call: Call) -> LoginSession:
    """Sign in for a new account."""
    return await call.services.sign_ins.logins.create(call.body)


async def again(call: Call) -> LoginSession:
    """Sign in again."""
    return await call.services.sign_ins.logins.again(call.param("account_id"), call.body or AccountLogin())


async def list_sessions(call: Call) -> Page:
    """Return sign-ins, the newest first."""
    rows = [_seen(call, row) for row in call.services.sign_ins.logins.rows()]
    return list_page(rows, call.query, lambda row: row.id)


async def get(call: Call) -> LoginSession:
    """Return one sign-in."""
    return _seen(call, call.services.sign_ins.logins.get(call.param("session_id")))


async def answer(call: Call) -> LoginSession:
    """Hand on what was typed."""
    body: LoginInput = call.body
    return await call.services.sign_ins.logins.answer(call.param("session_id"), body.value)


async def refresh(call: Call) -> LoginSession:
    """Ask for another QR code."""
    return await call.services.sign_ins.logins.answer(call.param("session_id"), None)


async def cancel(call: Call) -> None:
    """Give up a sign-in."""
    await call.services.sign_ins.logins.cancel(call.param("session_id"))


async def log_out(call: Call) -> LogOutReport:
    """Sign out."""
    return await call.services.sign_ins.log_outs.run(call.param("account_id"))


async def audit(call: Call) -> Page:
    """Return what was done, the newest first."""
    query: AuditQuery = call.query
    return await call.services.sign_ins.audit.page(
        limit=query.limit,
        cursor=given(query.cursor),
        since=given(query.since),
        until=given(query.until),
        action=given(query.action),
        account_id=given(query.account_id),
        actor=given(query.actor),
    )


def _seen(call: Call, session: LoginSession) -> LoginSession:
    """Return a sign-in as the caller may see it: a challenge opens an account."""
    return session if call.scope == "admin" else msgspec.structs.replace(session, challenge=None)


SESSION = "/login-sessions/{session_id}"

ROUTES = (
    Route(
        "POST",
        "/accounts/{account_id}/login",
        again,
        "Sign in again; history and settings stay",
        LoginSession,
        AccountLogin,
        status=201,
        body_optional=True,
    ),
    Route("POST", "/accounts/{account_id}/logout", log_out, "Sign out, at the service and here", LogOutReport),
    Route("GET", "/login-sessions", list_sessions, "Sign-ins", Rows[LoginSession], query=ListQuery, scope="client"),
    Route("POST", "/login-sessions", create, "Sign in for a new account", LoginSession, LoginCreate, status=201),
    Route("GET", SESSION, get, "One sign-in", LoginSession, scope="client"),
    Route("DELETE", SESSION, cancel, "Give up a sign-in"),
    Route("POST", f"{SESSION}/input", answer, "Type or paste what it asks for", LoginSession, LoginInput),
    Route("POST", f"{SESSION}/refresh", refresh, "Another QR code", LoginSession),
    Route(
        "GET",
        "/audit",
        audit,
        "What was done with credentials, tokens …",
        Rows[AuditEntry],
        query=AuditQuery,
        scope="client",
    ),
)
