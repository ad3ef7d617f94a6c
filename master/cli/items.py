"""``watchkeeper items``: listing, showing and marking; ``histories.py`` has what looks at many."""

from typing import Any

import click
import msgspec
from msgspec import UNSET

from master.api.client import MasterClient
from master.api.events import Event
from master.api.items import Item, ItemOrder, Trace
from master.api.schema import Account, ItemFilter
from master.cli import histories
from master.cli.connection import with_client
from master.cli.event_streams import follow
from master.cli.item_filters import KINDS, filter_of, item_filter, print_items
from master.cli.nouns import ACCOUNT, ITEM
from master.cli.options import common_options
from master.cli.output import clock, json_option, one_line, print_fields, print_json, print_line, print_text


@click.group()
@common_options
def command() -> None:
    """List, show and mark what was found."""


@command.command("list")
@common_options
@item_filter
@click.option(
    "--order",
    type=click.Choice(["newest", "oldest", "unread-first"]),
    default="newest",
    show_default=True,
    help="What comes first.",
)
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="At most so many.")
@json_option
@with_client
async def list_items(client: MasterClient, /, order: str, limit: int, as_json: bool, **given: Any) -> int:
    """List items, the newest first."""
    wanted = await filter_of(client, given)
    page = await client.items(wanted, limit=limit, order=msgspec.convert(order.replace("-", "_"), ItemOrder))
    if as_json:
        print_json(page)
        return 0
    await print_items(client, page.rows, "Nothing was found yet.")
    return 0


@command.command("show")
@common_options
@click.argument("item_id", type=ITEM)
@json_option
@with_client
async def show(client: MasterClient, item_id: int, as_json: bool) -> int:
    """Show one item and how it came to be told."""
    item = await client.item(item_id)
    steps = await client.trace(item_id)
    if as_json:
        print_json({"item": item, "trace": steps})
        return 0
    print_fields(
        [
            ("Title", item.title),
            ("From", item.author or "–"),
            ("Kind", item.kind),
            ("Made", clock(item.created_at)),
            ("Found", clock(item.detected_at)),
            ("Link", item.url or "–"),
        ]
    )
    print()
    print_text(item.text)
    print()
    _print_trace(steps)
    return 0


@command.command("trace")
@common_options
@click.argument("item_id", type=ITEM)
@json_option
@with_client
async def trace(client: MasterClient, item_id: int, as_json: bool) -> int:
    """Show an item's way: found, stored, told or why not, seen."""
    steps = await client.trace(item_id)
    if as_json:
        print_json(steps)
    else:
        _print_trace(steps)
    return 0


@command.command("context")
@common_options
@click.argument("item_id", type=ITEM)
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="So many on either side.")
@json_option
@with_client
async def context(client: MasterClient, item_id: int, limit: int, as_json: bool) -> int:
    """Show an item in its conversation, else among those of its account, the oldest first."""
    found = await client.item_context(item_id, limit)
    if as_json:
        print_json(found)
        return 0
    await print_items(client, [*found.earlier, found.item, *found.later], "")
    return 0


@command.command("follow")
@common_options
@click.option("--account", "account_ids", type=ACCOUNT, multiple=True, help="Of this account; may be repeated.")
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Kind of item; may be repeated.")
@click.option("--count", type=click.IntRange(min=1), help="End after so many.")
@json_option
@with_client
async def follow_items(
    client: MasterClient, account_ids: tuple[str, ...], kinds: tuple[str, ...], count: int | None, as_json: bool
) -> int:
    """Print what is found as it is found, until Ctrl-C; with --json one JSON object a line."""
    names = {account.id: account.name for account in await client.all_accounts()}
    shown = 0

    def show(event: Event) -> bool:
        nonlocal shown
        if isinstance(event.data, Account):
            names[event.data.id] = event.data.name
            return True
        item: Item = event.data
        if (account_ids and item.account_id not in account_ids) or (kinds and item.kind not in kinds):
            return True
        if as_json:
            print_line(item)
        else:
            who = f"{item.author}: " if item.author else ""
            where = names.get(item.account_id, item.account_id)
            print(one_line(f"{clock(item.detected_at)} {where} · {who}{item.title}"), flush=True)
        shown += 1
        return shown != count

    await follow(client, show, ("item.detected", "account.changed"))
    return 0


@command.command("read")
@common_options
@click.argument("item_ids", type=ITEM, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every item.")
@click.option("--account", "account_id", type=ACCOUNT, help="Every item of this account.")
@click.option("--thread", help="Every item of this conversation of the account.")
@click.option("--unread", is_flag=True, help="Mark them as unread instead, which takes a marking back.")
@json_option
@with_client
async def read(
    client: MasterClient,
    item_ids: tuple[int, ...],
    everything: bool,
    account_id: str | None,
    thread: str | None,
    unread: bool,
    as_json: bool,
) -> int:
    """Mark items as read, or as unread."""
    if not (item_ids or everything or account_id):
        raise click.UsageError("Name items, or say --all or --account ID; with --thread, --account ID too.")
    wanted = ItemFilter(ids=list(item_ids) or UNSET, account_id=account_id or UNSET, thread=thread or UNSET)
    count = await client.read_items(wanted, read=not unread)
    if as_json:
        print_json(count)
    else:
        print(f"Marked as {'unread' if unread else 'read'}: {count.count}")
    return 0


def _print_trace(found: Trace) -> None:
    print_fields([(clock(step.at), step.text.message) for step in found.steps])


for one in histories.COMMANDS:
    command.add_command(one)
