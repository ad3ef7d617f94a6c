"""Items."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from master.api.items import ItemMark
from master.api.rows import Count, Page, RowId, Rows, Time
from master.api.schema import Item, ItemFilter, ItemPatch, Trace
from master.rest.calls import Call, Route
from master.rest.queries import PageQuery, Words, given, row_id
from worker.protocol.states import ItemKind


class ItemsQuery(PageQuery, frozen=True, kw_only=True):
    """Which items; ``ids`` may be given several times."""

    account_id: Words | UnsetType = UNSET
    kind: ItemKind | UnsetType = UNSET
    unread: bool | UnsetType = UNSET
    q: Words | UnsetType = UNSET
    since: Time | UnsetType = UNSET
    until: Time | UnsetType = UNSET
    ids: Annotated[list[RowId], Meta(max_length=500)] | UnsetType = UNSET


async def list_items(call: Call) -> Page:
    """Return a page of items, newest first."""
    query: ItemsQuery = call.query
    wanted = ItemFilter(
        account_id=query.account_id,
        kind=query.kind,
        unread=query.unread,
        q=query.q,
        since=query.since,
        until=query.until,
        ids=query.ids,
    )
    return await call.services.items.page(wanted, query.limit, given(query.cursor))


async def get(call: Call) -> Item:
    """Return one item."""
    return await call.services.items.get(_item_id(call))


async def patch(call: Call) -> Item:
    """Mark an item as read or unread."""
    body: ItemPatch = call.body
    return await call.services.items.mark(_item_id(call), body.read)


async def read(call: Call) -> Count:
    """Mark all items of a filter."""
    body: ItemMark = call.body
    return await call.services.items.mark_many(body, body.read)


async def trace(call: Call) -> Trace:
    """Return the life of an item."""
    return await call.services.items.trace(_item_id(call))


def _item_id(call: Call) -> int:
    return row_id(call.param("item_id"), "item_unknown")


ROUTES = (
    Route("GET", "/items", list_items, "Items, newest first", Rows[Item], query=ItemsQuery, scope="client"),
    Route("POST", "/items/read", read, "Mark all items of a filter", Count, ItemMark, scope="client"),
    Route("GET", "/items/{item_id}", get, "One item", Item, scope="client"),
    Route("PATCH", "/items/{item_id}", patch, "Mark an item as read or unread", Item, ItemPatch, scope="client"),
    Route("GET", "/items/{item_id}/trace", trace, "The life of an item so far", Trace, scope="client"),
)
