"""All that was set up, and the ledger, as lines for another machine; and what such lines do here.

Runs inside the caller's transaction. Rows are found again by their id, or by what people know them by.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, insert, select, update
from sqlalchemy.dialects import sqlite

from master.store.account_tables import accounts, assignments, groups, proxies
from master.store.item_tables import item_keys, searches
from master.store.job_tables import schedules
from master.store.rule_tables import quiet_hours, rules
from master.store.system_tables import credentials

KEYS_A_LINE: Final = 500
DIRECT: Final = "direct"
WITH_SECRET: Final = ("identity", "credentials_expire_at", "renews")
"""Of an account, what goes along with its credentials, and only with them."""
OnConflict = Literal["skip", "replace", "merge"]
What = Literal["new", "same", "conflict"]
NOWHERE: Final = (None, "", "[]", "{}")
"""What counts as empty when rows are merged."""


class Moved(NamedTuple):
    """A table that is moved: how its rows are known, and what of them stays behind."""

    table: Table
    known_by: tuple[str, ...]
    left: frozenset[str]
    """Columns that say what happened, or mean nothing elsewhere."""
    numbered: bool = False
    """Its ids are numbers of this machine."""
    scope: str = ""
    """Scope of its documents in the vault; the column ``generation`` or ``credential_generation`` names them."""


_TIMES: Final = frozenset({"version", "created_at"})
MOVED: Final[Mapping[str, Moved]] = {
    "groups": Moved(groups, ("name",), _TIMES | {"position"}),
    "proxies": Moved(proxies, ("name",), _TIMES | {"last_test", "generation"}, scope="proxy"),
    "credentials": Moved(credentials, ("name",), _TIMES | {"generation"}, scope="credential"),
    "accounts": Moved(
        accounts,
        ("platform", "platform_account_id"),
        _TIMES
        | {
            "credential_generation", "state", "state_reason", "state_since_at", "login_status", "login_reason",
            "alerted", "baseline_done", "show_existing", "last_checked_at", "last_ok_at", "failures", "not_before_at",
            "identity",
            "credentials_expire_at", "credentials_used_at", "renews", "paused_until_at", "removed_at",
            "removed_history", "certificates",
        },
        scope="account",
    ),
    "rules": Moved(rules, ("name",), _TIMES | {"position", "hits", "last_hit_at", "disabled_reason"}),
    "quiet_hours": Moved(quiet_hours, (), frozenset({"version"})),
    "schedules": Moved(schedules, ("name",), _TIMES | {"next_at", "last_at", "last_job_id"}),
    "searches": Moved(searches, ("name",), _TIMES, numbered=True),
}  # fmt: skip


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one row of the file."""

    noun: str
    row: dict[str, Any]
    what: What
    here: str | int | None
    """Id of the row that it is here."""
    fields: list[str]
    """Where both differ."""
    name: str


# ------------------------------------------------------------ out of here


def outgoing(conn: Connection, *, ledger: bool) -> Iterator[dict[str, Any]]:
    """Yield every line: rows as ``{t, r}``, cursors as ``{c, v, b}``, keys as ``{k, v}``."""
    for noun, moved in MOVED.items():
        if noun == "credentials" and not ledger:
            continue  # nothing but names
        statement = select(moved.table)
        if noun == "accounts":
            statement = statement.where(accounts.c.removed_at.is_(None))
        for row in conn.execute(statement).mappings():
            kept = {name: value for name, value in row.items() if name not in moved.left}
            more = (*_TIMES, *(WITH_SECRET if ledger and noun == "accounts" else ()))
            yield {"t": noun, "r": kept | {name: row[name] for name in more if name in row}}
    if not ledger:
        return
    columns = accounts.c
    joined = select(columns.id, columns.baseline_done, assignments.c.cursor).join(assignments)
    alive = conn.execute(joined.where(columns.removed_at.is_(None))).all()
    for account_id, baseline_done, cursor in alive:
        yield {"c": account_id, "v": cursor, "b": bool(baseline_done)}
        keys = conn.execute(select(item_keys.c.key).where(item_keys.c.account_id == account_id))
        for part in keys.scalars().partitions(KEYS_A_LINE):
            yield {"k": account_id, "v": list(part)}


def secret_owners(conn: Connection) -> list[tuple[str, str, int, str]]:
    """Return (scope, id, generation, name) of everything that has a document in the vault."""
    found: list[tuple[str, str, int, str]] = []
    for noun, moved in MOVED.items():
        if moved.scope:
            columns = moved.table.c
            generation = columns.credential_generation if noun == "accounts" else columns.generation
            rows = conn.execute(select(columns.id, generation, columns.name).where(generation > 0))
            found += [(moved.scope, row[0], row[1], row[2]) for row in rows]
    return found


# ------------------------------------------------------------ into here


def decide(conn: Connection, rows: Mapping[str, list[dict[str, Any]]]) -> list[Decision]:
    """Compare rows of a file, by noun, with those that are here. Raises ``KeyError``, ``TypeError`` for broken rows."""
    decisions: list[Decision] = []
    others: dict[str, dict[Any, Any]] = {}
    for noun, moved in MOVED.items():
        here = [dict(row) for row in conn.execute(select(moved.table)).mappings()]
        by_id = {row["id"]: row for row in here}
        by_name = {_name_key(moved, row): row for row in here}
        others[noun] = {}
        for raw in rows.get(noun, []):
            row = {name: _translated(raw.get(name), others) for name in raw if name in moved.table.columns}
            twin = None if moved.numbered else by_id.get(raw["id"])
            twin = twin or by_name.get(_name_key(moved, row))
            if twin is None:
                what: What = "new"
                fields: list[str] = []
            else:
                fields = _differences(moved, row, twin)
                what = "conflict" if fields else "same"
                if twin["id"] != raw["id"]:
                    others[noun][raw["id"]] = twin["id"]
                if noun == "quiet_hours" and not twin["enabled"] and json.loads(twin["windows"]) == []:
                    what = "new" if fields else "same"
            decisions.append(
                Decision(
                    noun=noun,
                    row=row,
                    what=what,
                    here=None if twin is None else twin["id"],
                    fields=fields,
                    name=str(row.get("name", "")),
                )
            )
    return decisions


def write(
    conn: Connection,
    decisions: Iterable[Decision],
    on_conflict: OnConflict,
    generations: Mapping[tuple[str, str], int],
    now: int,
) -> dict[str, str]:
    """Write the rows; return the ids here of the accounts whose ledger is taken, by their id in the file.

    ``generations``: (scope, id here) → the document of the vault that holds its secret from now on.
    """
    taken: dict[str, str] = {}
    for decision in decisions:
        moved = MOVED[decision.noun]
        file_id = decision.row.get("id")
        generation = generations.get((moved.scope, str(decision.here or file_id)))
        if decision.here is None:
            _insert(conn, moved, decision, generation, now)
        elif decision.what == "new":
            _change(conn, moved, decision, "replace", generation)
        elif decision.what == "same":
            _change(conn, moved, decision, "merge", generation)
        elif on_conflict != "skip":
            _change(conn, moved, decision, on_conflict, generation)
        if decision.noun == "accounts" and (decision.what != "conflict" or on_conflict != "skip"):
            taken[str(file_id)] = str(decision.here or file_id)
    _mend(conn)
    return taken


def _mend(conn: Connection) -> None:
    """Forget what rows say of others that did not come along."""
    no_group = accounts.c.group_id.not_in(select(groups.c.id))
    conn.execute(update(accounts).where(no_group).values(group_id=None))
    no_proxy = accounts.c.proxy_id.not_in(select(proxies.c.id)) & (accounts.c.proxy_id != DIRECT)
    conn.execute(update(accounts).where(no_proxy).values(proxy_id=None))
    no_credential = schedules.c.credential_id.not_in(select(credentials.c.id))
    conn.execute(update(schedules).where(no_credential).values(credential_id=None))


def add_keys(conn: Connection, account_id: str, keys: list[str]) -> None:
    """Note that these were found before."""
    statement = sqlite.insert(item_keys).on_conflict_do_nothing()
    conn.execute(statement, [{"account_id": account_id, "key": key} for key in keys])


def set_cursor(
    conn: Connection, account_id: str, cursor: str | None, baseline_done: bool, *, over: bool, epoch: int
) -> None:
    """Let an account go on where it ended elsewhere; ``over``: also if it has ended somewhere here."""
    where = assignments.c.account_id == account_id
    found = conn.execute(select(assignments.c.cursor).where(where)).scalar_one_or_none()
    done = conn.execute(select(accounts.c.baseline_done).where(accounts.c.id == account_id)).scalar_one_or_none()
    if over or (found is None and not done):
        values = {"cursor": cursor, "epoch": epoch, "stored_seq": 0, "cursor_seq": 0, "ahead": "[]"}
        conn.execute(update(assignments).where(where).values(values))
        conn.execute(update(accounts).where(accounts.c.id == account_id).values(baseline_done=baseline_done))


# ------------------------------------------------------------ inside


def _name_key(moved: Moved, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in moved.known_by)


def _translated(value: Any, others: Mapping[str, Mapping[Any, Any]]) -> Any:
    """Put the ids of here in the place of those of the file, also inside of JSON: ids are unlike anything else."""
    if isinstance(value, str):
        for ids in others.values():
            for there, here in ids.items():
                if isinstance(there, str) and len(there) >= 32 and there in value:
                    value = value.replace(there, here)
    return value


def _differences(moved: Moved, row: Mapping[str, Any], twin: Mapping[str, Any]) -> list[str]:
    names = [name for name in row if name not in moved.left and name != "id"]
    return [name for name in names if _plain(row[name]) != _plain(twin[name])]


def _plain(value: Any) -> Any:
    """Return a value so that two of one meaning are equal."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return int(value) if isinstance(value, bool) else value


def _insert(conn: Connection, moved: Moved, decision: Decision, generation: int | None, now: int) -> None:
    values = {name: value for name, value in decision.row.items() if name not in moved.left}
    values |= {"created_at": decision.row.get("created_at", now), "version": 1}
    if moved.numbered:
        values.pop("id", None)
    values |= _beginnings(conn, decision.noun, generation, now)
    if decision.noun == "accounts" and generation:
        values |= _of_secret(decision)
    known = {name: value for name, value in values.items() if name in moved.table.columns}
    conn.execute(insert(moved.table).values(known))
    if decision.noun == "accounts":
        conn.execute(insert(assignments).values(account_id=decision.row["id"]))


def _of_secret(decision: Decision) -> dict[str, Any]:
    return {name: decision.row[name] for name in WITH_SECRET if name in decision.row}


def _beginnings(conn: Connection, noun: str, generation: int | None, now: int) -> dict[str, Any]:
    """Return what a new row of a noun begins with."""
    match noun:
        case "groups" | "rules":
            table = MOVED[noun].table
            return {"position": len(conn.execute(select(table.c.id)).all())}
        case "proxies" | "credentials":
            return {"generation": generation or 0}
        case "accounts":
            login = "pending" if generation else "unknown"
            return {
                "credential_generation": generation or 0,
                "state": "pending",
                "state_since_at": now,
                "login_status": login,
            }
        case _:
            return {}


def _change(conn: Connection, moved: Moved, decision: Decision, how: OnConflict, generation: int | None) -> None:
    """Write a row over the one that is here, or fill in what is empty there."""
    where = moved.table.c.id == decision.here
    before = conn.execute(select(moved.table).where(where)).mappings().one()
    values = {}
    for name in decision.fields:
        if how == "replace" or before[name] in NOWHERE:
            values[name] = decision.row[name]
        else:
            merged = _merged(before[name], decision.row[name])
            if merged is not None:
                values[name] = merged
    column = "credential_generation" if decision.noun == "accounts" else "generation"
    if generation is not None and column in moved.table.columns:
        values[column] = generation
        if decision.noun == "accounts":
            values |= {"login_status": "pending", "login_reason": None, "alerted": ""} | _of_secret(decision)
    if values:
        if "version" in moved.table.columns:
            values["version"] = before["version"] + 1
        conn.execute(update(moved.table).where(where).values(values))


def _merged(here: Any, there: Any) -> str | None:
    """Unite two lists, or fill a map; None where nothing is to be united."""
    one, other = _plain(here), _plain(there)
    if isinstance(one, list) and isinstance(other, list):
        return json.dumps([*one, *(part for part in other if part not in one)])
    if isinstance(one, dict) and isinstance(other, dict):
        return json.dumps(other | {name: value for name, value in one.items() if value not in (None, "", [], {})})
    return None
