"""What is read here is marked as read at its service: kept until the account's worker has done it, however long."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from master.api.accounts import Account
from master.errors import Unavailable
from master.services.deliveries import Send
from master.services.settings import SettingsService
from master.store.engine import Database, DatabaseError
from master.store.item_marks import ItemMarks, Mark
from master.tasks import Tasks
from worker.protocol.codec import ProtocolError, now_ms
from worker.protocol.item_messages import ItemsMarked, MarkItems
from worker.protocol.manifest import Manifest

logger = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 150.0
"""A worker marks between two checks, and a check may take its time."""
AT_ONCE: Final = 500
LOOK_SECONDS: Final = 30.0
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 900.0
KEEP_MS: Final = 7 * 86_400_000
"""What could not be marked for so long is given up: it stays read here."""


class Accounts(Protocol):
    """What is asked of the accounts."""

    def rows(self) -> Mapping[str, Account]: ...

    def reporting(self) -> Mapping[str, Account]: ...


class ItemMarkService:
    """Sends what waits to whoever holds the account. Failures delay nothing else, no check and no other account."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: Accounts,
        manifest: Callable[[str], Manifest | None],
        settings: SettingsService,
        send: Send,
        tasks: Tasks,
    ) -> None:
        """``manifest(platform)``: what a platform can do, None while nobody knows."""
        self._database = database
        self._accounts = accounts
        self._manifest = manifest
        self._settings = settings
        self._send = send
        self._tasks = tasks
        self._store = ItemMarks()
        self._sending: set[str] = set()
        self._pauses: dict[str, tuple[float, float]] = {}
        """Of accounts where it failed: until when nothing is sent, and the pause after that."""
        self._wake = asyncio.Event()

    def wanted(self, account_id: str) -> bool:
        """Tell whether what is read of an account is to be marked at its service."""
        account = self._accounts.rows().get(account_id)
        if account is None or not self._settings.current.sync_read:
            return False
        manifest = self._manifest(account.platform)
        return manifest is not None and manifest.capabilities.mark_read

    def kick(self, account_ids: Iterable[str]) -> None:
        """Something of these accounts was read: look at once."""
        if any(map(self.wanted, account_ids)):
            self._wake.set()

    async def run(self) -> None:
        """Send what waits, now and again, until cancelled."""
        while True:
            self._wake.clear()
            try:
                for account_id in await self._database.read(self._store.waiting):
                    self._look_at(account_id)
            except DatabaseError as error:
                logger.warning("what is to be marked as read cannot be looked up now: %s", error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()

    async def clear_old(self, before: int, *, dry_run: bool) -> int:
        """Give up what could not be marked for long; return how many there are."""
        del before
        oldest = now_ms() - KEEP_MS
        if dry_run:
            return await self._database.read(lambda conn: self._store.count_old(conn, oldest))
        return await self._database.write(lambda conn: self._store.drop_old(conn, oldest))

    # ------------------------------------------------------------ one account

    def _look_at(self, account_id: str) -> None:
        until, _ = self._pauses.get(account_id, (0.0, 0.0))
        # One that is removed and may come back is among them: nobody holds it, and it is not wanted meanwhile.
        account = self._accounts.reporting().get(account_id)
        if account_id in self._sending or until > asyncio.get_running_loop().time():
            return
        if account is not None and (account.worker_id is None or not self.wanted(account_id)):
            return  # nobody holds it now, or it is not wanted at the moment
        self._sending.add(account_id)
        self._tasks.spawn(self._deliver(account_id), name=f"mark items of {account_id}")

    async def _deliver(self, account_id: str) -> None:
        try:
            while True:
                account = self._accounts.reporting().get(account_id)
                if account is None:
                    await self._database.write(lambda conn: self._store.drop(conn, account_id))
                    return
                marks = await self._database.read(lambda conn: self._store.next(conn, account_id, AT_ONCE))
                if not marks or account.worker_id is None or not self.wanted(account_id):
                    return
                if not await self._mark(account, account.worker_id, marks):
                    return
        except DatabaseError as error:
            self._pause(account_id, str(error))
        finally:
            self._sending.discard(account_id)

    async def _mark(self, account: Account, worker_id: str, marks: list[Mark]) -> bool:
        """Return whether there is reason to go on."""
        message = MarkItems(account_id=account.id, epoch=account.epoch, keys=[mark.key for mark in marks])
        try:
            answer = await self._send(worker_id, message, ANSWER_SECONDS)
        except Unavailable as error:
            self._pause(account.id, error.text.message)
            return False
        except ProtocolError as error:
            # It was moved meanwhile, or its worker is of an older version: whoever holds it next is asked.
            self._pause(account.id, error.message)
            return False
        if isinstance(answer, ItemsMarked) and answer.error is not None:
            if answer.retry:
                self._pause(account.id, answer.error.message)
                return False
            logger.warning("%d items of %s stay unread there: %s", len(marks), account.name, answer.error.message)
        self._pauses.pop(account.id, None)
        await self._database.write(lambda conn: self._store.done(conn, [mark.id for mark in marks]))
        return True

    def _pause(self, account_id: str, why: str) -> None:
        _, before = self._pauses.get(account_id, (0.0, 0.0))
        pause = min(max(2 * before, FIRST_PAUSE), LONGEST_PAUSE)
        self._pauses[account_id] = (asyncio.get_running_loop().time() + pause, pause)
        asyncio.get_running_loop().call_later(pause, self._wake.set)
        logger.info("items of %s could not be marked as read, tried again in %.0f s: %s", account_id, pause, why)
