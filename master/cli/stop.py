"""``watchkeeper stop``: asks the running master to stop in order."""

import asyncio
import time
from typing import TYPE_CHECKING

import click

from master.api.client import MasterClient
from master.cli.connection import read_master_file, with_client
from master.cli.options import common_options, current

if TYPE_CHECKING:
    import psutil

POLL_SECONDS = 0.05


@click.command()
@common_options
@click.option("--wait", type=click.FloatRange(min=0), default=10.0, show_default=True, help="Seconds until it must be.")
@with_client
async def command(client: MasterClient, wait: float) -> int:
    """Stop the running master of this profile in order; its workers stop with it."""
    import psutil

    known = read_master_file(current(click.get_current_context()))
    try:
        process: psutil.Process | None = psutil.Process(known.pid)
    except psutil.NoSuchProcess:
        process = None
    await client.shutdown()
    deadline = time.monotonic() + wait
    while process is not None and _runs(process):
        if time.monotonic() > deadline:
            raise click.ClickException(f"The master (process {known.pid}) still runs after {wait:g} s.")
        await asyncio.sleep(POLL_SECONDS)
    click.echo("The master has stopped.")
    return 0


def _runs(process: "psutil.Process") -> bool:
    import psutil

    try:
        return process.is_running() and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
