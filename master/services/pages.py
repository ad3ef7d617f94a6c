"""Pages of lists: a cursor is the key at which the page before ended."""

from typing import Any, Final

from master.errors import Invalid
from worker.protocol.texts import text

PAGE_CHARACTERS: Final = 4 * 1024 * 1024
"""A page ends when its rows have so many, however few they are."""


def length_of(value: Any) -> int:
    """Return how many characters a value of JSON has, about."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(len(str(key)) + length_of(part) for key, part in value.items())
    if isinstance(value, list | tuple):
        return sum(map(length_of, value))
    return 8


def read_cursor(cursor: str | None) -> int | None:
    """Return the id in a cursor, None of none. Raises :class:`Invalid` when it is not one of ours."""
    if cursor is None:
        return None
    # SQLite's integers end at 2^63; isdecimal() alone would let other scripts' digits through.
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 18):
        raise wrong_cursor()
    return int(cursor)


def wrong_cursor() -> Invalid:
    """Return the refusal of a cursor."""
    return Invalid(fields={"cursor": text("field_pattern", allowed="next_cursor")})
