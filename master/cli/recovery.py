"""``watchkeeper recovery``."""

import click

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import clock, json_option, print_json, print_table


@click.command()
@common_options
@json_option
@with_client
async def command(client: MasterClient, as_json: bool) -> int:
    """Show what the last start found and repaired."""
    report = await client.recovery()
    if as_json:
        print_json(report)
        return 0
    before = "stopped in order" if report.clean else "did not stop in order"
    print(f"Started at {clock(report.at)}; the master before {before}.")
    rows = [[repair.kind, str(repair.examined), str(repair.repaired), repair.text.message] for repair in report.repairs]
    print_table(["What", "Examined", "Repaired", "Result"], rows, "Nothing was examined.")
    return 0
