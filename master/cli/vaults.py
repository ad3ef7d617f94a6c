"""``watchkeeper vault``: where credentials are kept, and whether that can be opened."""

from pathlib import Path

import click

from master.api.client import MasterClient
from master.api.vaults import VaultInfo, VaultPassphrase, VaultUnlock
from master.cli.connection import with_client
from master.cli.options import EXIT_KEYRING, common_options, current
from master.cli.output import json_option, print_fields, print_json
from master.cli.passphrase import passphrase_in
from master.cli.prompts import ask

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
@common_options
def command() -> None:
    """Show, check and unlock where credentials are kept."""


@command.command("show")
@common_options
@json_option
@with_client
async def show(client: MasterClient, as_json: bool) -> int:
    """Show where credentials are kept and whether that is open."""
    return _print(await client.vault(), as_json)


@command.command("check")
@common_options
@json_option
@with_client
async def check(client: MasterClient, as_json: bool) -> int:
    """Look again whether the keyring can be used; exit code 4 when it cannot."""
    found = await client.check_vault()
    _print(found, as_json)
    return 0 if found.state == "ok" else EXIT_KEYRING


@command.command("unlock")
@common_options
@json_option
@with_client
async def unlock(client: MasterClient, as_json: bool) -> int:
    """Unlock a passphrase vault; the passphrase is asked for, or the first line of --passphrase-file."""
    passphrase = _passphrase(current(click.get_current_context()).passphrase_file, "Passphrase of the vault")
    return _print(await client.unlock_vault(VaultUnlock(passphrase=passphrase)), as_json)


@command.command("passphrase")
@common_options
@click.option("--new-passphrase-file", type=FILE, help="File whose first line is the new one; without it, it is asked.")
@json_option
@with_client
async def passphrase(client: MasterClient, new_passphrase_file: Path | None, as_json: bool) -> int:
    """Change the passphrase of a passphrase vault."""
    old = _passphrase(current(click.get_current_context()).passphrase_file, "Passphrase until now")
    if new_passphrase_file is not None:
        new = passphrase_in(new_passphrase_file, "--new-passphrase-file")
    else:
        new = ask("New passphrase (at least 8 characters)", hidden=True, instead="--new-passphrase-file")
        if new != ask("Once more", hidden=True, instead="--new-passphrase-file"):
            raise click.UsageError("The two are not the same.")
    return _print(await client.change_vault_passphrase(VaultPassphrase(old=old, new=new)), as_json)


def _passphrase(file: Path | None, label: str) -> str:
    return passphrase_in(file) if file is not None else ask(label, hidden=True, instead="--passphrase-file")


def _print(found: VaultInfo, as_json: bool) -> int:
    if as_json:
        print_json(found)
        return 0
    why = found.reason.message if found.reason is not None else "–"
    print_fields([("Kept in", found.name or found.kind), ("Kind", found.kind), ("State", found.state), ("Why", why)])
    return 0
