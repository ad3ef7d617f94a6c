"""Items."""

import asyncio
import logging
from contextlib import aclosing
from typing import Annotated, Literal

from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from master.api.items import ItemOrder
from master.api.rows import Body, Count, Page, Rows
from master.api.schema import (
    Item,
    ItemContext,
    ItemFilter,
    ItemIndex,
    ItemMark,
    ItemPatch,
    ItemStats,
    ItemStatsQuery,
    ItemThread,
    ThreadFilter,
    Trace,
)
from master.rest.calls import Call, Route
from master.rest.queries import Cursor, Limit, given, row_id
from master.services.item_exports import ExportFormat, make_writer

logger = logging.getLogger(__name__)


class ItemsQuery(ItemFilter, frozen=True, kw_only=True):
    """Which items, in which order; what is a list may be given several times."""

    limit: Limit = 100
    cursor: Cursor | UnsetType = UNSET
    order: ItemOrder = "newest"


class ExportQuery(ItemFilter, frozen=True, kw_only=True):
    """Which items, and how they are written."""

    format: ExportFormat = "csv"
    bom: bool = False
    """Begin a CSV with the mark by which spreadsheets know UTF-8."""
    order: Literal["newest", "oldest"] = "newest"


class ThreadsQuery(ThreadFilter, frozen=True, kw_only=True):
    """Which conversations."""

    limit: Limit = 100
    cursor: Cursor | UnsetType = UNSET


class ContextQuery(Body, frozen=True, kw_only=True):
    """How much of what stands around an item."""

    limit: Annotated[int, Meta(ge=1, le=200)] = 20
    """On each side."""


async def list_items(call: Call) -> Page:
    """Return a page of items."""
    query: ItemsQuery = call.query
    return await call.services.items.page(query, query.limit, given(query.cursor), query.order)


async def export(call: Call) -> web.StreamResponse:
    """Write all items of a filter into the answer, however many there are."""
    query: ExportQuery = call.query
    writer = make_writer(query.format, query.bom)
    response = web.StreamResponse(headers={"Content-Type": writer.media_type, "Content-Disposition": writer.name})
    response.enable_chunked_encoding()
    async with aclosing(call.services.items.export(query, query.order)) as items:
        # The first rows before the first byte: what is wrong with the filter is still an answer of its own.
        rows: list[Item] = await anext(items, [])
        try:
            await response.prepare(call.request)
            await response.write(writer.begin())
            while rows:
                await response.write(await asyncio.to_thread(writer.write, rows))
                rows = await anext(items, [])
            await response.write(writer.end())
            await response.write_eof()
        except ConnectionError:
            logger.info("an export was broken off by whoever asked for it")
    return response


async def threads(call: Call) -> Page:
    """Return a page of conversations."""
    query: ThreadsQuery = call.query
    return await call.services.item_parts.threads.page(query, query.limit, given(query.cursor))


async def context(call: Call) -> ItemContext:
    """Return an item within its conversation."""
    query: ContextQuery = call.query
    return await call.services.item_parts.threads.context(_item_id(call), query.limit)


async def stats(call: Call) -> ItemStats:
    """Return how many items were found."""
    return await call.services.item_parts.statistics.stats(call.query)


async def index(call: Call) -> ItemIndex:
    """Return how much of an older history can be searched."""
    return call.services.item_parts.histories.state()


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
    Route("GET", "/items", list_items, "Items", Rows[Item], query=ItemsQuery, scope="client"),
    Route("GET", "/items/threads", threads, "Conversations", Rows[ItemThread], query=ThreadsQuery, scope="client"),
    Route("GET", "/items/stats", stats, "How many were found when", ItemStats, query=ItemStatsQuery, scope="client"),
    Route("GET", "/items/index", index, "How much of an older history can be searched", ItemIndex, scope="client"),
    Route(
        "GET",
        "/items/export",
        export,
        "All items of a filter as a file",
        query=ExportQuery,
        scope="client",
        document="text/csv",
    ),
    Route("POST", "/items/read", read, "Mark all items of a filter", Count, ItemMark, scope="client"),
    Route("GET", "/items/{item_id}", get, "One item", Item, scope="client"),
    Route("PATCH", "/items/{item_id}", patch, "Mark an item as read or unread", Item, ItemPatch, scope="client"),
    Route(
        "GET",
        "/items/{item_id}/context",
        context,
        "An item in its conversation",
        ItemContext,
        query=ContextQuery,
        scope="client",
    ),
    Route("GET", "/items/{item_id}/trace", trace, "The life of an item so far", Trace, scope="client"),
)
