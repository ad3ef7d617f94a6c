"""``watchkeeper assignments``: which worker holds what, since when and why."""

import click

from master.api.client import MasterClient
from master.cli import worker_configs
from master.cli.connection import with_client
from master.cli.nouns import WORKER
from master.cli.options import common_options
from master.cli.output import clock, json_option, print_json, print_table


@click.group()
@common_options
def command() -> None:
    """Show which worker holds which account and why; even them out."""


@command.command("list")
@common_options
@click.option("--worker", "worker_id", type=WORKER, help="Only what this worker holds.")
@json_option
@with_client
async def list_assignments(client: MasterClient, worker_id: str | None, as_json: bool) -> int:
    """List the accounts with their workers, since when and why."""
    rows = [row for row in await client.assignments() if worker_id is None or row.worker_id == worker_id]
    if as_json:
        print_json(rows)
        return 0
    names = {account.id: account.name for account in await client.all_accounts()}
    cells = [
        [
            names.get(row.account_id, row.account_id),
            row.worker_id or "–",
            clock(row.since_at) if row.since_at else "–",
            f"{row.pinned_to}, else {row.pin_policy}" if row.pinned and row.pinned_to else "",
            row.reason.message if row.reason else "",
        ]
        for row in rows
    ]
    print_table(["Account", "Worker", "Since", "Pinned to", "Why"], cells, "Nothing is assigned.")
    return 0


command.add_command(worker_configs.rebalance)
