"""Which items a page has: every list is some ranges of an index, merged in the order of ids.

So a page costs what it shows, however long the history is and whatever is asked for together.
"""

import itertools
import json
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Connection

from master.store.item_beginnings import Candidates, look
from master.store.item_counts import ItemCounts
from master.store.item_indices import FACETS, ItemIndices, expression
from master.store.item_words import Question, question
from worker.protocol.states import ItemKind

HIGHEST: Final = 1 << 62
NARROW: Final = 1000
"""So many items are asked for one by one whether they have the words; more are found by the words first."""
_LEGS: Final = 24
"""So many ranges are read at once: what they have tells how far the next ones need to be looked at."""
_CHUNK: Final = 256
_LONGEST_CHUNK: Final = 8192
_LONGEST_DEAR_CHUNK: Final = 65_536
_KNOWN_FROM: Final = "SELECT value FROM meta WHERE key = 'items_known_from'"


class ItemQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which items; what is absent does not restrict. ``until_id``: only those that were stored up to it."""

    accounts: Sequence[str] | UnsetType = UNSET
    kinds: Sequence[ItemKind] | UnsetType = UNSET
    thread: str | UnsetType = UNSET
    """Of the accounts that are named."""
    unread: bool | UnsetType = UNSET
    q: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    since: int | UnsetType = UNSET
    until: int | UnsetType = UNSET
    ids: Sequence[int] | UnsetType = UNSET
    until_id: int | UnsetType = UNSET


class ItemPages:
    """Finds the ids; whoever asks reads the rows."""

    def __init__(self) -> None:
        self._indices = ItemIndices()
        self._counts = ItemCounts()

    def ids(
        self, conn: Connection, query: ItemQuery, limit: int, after: int | None = None, *, newest: bool = True
    ) -> list[int]:
        """Return up to ``limit`` ids in order, behind ``after``."""
        low, high = self._limits(conn, query)
        if after is not None:
            low, high = (low, min(high, after - 1)) if newest else (max(low, after + 1), high)
        asked = question(query.q or "", query.author or "")
        nothing = low > high or asked.hopeless or query.accounts == [] or query.kinds == []
        if nothing or query.ids == []:
            return []
        if not asked.asks:
            return self._plain(conn, query, low, high, limit, newest)
        return self._found(conn, query, asked, low, high, limit, newest)

    def _limits(self, conn: Connection, query: ItemQuery) -> tuple[int, int]:
        """Return between which ids everything lies."""
        low, high = 1, HIGHEST
        if query.until_id is not UNSET:
            high = query.until_id
        if query.since is not UNSET or query.until is not UNSET:
            until = None if query.until is UNSET else query.until
            first, last = self._counts.limits(conn, query.accounts or None, query.since or 0, until)
            # Of what is not counted yet nothing is known.
            uncounted = max(0, int(conn.exec_driver_sql(_KNOWN_FROM).scalar() or 1) - 1)
            low, high = max(low, 1 if uncounted else first), min(high, max(last, uncounted))
        return low, high

    # ------------------------------------------------------------ without words

    def _plain(self, conn: Connection, query: ItemQuery, low: int, high: int, limit: int, newest: bool) -> list[int]:
        if query.ids is not UNSET:
            found = self._checked(conn, [one for one in query.ids if low <= one <= high], *_conditions(query))
            return sorted(found, reverse=newest)[:limit]
        return self._merged(conn, query, low, high, limit, newest)

    def _merged(self, conn: Connection, query: ItemQuery, low: int, high: int, limit: int, newest: bool) -> list[int]:
        """Read the first of every range; what is worse than a full page so far is not looked at."""
        times, given = _times(query)
        direction = "DESC" if newest else "ASC"
        found: list[int] = []
        for legs in _batches(_legs(query)):
            parts: list[str] = []
            values: list[Any] = []
            for index, terms, known in legs:
                parts.append(
                    f"SELECT id FROM (SELECT id FROM items {index} WHERE {terms}id BETWEEN ? AND ?{times}"  # noqa: S608
                    f" ORDER BY id {direction} LIMIT ?)"
                )
                values += (*known, low, high, *given, limit)
            rows = conn.exec_driver_sql(" UNION ALL ".join(parts), tuple(values)).scalars()
            found = sorted({*found, *rows}, reverse=newest)[:limit]
            if len(found) == limit:
                low, high = (found[-1] + 1, high) if newest else (low, found[-1] - 1)
                if low > high:
                    break
        return found

    # ------------------------------------------------------------ with words

    def _found(
        self, conn: Connection, query: ItemQuery, asked: Question, low: int, high: int, limit: int, newest: bool
    ) -> list[int]:
        match = expression(asked, query.accounts or None, query.kinds or None)
        if not asked.beginnings:
            return self._by_index(conn, query, match, low, high, limit, newest)
        candidates = self._candidates(conn, query, newest)
        found, low, high = look(conn, match, asked, candidates, (low, high), limit, newest=newest)
        if len(found) == limit or low > high:
            return found
        return found + self._by_index(conn, query, match, low, high, limit - len(found), newest, begins=True)

    def _candidates(self, conn: Connection, query: ItemQuery, newest: bool) -> Candidates:
        def candidates(asked: Question, low: int, high: int, count: int) -> list[int]:
            if low > high:
                return []
            if not asked.asks:
                return self._plain(conn, query, low, high, count, newest)
            match = expression(asked, query.accounts or None, query.kinds or None)
            return self._by_index(conn, query, match, low, high, count, newest, begins=bool(asked.beginnings))

        return candidates

    def _by_index(
        self,
        conn: Connection,
        query: ItemQuery,
        match: str,
        low: int,
        high: int,
        limit: int,
        newest: bool,
        begins: bool = False,
    ) -> list[int]:
        """``begins``: beginnings of words are asked for, so that each question to the index is dear."""
        accounts = query.accounts or None
        terms, given = _conditions(query, indexed=True)
        many = accounts is not None and len(accounts) > FACETS
        if many or not query.unread is query.thread is query.ids is UNSET:
            # What is narrow by itself is asked one by one.
            narrow = self._plain(conn, query, low, high, NARROW + 1, newest)
            if len(narrow) <= NARROW:
                among = self._indices.among(conn, match, narrow, begins=begins)
                return [one for one in narrow if one in among][:limit]
        found: list[int] = []
        longest = _LONGEST_DEAR_CHUNK if begins else _LONGEST_CHUNK
        size = max(limit, longest // 8 if begins else _CHUNK) if terms else limit
        while len(found) < limit and low <= high:
            rows = self._indices.find(conn, match, low, high, size, newest=newest)
            good = self._checked(conn, rows, terms, given) if terms else set(rows)
            found += [one for one in rows if one in good]
            if len(rows) < size:
                break
            low, high = (low, rows[-1] - 1) if newest else (rows[-1] + 1, high)
            size = min(2 * size, longest)
        return found[:limit]

    def _checked(self, conn: Connection, ids: Sequence[int], terms: str, given: Sequence[Any]) -> set[int]:
        statement = f"SELECT id FROM items WHERE id IN (SELECT value FROM json_each(?)){terms}"  # noqa: S608
        return set(conn.exec_driver_sql(statement, (json.dumps(list(ids)), *given)).scalars())


Leg = tuple[str, str, tuple[Any, ...]]
"""An index, the terms of its first columns, and their values."""


def _legs(query: ItemQuery) -> list[Leg]:
    """Return the ranges that a query without words consists of, each in order of ids."""
    accounts = None if query.accounts is UNSET else list(dict.fromkeys(query.accounts))
    kinds = None if query.kinds is UNSET else [str(kind) for kind in dict.fromkeys(query.kinds)]
    reads = (0, 1) if query.unread is UNSET else (0,) if query.unread else (1,)
    if query.thread is not UNSET:
        rest = ItemQuery(kinds=query.kinds, unread=query.unread)
        terms, given = _conditions(rest)
        terms = f"account_id = ? AND thread = ? AND thread <> ''{terms} AND "
        return [("INDEXED BY items_thread", terms, (one, query.thread, *given)) for one in accounts or []]
    if accounts is None and kinds is None:
        if query.unread is UNSET:
            return [("NOT INDEXED", "", ())]
        return [("INDEXED BY items_read", "read = ? AND ", (read,)) for read in reads]
    if kinds is None:
        pairs = itertools.product(reads, accounts or [])
        return [("INDEXED BY items_account", "read = ? AND account_id = ? AND ", pair) for pair in pairs]
    if accounts is None:
        return [
            ("INDEXED BY items_kind", "read = ? AND kind = ? AND ", pair) for pair in itertools.product(reads, kinds)
        ]
    return [
        ("INDEXED BY items_account_kind", "read = ? AND account_id = ? AND kind = ? AND ", one)
        for one in itertools.product(reads, accounts, kinds)
    ]


def _batches(legs: list[Leg]) -> list[list[Leg]]:
    return [legs[start : start + _LEGS] for start in range(0, len(legs), _LEGS)]


def _times(query: ItemQuery) -> tuple[str, list[Any]]:
    terms, given = "", []
    if query.since is not UNSET:
        terms, given = " AND detected_at >= ?", [query.since]
    if query.until is not UNSET:
        terms, given = terms + " AND detected_at <= ?", [*given, query.until]
    return terms, given


def _conditions(query: ItemQuery, *, indexed: bool = False) -> tuple[str, list[Any]]:
    """Return what a row must be like, as terms with their values; ``indexed``: the index of words has seen to some."""
    terms, given = _times(query)
    if query.accounts is not UNSET and not (indexed and len(query.accounts) <= FACETS):
        terms += " AND account_id IN (SELECT value FROM json_each(?))"
        given.append(json.dumps(list(query.accounts)))
    if query.kinds is not UNSET and not indexed:
        terms += " AND kind IN (SELECT value FROM json_each(?))"
        given.append(json.dumps([str(kind) for kind in query.kinds]))
    if query.unread is not UNSET:
        terms += " AND read = ?"
        given.append(0 if query.unread else 1)
    if query.thread is not UNSET:
        terms += " AND thread = ?"
        given.append(query.thread)
    if query.ids is not UNSET:
        terms += " AND id IN (SELECT value FROM json_each(?))"
        given.append(json.dumps(list(query.ids)))
    return terms, given
