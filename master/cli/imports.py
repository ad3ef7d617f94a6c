"""``watchkeeper import``."""

from pathlib import Path
from typing import cast

import click

from master.api.account_imports import ImportFormat, ImportReport
from master.api.client import MasterClient
from master.api.moves import MoveImport, MoveReport, OnConflict
from master.cli.connection import with_client
from master.cli.options import common_options, current
from master.cli.output import clock, json_option, print_fields, print_json, print_table
from master.cli.passphrase import passphrase_in
from master.cli.progress import working
from master.cli.prompts import ask

MOVE_MARK = b"WATCHKEEPER-MOVE\n"
LONGEST = 16 * 1024 * 1024


@click.command()
@common_options
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option(
    "--on-conflict",
    type=click.Choice(["skip", "replace", "merge"]),
    default="skip",
    show_default=True,
    help="What becomes of what is here with other values.",
)
@json_option
@with_client
async def command(client: MasterClient, file: Path, dry_run: bool, on_conflict: str, as_json: bool) -> int:
    """Take in what `export` wrote elsewhere; or add accounts out of a table (CSV), an OPML file or lines of addresses.

    The passphrase of a sealed file is asked for, or is the first line of --passphrase-file.
    """
    try:
        lines = _lines_of(file)
        if lines is not None:
            kind = _kind_of(file, lines)
            async with working("Reading", quiet=as_json):
                read = await client.import_accounts(lines, dry_run=dry_run, format=kind)
            return _print_lines(read, as_json)
        async with working("Handing over", quiet=as_json, total=_size(file)) as progress:
            upload = await client.upload_move(file, progress.add)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror or error}.") from error
    passphrase = None
    if upload.encrypted:
        secret = current(click.get_current_context()).passphrase_file
        passphrase = (
            passphrase_in(secret) if secret else ask("Passphrase of the file", hidden=True, instead="--passphrase-file")
        )
    body = MoveImport(passphrase=passphrase, on_conflict=cast("OnConflict", on_conflict), dry_run=dry_run)
    try:
        async with working("Looking" if dry_run else "Taking in", quiet=as_json):
            report = await client.import_move(upload.id, body)
    finally:
        if dry_run:
            await client.drop_move(upload.id)
    return _print_move(report, as_json)


def _lines_of(file: Path) -> bytes | None:
    """Return what is in a file of another program, None of one that `export` wrote. Raises ``OSError``."""
    with file.open("rb") as opened:
        if opened.read(len(MOVE_MARK)) == MOVE_MARK:
            return None
        if file.stat().st_size > LONGEST:
            raise click.UsageError(f"{file} is larger than {LONGEST >> 20} MB.")
        opened.seek(0)
        return opened.read()


def _size(file: Path) -> int:
    return file.stat().st_size


def _kind_of(file: Path, content: bytes) -> ImportFormat | None:
    """Return *csv* for a table by its name, so that a missing column is said once and not on each of its lines."""
    first = content.partition(b"\n")[0]
    return "csv" if file.suffix.lower() in (".csv", ".tsv") and any(mark in first for mark in b",;\t") else None


def _print_move(report: MoveReport, as_json: bool) -> int:
    if as_json:
        print_json(report)
        return 0
    rows = [[one.noun, str(one.total), str(one.new), str(one.same), str(one.conflicts)] for one in report.counts]
    print_table(["What", "In the file", "New", "The same", "Other here"], rows, "The file is empty.")
    for conflict in report.conflicts:
        print(f"{conflict.noun} {conflict.name}: {', '.join(conflict.fields)} ({conflict.action})")
    for note in report.notes:
        print(note.message)
    print_fields(
        [
            ("Made", clock(report.made_at)),
            ("Credentials", str(report.credentials)),
            ("Known as found", str(report.keys)),
        ]
    )
    print("Nothing was changed." if report.dry_run else "Imported; the master restarts.")
    return 0


def _print_lines(report: ImportReport, as_json: bool) -> int:
    if as_json:
        print_json(report)
        return 0 if not report.wrong else 1
    rows = []
    for row in report.rows:
        fields = "; ".join(f"{name}: {fault.message}" for name, fault in row.fields.items())
        why = fields or (row.error.message if row.error is not None else "")
        rows.append([str(row.line), row.result, row.platform, row.name, row.group, why])
    print_table(["Line", "Result", "Platform", "Name", "Group", "Why"], rows, "There is nothing in it.")
    verb = "would be added" if report.dry_run else "added"
    print(f"{report.new} {verb}, {report.duplicate} there already, {report.wrong} wrong.")
    return 0 if not report.wrong else 1
