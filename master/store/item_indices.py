"""The index of words: what is written into it, taken out of it, and found in it."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol

from sqlalchemy import Connection

from master.store.item_words import Question, account_facet, facets, indexed, kind_facet

FACETS: Final = 100
"""So many accounts are told apart within the index; more of them by their rows."""
_COLUMNS: Final = "rowid, title, text, author, facets"
INSERT: Final = f"INSERT INTO items_fts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608


class Worded(Protocol):
    """What is indexed of an item."""

    @property
    def id(self) -> int: ...
    @property
    def account_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def author(self) -> str: ...


class ItemIndices:
    """The table ``items_fts``. It keeps no texts: to take an item out, it must be given as it was put in."""

    def add(self, conn: Connection, items: Iterable[Worded]) -> None:
        """Index items."""
        rows = [row_of(item) for item in items]
        if rows:
            conn.exec_driver_sql(INSERT, rows)

    def remove(self, conn: Connection, items: Iterable[Worded]) -> None:
        """Take items out."""
        rows = [row_of(item) for item in items]
        if rows:
            statement = f"INSERT INTO items_fts (items_fts, {_COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?)"  # noqa: S608
            conn.exec_driver_sql(statement, rows)

    def clear(self, conn: Connection) -> None:
        """Take everything out."""
        conn.exec_driver_sql("INSERT INTO items_fts (items_fts) VALUES ('delete-all')")

    def tidy(self, conn: Connection, pages: int) -> None:
        """Merge some pages, so that what was taken out leaves its room."""
        conn.exec_driver_sql("INSERT INTO items_fts (items_fts, rank) VALUES ('merge', ?)", (pages,))

    def find(
        self, conn: Connection, match: str, low: int, high: int, limit: int, *, newest: bool, skip: int = 0
    ) -> list[int]:
        """Return ids from ``low`` to ``high``, in order."""
        order = "DESC" if newest else "ASC"
        statement = (
            "SELECT rowid FROM items_fts WHERE items_fts MATCH ? AND rowid >= ? AND rowid <= ?"  # noqa: S608
            f" ORDER BY rowid {order} LIMIT ? OFFSET ?"
        )
        return list(conn.exec_driver_sql(statement, (match, low, high, limit, skip)).scalars())

    def among(self, conn: Connection, match: str, ids: Sequence[int], *, begins: bool = False) -> set[int]:
        """Return those of ``ids`` that are found. ``begins``: beginnings of words are asked for."""
        if begins:
            # Asked for each id, the index would merge the lists of all words with that beginning for each.
            found = self.find(conn, match, min(ids, default=1), max(ids, default=0), -1, newest=False)
            return {*ids}.intersection(found)
        statement = "SELECT rowid FROM items_fts WHERE items_fts MATCH ? AND rowid IN (SELECT value FROM json_each(?))"
        return set(conn.exec_driver_sql(statement, (match, json.dumps(list(ids)))).scalars())


def expression(asked: Question, accounts: Sequence[str] | None, kinds: Sequence[Any] | None) -> str:
    """Return what the index is asked. ``accounts``, ``kinds``: one of them each, None restricts nothing."""
    terms = list(asked.wanted)
    if accounts is not None and len(accounts) <= FACETS:
        terms.append(_one_of([account_facet(account_id) for account_id in accounts]))
    if kinds is not None or not terms:
        # What is only unwanted is taken away from everything.
        terms.append(_one_of([kind_facet(kind) for kind in kinds] if kinds is not None else _all_kinds()))
    wanted = " AND ".join(f"({term})" for term in terms)
    if not asked.unwanted:
        return wanted
    return f"({wanted}) NOT ({' OR '.join(f'({term})' for term in asked.unwanted)})"


def _all_kinds() -> list[str]:
    from worker.protocol.states import ItemKind

    return [kind_facet(kind) for kind in ItemKind]


def _one_of(words: Sequence[str]) -> str:
    return "facets : (" + " OR ".join(f'"{word}"' for word in words) + ")"


def row_of(item: Worded) -> tuple[int, str, str, str, str]:
    """Return an item as :data:`INSERT` takes it."""
    return (
        item.id,
        indexed(item.title),
        indexed(item.text),
        indexed(item.author),
        facets(item.account_id, item.kind),
    )
