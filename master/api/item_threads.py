"""Conversations, and what stands around an item."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from master.api.items import AccountKey, Item
from master.api.rows import Body, Row
from worker.protocol.states import ItemKind


class ItemThread(Row, frozen=True, kw_only=True):
    """A conversation of an account: what its newest item says, and how many there are."""

    account_id: str
    thread: str
    """The platform's name of it; with ``account_id`` the key of this row."""
    title: str
    author: str
    excerpt: str
    """The first 200 characters of the newest item's text."""
    kind: ItemKind
    last_id: int
    """The newest item: rows are in its order, newest first."""
    last_at: int
    """When that was found."""
    count: int
    unread: int


class ThreadFilter(Body, frozen=True, kw_only=True):
    """Query of ``GET /items/threads``: what is absent does not restrict."""

    account_id: AccountKey | UnsetType = UNSET
    account_ids: Annotated[list[AccountKey], Meta(max_length=1000)] | UnsetType = UNSET
    group_id: AccountKey | UnsetType = UNSET
    kind: ItemKind | UnsetType = UNSET
    """Of the newest item."""
    unread: bool | UnsetType = UNSET


class ItemContext(Row, frozen=True, kw_only=True):
    """Answer of ``GET /items/:id/context``: the item in its conversation; in its account where it has none."""

    item: Item
    thread: ItemThread | None
    earlier: list[Item]
    """Oldest first, up to the item."""
    later: list[Item]
    """Oldest first, from the item on."""
    more_earlier: bool
    more_later: bool
