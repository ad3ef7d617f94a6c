"""Many notifications at once: pages of the history, counts, what is marked, what was held, what is too old."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    func,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy import text as sql

from master.store.columns import from_json, to_json
from master.store.notification_tables import notifications
from master.store.notifications import NotificationRecord, record_of
from worker.protocol.texts import Text

PURGED: Final = 10_000
"""Most rows that are deleted in one transaction."""
IDS: Final = 500

Key = tuple[str | None, bool]
"""An account (None: of the system), and whether it is urgent."""

_c = notifications.c


class NotificationQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which notifications; what is absent does not restrict."""

    state: str | UnsetType = UNSET
    account_id: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    since: int | UnsetType = UNSET
    until: int | UnsetType = UNSET
    until_id: int | UnsetType = UNSET


class Place(NamedTuple):
    """The last notification of a page, whether it is still there or not."""

    created_at: int
    id: int


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """What was changed at once; ``ids`` is empty where there are too many to name."""

    count: int
    ids: list[int]


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """What was held and is not any more."""

    swept: Swept
    accounts: dict[str | None, int]
    titles: list[Text]
    """Of the last ones."""
    levels: set[str]


class NotificationListStore:
    """The table of notifications, many rows at once."""

    def page(
        self, conn: Connection, query: NotificationQuery, limit: int, before: Place | None = None
    ) -> list[NotificationRecord]:
        """Return up to ``limit`` notifications, newest first; ``before``: where the page before ended."""
        statement = select(notifications).where(_where(query)).limit(limit)
        if query.since is UNSET and query.until is UNSET:
            statement = statement.order_by(_c.id.desc())
            if before is not None:
                statement = statement.where(_c.id < before.id)
        else:
            # In the order of the index that finds the times.
            statement = statement.order_by(_c.created_at.desc(), _c.id.desc())
            if before is not None:
                statement = statement.where(tuple_(_c.created_at, _c.id) < tuple_(before.created_at, before.id))
        return [record_of(row) for row in conn.execute(statement).mappings()]

    def totals(self, conn: Connection) -> tuple[dict[str, int], dict[str, int]]:
        """Return how many there are in each state, and of each kind."""
        states = _counts(conn, select(_c.state, func.count()).group_by(_c.state))
        others = select(_c.kind, func.count()).where(sql("kind <> 'item'")).group_by(_c.kind)
        kinds = _counts(conn, others)
        kinds["item"] = sum(states.values()) - sum(kinds.values())
        return states, kinds

    def sweep(
        self,
        conn: Connection,
        query: NotificationQuery,
        states: Collection[str],
        state: str,
        now: int,
        *,
        limit: int = -1,
        reason: Text | None = None,
    ) -> Swept:
        """Give all (or so many) of a query that are in one of ``states`` another state, and name them.

        What was told once may be told again. ``reason`` None leaves theirs.
        """
        where = and_(_where(query), _c.state.in_(states))
        ids = list(conn.execute(select(_c.id).where(where).limit(limit)).scalars())
        values: dict[str, Any] = {"state": state, "changed_at": now}
        if state == "dismissed":
            values["dedupe"] = ""
        if reason is not None:
            values["reason"] = to_json(reason)
        some = select(func.json_each(json.dumps(ids)).table_valued("value").c.value)
        conn.execute(update(notifications).where(_c.id.in_(some)).values(values))
        return Swept(count=len(ids), ids=ids)

    def purge(self, conn: Connection, before: int, *, dry_run: bool) -> int:
        """Delete (or count) what was told before ``before``; what still waits to be told stays."""
        where = and_(_c.created_at < before, _c.state.not_in(("held", "snoozed")))
        if dry_run:
            return int(conn.execute(select(func.count()).where(where)).scalar_one())
        some = select(_c.id).where(where).limit(PURGED)
        return conn.execute(delete(notifications).where(_c.id.in_(some))).rowcount

    # ------------------------------------------------------------ what is held

    def held_keys(self, conn: Connection) -> set[Key]:
        """Return whose notifications are held."""
        urgent = _c.level == "urgent"
        statement = select(_c.account_id, urgent).where(_c.state == "held").distinct()
        return {(account_id, bool(is_urgent)) for account_id, is_urgent in conn.execute(statement)}

    def held(self, conn: Connection) -> dict[str | None, int]:
        """Return how many of each account are held."""
        statement = select(_c.account_id, func.count()).where(_c.state == "held").group_by(_c.account_id)
        return _counts(conn, statement)

    def release(self, conn: Connection, keys: Collection[Key], values: Mapping[str, Any], titles: int) -> Released:
        """Hold nothing of ``keys`` any more and write ``values`` into it. ``titles``: so many are named."""
        found: list[Released] = [self._release(conn, where, values, titles) for where in _wheres(keys)]
        accounts: dict[str | None, int] = {}
        for part in found:
            for account_id, count in part.accounts.items():
                accounts[account_id] = accounts.get(account_id, 0) + count
        count = sum(part.swept.count for part in found)
        ids = [one for part in found for one in part.swept.ids] if count <= IDS else []
        return Released(
            swept=Swept(count=count, ids=ids),
            accounts=accounts,
            titles=[title for part in found for title in part.titles][:titles],
            levels={level for part in found for level in part.levels},
        )

    def _release(
        self, conn: Connection, where: ColumnElement[bool], values: Mapping[str, Any], titles: int
    ) -> Released:
        counts = select(_c.account_id, _c.level, func.count()).where(where).group_by(_c.account_id, _c.level)
        accounts: dict[str | None, int] = {}
        levels = set()
        for account_id, level, count in conn.execute(counts):
            accounts[account_id] = accounts.get(account_id, 0) + count
            levels.add(level)
        ids = list(conn.execute(select(_c.id).where(where).limit(IDS + 1)).scalars())
        last = select(_c.title).where(where).order_by(_c.id.desc()).limit(titles)
        named = [from_json(title, Text) for title in conn.execute(last).scalars()]
        count = conn.execute(update(notifications).where(where).values(_written(values))).rowcount
        return Released(swept=Swept(count=count, ids=ids), accounts=accounts, titles=named, levels=levels)


def _where(query: NotificationQuery) -> ColumnElement[bool]:
    asked: list[ColumnElement[bool]] = []
    if query.state is not UNSET:
        asked.append(_c.state == query.state)
    if query.account_id is not UNSET:
        asked.append(_c.account_id == query.account_id)
    if query.kind is not UNSET:
        asked.append(_c.kind == query.kind)
        if query.kind != "item":
            asked.append(literal_column("kind <> 'item'", Boolean))  # names the index of the few
    if query.since is not UNSET:
        asked.append(_c.created_at >= query.since)
    if query.until is not UNSET:
        asked.append(_c.created_at < query.until)
    if query.until_id is not UNSET:
        asked.append(_c.id <= query.until_id)
    return and_(True, *asked)


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: to_json(value) if isinstance(value, Text) else value for name, value in values.items()}


def _counts(conn: Connection, statement: Select[Any]) -> dict[Any, int]:
    return {key: int(count) for key, count in conn.execute(statement)}


def _wheres(keys: Collection[Key]) -> Sequence[ColumnElement[bool]]:
    """Return conditions for what is held of ``keys``, each with a bounded number of accounts."""
    held, by_level = _c.state == "held", {True: _c.level == "urgent", False: _c.level != "urgent"}
    wheres: list[ColumnElement[bool]] = []
    for urgent, level in by_level.items():
        known: list[str] = sorted(account_id for account_id, flag in keys if flag is urgent and account_id is not None)
        wheres += [
            and_(held, level, _c.account_id.in_(known[start : start + IDS])) for start in range(0, len(known), IDS)
        ]
        if (None, urgent) in keys:
            wheres.append(and_(held, level, _c.account_id.is_(None)))
    return wheres


__all__ = ["Key", "NotificationListStore", "NotificationQuery", "Place", "Released", "Swept"]
