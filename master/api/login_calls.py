"""Requests about signing in and out, and about the record of what was done."""

from typing import Any
from urllib.parse import quote

from master.api.logins import AccountLogin, AuditEntry, LoginCreate, LoginInput, LoginSession, LogOutReport
from master.api.rows import Page
from master.api.transports import Transport

LOG_OUT_SECONDS = 75.0
"""The service may take its time to forget a token."""


class LoginCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def start_login(self, body: LoginCreate) -> LoginSession:
        """Sign in for a new account, which is made when it succeeds."""
        return await self._transport.call("POST", "/login-sessions", LoginSession, body=body)

    async def login_account(
        self, account_id: str, method: str | None = None, credentials: dict[str, Any] | None = None
    ) -> LoginSession:
        """Sign in again; the history stays."""
        path = f"/accounts/{quote(account_id, safe='')}/login"
        body = AccountLogin(method=method, credentials=credentials or {})
        return await self._transport.call("POST", path, LoginSession, body=body)

    async def login_sessions(self) -> list[LoginSession]:
        """Return the sign-ins under way and those of the last minutes, newest first."""
        return await self._transport.rows("/login-sessions", LoginSession)

    async def login_session(self, session_id: str) -> LoginSession:
        """Return one sign-in."""
        return await self._transport.call("GET", _path(session_id), LoginSession)

    async def answer_login(self, session_id: str, value: str) -> LoginSession:
        """Send what was typed or pasted."""
        path = f"{_path(session_id)}/input"
        return await self._transport.call("POST", path, LoginSession, body=LoginInput(value=value))

    async def refresh_login(self, session_id: str) -> LoginSession:
        """Ask for another QR code."""
        return await self._transport.call("POST", f"{_path(session_id)}/refresh", LoginSession)

    async def cancel_login(self, session_id: str) -> None:
        """Give up a sign-in."""
        await self._transport.call("DELETE", _path(session_id), type(None))

    async def log_out(self, account_id: str) -> LogOutReport:
        """Have the service forget the credentials, and erase them here."""
        path = f"/accounts/{quote(account_id, safe='')}/logout"
        return await self._transport.call("POST", path, LogOutReport, seconds=LOG_OUT_SECONDS)

    async def audit(
        self,
        limit: int = 100,
        cursor: str | None = None,
        action: str | None = None,
        account_id: str | None = None,
        actor: str | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> Page:
        """Return what was done, newest first; rows are :class:`AuditEntry`."""
        query = {"limit": limit, "cursor": cursor, "action": action, "account_id": account_id, "actor": actor}
        return await self._transport.page("/audit", AuditEntry, query | {"since": since, "until": until})


def _path(session_id: str) -> str:
    return f"/login-sessions/{quote(session_id, safe='')}"
