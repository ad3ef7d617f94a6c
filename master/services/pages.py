"""Pages of lists: a cursor is the key at which the page before ended."""

from master.errors import Invalid
from worker.protocol.texts import text


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
