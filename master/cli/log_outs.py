"""``watchkeeper logout``."""

import click

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.nouns import ACCOUNT
from master.cli.options import common_options
from master.cli.output import json_option, print_json


@click.command("logout")
@common_options
@click.argument("account_id", type=ACCOUNT)
@json_option
@with_client
async def command(client: MasterClient, account_id: str, as_json: bool) -> int:
    """Sign an account out: at its service where that is possible, and here in any case."""
    report = await client.log_out(account_id)
    if as_json:
        print_json(report)
    else:
        click.echo(report.text.message)
    return 0
