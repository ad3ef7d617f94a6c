"""``watchkeeper logs``."""

import click

from master.api.client import MasterClient
from master.api.events import Event, LogBatch
from master.cli.connection import with_client
from master.cli.event_streams import follow
from master.cli.options import LEVELS, common_options
from master.cli.output import clock, json_option, one_line, print_json, print_line, print_text
from worker.protocol.log_messages import LogRecord


@click.command()
@common_options
@click.option("--source", help="master, or the id of a worker.")
@click.option("--level", type=click.Choice(LEVELS), help="This level and the worse ones.")
@click.option("--search", "q", help="Only lines that hold this text.")
@click.option("--tail", type=click.IntRange(0, 500), default=100, show_default=True, help="The last so many lines.")
@click.option("--follow", "-f", "goes_on", is_flag=True, help="Go on with what is logged, until Ctrl-C.")
@json_option
@with_client
async def command(
    client: MasterClient,
    source: str | None,
    level: str | None,
    q: str | None,
    tail: int,
    goes_on: bool,
    as_json: bool,
) -> int:
    """Read the log of master and workers, oldest line first; with --follow and --json one JSON object a line."""
    rows = await client.logs(source=source, level=level, q=q, limit=tail) if tail else []
    rows = sorted(rows, key=lambda row: row.id)
    if as_json and not goes_on:
        print_json(rows[::-1])
        return 0
    for row in rows:
        _print(row.record, as_json)
    if not goes_on:
        return 0
    last = rows[-1].id if rows else 0

    def show(event: Event) -> bool:
        batch: LogBatch = event.data
        for number, record in enumerate(batch.records, batch.first_id):
            if number > last and _fits(record, source, level, q):
                _print(record, as_json)
        return True

    await follow(client, show, ("log.batch",))
    return 0


def _fits(record: LogRecord, source: str | None, level: str | None, q: str | None) -> bool:
    loud = level is None or LEVELS.index(record.level) >= LEVELS.index(level)
    words = f"{record.message}\n{record.traceback}".casefold()
    return loud and source in (None, record.source) and (q is None or q.casefold() in words)


def _print(record: LogRecord, as_json: bool) -> None:
    if as_json:
        print_line(record)
        return
    print(f"{clock(record.at)} {record.level:<7} {record.source:<10} {one_line(record.message)}", flush=True)
    if record.traceback:
        print_text(record.traceback)
