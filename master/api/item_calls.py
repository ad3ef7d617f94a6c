"""Requests about items. Each raises :class:`~master.api.transports.ApiError`."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from master.api.item_statistics import ItemIndex, ItemStats, ItemStatsQuery
from master.api.item_threads import ItemContext, ItemThread, ThreadFilter
from master.api.items import ItemMark, ItemOrder
from master.api.schema import Count, Item, ItemFilter, ItemPatch, Page, Trace
from master.api.transports import Transport


class ItemCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def items(
        self,
        filter: ItemFilter | None = None,  # noqa: A002
        limit: int = 100,
        cursor: str | None = None,
        order: ItemOrder = "newest",
    ) -> Page:
        """Return a page of items; its rows are :class:`Item`."""
        return await self._transport.page(
            "/items", Item, {**_query(filter), "limit": limit, "cursor": cursor, "order": order}
        )

    async def item_threads(
        self,
        filter: ThreadFilter | None = None,  # noqa: A002
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page:
        """Return a page of conversations, the one with the newest item first; its rows are :class:`ItemThread`."""
        given = msgspec.to_builtins(filter or ThreadFilter())
        return await self._transport.page("/items/threads", ItemThread, {**given, "limit": limit, "cursor": cursor})

    async def item_context(self, item_id: int, limit: int = 20) -> ItemContext:
        """Return an item with up to ``limit`` before it and after it in its conversation."""
        return await self._transport.call("GET", f"/items/{item_id}/context", ItemContext, query={"limit": limit})

    async def item_stats(self, query: ItemStatsQuery | None = None) -> ItemStats:
        """Return how many items were found, by period and account."""
        given = msgspec.to_builtins(query or ItemStatsQuery())
        return await self._transport.call("GET", "/items/stats", ItemStats, query=given)

    async def item_index(self) -> ItemIndex:
        """Return how much of an older history can be searched and is counted."""
        return await self._transport.call("GET", "/items/index", ItemIndex)

    async def export_items(
        self,
        write: Callable[[bytes], object],
        filter: ItemFilter | None = None,  # noqa: A002
        *,
        format: Literal["csv", "json"] = "csv",  # noqa: A002
        bom: bool = False,
        order: Literal["newest", "oldest"] = "newest",
    ) -> int:
        """Hand all items of a filter piece by piece to ``write``; return the number of bytes.

        ``bom``: begin a CSV with the mark by which spreadsheets know UTF-8.
        """
        query = {**_query(filter), "format": format, "bom": bom, "order": order}
        return await self._transport.download("/items/export", write, query)

    async def item(self, item_id: int) -> Item:
        """Return one item."""
        return await self._transport.call("GET", f"/items/{item_id}", Item)

    async def patch_item(self, item_id: int, read: bool) -> Item:
        """Mark an item as read or unread."""
        return await self._transport.call("PATCH", f"/items/{item_id}", Item, body=ItemPatch(read=read))

    async def read_items(self, filter: ItemFilter, read: bool = True) -> Count:  # noqa: A002
        """Mark all items of a filter as read or unread; return how many were not before."""
        body = ItemMark(**{name: getattr(filter, name) for name in filter.__struct_fields__}, read=read)
        return await self._transport.call("POST", "/items/read", Count, body=body)

    async def trace(self, item_id: int) -> Trace:
        """Return the life of an item so far."""
        return await self._transport.call("GET", f"/items/{item_id}/trace", Trace)


def _query(filter: ItemFilter | None) -> dict[str, Any]:  # noqa: A002
    given: dict[str, Any] = msgspec.to_builtins(filter or ItemFilter())
    if "ids" in given:
        given["ids"] = [str(one) for one in given["ids"]]
    return given
