"""``watchkeeper janitor``."""

import click

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import json_option, print_json, print_table
from master.cli.progress import working


@click.command()
@common_options
@click.option("--dry-run", is_flag=True, help="Only say what would be cleared away.")
@json_option
@with_client
async def command(client: MasterClient, dry_run: bool, as_json: bool) -> int:
    """Clear away what is older than it is kept."""
    async with working("Looking" if dry_run else "Clearing away", quiet=as_json):
        report = await client.janitor(dry_run=dry_run)
    if as_json:
        print_json(report)
        return 0
    rows = [[clearing.what, str(clearing.count), clearing.text.message] for clearing in report.clearings]
    print_table(["What", "Count", "Result"], rows, "There is nothing to clear away.")
    return 0
