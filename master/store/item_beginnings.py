"""Beginnings of words (``begin*``) are looked for in the rows themselves first, the index is asked for the rest.

The index merges the lists of all words with a beginning before it gives the first item: half a second where a tenth of
a million items' words begin so. But what is that frequent is soon found among the rows of a page; and what is not found
there is rare, and costs the index little.
"""

import json
import math
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from master.store.item_indices import INSERT, row_of
from master.store.item_tables import ITEMS_FTS
from master.store.item_words import Question

FIRST: Final = 128
"""Rows at first, at least."""
ROOM: Final = 150_000
"""Characters of the first rows, about."""
CHARACTER_SECONDS: Final = 0.13e-6
"""What a character of a row costs to look at; a row has 300, or 60,000."""
ENTRY_SECONDS: Final = 0.11e-6
"""What a word of an item costs the index, where it begins as asked for."""
DEAR_SECONDS: Final = 0.01
"""A beginning that costs the index more is looked for in the rows that all else leaves."""
_COUNT: Final = "SELECT (SELECT max(id) FROM items) - (SELECT min(id) FROM items) + 1"
_ROWS: Final = (
    "SELECT i.id, i.account_id, i.kind, i.title, i.text, i.author FROM json_each(?) j CROSS JOIN items i "
    "ON i.id = j.value"
)
"""In the order of the list, one by one: sorting would read them all."""

Span = tuple[int, int]
"""The lowest and the highest id."""
Candidates = Callable[[Question, int, int, int], Sequence[int]]


class Look(NamedTuple):
    """What a look at the rows came to: the ids that were ``found``, in order, and the limits of what is left."""

    found: list[int]
    low: int
    high: int
    """Below ``low``: nothing is left."""


def look(
    conn: Connection, match: str, asked: Question, candidates: Candidates, span: Span, limit: int, *, newest: bool
) -> Look:
    """Look at rows within ``span`` in order, until ``limit`` are found or the index is quicker.

    ``match``: all of the question. ``candidates(part, low, high, n)``: the first n ids there that fit a part of it.
    This takes no longer than the index would, so both together take no more than about twice as long as it alone.
    """
    part = asked.without(asked.beginnings)
    low, high = span
    found: list[int] = []
    looked = characters = before = rows = 0
    size, room = max(FIRST, limit), ROOM
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as index:
        index.execute(ITEMS_FTS)
        while True:
            ids = candidates(part, low, high, size)
            seen, length = _add(index, conn, ids, room)
            found += _found(index, match, seen)
            if len(found) >= limit or len(seen) == len(ids) < size:
                return Look(found[:limit], 1, 0)
            rows, looked, characters = rows + len(seen), looked + len(seen), characters + length
            low, high = (low, seen[-1] - 1) if newest else (seen[-1] + 1, high)
            dear, seconds = _dear(conn, index, asked.beginnings, rows)
            better = asked.without(dear)
            if dear and better not in (part, asked) and part == asked.without(asked.beginnings):
                # Among what the index soon finds for the rare ones, there are fewer to be looked at.
                part, before, looked, characters = better, len(found), 0, 0
                continue
            good, missing = len(found) - before, limit - len(found)
            if not good or characters * CHARACTER_SECONDS * (good + missing) / good > seconds:
                return Look(found, low, high)
            size, room = min(2 * looked, looked * missing // good + 1), 2 * characters


def _dear(conn: Connection, index: sqlite3.Connection, beginnings: Sequence[str], rows: int) -> tuple[list[str], float]:
    """Return which of ``beginnings`` cost the index of all items much, and what all do together, in seconds.

    How often they are there, the ``rows`` that were looked at tell.
    """
    count = int(conn.exec_driver_sql(_COUNT).scalar() or 0)
    dear, total = [], 0.0
    for one in beginnings:
        begun = index.execute("SELECT count(*) FROM items_fts WHERE items_fts MATCH ?", (one,)).fetchone()[0]
        # Of words that come by chance, so many are in an item on average.
        seconds = -math.log((rows - begun + 0.5) / (rows + 0.5)) * count * ENTRY_SECONDS
        total += seconds
        if seconds > DEAR_SECONDS:
            dear.append(one)
    return dear, total


def _add(index: sqlite3.Connection, conn: Connection, ids: Sequence[int], room: int) -> tuple[list[int], int]:
    """Index rows until they have ``room`` characters; return how far that went, and how many characters they have."""
    seen = list(ids)
    rows: list[tuple[Any, ...]] = []
    length = 0
    with closing(conn.exec_driver_sql(_ROWS, (json.dumps(seen),))) as found:
        for row in found:
            rows.append(row_of(row))
            length += len(row.title) + len(row.text)
            if length >= room:
                del seen[seen.index(row.id) + 1 :]
                break
    index.execute("BEGIN")
    # Upwards: for each row that is not above the one before, the index writes out what it has.
    index.executemany(INSERT, sorted(rows))
    index.execute("COMMIT")
    return seen, length


def _found(index: sqlite3.Connection, match: str, seen: Sequence[int]) -> list[int]:
    if not seen:
        return []
    statement = "SELECT rowid FROM items_fts WHERE items_fts MATCH ? AND rowid BETWEEN ? AND ?"
    good = {row[0] for row in index.execute(statement, (match, min(seen), max(seen)))}
    return [one for one in seen if one in good]
