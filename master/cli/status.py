"""``watchkeeper status``: all that ``GET /status`` answers."""

import asyncio
import sys

import click

from master.api.client import MasterClient
from master.api.schema import Status
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import json_option, print_fields, print_json, print_line, span

CLEAR = "\x1b[H\x1b[2J"


@click.command()
@common_options
@click.option("--watch", is_flag=True, help="Show it again and again until Ctrl-C.")
@click.option("--every", type=click.FloatRange(0.2, 3600), default=2.0, show_default=True, help="Seconds, of --watch.")
@json_option
@with_client
async def command(client: MasterClient, watch: bool, every: float, as_json: bool) -> int:
    """Show how the running master is; with --watch and --json one line a look."""
    while True:
        status = await client.status()
        if as_json:
            (print_line if watch else print_json)(status)
        else:
            if watch and sys.stdout.isatty():
                click.echo(CLEAR, nl=False)
            _show(status)
            sys.stdout.flush()
        if not watch:
            return 0
        await asyncio.sleep(every)


def _show(status: Status) -> None:
    workers, scheduling, clients = status.workers, status.scheduling, status.clients
    assigned = f"{scheduling.assigned_accounts} of {scheduling.total_accounts} assigned"
    reason = f": {status.vault_reason.message}" if status.vault_reason else ""
    print_fields(
        [
            ("Version", status.version + (" (demo)" if status.demo else "")),
            ("Profile", status.profile or "–"),
            ("Running for", span(status.uptime) + (f" ({int(status.uptime)} s)" if status.uptime >= 60 else "")),
            ("Workers", f"{workers.online} of {workers.total} online, {workers.offline} offline"),
            ("They hold", f"{workers.total_assigned_accounts} accounts"),
            ("Accounts", f"{assigned}, {scheduling.unassigned_accounts} without a worker"),
            ("Windows", f"{clients.online} of {clients.total} online"),
            ("Notifications", f"{status.notifications.pending} told and not seen yet"),
            ("Unread items", str(status.unread)),
            ("Jobs", f"{status.jobs.running} running, {status.jobs.pending} waiting"),
            ("Credentials", status.vault + reason),
        ]
    )
