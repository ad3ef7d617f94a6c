"""``watchkeeper accounts export``."""

from pathlib import Path
from typing import Literal, get_args

import click
import msgspec

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import json_option, print_json
from master.cli.progress import working

Format = Literal["csv", "json", "opml"]
KINDS = get_args(Format)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("export")
@common_options
@click.argument("file", type=FILE)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "json", "opml"]),
    default="csv",
    show_default=True,
    help="Of the file.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@json_option
@with_client
async def export(client: MasterClient, file: Path, kind: str, force: bool, as_json: bool) -> int:
    """Write the accounts, without any secret, into FILE; `watchkeeper import` reads it again."""
    _refuse_present(file, force)
    try:
        async with working("Writing", quiet=as_json):
            size = await client.export_accounts(file, msgspec.convert(kind, Format))
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror or error}.") from error
    if as_json:
        print_json({"file": str(file), "size_bytes": size})
    else:
        print(f"Written: {file}, {size:,} bytes, without credentials.")
    return 0


def _refuse_present(file: Path, force: bool) -> None:
    if file.exists() and not force:
        raise click.UsageError(f"{file} is there already; --force writes over it.")
