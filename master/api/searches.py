"""Searches that were kept under a name."""

from master.api.items import ItemFilter, ItemOrder
from master.api.rows import Body, Name, Row


class Search(Row, frozen=True, kw_only=True):
    """A filter of items with its name."""

    id: int
    name: str
    filter: ItemFilter
    order: ItemOrder
    created_at: int


class SearchCreate(Body, frozen=True, kw_only=True):
    """Body of ``POST /searches``. A name that is taken is refused (409)."""

    name: Name
    filter: ItemFilter
    order: ItemOrder = "newest"
