"""Items."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Row, RowId, Time
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text


class Item(Row, frozen=True, kw_only=True):
    """A detected comment, message, mail, mention, entry, change or line."""

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


class ItemFilter(Body, frozen=True, kw_only=True):
    """Body of ``POST /items/read`` and the query of ``GET /items``: what is absent does not restrict."""

    account_id: str | UnsetType = UNSET
    kind: ItemKind | UnsetType = UNSET
    unread: bool | UnsetType = UNSET
    q: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    since: Time | UnsetType = UNSET
    until: Time | UnsetType = UNSET
    ids: Annotated[list[RowId], Meta(max_length=500)] | UnsetType = UNSET


class TraceStep(Row, frozen=True, kw_only=True):
    """One step in the life of an item: found → stored → notified / suppressed(reason) → shown → opened."""

    at: int
    text: Text


class Trace(Row, frozen=True, kw_only=True):
    """Answer of ``GET /items/:id/trace``."""

    item_id: int
    steps: list[TraceStep]
