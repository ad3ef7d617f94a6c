"""``watchkeeper sign-ins``: those under way, also begun elsewhere, and those of the last minutes."""

import click

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import ago, json_option, print_json, print_table


@click.group()
@common_options
def command() -> None:
    """List and give up sign-ins; `watchkeeper login` begins one."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_sessions(client: MasterClient, as_json: bool) -> int:
    """List the sign-ins under way and those of the last minutes."""
    found = await client.login_sessions()
    if as_json:
        print_json(found)
        return 0
    rows = [
        [row.id, row.platform, row.name, row.state, ago(row.created_at), (row.error or row.step).message]
        for row in found
    ]
    print_table(["Id", "Platform", "Account", "State", "Begun", "What goes on"], rows, "Nobody signs in.")
    return 0


@command.command("cancel")
@common_options
@click.argument("session_id")
@json_option
@with_client
async def cancel(client: MasterClient, session_id: str, as_json: bool) -> int:
    """Give a sign-in up, and make room for another one."""
    await client.cancel_login(session_id)
    if as_json:
        print_json({"id": session_id})
    else:
        print("The sign-in is given up.")
    return 0
