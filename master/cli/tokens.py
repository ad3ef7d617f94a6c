"""``watchkeeper token``: the running master's token, and named ones for outside programs."""

import click
import msgspec

from master.api.client import MasterClient
from master.api.schema import TokenCreate
from master.api.system import TokenScope
from master.cli.connection import read_master_file, with_client
from master.cli.nouns import TOKEN, WORKER
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
@click.option(
    "--scope",
    type=click.Choice(["admin", "client", "worker"]),
    required=True,
    help="admin: all; client: reading; worker: to join as one worker, and nothing else.",
)
@click.option("--worker", "worker_id", type=WORKER, help="With --scope worker: which worker it lets join.")
@json_option
@with_client
async def create(client: MasterClient, name: str, scope: str, worker_id: str | None, as_json: bool) -> int:
    """Make a named token. It survives restarts and is shown only now.

    One for a worker lets a worker join that is started elsewhere (workers add ID --set deployment_type=external).
    """
    body = TokenCreate(name=name, scope=msgspec.convert(scope, TokenScope), worker_id=worker_id)
    made = await client.create_token(body)
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
    rows = [
        [one.id, one.name, one.scope, one.worker_id or "", ago(one.created_at), ago(one.last_used_at)] for one in tokens
    ]
    print_table(["Id", "Name", "Scope", "Worker", "Made", "Last used"], rows, "There are no named tokens.")
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
