"""``watchkeeper status``."""

import click

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import json_option, print_fields, print_json, span


@click.command()
@common_options
@json_option
@with_client
async def command(client: MasterClient, as_json: bool) -> int:
    """Show how the running master is."""
    status = await client.status()
    if as_json:
        print_json(status)
        return 0
    workers, scheduling = status.workers, status.scheduling
    print_fields(
        [
            ("Version", status.version),
            ("Running for", span(status.uptime)),
            ("Workers", f"{workers.online} of {workers.total} online"),
            ("Accounts", f"{scheduling.assigned_accounts} of {scheduling.total_accounts} assigned"),
            ("Unread items", str(status.unread)),
            ("Notifications", f"{status.notifications.pending} pending"),
            ("Windows", f"{status.clients.online} of {status.clients.total} online"),
            ("Credentials", status.vault + (f": {status.vault_reason.message}" if status.vault_reason else "")),
        ]
    )
    return 0
