"""``watchkeeper platforms``: what can be watched, and what each wants to know."""

import click

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.fields import find_platform, known_catalog, print_manifest
from master.cli.nouns import PLATFORM
from master.cli.options import common_options
from master.cli.output import json_option, one_line, print_json, print_table


@click.group()
@common_options
def command() -> None:
    """List what can be watched, and what each wants to know."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_platforms(client: MasterClient, as_json: bool) -> int:
    """List the platforms, and how many accounts each has."""
    catalog = await known_catalog(client)
    if as_json:
        print_json(catalog.platforms)
        return 0
    counts = {row.platform: row for row in (await client.account_stats()).platforms}
    rows = []
    for manifest in catalog.platforms:
        count = counts.get(manifest.id)
        figures = [str(count.total), str(count.active), str(count.error)] if count else ["0", "0", "0"]
        rows.append([manifest.id, manifest.title["en"], *figures, manifest.summary.get("en", "")])
    print_table(["Id", "Name", "Accounts", "Active", "In trouble", "What"], rows, "There are no platforms.")
    for broken in catalog.broken:
        print(one_line(f"Left out: {broken.package}: {broken.reason}"))
    return 0


@command.command("show")
@common_options
@click.argument("platform", type=PLATFORM)
@json_option
@with_client
async def show(client: MasterClient, platform: str, as_json: bool) -> int:
    """Show the fields of a platform, and how one signs in there."""
    manifest = find_platform(await known_catalog(client), platform)
    if as_json:
        print_json(manifest)
        return 0
    print_manifest("Platform", manifest)
    for login in manifest.logins:
        print(f"Sign in: watchkeeper login --platform {manifest.id} --method {login.id}  ({login.title['en']})")
    return 0
