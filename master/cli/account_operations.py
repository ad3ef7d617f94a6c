"""What ``watchkeeper accounts`` does beside adding and editing one: copies, undo, many at once, history, statistics."""

import time
from typing import Any, Final

import click
from msgspec import UNSET

from master.api.account_statistics import CheckCounts
from master.api.client import MasterClient
from master.api.schema import Account, AccountBatch, AccountChanges, AccountDuplicate, BatchReport
from master.cli.account_exports import export
from master.cli.connection import with_client
from master.cli.inherited import group_of, inherited_options, inherited_values
from master.cli.nouns import ACCOUNT, GROUP
from master.cli.options import common_options
from master.cli.output import clock, json_option, one_line, print_beats, print_json, print_table, span

ONE = click.argument("account_id", type=ACCOUNT)
MANY = click.argument("account_ids", type=ACCOUNT, nargs=-1, required=True)
MINUTE_MS: Final = 60_000


@click.command("duplicate")
@common_options
@ONE
@click.option("--name", help="Of the copy.")
@json_option
@with_client
async def duplicate(client: MasterClient, account_id: str, name: str | None, as_json: bool) -> int:
    """Add an account like this one, without its credentials; the copy begins paused."""
    made = await client.duplicate_account(account_id, AccountDuplicate(name=UNSET if name is None else name))
    return _say(made, f"{made.name} is added, paused: {made.id}", as_json)


@click.command("restore")
@common_options
@ONE
@json_option
@with_client
async def restore(client: MasterClient, account_id: str, as_json: bool) -> int:
    """Undo the removal of an account, within 30 s."""
    account = await client.restore_account(account_id)
    return _say(account, f"{account.name} is back.", as_json)


@click.command("pause")
@common_options
@MANY
@click.option("--minutes", type=click.IntRange(1, 525_600), help="It resumes by itself after so long.")
@json_option
@with_client
async def pause(client: MasterClient, account_ids: tuple[str, ...], minutes: int | None, as_json: bool) -> int:
    """Stop checking until it is resumed, or for some time."""
    until_at = None if minutes is None else time.time_ns() // 1_000_000 + minutes * MINUTE_MS
    if len(account_ids) == 1:
        account = await client.pause_account(account_ids[0], until_at)
        until = "" if until_at is None else f" until {clock(until_at)}"
        return _say(account, f"{account.name} is paused{until}.", as_json)
    body = AccountBatch(action="pause", account_ids=list(account_ids), until_at=until_at)
    return report(await client.batch_accounts(body), as_json)


@click.command("change")
@common_options
@MANY
@inherited_options
@click.option("--add-tag", "add_tags", multiple=True, help="May be repeated.")
@click.option("--remove-tag", "remove_tags", multiple=True, help="May be repeated.")
@json_option
@with_client
async def change(
    client: MasterClient,
    /,
    account_ids: tuple[str, ...],
    add_tags: tuple[str, ...],
    remove_tags: tuple[str, ...],
    as_json: bool,
    **inherited: Any,
) -> int:
    """Change several accounts at once; what is not named stays."""
    values = inherited_values(inherited)
    if not values and not add_tags and not remove_tags:
        raise click.UsageError("Name what is to change, such as --interval 60.")
    changes = AccountChanges(add_tags=list(add_tags), remove_tags=list(remove_tags), **values)
    body = AccountBatch(action="edit", account_ids=list(account_ids), changes=changes)
    return report(await client.batch_accounts(body), as_json)


@click.command("move")
@common_options
@MANY
@click.option("--group", type=GROUP.or_("none"), required=True, help="The group; none: into no group.")
@json_option
@with_client
async def move(client: MasterClient, account_ids: tuple[str, ...], group: str, as_json: bool) -> int:
    """Move accounts into a group."""
    body = AccountBatch(action="move", account_ids=list(account_ids), group_id=group_of(group))
    return report(await client.batch_accounts(body), as_json)


@click.command("states")
@common_options
@ONE
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="The last so many.")
@json_option
@with_client
async def states(client: MasterClient, account_id: str, limit: int, as_json: bool) -> int:
    """Show the states that an account was in, the newest first."""
    page = await client.account_states(account_id, limit=limit)
    if as_json:
        print_json(page.rows)
        return 0
    now = time.time_ns() // 1_000_000
    rows = [
        [
            clock(row.since_at),
            row.state,
            span(((row.until_at or now) - row.since_at) / 1000),
            one_line(row.reason.message) if row.reason else "",
        ]
        for row in page.rows
    ]
    print_table(["Since", "State", "For", "Reason"], rows, "Nothing is known of it.")
    return 0


@click.command("stats")
@common_options
@json_option
@with_client
async def stats(client: MasterClient, as_json: bool) -> int:
    """Show how well checks succeed, by platform and by account; network and rate limits aside."""
    found = await client.account_stats()
    if as_json:
        print_json(found)
        return 0
    names = {row.id: row.name for row in await client.all_accounts()}
    rows = [["all", str(found.total), str(found.active), str(found.error), _rate(found.day), _rate(found.week)]]
    rows += [
        [row.platform, str(row.total), str(row.active), str(row.error), _rate(row.day), _rate(row.week)]
        for row in found.platforms
    ]
    print_table(["Platform", "Accounts", "Active", "In trouble", "24 h", "7 d"], rows, "")
    print()
    rows = [
        [names.get(row.account_id, row.account_id), str(row.day.total), _rate(row.day), _rate(row.week)]
        for row in found.accounts
    ]
    print_table(["Account", "Checks, 24 h", "24 h", "7 d"], rows, "There are no accounts.")
    return 0


@click.command("beats")
@common_options
@json_option
@with_client
async def beats(client: MasterClient, as_json: bool) -> int:
    """Show the last checks of each account as a bar, the newest last."""
    found = (await client.beats()).accounts
    if as_json:
        print_json(found)
        return 0
    names = {row.id: row.name for row in await client.all_accounts()}
    print_beats("Account", {one: (names.get(one, one), row) for one, row in found.items()})
    return 0


COMMANDS: Final = (beats, duplicate, restore, pause, change, move, states, stats, export)


def _rate(counts: CheckCounts) -> str:
    return "–" if counts.success_rate is None else f"{counts.success_rate:.1%}"


def _say(account: Account, sentence: str, as_json: bool) -> int:
    if as_json:
        print_json(account)
    else:
        print(one_line(sentence))
    return 0


def report(report: BatchReport, as_json: bool) -> int:
    """Print what became of each; the exit code is 1 when one failed."""
    if as_json:
        print_json(report)
    else:
        print(f"{report.success} of {report.total} done.")
        for row in report.results:
            if row.error is not None:
                print(f"✗ {row.id}: {one_line(row.error.message)}")
    return 1 if report.failure else 0
