"""``watchkeeper items``: listing, showing and marking; ``histories.py`` has what looks at many."""

from typing import Any

import click
import msgspec
from msgspec import UNSET

from master.api.client import MasterClient
from master.api.items import ItemOrder
from master.api.schema import ItemFilter
from master.cli import histories
from master.cli.connection import with_client
from master.cli.item_filters import filter_of, item_filter, print_items
from master.cli.options import common_options
from master.cli.output import clock, json_option, print_fields, print_json, print_text


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
@click.argument("item_id", type=int)
@json_option
@with_client
async def show(client: MasterClient, item_id: int, as_json: bool) -> int:
    """Show one item and how it came to be told."""
    item = await client.item(item_id)
    trace = await client.trace(item_id)
    if as_json:
        print_json({"item": item, "trace": trace})
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
    print_fields([(clock(step.at), step.text.message) for step in trace.steps])
    return 0


@command.command("read")
@common_options
@click.argument("item_ids", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every item.")
@click.option("--account", "account_id", help="Every item of this account.")
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


for one in histories.COMMANDS:
    command.add_command(one)
