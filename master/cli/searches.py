"""``watchkeeper searches``: filters of items that are kept under a name."""

from typing import Any

import click
import msgspec

from master.api.client import MasterClient
from master.api.items import ItemOrder
from master.api.schema import Search, SearchCreate
from master.cli.connection import with_client
from master.cli.item_filters import filter_of, item_filter, print_items
from master.cli.namings import NotFound
from master.cli.nouns import SEARCH
from master.cli.options import common_options
from master.cli.output import ago, json_option, print_json, print_table

ORDERS = ["newest", "oldest", "unread-first"]


@click.group()
@common_options
def command() -> None:
    """Keep searches under a name, and look with them."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_searches(client: MasterClient, as_json: bool) -> int:
    """List the saved searches."""
    found = await client.searches()
    if as_json:
        print_json(found)
        return 0
    rows = [[str(row.id), row.name, _words(row), ago(row.created_at)] for row in found]
    print_table(["Id", "Name", "Looks for", "Kept"], rows, "No search is kept.")
    return 0


@command.command("add")
@common_options
@click.argument("name")
@item_filter
@click.option("--order", type=click.Choice(ORDERS), default="newest", show_default=True, help="What comes first.")
@json_option
@with_client
async def add(client: MasterClient, /, name: str, order: str, as_json: bool, **given: Any) -> int:
    """Keep a search under NAME; its options are those of `items list`."""
    body = SearchCreate(
        name=name,
        filter=await filter_of(client, given),
        order=msgspec.convert(order.replace("-", "_"), ItemOrder),
    )
    kept = await client.create_search(body)
    if as_json:
        print_json(kept)
    else:
        print(f"Kept: {kept.name} ({kept.id}).")
    return 0


@command.command("run")
@common_options
@click.argument("search", type=SEARCH)
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="At most so many.")
@json_option
@with_client
async def run(client: MasterClient, search: str, limit: int, as_json: bool) -> int:
    """List what a saved search finds now; by its id or name."""
    found = await _find(client, search)
    page = await client.items(found.filter, limit=limit, order=found.order)
    if as_json:
        print_json(page)
        return 0
    await print_items(client, page.rows, "It finds nothing.")
    return 0


@command.command("remove")
@common_options
@click.argument("search", type=SEARCH)
@json_option
@with_client
async def remove(client: MasterClient, search: str, as_json: bool) -> int:
    """Forget a saved search; by its id or name."""
    found = await _find(client, search)
    await client.delete_search(found.id)
    if as_json:
        print_json({"id": found.id})
    else:
        print("The search is forgotten.")
    return 0


async def _find(client: MasterClient, wanted: str) -> Search:
    for row in await client.searches():
        if wanted in (str(row.id), row.name):
            return row
    raise NotFound(f"No search is kept as {wanted}.")


def _words(search: Search) -> str:
    """Return a filter in one line, as its options would say it."""
    given = msgspec.to_builtins(search.filter)
    return ", ".join(f"{name} {value}" for name, value in given.items()) or "everything"
