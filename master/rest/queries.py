"""Parameters behind the question mark that several lists share."""

from typing import Annotated, TypeVar

from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body
from master.errors import NotFound
from worker.protocol.texts import text

T = TypeVar("T")

Limit = Annotated[int, Meta(ge=1, le=500)]
Cursor = Annotated[str, Meta(min_length=1, max_length=200)]
Words = Annotated[str, Meta(max_length=200)]


class PageQuery(Body, frozen=True, kw_only=True):
    """Which page of a list."""

    limit: Limit = 100
    cursor: Cursor | UnsetType = UNSET


def given(value: T | UnsetType) -> T | None:
    """Return a parameter, None when it is absent."""
    return None if isinstance(value, UnsetType) else value


def row_id(value: str, unknown: str) -> int:
    """Return the number in a path. Raises :class:`NotFound` with the text ``unknown`` when it can be none."""
    if not (value.isascii() and value.isdecimal() and len(value) <= 16):
        raise NotFound(text(unknown, id=value[:40]))
    return int(value)
