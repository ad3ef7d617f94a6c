"""Removal of accounts that can be undone for a while: nobody watches or lists them, and nothing is erased before."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from master.api.accounts import UNDO_SECONDS, Account
from master.api.events import Deleted
from master.errors import Conflict, NotFound
from master.services.account_checks import AccountChecks
from master.services.account_secrets import AccountSecrets
from master.services.account_watches import Watch
from master.services.catalog import CatalogService
from master.services.events import Publisher
from master.services.notifications import NotificationService
from master.store.accounts import put_aside, shown_identity
from master.store.engine import Connection, Database, IntegrityError
from master.store.notification_lists import Swept
from master.tasks import Tasks
from master.vault.vault import Vault
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

UNDO_MS: Final = UNDO_SECONDS * 1000


class AccountRemovals(AccountChecks):
    """Between what accounts are and what people do with them."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        publisher: Publisher,
        catalog: CatalogService,
        notifications: NotificationService,
        tasks: Tasks,
    ) -> None:
        super().__init__(
            database=database, publisher=publisher, catalog=catalog, notifications=notifications, tasks=tasks
        )
        self._secrets = AccountSecrets(vault)
        self._on_deleted: list[Callable[[str, bool], None]] = []

    def watch_deletions(self, callback: Callable[[str, bool], None]) -> None:
        """Call ``callback`` with the id of every account that is gone for good, and whether its items stay."""
        self._on_deleted.append(callback)

    def removed(self) -> list[Account]:
        """Return the accounts that can still be restored, as they were; the last removed first."""
        rows = [watch.row() for watch in self._removed.values()]
        return sorted(rows, key=lambda row: -(row.removed_at or 0))

    def find(self, account_id: str) -> Account:
        """Return an account, even a removed one. Raises :class:`NotFound`."""
        watch = self._removed.get(account_id)
        return self.get(account_id) if watch is None else watch.row()

    def reporting(self) -> Mapping[str, Account]:
        """Return all accounts that a worker's findings are stored for: also those that are removed.

        They may come back, and then nothing may be missing that a worker had found; what is told of it waits for that.
        """
        if not self._removed:
            return self._rows
        return {**self._rows, **{account_id: watch.row() for account_id, watch in self._removed.items()}}

    async def remove(self, account_id: str, keep_history: bool) -> Account:
        """Watch and list an account no more; ``UNDO_SECONDS`` later it is deleted. Raises :class:`NotFound`."""
        watch = self._watch(account_id)
        async with watch.lock:
            before = self._watch(account_id).record
            record = msgspec.structs.replace(
                before,
                removed_at=now_ms(),
                removed_history=not keep_history,
                platform_account_id=put_aside(before),
                version=before.version + 1,
            )
            owner = msgspec.structs.replace(watch.owner, worker_id=None, since_at=None, reason=text("cause_deleted"))
            names = ("removed_at", "removed_history", "platform_account_id", "version")
            changes = {name: getattr(record, name) for name in names}

            def work(conn: Connection) -> None:
                self._store.update(conn, account_id, changes)
                self._assignments.set_owners(conn, [owner])

            await self._database.write(work)
            watch.checking = watch.listening = False
            watch.record, watch.owner = record, owner
            del self._watches[account_id]
            del self._rows[account_id]
            self._removed[account_id] = watch
        # What was found is still there: it may come back.
        self._publisher.publish("account.deleted", Deleted(id=account_id, keep_history=True))
        self._hooks.unwanted(account_id, text("cause_deleted"))
        self._tell_memberships(record.group_id)
        return watch.row()

    async def restore(self, account_id: str) -> Account:
        """Undo a removal. Raises :class:`NotFound`; :class:`Conflict` when its id at the service is another's now."""
        watch = self._removed.get(account_id)
        if watch is None:
            if account_id in self._watches:
                raise Conflict(text("account_not_removed"))
            raise NotFound(text("account_not_removed"))
        async with watch.lock:
            if account_id not in self._removed:
                raise NotFound(text("account_not_removed"))
            record = watch.record
            identity = shown_identity(record)
            self._refuse_restored(record.platform, identity)
            changes = {
                "removed_at": None,
                "removed_history": False,
                "platform_account_id": identity,
                "version": record.version + 1,
            }
            self._watches[account_id] = self._removed.pop(account_id)
            try:
                await self._settle(watch, changes)
            except Exception as error:
                self._removed[account_id] = self._watches.pop(account_id)
                self._rows.pop(account_id, None)
                if isinstance(error, IntegrityError):
                    raise Conflict(text("account_restore_taken", name=record.platform, value=identity)) from error
                raise
        self._tell_memberships(watch.record.group_id)
        self._hooks.wanted(account_id)
        return self.get(account_id)

    async def delete(self, account_id: str, keep_history: bool) -> None:
        """Forget an account, its secrets, and unless ``keep_history`` its items. Raises :class:`NotFound`."""
        watch = self._removed.get(account_id) or self._watch(account_id)
        async with watch.lock:
            if watch.record.id not in self._removed and watch.record.id not in self._watches:
                raise NotFound(text("account_unknown", account=account_id))
            generation = watch.record.credential_generation
            # A long history goes piece by piece: whoever wants to write meanwhile waits for one of them.
            while not keep_history and await self._database.write(lambda conn: self._store.thin(conn, account_id)) > 0:
                pass

            def work(conn: Connection) -> Swept:
                # What was held of it will not be told any more: nobody may hear of an account that is gone.
                swept = self._notifications.lists.untell(conn, account_id, now_ms())
                self._store.delete(conn, account_id, keep_history=keep_history)
                return swept

            swept = await self._database.write(work)
            was_removed = self._removed.pop(account_id, None) is not None
            self._watches.pop(account_id, None)
            self._rows.pop(account_id, None)
        self.tallies.forget(f"account:{account_id}")
        if not was_removed or not keep_history:
            self._publisher.publish("account.deleted", Deleted(id=account_id, keep_history=keep_history))
        if not was_removed:
            self._hooks.unwanted(account_id, text("cause_deleted"))
            self._tell_memberships(watch.record.group_id)
        for callback in self._on_deleted:
            callback(account_id, keep_history)
        if keep_history:
            self._notifications.announce_swept(swept, "suppressed", text("silent_removed"))
        else:
            await self._notifications.recount()
        await self._secrets.erase(account_id, generation)

    def tick(self, now: int) -> None:
        super().tick(now)
        for account_id, watch in self._removed.items():
            if now - (watch.record.removed_at or 0) >= UNDO_MS and not watch.lock.locked():
                self._tasks.spawn(self._end(account_id, watch), name=f"end of {account_id}")

    # ------------------------------------------------------------ inside

    async def _end(self, account_id: str, watch: Watch) -> None:
        """The time to undo a removal is over."""
        if account_id in self._removed:
            await self.delete(account_id, keep_history=not watch.record.removed_history)

    def _refuse_restored(self, platform: str, identity: str) -> None:
        for row in self._rows.values():
            if row.platform == platform and row.platform_account_id == identity:
                raise Conflict(text("account_restore_taken", name=row.name, value=identity))
