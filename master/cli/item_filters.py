"""Options that say which items are meant, and how these are shown."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from msgspec import UNSET

from master.api.client import MasterClient
from master.api.items import Item
from master.api.schema import ItemFilter
from master.cli.nouns import ACCOUNT, GROUP
from master.cli.output import ago, print_table
from worker.protocol.states import ItemKind

F = TypeVar("F", bound=Callable[..., Any])

KINDS = [kind.value for kind in ItemKind]
MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
_OPTIONS = (
    click.option("--account", "account_ids", type=ACCOUNT, multiple=True, help="Of this account; may be repeated."),
    click.option("--group", "group_id", type=GROUP, help="Of the accounts of this group."),
    click.option(
        "--kind",
        "kinds",
        multiple=True,
        type=click.Choice(KINDS),
        help="Kind of item; may be given several times.",
    ),
    click.option("--thread", help="A conversation of the account."),
    click.option("--unread/--read", "unread", default=None, help="Only unread, or only read ones."),
    click.option("--search", "q", help="Only those with these words."),
    click.option("--author", help="Only those whose author has these words."),
    click.option("--since", type=MOMENT, help="Found then or later, in local time."),
    click.option("--until", type=MOMENT, help="Found then or before, in local time."),
)


def item_filter(command: F) -> F:
    """Add the options of a filter."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


async def filter_of(client: MasterClient, given: Mapping[str, Any]) -> ItemFilter:
    """Return the filter; an account that is not there is no empty list."""
    for account_id in given["account_ids"]:
        await client.account(account_id)
    unread = given["unread"]
    return ItemFilter(
        account_ids=list(given["account_ids"]) or UNSET,
        group_id=given["group_id"] or UNSET,
        kinds=[ItemKind(kind) for kind in given["kinds"]] or UNSET,
        thread=given["thread"] or UNSET,
        unread=UNSET if unread is None else unread,
        q=given["q"] or UNSET,
        author=given["author"] or UNSET,
        since=UNSET if given["since"] is None else moment(given["since"]),
        until=UNSET if given["until"] is None else moment(given["until"]),
    )


def moment(local: datetime) -> int:
    """Return UTC milliseconds of a time of this machine's clock."""
    return max(0, round(local.astimezone(UTC).timestamp() * 1000))


async def print_items(client: MasterClient, items: Sequence[Item], nothing: str) -> None:
    """Print a table of items."""
    names = {account.id: account.name for account in await client.all_accounts()}
    rows = [
        [
            str(item.id),
            "" if item.read else "●",
            ago(item.detected_at),
            item.kind,
            names.get(item.account_id, "–"),
            item.author,
            item.title,
        ]
        for item in items
    ]
    print_table(["Id", "", "Found", "Kind", "Account", "From", "Title"], rows, nothing)
