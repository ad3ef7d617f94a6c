"""Items."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Row, RowId, Time
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text


class Item(Row, frozen=True, kw_only=True, gc=False):
    """A detected comment, message, mail, mention, entry, change or line.

    Its fields hold no other objects, so that the collector need not walk over a long history: that stops a window.
    """

    id: int
    account_id: str
    kind: ItemKind
    key: str
    title: str
    text: str
    author: str
    url: str
    thread: str
    created_at: int
    detected_at: int
    stored_at: int
    read: bool
    truncated: bool


class ItemPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /items/:id``."""

    read: bool


AccountKey = Annotated[str, Meta(min_length=1, max_length=64)]
ItemOrder = Literal["newest", "oldest", "unread_first"]
"""In order of storing. ``unread_first``: the unread ones, newest first, then the read ones, newest first."""


class ItemFilter(Body, frozen=True, kw_only=True):
    """The query of ``GET /items``, and what ``POST /items/read`` marks: what is absent does not restrict.

    What names accounts or kinds adds up: those of ``account_id``, ``account_ids`` and ``group_id`` together.
    """

    account_id: AccountKey | UnsetType = UNSET
    account_ids: Annotated[list[AccountKey], Meta(max_length=1000)] | UnsetType = UNSET
    group_id: AccountKey | UnsetType = UNSET
    """The accounts that are in this group now."""
    kind: ItemKind | UnsetType = UNSET
    kinds: Annotated[list[ItemKind], Meta(max_length=8)] | UnsetType = UNSET
    thread: Annotated[str, Meta(min_length=1, max_length=512)] | UnsetType = UNSET
    """The platform's name of a conversation; of one account, so name that too."""
    unread: bool | UnsetType = UNSET
    q: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    """Words that all stand in title, text or author: ``word  "a phrase"  begin*  -without  author:name``."""
    author: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    """Words that all stand in the author."""
    since: Time | UnsetType = UNSET
    """Found at this time or later."""
    until: Time | UnsetType = UNSET
    """Found at this time or before."""
    ids: Annotated[list[RowId], Meta(max_length=500)] | UnsetType = UNSET


class ItemMark(ItemFilter, frozen=True, kw_only=True):
    """Body of ``POST /items/read``."""

    read: bool = True
    """False: mark them as unread, which takes a marking back."""


class TraceStep(Row, frozen=True, kw_only=True):
    """One step in the life of an item: found → stored → notified / suppressed(reason) → shown → opened."""

    at: int
    text: Text
    reason: Text | None = None
    """Why it was told as it was, or not told; ``text`` has it in English."""


class Trace(Row, frozen=True, kw_only=True):
    """Answer of ``GET /items/:id/trace``."""

    item_id: int
    steps: list[TraceStep]
