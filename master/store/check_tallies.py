"""How checks ended, by the hour for accounts and proxies; the last ticks of accounts, and the states they were in."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from master.store.account_tables import account_beats, account_states, accounts, check_tallies
from master.store.columns import from_json
from worker.protocol.states import AccountState
from worker.protocol.texts import Text

KINDS: Final = ("ok", "network", "rate_limited", "auth", "config", "parse", "error")
"""What is counted; a column each."""
MOST_STATES: Final = 500
"""So many earlier states of one account are kept."""

Counts = dict[str, int]


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Counts to be added to one hour of one subject (``account:<id>`` or ``proxy:<id>``)."""

    subject: str
    hour_at: int
    counts: Counts


class TallyStore:
    """The table of tallies."""

    def add(self, conn: Connection, tallies: Iterable[Tally]) -> None:
        """Add counts to their hours."""
        rows = [
            {"subject": one.subject, "hour_at": one.hour_at} | {kind: one.counts.get(kind, 0) for kind in KINDS}
            for one in tallies
        ]
        if not rows:
            return
        statement = insert(check_tallies)
        added = {kind: check_tallies.c[kind] + statement.excluded[kind] for kind in KINDS}
        conn.execute(statement.on_conflict_do_update(index_elements=["subject", "hour_at"], set_=added), rows)

    def sums(self, conn: Connection, since_at: int) -> dict[str, Counts]:
        """Return the counts of every subject in all hours from ``since_at`` on."""
        columns = [func.sum(check_tallies.c[kind]).label(kind) for kind in KINDS]
        statement = (
            select(check_tallies.c.subject, *columns)
            .where(check_tallies.c.hour_at >= since_at)
            .group_by(check_tallies.c.subject)
        )
        return {row["subject"]: {kind: row[kind] for kind in KINDS} for row in conn.execute(statement).mappings()}

    def forget(self, conn: Connection, subject: str) -> None:
        """Remove what is counted of one subject."""
        conn.execute(delete(check_tallies).where(check_tallies.c.subject == subject))

    def count_before(self, conn: Connection, before: int) -> int:
        """Return how many rows are older."""
        return conn.execute(select(func.count()).where(check_tallies.c.hour_at < before)).scalar_one()

    def purge(self, conn: Connection, before: int) -> int:
        """Remove older rows; return how many."""
        return conn.execute(delete(check_tallies).where(check_tallies.c.hour_at < before)).rowcount


class BeatStore:
    """The table of heartbeat bars: the last ticks of each account, as JSON."""

    def all(self, conn: Connection) -> dict[str, str]:
        """Return the bars of all accounts."""
        return {row.account_id: row.beats for row in conn.execute(select(account_beats))}

    def keep(self, conn: Connection, beats: Mapping[str, str]) -> None:
        """Write bars; accounts that are gone are left out."""
        known = set(conn.execute(select(accounts.c.id)).scalars())
        rows = [{"account_id": name, "beats": one} for name, one in beats.items() if name in known]
        if rows:
            statement = insert(account_beats)
            replaced = {"beats": statement.excluded.beats}
            conn.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=replaced), rows)


class StateRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A state that an account entered."""

    id: int
    state: AccountState
    reason: Text | None
    since_at: int


class StateStore:
    """The table of states; :class:`~master.store.accounts.AccountStore` adds to it with every change of a state."""

    def page(self, conn: Connection, account_id: str, limit: int, before_id: int | None) -> list[StateRecord]:
        """Return up to ``limit`` states of an account, newest first, older than ``before_id``."""
        columns = account_states.c
        statement = select(columns.id, columns.state, columns.reason, columns.since_at)
        statement = statement.where(columns.account_id == account_id).order_by(columns.id.desc()).limit(limit)
        if before_id is not None:
            statement = statement.where(columns.id < before_id)
        return [_state(row) for row in conn.execute(statement).mappings()]

    def ended_at(self, conn: Connection, account_id: str, state_id: int) -> int | None:
        """Return when the state after this one began, None when there is none."""
        columns = account_states.c
        statement = select(columns.since_at).where(columns.account_id == account_id, columns.id > state_id)
        return conn.execute(statement.order_by(columns.id).limit(1)).scalar_one_or_none()

    def old(self, conn: Connection, before: int) -> list[int]:
        """Return the rows that are not kept: older ones, and those beyond the most of their account. Never its last."""
        columns = account_states.c
        rank = func.row_number().over(partition_by=columns.account_id, order_by=columns.id.desc()).label("rank")
        ranked = select(columns.id, columns.since_at, rank).subquery()
        wanted = (ranked.c.rank > MOST_STATES) | ((ranked.c.since_at < before) & (ranked.c.rank > 1))
        return list(conn.execute(select(ranked.c.id).where(wanted)).scalars())

    def delete(self, conn: Connection, ids: Iterable[int]) -> None:
        """Remove rows."""
        rows = [{"row": row_id} for row_id in ids]
        if rows:
            conn.execute(delete(account_states).where(account_states.c.id == bindparam("row")), rows)


def _state(row: Mapping[Any, Any]) -> StateRecord:
    return StateRecord(
        id=row["id"],
        state=AccountState(row["state"]),
        reason=from_json(row["reason"], Text | None),
        since_at=row["since_at"],
    )
