"""``watchkeeper incidents``."""

import click

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import clock, json_option, print_json, print_table


@click.group()
@common_options
def command() -> None:
    """List faults that several accounts share now: a server that is down, no network."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_incidents(client: MasterClient, as_json: bool) -> int:
    """List the faults that several accounts share now."""
    page = await client.incidents()
    if as_json:
        print_json(page.rows)
        return 0
    names = {account.id: account.name for account in await client.all_accounts()} if page.rows else {}
    rows = [
        [
            "no network" if row.kind == "network_down" else "server down",
            row.host or "this machine",
            clock(row.since_at),
            ", ".join(names.get(one, one) for one in row.account_ids),
            row.reason.message if row.reason else "",
        ]
        for row in page.rows
    ]
    print_table(["What", "Where", "Since", "Accounts", "Why"], rows, "No accounts share a fault now.")
    return 0
