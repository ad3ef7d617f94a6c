"""``watchkeeper export``."""

from pathlib import Path

import click

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.options import common_options, current
from master.cli.output import json_option, print_json
from master.cli.passphrase import passphrase_in
from master.cli.progress import working
from master.cli.prompts import ask

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@common_options
@click.argument("file", type=FILE)
@click.option("--with-credentials", is_flag=True, help="Ask for a passphrase; credentials and what was found go along.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@json_option
@with_client
async def command(client: MasterClient, file: Path, with_credentials: bool, force: bool, as_json: bool) -> int:
    """Write all that was set up into FILE: accounts, groups, proxies, rules, schedules, settings.

    With --passphrase-file (its first line), or --with-credentials (asked for), it is sealed and holds secrets too.
    """
    _refuse_present(file, force)
    secret = current(click.get_current_context()).passphrase_file
    passphrase = _new_passphrase(secret) if with_credentials or secret else None
    try:
        async with working("Writing", quiet=as_json) as progress:
            size = await client.export_move(file, passphrase, progress.add)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror or error}.") from error
    if as_json:
        print_json({"file": str(file), "size_bytes": size, "sealed": passphrase is not None})
    else:
        inside = "with credentials and what was found, sealed" if passphrase else "without credentials"
        print(f"Written: {file}, {size / 1e6:.1f} MB, {inside}.")
    return 0


def _refuse_present(file: Path, force: bool) -> None:
    if file.exists() and not force:
        raise click.UsageError(f"{file} is there already; --force writes over it.")


def _new_passphrase(file: Path | None) -> str:
    if file is not None:
        return passphrase_in(file)
    first = _ask("Passphrase for the file (at least 8 characters)")
    if first != _ask("Once more"):
        raise click.UsageError("The two are not the same.")
    return first


def _ask(label: str) -> str:
    return ask(label, hidden=True, instead="--passphrase-file")
