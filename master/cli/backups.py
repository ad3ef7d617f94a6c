"""``watchkeeper backups``."""

import click

from master.api.backups import Backup
from master.api.client import MasterClient
from master.checks.restores import RestoreFailed, ask_for, list_backups
from master.cli.connection import NotRunning, read_master_file, with_client
from master.cli.nouns import BACKUP
from master.cli.options import Common, common_options, current
from master.cli.output import clock, json_option, print_fields, print_json, print_table
from master.cli.progress import working


@click.group()
@common_options
def command() -> None:
    """List, make, check, restore and delete backups."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_all(client: MasterClient, as_json: bool) -> int:
    """List the backups, the newest first, and how things stand."""
    rows, state = await client.backups(), await client.backup_state()
    if as_json:
        print_json({"backups": rows, "state": state})
        return 0
    titles = ["Id", "Made", "Why", "MB", "Accounts", "Items", "Problem"]
    print_table(titles, [_cells(row) for row in rows], "There are no backups yet.")
    if state.next_at is not None:
        print(f"\nNext daily one: {clock(state.next_at)}")
    if state.problem is not None:
        print(f"The last attempt failed: {state.problem.message}")
    if state.last_restore is not None:
        print(f"Last restore, {clock(state.last_restore.at)}: {state.last_restore.text.message}")
    return 0


@command.command("create")
@common_options
@json_option
@with_client
async def create(client: MasterClient, as_json: bool) -> int:
    """Make a backup now, and check it."""
    async with working("Backing up", quiet=as_json):
        made = await client.make_backup()
    return _print(made, as_json)


@command.command("verify")
@common_options
@click.argument("backup_id", type=BACKUP)
@json_option
@with_client
async def verify(client: MasterClient, backup_id: str, as_json: bool) -> int:
    """Read a backup from end to end."""
    async with working("Reading it", quiet=as_json):
        found = await client.verify_backup(backup_id)
    return _print(found, as_json)


@command.command("delete")
@common_options
@click.argument("backup_id", type=BACKUP)
@json_option
@with_client
async def delete(client: MasterClient, backup_id: str, as_json: bool) -> int:
    """Delete a backup."""
    await client.delete_backup(backup_id)
    if as_json:
        print_json({"id": backup_id})
    else:
        print(f"Deleted: {backup_id}")
    return 0


@command.command("restore")
@common_options
@click.argument("backup_id", type=BACKUP, required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_context
def restore(context: click.Context, backup_id: str | None, yes: bool, as_json: bool) -> int:
    """Restore a backup (default: the newest sound one). Without a running master the next start does it."""
    common = current(context)
    if common.connect is None:
        try:
            read_master_file(common)
        except NotRunning:
            return _restore_later(common, backup_id, yes, as_json)
    return _restore_now(backup_id, yes, as_json)


@with_client
async def _restore_now(client: MasterClient, backup_id: str | None, yes: bool, as_json: bool) -> int:
    rows = await client.backups()
    chosen = backup_id or next((row.id for row in rows if row.problem is None), None)
    if chosen is None:
        raise click.ClickException("There is no sound backup.")
    if not yes:
        click.confirm(f"Restore {chosen}? The master restarts.", abort=True, err=True)
    async with working("Restoring", quiet=as_json):
        started = await client.restore_backup(chosen)
    if as_json:
        print_json(started)
        return 0
    print(f"The master restarts and restores {chosen}. `watchkeeper backups list` tells what it came to.")
    return 0


def _restore_later(common: Common, backup_id: str | None, yes: bool, as_json: bool) -> int:
    profile = common.profile
    try:
        chosen = backup_id or next((row.id for row in list_backups(profile) if row.problem is None), None)
        if chosen is None:
            raise click.ClickException(f"There is no sound backup in {profile}.")
        if not yes:
            click.confirm(f"Restore {chosen} at the next start?", abort=True, err=True)
        ask_for(profile, chosen)
    except RestoreFailed as error:
        raise click.ClickException(error.text.message) from error
    if as_json:
        print_json({"id": chosen, "at_next_start": True})
        return 0
    print(f"Start Watchkeeper now (`watchkeeper`, or `watchkeeper serve`): before anything else it restores {chosen}.")
    return 0


def _cells(row: Backup) -> list[str]:
    problem = row.problem.message if row.problem is not None else ""
    return [
        row.id,
        clock(row.made_at),
        row.why,
        f"{row.size_bytes / 1e6:.1f}",
        str(row.accounts),
        str(row.items),
        problem,
    ]


def _print(row: Backup, as_json: bool) -> int:
    if as_json:
        print_json(row)
    else:
        titles = ("Id", "Made", "Why", "MB", "Accounts", "Items", "Problem")
        print_fields([(title, cell or "–") for title, cell in zip(titles, _cells(row), strict=True)])
    return 0 if row.problem is None else 1
