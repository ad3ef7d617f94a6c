"""``watchkeeper items``."""

import click
from msgspec import UNSET

from master.api.client import MasterClient
from master.api.schema import ItemFilter
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import ago, clock, json_option, print_fields, print_json, print_table, print_text
from worker.protocol.states import ItemKind


@click.group()
@common_options
def command() -> None:
    """List, show and mark what was found."""


@command.command("list")
@common_options
@click.option("--account", "account_id", help="Id of an account.")
@click.option("--kind", type=click.Choice([kind.value for kind in ItemKind]), help="Kind of item.")
@click.option("--unread", is_flag=True, help="Only unread ones.")
@click.option("--search", "q", help="Only those that hold this text.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="At most so many.")
@json_option
@with_client
async def list_items(
    client: MasterClient,
    account_id: str | None,
    kind: str | None,
    unread: bool,
    q: str | None,
    limit: int,
    as_json: bool,
) -> int:
    """List items, the newest first."""
    wanted = ItemFilter(
        account_id=account_id or UNSET,
        kind=ItemKind(kind) if kind else UNSET,
        unread=True if unread else UNSET,
        q=q or UNSET,
    )
    if account_id is not None:
        await client.account(account_id)  # one that is not there is no empty list
    page = await client.items(wanted, limit=limit)
    if as_json:
        print_json(page)
        return 0
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
        for item in page.rows
    ]
    print_table(["Id", "", "Found", "Kind", "Account", "From", "Title"], rows, "Nothing was found yet.")
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
@json_option
@with_client
async def read(
    client: MasterClient, item_ids: tuple[int, ...], everything: bool, account_id: str | None, as_json: bool
) -> int:
    """Mark items as read."""
    if not (item_ids or everything or account_id):
        raise click.UsageError("Name items, or say --all or --account ID.")
    wanted = ItemFilter(ids=list(item_ids) or UNSET, account_id=account_id or UNSET)
    count = await client.read_items(wanted)
    if as_json:
        print_json(count)
    else:
        print(f"Marked as read: {count.count}")
    return 0
