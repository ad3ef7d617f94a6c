"""Requests about items. Each raises :class:`~master.api.transports.ApiError`."""

import msgspec

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
    ) -> Page:
        """Return a page of items, newest first; its rows are :class:`Item`."""
        given = msgspec.to_builtins(filter or ItemFilter())
        if "ids" in given:
            given["ids"] = [str(one) for one in given["ids"]]
        return await self._transport.page("/items", Item, {**given, "limit": limit, "cursor": cursor})

    async def item(self, item_id: int) -> Item:
        """Return one item."""
        return await self._transport.call("GET", f"/items/{item_id}", Item)

    async def patch_item(self, item_id: int, read: bool) -> Item:
        """Mark an item as read or unread."""
        return await self._transport.call("PATCH", f"/items/{item_id}", Item, body=ItemPatch(read=read))

    async def read_items(self, filter: ItemFilter) -> Count:  # noqa: A002
        """Mark all items of a filter as read; return how many were not before."""
        return await self._transport.call("POST", "/items/read", Count, body=filter)

    async def trace(self, item_id: int) -> Trace:
        """Return the life of an item so far."""
        return await self._transport.call("GET", f"/items/{item_id}/trace", Trace)
