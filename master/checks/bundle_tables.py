"""The database of a profile, read-only, as a support bundle needs it: counts, states, and what is private in it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

NEWEST: Final = 5_000
"""Rows of each table that are looked through for private words."""
BUDGET: Final = 20_000_000
"""Characters of one table."""
FIGURES: Final = ("account_beats", "metric_samples", "check_tallies", "alembic_version", "item_counts", "meta")
"""Tables that hold numbers alone, or what tells nothing of anybody."""
NAMED: Final = {
    "accounts": ("account", ("id", "name", "platform_account_id")),
    "groups": ("group", ("id", "name")),
    "proxies": ("proxy", ("id", "name")),
    "credentials": ("credential", ("id", "name")),
    "tokens": ("token", ("id", "name")),
    "rules": ("rule", ("id", "name")),
    "schedules": ("schedule", ("id", "name")),
    "jobs": ("job", ("id", "name")),
    "worker_configs": ("worker", ("worker_id", "name")),
    "client_devices": ("device", ("device_id", "name")),
}
"""What gets a stand-in: kind, column of its id, columns of its names."""


class Named(NamedTuple):
    """Something with a name."""

    kind: str
    identity: str
    names: tuple[str, ...]


@contextmanager
def opened(profile: Path) -> Iterator[sqlite3.Connection | None]:
    """Open the database of a profile to read; None without one."""
    path = profile / "watchkeeper.db"
    if not path.exists():
        yield None
        return
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def tables_of(connection: sqlite3.Connection) -> list[str]:
    """Return the names of all tables, without those that SQLite makes for a search."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    names = sorted(row[0] for row in rows)
    return [name for name in names if not name.startswith("sqlite_") and "_fts" not in name and "_words_" not in name]


def counts_of(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    names = tables_of(connection)
    return {name: int(next(_select(connection, "count(*)", name))[0]) for name in names}


def named_of(connection: sqlite3.Connection) -> Iterator[Named]:
    """Yield everything that has a name."""
    for table, (kind, columns) in NAMED.items():
        if not table_exists(connection, table):
            continue
        there = [column for column in columns if column in _columns(connection, table)]
        chosen = ", ".join(f'"{column}"' for column in there)
        for row in _select(connection, chosen, table):
            yield Named(kind, str(row[0]), tuple(str(value) for value in row[1:] if value))


def private_of(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the texts of all tables, the newest rows first: everything that somebody wrote, or that was found."""
    for table in tables_of(connection):
        if table in FIGURES:
            continue
        left = BUDGET
        for row in _select(connection, "*", table, NEWEST):
            for value in row:
                if isinstance(value, str) and value:
                    left -= len(value)
                    yield from _leaves(value)
            if left < 0:
                break


def rows_of(connection: sqlite3.Connection, table: str, columns: tuple[str, ...], limit: int) -> list[dict[str, Any]]:
    """Return some columns of the newest rows, as far as there are such columns."""
    if not table_exists(connection, table):
        return []
    there = [column for column in columns if column in _columns(connection, table)]
    chosen = ", ".join(f'"{column}"' for column in there)
    return [dict(row) for row in _select(connection, chosen, table, limit)]


def profile_id(connection: sqlite3.Connection) -> str:
    """Return the id of the profile, "" when it has none yet."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'profile_id'").fetchone()
    return str(row[0]) if row is not None else ""


def table_exists(connection: sqlite3.Connection, table: str) -> bool:
    """Tell whether there is such a table (an older database may lack it)."""
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None


def _select(
    connection: sqlite3.Connection, chosen: str, table: str, newest: int | None = None
) -> Iterator[sqlite3.Row]:
    """Names of tables and columns come from the schema itself; they cannot be parameters."""
    query = f'SELECT {chosen} FROM "{table}"'  # noqa: S608
    if newest is not None:
        query += f"{' ORDER BY rowid DESC' if _has_rowid(connection, table) else ''} LIMIT {newest}"
    yield from connection.execute(query)


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row["name"] for row in connection.execute(f'PRAGMA table_info("{table}")')}


def _has_rowid(connection: sqlite3.Connection, table: str) -> bool:
    try:
        next(_select(connection, "rowid", table), None)
    except sqlite3.OperationalError:
        return False
    return True


def _leaves(value: str) -> Iterator[str]:
    """Yield the texts in a cell: those of a JSON document one by one."""
    if value[:1] in "[{":
        try:
            yield from texts_of(json.loads(value))
        except ValueError:
            yield value
    else:
        yield value


def texts_of(document: Any) -> Iterator[str]:
    """Yield the texts of a JSON document, without names of fields."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, list):
        for part in document:
            yield from texts_of(part)
    elif isinstance(document, dict):
        # A text for people is our own sentence; what it speaks of stands in its parameters.
        ours = "code" in document and "params" in document
        for name, part in document.items():
            if not ours or name == "params":
                yield from texts_of(part)
