"""``watchkeeper items search|threads|export|stats``: what looks at the whole history."""

import sys
from pathlib import Path
from typing import Any, get_args

import click
import msgspec
from msgspec import UNSET

from master.api.client import MasterClient
from master.api.item_statistics import ItemStatsQuery, Period
from master.api.item_threads import ThreadFilter
from master.cli.connection import with_client
from master.cli.item_filters import MOMENT, filter_of, item_filter, moment, print_items
from master.cli.nouns import ACCOUNT
from master.cli.options import common_options
from master.cli.output import ago, clock, json_option, print_fields, print_json, print_table
from master.cli.progress import working

PERIODS = get_args(Period)


@click.command("search")
@common_options
@click.argument("words", nargs=-1, required=True)
@item_filter
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="At most so many.")
@json_option
@with_client
async def search(client: MasterClient, /, words: tuple[str, ...], limit: int, as_json: bool, **given: Any) -> int:
    """Find items by their words, the newest first: word, "a phrase", begin*, -without (behind --), author:name."""
    given["q"] = " ".join([*words, *filter(None, [given["q"]])])
    page = await client.items(await filter_of(client, given), limit=limit)
    if as_json:
        print_json(page)
        return 0
    await print_items(client, page.rows, "Nothing has these words.")
    index = await client.item_index()
    if not index.complete:
        print(f"An older history is still being made searchable: {index.done} of {index.total} items.", file=sys.stderr)
    return 0


@click.command("threads")
@common_options
@click.option("--account", "account_id", type=ACCOUNT, help="Of this account.")
@click.option("--unread", is_flag=True, help="Only those with unread items.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="At most so many.")
@json_option
@with_client
async def threads(client: MasterClient, account_id: str | None, unread: bool, limit: int, as_json: bool) -> int:
    """List conversations, the one with the newest item first."""
    if account_id is not None:
        await client.account(account_id)
    wanted = ThreadFilter(account_id=account_id or UNSET, unread=True if unread else UNSET)
    page = await client.item_threads(wanted, limit=limit)
    if as_json:
        print_json(page)
        return 0
    names = {account.id: account.name for account in await client.all_accounts()}
    rows = [
        [
            thread.thread,
            names.get(thread.account_id, "–"),
            ago(thread.last_at),
            str(thread.count),
            str(thread.unread or ""),
            thread.author,
            thread.title,
        ]
        for thread in page.rows
    ]
    print_table(["Thread", "Account", "Last", "Items", "Unread", "From", "Title"], rows, "There are no conversations.")
    return 0


@click.command("export")
@common_options
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@item_filter
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), help="csv or json; by the name of the file.")
@click.option("--bom", is_flag=True, help="Begin a CSV with the mark by which spreadsheets know UTF-8.")
@click.option("--oldest-first", is_flag=True, help="In the order in which they were stored.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@json_option
@with_client
async def export(
    client: MasterClient,
    /,
    file: Path,
    kind: str | None,
    bom: bool,
    oldest_first: bool,
    force: bool,
    as_json: bool,
    **given: Any,
) -> int:
    """Write all items of a filter to FILE (- for the output)."""
    if as_json and str(file) == "-":
        raise click.UsageError("--json says what was written; with - the items go there: say --format json.")
    _refuse_present(file, force)
    wanted = await filter_of(client, given)
    chosen = kind or ("json" if file.suffix.lower() == ".json" else "csv")
    options: dict[str, Any] = {
        "format": chosen,
        "bom": bom,
        "order": "oldest" if oldest_first else "newest",
    }
    if str(file) == "-":
        await client.export_items(sys.stdout.buffer.write, wanted, **options)
        sys.stdout.buffer.flush()
        return 0
    part = file.with_name(f"{file.name}.part")
    try:
        async with working("Writing", quiet=as_json) as progress:
            with part.open("wb") as target:

                def write(piece: bytes) -> None:
                    target.write(piece)
                    progress.add(len(piece))

                size = await client.export_items(write, wanted, **options)
        part.replace(file)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
    if as_json:
        print_json({"file": str(file), "size_bytes": size})
    else:
        print(f"{file}: {size} bytes")
    return 0


def _refuse_present(file: Path, force: bool) -> None:
    if str(file) != "-" and file.exists() and not force:
        raise click.UsageError(f"{file} is there already; --force writes over it.")


@click.command("stats")
@common_options
@click.option("--by", "group_by", type=click.Choice(PERIODS), default="day", show_default=True, help="Period.")
@click.option("--tz", default="UTC", show_default=True, help="Time zone, such as Asia/Shanghai.")
@click.option("--account", "account_id", type=ACCOUNT, help="Of this account.")
@click.option("--since", type=MOMENT, help="In local time.")
@click.option("--until", type=MOMENT, help="In local time.")
@json_option
@with_client
async def stats(client: MasterClient, /, as_json: bool, **given: Any) -> int:
    """Show how many items were found, by period and account."""
    if given["account_id"] is not None:
        await client.account(given["account_id"])
    found = await client.item_stats(
        ItemStatsQuery(
            group_by=msgspec.convert(given["group_by"], Period),
            tz=given["tz"],
            account_id=given["account_id"] or UNSET,
            since=UNSET if given["since"] is None else moment(given["since"]),
            until=UNSET if given["until"] is None else moment(given["until"]),
        )
    )
    if as_json:
        print_json(found)
        return 0
    names = {account.id: account.name for account in await client.all_accounts()}
    print_fields(
        [
            ("Found", f"{found.total} (before: {found.previous})"),
            ("Unread", str(found.unread)),
            ("Ever", str(found.stored) if found.complete else f"{found.stored}, still counting"),
        ]
    )
    print()
    rows = [[clock(one.at), str(one.count), _kinds(one.kinds)] for one in found.periods if one.count]
    print_table(["From", "Items", "Kinds"], rows, "Nothing was found in this time.")
    if found.accounts:
        print()
        table = [
            [names.get(one.account_id, one.account_id), str(one.count), str(one.previous), str(one.unread)]
            for one in found.accounts
        ]
        print_table(["Account", "Items", "Before", "Unread"], table, "")
    return 0


def _kinds(kinds: dict[str, int]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in kinds.items())


COMMANDS = (search, threads, export, stats)
