"""Accounts and their assignments."""

from msgspec import UNSET, UnsetType

from master.api.rows import BatchReport, Body, Page, Rows
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
    group_id: Words | UnsetType = UNSET
    """Of this group; ``none``: of no group."""
    removed: bool = False
    """Those that are removed and can still be restored."""


class DeleteQuery(Body, frozen=True, kw_only=True):
    """What becomes of the items of a deleted account, and whether it is gone at once."""

    keep_history: bool = True
    now: bool = False
    """It cannot be restored."""


async def list_accounts(call: Call) -> Page:
    """Return a page of accounts, oldest first."""
    query: AccountsQuery = call.query
    return call.services.accounts.page(
        limit=query.limit,
        cursor=given(query.cursor),
        platform=given(query.platform),
        state=given(query.state),
        q=given(query.q),
        group_id=given(query.group_id),
        removed=query.removed,
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


async def delete(call: Call) -> Account:
    """Delete an account, at once or in a while."""
    query: DeleteQuery = call.query
    accounts, account_id = call.services.accounts, call.param("account_id")
    if not query.now:
        return await accounts.remove(account_id, query.keep_history)
    before = accounts.find(account_id)
    await accounts.delete(account_id, query.keep_history)
    return before


async def restore(call: Call) -> Account:
    """Undo a deletion."""
    return await call.services.accounts.restore(call.param("account_id"))


async def duplicate(call: Call) -> Account:
    """Add an account like this one."""
    return await call.services.accounts.duplicate(call.param("account_id"), call.body or AccountDuplicate())


async def states(call: Call) -> Page:
    """Return the states that an account was in."""
    query: PageQuery = call.query
    return await call.services.account_histories.page(call.param("account_id"), query.limit, given(query.cursor))


async def stats(call: Call) -> AccountStatistics:
    """Return what became of all checks."""
    accounts = call.services.accounts
    await accounts.tallies.refresh()
    return accounts.tallies.statistics(accounts.rows().values())


async def test(call: Call) -> TestReport:
    """Have a worker connect."""
    return await call.services.account_tests.run(call.body)


async def put_credentials(call: Call) -> Account:
    """Sign in again."""
    body: CredentialsPut = call.body
    return await call.services.sign_ins.puts.put(call.param("account_id"), body.credentials, body.expires_at)


async def check(call: Call) -> Account:
    """Check now."""
    return await call.services.assignments.check_now(call.param("account_id"))


async def pause(call: Call) -> Account:
    """Watch it no more."""
    body: AccountPause = call.body or AccountPause()
    return await call.services.accounts.pause(call.param("account_id"), body.until_at)


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
    Route("GET", "/accounts/stats", stats, "Counts and success rates of checks", AccountStatistics, scope="client"),
    Route("GET", "/accounts/{account_id}", get, "One account", Account, scope="client"),
    Route("PATCH", "/accounts/{account_id}", patch, "Change an account", Account, AccountPatch),
    Route(
        "DELETE",
        "/accounts/{account_id}",
        delete,
        "Delete an account; it can be restored for a while",
        Account,
        query=DeleteQuery,
    ),
    Route("POST", "/accounts/{account_id}/restore", restore, "Undo a deletion", Account),
    Route(
        "POST",
        "/accounts/{account_id}/duplicate",
        duplicate,
        "Add an account like this one, without credentials, paused",
        Account,
        AccountDuplicate,
        status=201,
        body_optional=True,
    ),
    Route(
        "GET",
        "/accounts/{account_id}/states",
        states,
        "The states that it was in, newest first",
        Rows[AccountStateRow],
        query=PageQuery,
        scope="client",
    ),
    Route("PUT", "/accounts/{account_id}/credentials", put_credentials, "Sign in again", Account, CredentialsPut),
    Route("POST", "/accounts/{account_id}/check", check, "Check now", Account),
    Route(
        "POST",
        "/accounts/{account_id}/pause",
        pause,
        "Stop watching until resumed, or until a time",
        Account,
        AccountPause,
        body_optional=True,
    ),
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
