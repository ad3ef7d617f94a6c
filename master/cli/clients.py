"""``watchkeeper clients``: the devices that are told of notifications."""

import click

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import ago, json_option, print_json, print_table


@click.group()
@common_options
def command() -> None:
    """List the devices that are told of notifications: windows and outside programs."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_clients(client: MasterClient, as_json: bool) -> int:
    """List the devices, whether each is there, and how far it was told."""
    found = await client.clients()
    if as_json:
        print_json(found)
        return 0
    rows = [
        [row.device_id, row.name, "online" if row.online else "offline", ago(row.last_seen_at), str(row.cursor)]
        for row in found
    ]
    print_table(["Id", "Name", "State", "Seen", "Told up to"], rows, "No device was ever told of a notification.")
    return 0
