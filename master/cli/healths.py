"""``watchkeeper health``: for containers and service managers."""

import click

from master.api.client import ApiError, MasterClient
from master.api.schema import Health
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import json_option, print_fields, print_json


@click.command()
@common_options
@json_option
@with_client
async def command(client: MasterClient, as_json: bool) -> int:
    """Say whether the master is up and ready: exit code 0, else 1."""
    alive = await client.liveness()
    ready, why = True, ""
    try:
        found: Health = await client.readiness()
    except ApiError as error:
        if error.status != 503:
            raise
        found, ready, why = await client.health(), False, error.message
    if as_json:
        print_json(
            {"live": alive.status != "stopping", "ready": ready, "status": found.status, "version": found.version}
        )
    else:
        print_fields(
            [("Status", found.status), ("Ready", "yes" if ready else f"no: {why}"), ("Version", found.version)]
        )
    return 0 if ready else 1
