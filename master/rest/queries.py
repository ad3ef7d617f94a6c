"""Parameters behind the question mark that several lists share."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Page
from master.errors import NotFound
from master.services.pages import wrong_cursor
from worker.protocol.texts import text

T = TypeVar("T")

Limit = Annotated[int, Meta(ge=1, le=500)]
Cursor = Annotated[str, Meta(min_length=1, max_length=200)]
Words = Annotated[str, Meta(max_length=200)]


class PageQuery(Body, frozen=True, kw_only=True):
    """Which page of a list."""

    limit: Limit = 100
    cursor: Cursor | UnsetType = UNSET


class ListQuery(Body, frozen=True, kw_only=True):
    """Which part of a list that mostly fits into one page."""

    limit: Limit = 500
    cursor: Cursor | UnsetType = UNSET


def list_page(rows: Sequence[T], query: ListQuery, key: Callable[[T], str]) -> Page:
    """Return the rows behind the cursor, which is the ``key`` of the last row before. Raises :class:`Invalid`."""
    first = 0
    if not isinstance(query.cursor, UnsetType):
        places = [place for place, row in enumerate(rows) if key(row) == query.cursor]
        if not places:
            raise wrong_cursor()
        first = places[0] + 1
    page = list(rows[first : first + query.limit])
    more = first + len(page) < len(rows)
    return Page(rows=page, next_cursor=key(page[-1]) if more else None, total=len(rows))


def given(value: T | UnsetType) -> T | None:
    """Return a parameter, None when it is absent."""
    return None if isinstance(value, UnsetType) else value


def row_id(value: str, unknown: str) -> int:
    """Return the number in a path. Raises :class:`NotFound` with the text ``unknown`` when it can be none."""
    if not (value.isascii() and value.isdecimal() and len(value) <= 16):
        raise NotFound(text(unknown, id=value[:40]))
    return int(value)
