"""Accounts: what a person said of each, and what is known of it."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from master.store.account_tables import account_states, accounts, check_tallies
from master.store.columns import from_json, to_json
from master.store.item_tables import item_keys
from master.store.items import ItemStore
from master.store.notification_tables import notifications
from worker.protocol.certificates import Certificate
from worker.protocol.states import AccountState, LoginStatus
from worker.protocol.texts import Text

_JSON = {
    "settings": dict[str, Any],
    "tags": list[str],
    "state_reason": Text | None,
    "login_reason": Text | None,
    "quiet_hours": dict[str, Any] | None,
    "certificates": list[Certificate],
}
REMOVED = "removed"


class AccountRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One row. Without secrets: ``credential_generation`` says which document of the vault holds, 0 none.

    What may be inherited is None where it is.
    """

    id: str
    platform: str
    name: str
    platform_account_id: str
    settings: dict[str, Any]
    interval_seconds: int | None = None
    interval_max_seconds: int | None = None
    priority: int | None = None
    proxy_id: str | None = None
    quiet_hours: dict[str, Any] | None = None
    notify_level: str | None = None
    sound: str | None = None
    group_id: str | None = None
    tags: list[str]
    notes: str
    paused: bool = False
    paused_until_at: int | None = None
    removed_at: int | None = None
    removed_history: bool = False
    """What was found goes with it at the end."""
    credential_generation: int = 0
    state: AccountState
    state_reason: Text | None
    state_since_at: int
    login_status: LoginStatus
    login_reason: Text | None = None
    """What the last refused sign-in said."""
    alerted: str = ""
    """What the person was told of this account and does not hold any less now: ``login_needed``, ``unreachable``."""
    baseline_done: bool = False
    show_existing: int = 0
    """So many of the newest things that were there before become items, read and told to nobody."""
    last_checked_at: int | None = None
    last_ok_at: int | None = None
    failures: int = 0
    """Checks in a row that failed."""
    not_before_at: int | None = None
    """Until when it is left alone, since the service asked for it; None: its interval and back-off count."""
    identity: str = ""
    """Who the service said that signed in; empty until it told."""
    credentials_expire_at: int | None = None
    credentials_used_at: int | None = None
    renews: bool = False
    """Its credentials came of a sign-in, or its service has renewed them: it may do so again."""
    certificates: list[Certificate] = []
    """As the last successful check saw them."""
    created_at: int
    version: int = 1


def put_aside(record: AccountRecord) -> str:
    """Return what stands for the id at the service of a removed account: somebody may add that one again meanwhile."""
    return f"{REMOVED}:{record.id}:{record.platform_account_id}"


def shown_identity(record: AccountRecord) -> str:
    """Return an account's id at the service, whether it is removed or not."""
    identity = record.platform_account_id
    return identity if record.removed_at is None else identity.removeprefix(f"{REMOVED}:{record.id}:")


class AccountTimes(msgspec.Struct, frozen=True, kw_only=True):
    """When an account was last checked, and how long it is left alone."""

    account: str
    last_checked_at: int | None
    last_ok_at: int | None
    failures: int
    not_before_at: int | None


class AccountStore:
    """The table of accounts."""

    def all(self, conn: Connection) -> list[AccountRecord]:
        """Return all accounts, oldest first."""
        statement = select(accounts).order_by(accounts.c.created_at, accounts.c.id)
        return [_record(dict(row)) for row in conn.execute(statement).mappings()]

    def any_credentials(self, conn: Connection) -> bool:
        """Tell whether the vault holds something for some account."""
        statement = select(accounts.c.id).where(accounts.c.credential_generation > 0).limit(1)
        return conn.execute(statement).first() is not None

    def insert(self, conn: Connection, record: AccountRecord) -> None:
        """Add an account. Raises ``IntegrityError`` when (platform, platform_account_id) is taken."""
        conn.execute(insert(accounts).values(_values(msgspec.structs.asdict(record))))
        _note_state(conn, record.id)

    def update(
        self, conn: Connection, account_id: str, changes: Mapping[str, Any], expected_version: int | None = None
    ) -> bool:
        """Write some fields of an account; False when it is gone, or its version is not ``expected_version``."""
        statement = update(accounts).where(accounts.c.id == account_id).values(_values(dict(changes)))
        if expected_version is not None:
            statement = statement.where(accounts.c.version == expected_version)
        if conn.execute(statement).rowcount != 1:
            return False
        if "state" in changes:
            _note_state(conn, account_id)
        return True

    def set_times(self, conn: Connection, times: Iterable[AccountTimes]) -> None:
        """Write when accounts were last checked."""
        values = [msgspec.structs.asdict(time) for time in times]
        if values:
            conn.execute(update(accounts).where(accounts.c.id == bindparam("account")), values)

    def thin(self, conn: Connection, account_id: str) -> int:
        """Delete some of an account's items, the newest first; return how many there were."""
        return ItemStore().thin(conn, account_id)

    def delete(self, conn: Connection, account_id: str, *, keep_history: bool) -> None:
        """Remove an account; its items, their keys and notifications too unless ``keep_history``."""
        if not keep_history:
            conn.execute(delete(notifications).where(notifications.c.account_id == account_id))
            ItemStore().forget(conn, account_id)
            conn.execute(delete(item_keys).where(item_keys.c.account_id == account_id))
        conn.execute(delete(check_tallies).where(check_tallies.c.subject == f"account:{account_id}"))
        conn.execute(delete(accounts).where(accounts.c.id == account_id))


def _note_state(conn: Connection, account_id: str) -> None:
    """Keep in the account's history that it entered the state that is written."""
    columns = accounts.c
    entered = select(columns.id, columns.state, columns.state_reason, columns.state_since_at)
    names = ["account_id", "state", "reason", "since_at"]
    conn.execute(insert(account_states).from_select(names, entered.where(columns.id == account_id)))


def _values(values: dict[str, Any]) -> dict[str, Any]:
    for name in _JSON.keys() & values.keys():
        values[name] = to_json(values[name])
    return values


def _record(row: dict[str, Any]) -> AccountRecord:
    for name, kind in _JSON.items():
        row[name] = from_json(row[name], kind)
    row["state"] = AccountState(row["state"])
    row["login_status"] = LoginStatus(row["login_status"])
    return AccountRecord(**row)
