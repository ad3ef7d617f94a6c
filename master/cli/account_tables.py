"""An account, and a test of one, for people."""

from master.api.client import MasterClient
from master.api.schema import Account, TestReport
from master.cli.inherited import by_proxy, shown
from master.cli.output import clock, one_line, print_fields, print_json
from master.cli.steps import print_steps


async def print_account(client: MasterClient, account: Account, as_json: bool) -> int:
    """Print one account."""
    if as_json:
        print_json(account)
        return 0
    # A person wants names where the master has ids.
    proxies = {row.id: row.name for row in await client.proxies()} if by_proxy(account) else {}
    groups = {row.id: row.name for row in await client.groups()} if account.group_id else {}
    rate = f"{account.checks_ok} of {account.checks_total}" if account.checks_total else "–"
    print_fields(
        [
            ("Account", account.id),
            ("Name", account.name),
            ("Platform", account.platform),
            ("State", account.state),
            ("Reason", account.state_reason.message if account.state_reason else "–"),
            ("Worker", account.worker_id or "–"),
            ("Why there", account.assignment_reason.message if account.assignment_reason else "–"),
            ("Group", groups.get(account.group_id or "", "–")),
            *shown(account, proxies),
            ("Last check", clock(account.last_checked_at) if account.last_checked_at else "–"),
            ("Next check", "push" if account.listening else _next(account)),
            ("Successful", rate),
            ("Unread", str(account.unread)),
            *(("Certificate", f"{one.name}, until {clock(one.expires_at)}") for one in account.certificates),
        ]
    )
    return 0


def _next(account: Account) -> str:
    return clock(account.next_check_at) if account.next_check_at else "–"


def print_test(report: TestReport, as_json: bool) -> int:
    """Print the steps of a test; return the exit code."""
    code = 0 if report.success else 1
    if as_json:
        print_json(report)
        return code
    print_steps(report.steps, report.error)
    for name, reason in report.fields.items():
        print(f"  {name}: {one_line(reason.message)}")
    return code
