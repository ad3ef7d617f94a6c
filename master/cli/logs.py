"""``watchkeeper logs``."""

import click

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.options import LEVELS, common_options
from master.cli.output import clock, json_option, one_line, print_json, print_text


@click.command()
@common_options
@click.option("--source", help="master, or the id of a worker.")
@click.option("--level", type=click.Choice(LEVELS), help="This level and the worse ones.")
@click.option("--search", "q", help="Only lines that hold this text.")
@click.option("--tail", type=click.IntRange(1, 500), default=100, show_default=True, help="The last so many lines.")
@json_option
@with_client
async def command(
    client: MasterClient, source: str | None, level: str | None, q: str | None, tail: int, as_json: bool
) -> int:
    """Read the log of master and workers, oldest line first."""
    rows = await client.logs(source=source, level=level, q=q, limit=tail)
    if as_json:
        print_json(rows)
        return 0
    for row in sorted(rows, key=lambda row: row.id):
        record = row.record
        print(f"{clock(record.at)} {record.level:<7} {record.source:<10} {one_line(record.message)}")
        if record.traceback:
            print_text(record.traceback)
    return 0
