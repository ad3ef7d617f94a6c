"""``watchkeeper settings``."""

from typing import Any

import click
import msgspec

from master.api.client import MasterClient
from master.api.schema import Settings, SettingsPatch
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import json_option, one_line, print_fields, print_json
from master.cli.struct_values import struct_values

SETTINGS = [name for name in Settings.__struct_fields__ if name != "version"]
SETTING = click.Choice([*SETTINGS])


def _names(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    return [f"{name}=" for name in SETTINGS if name.startswith(incomplete)]


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


@command.command("show")
@common_options
@click.argument("names", metavar="NAME...", nargs=-1, required=True, type=SETTING)
@json_option
@with_client
async def show(client: MasterClient, names: tuple[str, ...], as_json: bool) -> int:
    """Show some settings; one alone is printed without its name."""
    given = msgspec.to_builtins(await client.settings())
    if as_json:
        print_json({name: given[name] for name in names})
    elif len(names) == 1:
        print(_shown(given[names[0]]))
    else:
        print_fields([(name, _shown(given[name])) for name in names])
    return 0


@command.command("reset")
@common_options
@click.argument("names", metavar="NAME...", nargs=-1, type=SETTING)
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@with_client
async def reset(client: MasterClient, names: tuple[str, ...], everything: bool, yes: bool, as_json: bool) -> int:
    """Give settings their defaults again."""
    if bool(names) == everything:
        raise click.UsageError("Name settings, or say --all.")
    wanted = [name for name in SETTINGS if everything or name in names]
    if everything and not yes:
        click.confirm("Give all settings their defaults?", abort=True, err=True)
    usual = Settings()
    settings = await client.patch_settings(SettingsPatch(**{name: getattr(usual, name) for name in wanted}))
    given = msgspec.to_builtins(settings)
    if as_json:
        print_json(settings)
    else:
        print_fields([(name, _shown(given[name])) for name in wanted])
    return 0


@command.command("set")
@common_options
@click.argument("pairs", metavar="NAME=VALUE...", nargs=-1, required=True, shell_complete=_names)
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
