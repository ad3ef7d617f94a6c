"""``watchkeeper token``: the running master's token, and named ones for outside programs."""

import click

from master.api.client import MasterClient
from master.api.schema import TokenCreate
from master.cli.connection import read_master_file, with_client
from master.cli.nouns import TOKEN
from master.cli.options import common_options, here
from master.cli.output import ago, json_option, print_json, print_table


@click.group(invoke_without_command=True)
@common_options
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> int | None:
    """Print the token of the running master (for curl). It changes with every start."""
    if context.invoked_subcommand is not None:
        return None
    token = read_master_file(here(context)).token
    if as_json:
        print_json({"token": token})
    else:
        print(token)
    return 0


@command.command("create")
@common_options
@click.option("--name", required=True, help="What the token is for.")
@click.option("--scope", type=click.Choice(["admin", "client"]), required=True, help="admin: all; client: reading.")
@json_option
@with_client
async def create(client: MasterClient, name: str, scope: str, as_json: bool) -> int:
    """Make a named token. It survives restarts and is shown only now."""
    made = await client.create_token(TokenCreate(name=name, scope="admin" if scope == "admin" else "client"))
    if as_json:
        print_json(made)
    else:
        print(made.token)
    return 0


@command.command("list")
@common_options
@json_option
@with_client
async def list_tokens(client: MasterClient, as_json: bool) -> int:
    """List the named tokens (never their values)."""
    tokens = await client.tokens()
    if as_json:
        print_json(tokens)
        return 0
    rows = [[token.id, token.name, token.scope, ago(token.created_at), ago(token.last_used_at)] for token in tokens]
    print_table(["Id", "Name", "Scope", "Made", "Last used"], rows, "There are no named tokens.")
    return 0


@command.command("revoke")
@common_options
@click.argument("token_id", type=TOKEN)
@json_option
@with_client
async def revoke(client: MasterClient, token_id: str, as_json: bool) -> int:
    """Make a named token void at once."""
    await client.revoke_token(token_id)
    if as_json:
        print_json({"id": token_id})
    else:
        print("The token is void.")
    return 0
