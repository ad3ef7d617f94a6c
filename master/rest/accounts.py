"""Accounts and their assignments."""

from msgspec import UNSET, UnsetType

from master.api.rows import BatchReport, Body, Page, Rows
from master.api.schema import (
    Account,
    AccountBatch,
    AccountCreate,
    AccountPatch,
    AccountTest,
    AssignmentPut,
    AssignmentRow,
    CredentialsPut,
    Rebalance,
    RebalanceReport,
    TestReport,
)
from master.rest.calls import Call, Route
from master.rest.queries import ListQuery, PageQuery, Words, given, list_page
from worker.protocol.states import AccountState


class AccountsQuery(PageQuery, frozen=True, kw_only=True):
    """Which accounts. ``q``: part of name, id at the service, tags or notes."""

    platform: Words | UnsetType = UNSET
    state: AccountState | UnsetType = UNSET
    q: Words | UnsetType = UNSET


class DeleteQuery(Body, frozen=True, kw_only=True):
    """What becomes of the items of a deleted account."""

    keep_history: bool = True


async def list_accounts(call: Call) -> Page:
    """Return a page of accounts, oldest first."""
    query: AccountsQuery = call.query
    return call.services.accounts.page(
        limit=query.limit,
        cursor=given(query.cursor),
        platform=given(query.platform),
        state=given(query.state),
        q=given(query.q),
    )


async def create(call: Call) -> Account:
    """Add an account."""
    return await call.services.accounts.create(call.body)


async def get(call: Call) -> Account:
    """Return one account."""
    return call.services.accounts.get(call.param("account_id"))


async def patch(call: Call) -> Account:
    """Change an account."""
    return await call.services.accounts.patch(call.param("account_id"), call.body)


async def delete(call: Call) -> None:
    """Delete an account."""
    query: DeleteQuery = call.query
    await call.services.accounts.delete(call.param("account_id"), keep_history=query.keep_history)


async def test(call: Call) -> TestReport:
    """Have a worker connect."""
    return await call.services.account_tests.run(call.body)


async def put_credentials(call: Call) -> Account:
    """Sign in again."""
    body: CredentialsPut = call.body
    return await call.services.accounts.put_credentials(call.param("account_id"), body.credentials)


async def check(call: Call) -> Account:
    """Check now."""
    return await call.services.assignments.check_now(call.param("account_id"))


async def pause(call: Call) -> Account:
    """Watch it no more."""
    return await call.services.accounts.pause(call.param("account_id"))


async def resume(call: Call) -> Account:
    """Watch it again."""
    return await call.services.accounts.resume(call.param("account_id"))


async def assign(call: Call) -> Account:
    """Choose its worker."""
    return await call.services.assignments.assign(call.param("account_id"), call.body)


async def batch(call: Call) -> BatchReport:
    """Do the same with many."""
    return await call.services.accounts.batch(call.body)


async def rebalance(call: Call) -> RebalanceReport:
    """Even the workers out."""
    return await call.services.assignments.rebalance(call.body or Rebalance())


async def list_assignments(call: Call) -> Page:
    """Return who holds what."""
    rows = call.services.assignments.rows()
    return list_page(rows, call.query, lambda row: row.account_id)


ROUTES = (
    Route(
        "GET", "/accounts", list_accounts, "Accounts, oldest first", Rows[Account], query=AccountsQuery, scope="client"
    ),
    Route("POST", "/accounts", create, "Add an account", Account, AccountCreate, status=201),
    Route("POST", "/accounts/test", test, "Connect without saving anything", TestReport, AccountTest),
    Route("POST", "/accounts/batch", batch, "Do the same with many accounts", BatchReport, AccountBatch),
    Route("GET", "/accounts/{account_id}", get, "One account", Account, scope="client"),
    Route("PATCH", "/accounts/{account_id}", patch, "Change an account", Account, AccountPatch),
    Route("DELETE", "/accounts/{account_id}", delete, "Delete an account", query=DeleteQuery),
    Route("PUT", "/accounts/{account_id}/credentials", put_credentials, "Sign in again", Account, CredentialsPut),
    Route("POST", "/accounts/{account_id}/check", check, "Check now", Account),
    Route("POST", "/accounts/{account_id}/pause", pause, "Stop watching until resumed", Account),
    Route("POST", "/accounts/{account_id}/resume", resume, "Watch again", Account),
    Route("PUT", "/accounts/{account_id}/assignment", assign, "Choose the worker", Account, AssignmentPut),
    Route(
        "GET",
        "/assignments",
        list_assignments,
        "Who holds what, and why",
        Rows[AssignmentRow],
        query=ListQuery,
        scope="client",
    ),
    Route(
        "POST",
        "/assignments/rebalance",
        rebalance,
        "Move the fewest accounts that even the workers out",
        RebalanceReport,
        Rebalance,
        body_optional=True,
    ),
)
