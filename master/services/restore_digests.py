"""After a restore without a readable ledger: what was found since the backup is told as one message, marked as such."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import msgspec

from master.services.accounts import AccountService
from master.services.notifications import NotificationService
from master.store.engine import Connection, Database
from master.store.notifications import NotificationRecord
from master.store.restored_accounts import RestoredAccount, RestoredStore
from master.store.restores import words_of
from worker.protocol.states import AccountState
from worker.protocol.texts import text

LOOK_SECONDS: Final = 0.5
QUIET_SECONDS: Final = 2.0
"""After the first successful check, so that what is still on its way arrives."""
PATIENCE_SECONDS: Final = 60.0
"""Accounts that could not be checked by then get a message of their own."""
IDLE: Final = frozenset({AccountState.PAUSED, AccountState.LOGIN_NEEDED})


class RestoreDigests:
    """Runs while there are such accounts."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: AccountService,
        notifications: NotificationService,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._notifications = notifications
        self._clock = clock
        self._store = RestoredStore()
        self._last_ok: dict[str, int | None] = {}
        """Of each account when this began: what the clock says may have been set meanwhile."""
        self._seen: dict[str, tuple[int, float]] = {}
        """How much was found of each account that was checked, and since when that is so."""

    async def watch(self) -> None:
        """Look until every such account was checked and its message is told."""
        rows = await self._database.read(self._store.all)
        accounts = self._accounts.rows()
        self._last_ok = {row.account_id: accounts[row.account_id].last_ok_at for row in rows}
        began = self._clock()
        while rows:
            waiting = await self._settle(rows)
            if not waiting or self._clock() - began > PATIENCE_SECONDS:
                await self._tell()
            await asyncio.sleep(LOOK_SECONDS)
            rows = await self._database.read(self._store.all)

    async def _settle(self, rows: list[RestoredAccount]) -> bool:
        """Let accounts go whose first check is over; tell whether others are about to be."""
        done: list[str] = []
        waiting = False
        for row in rows:
            account = self._accounts.rows().get(row.account_id)
            if account is None or row.done:
                continue
            if account.last_ok_at == self._last_ok.get(row.account_id):
                waiting = waiting or account.state not in IDLE
                continue
            count, since = self._seen.get(row.account_id, (-1, 0.0))
            if count != row.found:
                self._seen[row.account_id] = (row.found, self._clock())
                waiting = True
            elif self._clock() - since >= QUIET_SECONDS and not account.checking:
                done.append(row.account_id)
            else:
                waiting = True
        if done:
            await self._database.write(lambda conn: self._store.set_done(conn, done))
        return waiting

    async def _tell(self) -> None:
        # Nobody looks at these now: what was held of them when the backup was made waits for no check.
        idle = {account_id for account_id, row in self._accounts.rows().items() if row.state in IDLE}

        def work(conn: Connection) -> list[NotificationRecord]:
            rows = self._store.take_done(conn, idle)
            count = sum(row.found for row in rows)
            if not count:
                return []
            made = words_of(min(row.backup_at for row in rows))
            record = self._notifications.alert_record(text("notify_restored_found", count=count, made=made))
            return self._notifications.store.insert(conn, [msgspec.structs.replace(record, kind="system")])

        self._notifications.announce(await self._database.write(work))
