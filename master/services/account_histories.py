"""The states that each account was in."""

from functools import partial
from typing import Final

from master.api.account_statistics import AccountStateRow
from master.api.rows import Page
from master.services.accounts import AccountService
from master.services.pages import wrong_cursor
from master.store.check_tallies import StateRecord, StateStore
from master.store.engine import Connection, Database

AT_ONCE: Final = 1000
"""So many rows are removed in one transaction: whoever wants to write meanwhile waits for no more."""


class AccountHistories:
    """Reads what the accounts' own writes keep, and clears what is too old."""

    def __init__(self, *, database: Database, accounts: AccountService) -> None:
        self._database = database
        self._accounts = accounts
        self._store = StateStore()

    async def page(self, account_id: str, limit: int, cursor: str | None) -> Page:
        """Return states, newest first. Raises :class:`NotFound`, :class:`Invalid` on a wrong cursor."""
        self._accounts.get(account_id)
        if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 16):
            raise wrong_cursor()
        before = None if cursor is None else int(cursor)

        def read(conn: Connection) -> tuple[list[StateRecord], int | None]:
            found = self._store.page(conn, account_id, limit + 1, before)
            return found, self._store.ended_at(conn, account_id, found[0].id) if found else None

        records, ended_at = await self._database.read(read)
        rows = []
        for record in records[:limit]:
            rows.append(
                AccountStateRow(
                    id=record.id,
                    state=record.state,
                    reason=record.reason,
                    since_at=record.since_at,
                    until_at=ended_at,
                )
            )
            ended_at = record.since_at
        return Page(rows=rows, next_cursor=str(rows[-1].id) if len(records) > limit else None)

    async def purge(self, before: int, dry_run: bool) -> int:
        """Remove states that nobody needs any more; return how many."""
        old = await self._database.read(lambda conn: self._store.old(conn, before))
        if not dry_run:
            for first in range(0, len(old), AT_ONCE):
                part = old[first : first + AT_ONCE]
                await self._database.write(partial(self._store.delete, ids=part))
        return len(old)
