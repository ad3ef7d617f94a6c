"""Accounts whose ledger is older than what the person was told, since a restore without one."""

from collections.abc import Collection, Iterable
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection, delete, select, update

from master.store.account_tables import accounts, proxies
from master.store.backup_tables import restored_accounts
from master.store.meta import MetaStore

SECRETS_UNSURE: Final = "secrets_unsure"
"""Name of the mark in ``meta``: rows may name documents of the vault that were replaced since."""


class RestoredAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One row: ``found`` counts what was stored and not told one by one; ``done``: from now on it is."""

    account_id: str
    backup_at: int
    restored_at: int
    found: int
    done: bool


class RestoredStore:
    """The table of these accounts."""

    def all(self, conn: Connection) -> list[RestoredAccount]:
        """Return all rows."""
        return [RestoredAccount(**row) for row in conn.execute(select(restored_accounts)).mappings()]

    def is_open(self, conn: Connection, account_id: str) -> bool:
        """Tell whether what is found of an account now may have been told before."""
        columns = restored_accounts.c
        found = select(columns.done).where(columns.account_id == account_id)
        return conn.execute(found).scalar_one_or_none() is False

    def add_found(self, conn: Connection, account_id: str, count: int) -> None:
        """Count what was stored and not told."""
        columns = restored_accounts.c
        statement = update(restored_accounts).where(columns.account_id == account_id)
        conn.execute(statement.values(found=columns.found + count))

    def set_done(self, conn: Connection, account_ids: Iterable[str]) -> None:
        """Tell what is found of these accounts one by one from now on."""
        where = restored_accounts.c.account_id.in_(list(account_ids))
        conn.execute(update(restored_accounts).where(where).values(done=True))

    def take_done(self, conn: Connection, idle: Collection[str] = ()) -> list[RestoredAccount]:
        """Remove the rows that are done and return them, and those of ``idle`` accounts, which stay without a count."""
        columns = restored_accounts.c
        rows = [row for row in self.all(conn) if row.done or (row.found and row.account_id in idle)]
        conn.execute(delete(restored_accounts).where(columns.done.is_(True)))
        taken = [row.account_id for row in rows if not row.done]
        if taken:
            conn.execute(update(restored_accounts).where(columns.account_id.in_(taken)).values(found=0))
        return rows


class SecretOwner(msgspec.Struct, frozen=True, kw_only=True):
    """A row that names a document of the vault."""

    scope: Literal["account", "proxy"]
    id: str
    generation: int


def secret_owners(conn: Connection) -> list[SecretOwner]:
    """Return the rows whose documents may be newer than they say: after a restore without a ledger, else none."""
    if MetaStore().get(conn, SECRETS_UNSURE) != "1":
        return []
    found: list[SecretOwner] = []
    for scope, table, generation in (
        ("account", accounts, accounts.c.credential_generation),
        ("proxy", proxies, proxies.c.generation),
    ):
        rows = conn.execute(select(table.c.id, generation).where(generation > 0))
        found += [SecretOwner(scope=scope, id=row[0], generation=row[1]) for row in rows]  # type: ignore[arg-type]
    return found


def be_sure(conn: Connection) -> None:
    """Note that every row names a document that is there, or none is."""
    MetaStore().set(conn, SECRETS_UNSURE, "0")


def set_generation(conn: Connection, owner: SecretOwner, generation: int) -> None:
    """Let a row name another document."""
    if owner.scope == "account":
        conn.execute(update(accounts).where(accounts.c.id == owner.id).values(credential_generation=generation))
    else:
        conn.execute(update(proxies).where(proxies.c.id == owner.id).values(generation=generation))
