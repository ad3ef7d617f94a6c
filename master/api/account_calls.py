"""Requests about accounts and their assignments. Each raises :class:`~master.api.transports.ApiError`."""

from typing import Any
from urllib.parse import quote

from master.api.schema import (
    Account,
    AccountBatch,
    AccountCreate,
    AccountDuplicate,
    AccountPatch,
    AccountPause,
    AccountStateRow,
    AccountStatistics,
    AccountTest,
    AssignmentPut,
    AssignmentRow,
    BatchReport,
    CredentialsPut,
    Page,
    Rebalance,
    RebalanceReport,
    TestReport,
)
from master.api.transports import Transport

PAGE = 500
TEST_SECONDS = 90.0
"""A test may take a worker 60 s."""
MOVE_SECONDS = 60.0
"""A check that runs is waited for before its account changes hands."""


class AccountCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def accounts(
        self,
        limit: int = PAGE,
        cursor: str | None = None,
        platform: str | None = None,
        state: str | None = None,
        q: str | None = None,
        group_id: str | None = None,
        removed: bool = False,
    ) -> Page:
        """Return a page of accounts; its rows are :class:`Account`.

        ``group_id``: those of a group, ``none``: those in no group. ``removed``: those that can still be restored.
        """
        query: dict[str, Any] = {"limit": limit, "cursor": cursor, "platform": platform, "state": state, "q": q}
        query |= {"group_id": group_id, "removed": removed or None}
        return await self._transport.page("/accounts", Account, query)

    async def all_accounts(self) -> list[Account]:
        """Return all accounts, page after page."""
        rows: list[Account] = []
        cursor: str | None = None
        while True:
            page = await self.accounts(cursor=cursor)
            rows += page.rows
            cursor = page.next_cursor
            if cursor is None:
                return rows

    async def account(self, account_id: str) -> Account:
        """Return one account."""
        return await self._transport.call("GET", _path(account_id), Account)

    async def create_account(self, body: AccountCreate) -> Account:
        """Add an account."""
        return await self._transport.call("POST", "/accounts", Account, body=body)

    async def patch_account(self, account_id: str, body: AccountPatch) -> Account:
        """Change an account."""
        return await self._transport.call("PATCH", _path(account_id), Account, body=body)

    async def delete_account(self, account_id: str, keep_history: bool, now: bool = False) -> Account:
        """Delete an account and its credentials; its items only when ``keep_history`` is false.

        It can be restored for ``UNDO_SECONDS``, unless ``now``.
        """
        query = {"keep_history": keep_history, "now": now or None}
        return await self._transport.call("DELETE", _path(account_id), Account, query=query)

    async def restore_account(self, account_id: str) -> Account:
        """Undo the deletion of an account."""
        return await self._transport.call("POST", f"{_path(account_id)}/restore", Account)

    async def duplicate_account(self, account_id: str, body: AccountDuplicate | None = None) -> Account:
        """Add an account like this one, without its credentials, paused."""
        path = f"{_path(account_id)}/duplicate"
        return await self._transport.call("POST", path, Account, body=body or AccountDuplicate())

    async def account_states(self, account_id: str, limit: int = 100, cursor: str | None = None) -> Page:
        """Return a page of the states that an account was in, newest first: rows of :class:`AccountStateRow`."""
        query = {"limit": limit, "cursor": cursor}
        return await self._transport.page(f"{_path(account_id)}/states", AccountStateRow, query)

    async def account_stats(self) -> AccountStatistics:
        """Return what became of all checks of a day and a week, by platform and by account."""
        return await self._transport.call("GET", "/accounts/stats", AccountStatistics)

    async def test_account(self, body: AccountTest) -> TestReport:
        """Have a worker really connect; nothing is saved."""
        return await self._transport.call("POST", "/accounts/test", TestReport, body=body, seconds=TEST_SECONDS)

    async def put_credentials(
        self, account_id: str, credentials: dict[str, Any], expires_at: int | None = None
    ) -> Account:
        """Sign in again; the history stays. ``expires_at``: when they end, where the person knows."""
        body = CredentialsPut(credentials=credentials, expires_at=expires_at)
        return await self._transport.call("PUT", f"{_path(account_id)}/credentials", Account, body=body)

    async def check_account(self, account_id: str) -> Account:
        """Check now."""
        return await self._transport.call("POST", f"{_path(account_id)}/check", Account)

    async def pause_account(self, account_id: str, until_at: int | None = None) -> Account:
        """Watch it no more until it is resumed, or until then."""
        body = AccountPause(until_at=until_at)
        return await self._transport.call("POST", f"{_path(account_id)}/pause", Account, body=body)

    async def resume_account(self, account_id: str) -> Account:
        """Watch it again."""
        return await self._transport.call("POST", f"{_path(account_id)}/resume", Account)

    async def assign_account(self, account_id: str, body: AssignmentPut) -> Account:
        """Give it to a worker, or leave the choice to the master."""
        path = f"{_path(account_id)}/assignment"
        return await self._transport.call("PUT", path, Account, body=body, seconds=MOVE_SECONDS)

    async def batch_accounts(self, body: AccountBatch) -> BatchReport:
        """Do the same with many accounts."""
        return await self._transport.call("POST", "/accounts/batch", BatchReport, body=body, seconds=MOVE_SECONDS)

    async def rebalance(self, body: Rebalance) -> RebalanceReport:
        """Even the workers out, or with ``dry_run`` tell what would move and why."""
        return await self._transport.call("POST", "/assignments/rebalance", RebalanceReport, body=body)

    async def assignments(self) -> list[AssignmentRow]:
        """Return who holds what, and why."""
        return await self._transport.rows("/assignments", AssignmentRow)


def _path(account_id: str) -> str:
    return f"/accounts/{quote(account_id, safe='')}"
