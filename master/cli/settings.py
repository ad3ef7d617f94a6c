"""``watchkeeper settings``."""

from typing import Any

import click
import msgspec

from master.api.client import MasterClient
from master.api.schema import SettingsPatch
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import json_option, one_line, print_fields, print_json
from master.cli.struct_values import struct_values


@click.group()
@common_options
def command() -> None:
    """Show and change the settings of the master."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_settings(client: MasterClient, as_json: bool) -> int:
    """List the settings and their values."""
    found = await client.settings()
    if as_json:
        print_json(found)
        return 0
    print_fields([(name, _shown(value)) for name, value in msgspec.to_builtins(found).items()])
    return 0


@command.command("set")
@common_options
@click.argument("pairs", metavar="NAME=VALUE...", nargs=-1, required=True)
@json_option
@with_client
async def change(client: MasterClient, pairs: tuple[str, ...], as_json: bool) -> int:
    """Change settings; all of them or none. Lists with commas between, mappings as JSON, "none" for none."""
    values = struct_values(SettingsPatch, pairs)
    settings = await client.patch_settings(SettingsPatch(**values))
    if as_json:
        print_json(settings)
        return 0
    given = msgspec.to_builtins(settings)
    print_fields([(name, _shown(given[name])) for name in values])
    return 0


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        return one_line(msgspec.json.encode(value).decode()) if value else "–"
    return one_line(str(value))
