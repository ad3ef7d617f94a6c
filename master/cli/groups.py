"""``watchkeeper groups``."""

from typing import Any

import click
import msgspec
from msgspec import UNSET

from master.api.client import MasterClient
from master.api.schema import Group, GroupCreate, GroupPatch, Inheritable
from master.cli.connection import with_client
from master.cli.inherited import inherited_options, inherited_values
from master.cli.nouns import GROUP
from master.cli.options import common_options
from master.cli.output import json_option, print_fields, print_json, print_table

GROUP_ID = click.argument("group_id", type=GROUP)
POSITION = click.option("--position", type=click.IntRange(0, 10_000), help="0: first.")


@click.group()
@common_options
def command() -> None:
    """Group accounts, and say what a group's accounts inherit."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_groups(client: MasterClient, as_json: bool) -> int:
    """List the groups in their order."""
    found = await client.groups()
    if as_json:
        print_json(found)
        return 0
    rows = [[row.id, row.name, str(row.accounts), _settings(row)] for row in found]
    empty = "There are no groups. Add one with `watchkeeper groups add --name NAME`."
    print_table(["Id", "Name", "Accounts", "Passes on"], rows, empty)
    return 0


@command.command("show")
@common_options
@GROUP_ID
@json_option
@with_client
async def show(client: MasterClient, group_id: str, as_json: bool) -> int:
    """Show one group, by its id or name."""
    return _print(await client.group(group_id), as_json)


@command.command("add")
@common_options
@click.option("--name", required=True, help="How it is called.")
@click.option("--color", default="", metavar="#RRGGBB", help="Of its mark in lists.")
@click.option("--notes", default="", help="For yourself.")
@POSITION
@inherited_options
@json_option
@with_client
async def add(
    client: MasterClient, /, name: str, color: str, notes: str, position: int | None, as_json: bool, **inherited: Any
) -> int:
    """Add a group."""
    body = GroupCreate(
        name=name,
        color=color,
        notes=notes,
        position=UNSET if position is None else position,
        settings=Inheritable(**inherited_values(inherited)),
    )
    return _print(await client.create_group(body), as_json)


@command.command("edit")
@common_options
@GROUP_ID
@click.option("--name", help="How it is called.")
@click.option("--color", metavar="#RRGGBB", help="Of its mark in lists.")
@click.option("--notes", help="For yourself.")
@POSITION
@inherited_options
@json_option
@with_client
async def edit(
    client: MasterClient,
    /,
    group_id: str,
    name: str | None,
    color: str | None,
    notes: str | None,
    position: int | None,
    as_json: bool,
    **inherited: Any,
) -> int:
    """Change a group; its accounts follow at once. ``inherit``: the group passes that on no more."""
    found = await client.group(group_id)
    values = inherited_values(inherited)
    if "interval_seconds" in values:
        values.setdefault("interval_max_seconds", None)
    patch = GroupPatch(
        name=UNSET if name is None else name,
        color=UNSET if color is None else color,
        notes=UNSET if notes is None else notes,
        position=UNSET if position is None else position,
        settings=msgspec.structs.replace(found.settings, **values) if values else UNSET,
        version=found.version,
    )
    return _print(await client.patch_group(found.id, patch), as_json)


@command.command("remove")
@common_options
@GROUP_ID
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@with_client
async def remove(client: MasterClient, group_id: str, yes: bool, as_json: bool) -> int:
    """Remove a group; its accounts stay, in none."""
    found = await client.group(group_id)
    if not yes:
        click.confirm(f"Remove {found.name}? Its {found.accounts} accounts stay, in no group.", abort=True, err=True)
    count = await client.delete_group(found.id)
    if as_json:
        print_json({"id": found.id, "accounts": count})
    else:
        print(f"{found.name} is removed. Accounts that are in no group now: {count}.")
    return 0


def _settings(row: Group) -> str:
    given: dict[str, Any] = msgspec.to_builtins(row.settings)
    return ", ".join(f"{name} {value}" for name, value in given.items() if value is not None) or "–"


def _print(row: Group, as_json: bool) -> int:
    if as_json:
        print_json(row)
        return 0
    print_fields(
        [
            ("Group", row.id),
            ("Name", row.name),
            ("Color", row.color or "–"),
            ("Position", str(row.position)),
            ("Accounts", str(row.accounts)),
            ("Passes on", _settings(row)),
            ("Notes", row.notes or "–"),
        ]
    )
    return 0
