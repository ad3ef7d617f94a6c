"""``watchkeeper credentials``."""

import json
import sys

import click
from msgspec import UNSET, UnsetType

from master.api.client import MasterClient
from master.api.schema import Credential, CredentialCreate, CredentialPatch
from master.cli.connection import with_client
from master.cli.namings import NotFound
from master.cli.nouns import CREDENTIAL
from master.cli.options import common_options
from master.cli.output import ago, clock, json_option, print_fields, print_json, print_table
from master.cli.prompts import ask


@click.group()
@common_options
def command() -> None:
    """Store credentials for jobs; what they hold is never shown."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_credentials(client: MasterClient, as_json: bool) -> int:
    """List the stored credentials, without their values."""
    found = await client.credentials()
    if as_json:
        print_json(found)
        return 0
    rows = [[row.id, row.name, ", ".join(row.fields), clock(row.created_at), ago(row.last_used_at)] for row in found]
    empty = "There are no credentials. Add one with `watchkeeper credentials add --name NAME --field token`."
    print_table(["Id", "Name", "Fields", "Stored", "Used"], rows, empty)
    return 0


@command.command("show")
@common_options
@click.argument("credential_id", type=CREDENTIAL)
@json_option
@with_client
async def show(client: MasterClient, credential_id: str, as_json: bool) -> int:
    """Show one credential, without its values."""
    return _print(await _found(client, credential_id), as_json)


@command.command("add")
@common_options
@click.option("--name", required=True, help="How it is called in lists.")
@click.option("--field", "fields", multiple=True, help="Name of a value that is asked for; may be repeated.")
@click.option("--values-stdin", is_flag=True, help="Read the values from stdin as one JSON object instead of asking.")
@json_option
@with_client
async def add(client: MasterClient, name: str, fields: tuple[str, ...], values_stdin: bool, as_json: bool) -> int:
    """Store a credential. Its values are asked for, or read from stdin; never arguments."""
    if values_stdin == bool(fields):
        raise click.UsageError("Give --field NAME for each value that is to be asked for, or --values-stdin.")
    if values_stdin:
        values = _read_values()
    else:
        values = {field: ask(field, hidden=True, instead="--values-stdin") for field in fields}
    return _print(await client.create_credential(CredentialCreate(name=name, values=values)), as_json)


@command.command("edit")
@common_options
@click.argument("credential_id", type=CREDENTIAL)
@click.option("--name", help="How it is called in lists.")
@click.option("--field", "fields", multiple=True, help="Name of a value that is asked for; all of them anew.")
@click.option("--values-stdin", is_flag=True, help="Read all values from stdin as one JSON object instead of asking.")
@json_option
@with_client
async def edit(
    client: MasterClient,
    credential_id: str,
    name: str | None,
    fields: tuple[str, ...],
    values_stdin: bool,
    as_json: bool,
) -> int:
    """Change the name of a credential, or its values: jobs that begin from then on read the new ones."""
    if values_stdin and fields:
        raise click.UsageError("Give --field or --values-stdin, not both.")
    found = await _found(client, credential_id)
    values: dict[str, str] | UnsetType = UNSET
    if values_stdin:
        values = _read_values()
    elif fields:
        values = {field: ask(field, hidden=True, instead="--values-stdin") for field in fields}
    patch = CredentialPatch(name=UNSET if name is None else name, values=values, version=found.version)
    return _print(await client.patch_credential(credential_id, patch), as_json)


@command.command("remove")
@common_options
@click.argument("credential_id", type=CREDENTIAL)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@with_client
async def remove(client: MasterClient, credential_id: str, yes: bool, as_json: bool) -> int:
    """Erase a credential; refused while a job or a schedule needs it."""
    credential = await _found(client, credential_id)
    if not yes:
        click.confirm(f"Erase {credential.name}?", abort=True, err=True)
    await client.delete_credential(credential_id)
    if as_json:
        print_json({"id": credential_id})
    else:
        print(f"{credential.name} is erased.")
    return 0


async def _found(client: MasterClient, credential_id: str) -> Credential:
    for row in await client.credentials():
        if row.id == credential_id:
            return row
    raise NotFound(f"There is no credential {credential_id}.")


def _read_values() -> dict[str, str]:
    try:
        document = json.loads(sys.stdin.read())
    except ValueError as error:
        # Not the error itself: it may quote what was read.
        raise click.UsageError("--values-stdin: that is no JSON.") from error
    if not isinstance(document, dict) or not all(isinstance(value, str) for value in document.values()):
        raise click.UsageError("--values-stdin: expected one JSON object of texts.")
    return document


def _print(row: Credential, as_json: bool) -> int:
    if as_json:
        print_json(row)
        return 0
    print_fields(
        [
            ("Credential", row.id),
            ("Name", row.name),
            ("Fields", ", ".join(row.fields)),
            ("Stored", clock(row.created_at)),
        ]
    )
    return 0
