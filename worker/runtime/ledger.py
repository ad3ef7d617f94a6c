"""The ledger on a thread of its own: every call is short, and none of them runs on the event loop."""

import logging
import sqlite3
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Final, Protocol, TypeVar

from worker.protocol.account_messages import Assignment
from worker.protocol.codec import now_ms
from worker.protocol.item_messages import Item, ItemsDetected
from worker.runtime.ledger_files import Appended, Begun, LedgerFile

T = TypeVar("T")

logger = logging.getLogger(__name__)

CALL_SECONDS: Final = 30.0
FULL: Final = 5000
"""Unacknowledged reports of an account from which on its checks wait."""


class LedgerError(Exception):
    """The ledger cannot do it now. No fault of any account: tried again."""


class LedgerBusyError(LedgerError):
    """The disk is full, refuses or is too slow; nothing was written."""


class LedgerDamagedError(LedgerError):
    """The database was damaged; it has been moved aside and begun anew. Register again, then go on."""


class Threads(Protocol):
    """Where blocking calls run, one after the other."""

    async def run_blocking(self, call: Callable[[], T], timeout: float) -> T:
        """Run ``call`` and return its value."""


class Ledger:
    """Remembers on disk what was found (outbox) and what the master has (seen). See :class:`LedgerFile`.

    ``on_reset`` is called when a damaged database was replaced while the worker runs.
    """

    def __init__(self, path: Path, threads: Threads, on_reset: Callable[[], None]) -> None:
        self._path = path
        self._threads = threads
        self._on_reset = on_reset
        self._file: LedgerFile | None = None
        self._backlogs: dict[str, int] = {}
        self._generation = ""
        self._closed = False
        self.resets = 0
        """How often it was begun anew: what was not sent by then is lost, and must be found again."""

    @property
    def generation(self) -> str:
        """Return the generation of the master's ledger that the seen-cache belongs to."""
        return self._generation

    def backlog(self, account: str) -> int:
        """Return the number of unacknowledged reports of an account."""
        return self._backlogs.get(account, 0)

    def total_backlog(self) -> int:
        """Return the number of unacknowledged reports of all accounts."""
        return sum(self._backlogs.values())

    def waiting(self) -> list[str]:
        """Return the accounts that have something to send."""
        return list(self._backlogs)

    def is_full(self, account: str) -> bool:
        """So much waits that nothing may be added."""
        return self.backlog(account) >= FULL

    async def open(self) -> None:
        """Open it, anew when it is damaged. Raises ``OSError``, ``TimeoutError`` or ``sqlite3.OperationalError``."""
        self._file, self._backlogs, self._generation = await self._threads.run_blocking(
            lambda: _open(self._path), CALL_SECONDS
        )

    async def close(self) -> None:
        """Close it after the call that runs."""
        self._closed = True
        file, self._file = self._file, None
        if file is not None:
            await self._threads.run_blocking(file.close, CALL_SECONDS)

    async def adopt(self, generation: str) -> None:
        """Belong to the master's ledger ``generation``; the seen-cache of another one is dropped."""
        if await self._run(lambda file: file.adopt(generation)):
            logger.warning("the master's ledger was restored: the cache of known items is dropped, the outbox kept")
        self._generation = generation

    async def begin(self, assignment: Assignment) -> Begun:
        """Take an account up and return where to go on."""
        return await self._for(assignment.account_id, lambda file: file.begin(assignment))

    async def append(
        self,
        account: str,
        epoch: int,
        items: Sequence[Item],
        *,
        baseline: bool,
        cursor: str | None,
        how: str,
        read: Sequence[str] = (),
        shown: Collection[str] = (),
    ) -> Appended:
        """Add what a page found to the outbox, all or nothing."""
        return await self._for(
            account,
            lambda file: file.append(
                account, epoch, items, baseline=baseline, cursor=cursor, how=how, read=read, shown=shown
            ),
        )

    async def next_batch(self, account: str) -> ItemsDetected | None:
        """Return what is to be sent next, None when nothing waits."""
        batch = await self._run(lambda file: file.next_batch(account))
        if batch is None and self._backlogs.get(account) == 0:
            del self._backlogs[account]
        return batch

    async def acknowledge(self, sent: ItemsDetected, done: Sequence[int]) -> None:
        """Forget what the master has dealt with."""
        await self._for(sent.account_id, lambda file: file.acknowledge(sent, done))

    async def forget(self, account: str) -> None:
        """Drop all that is known of an account that exists no more."""
        await self._run(lambda file: file.forget(account))
        self._backlogs.pop(account, None)

    async def _for(self, account: str, call: Callable[[LedgerFile], T]) -> T:
        """Run ``call`` and count anew what waits of ``account``."""
        value, self._backlogs[account] = await self._run(lambda file: (call(file), file.backlog(account)))
        return value

    async def _run(self, call: Callable[[LedgerFile], T]) -> T:
        """Run ``call``. Raises :class:`LedgerError`."""
        try:
            file = await self._opened()
            return await self._threads.run_blocking(lambda: call(file), CALL_SECONDS)
        except (OSError, TimeoutError) as error:
            raise LedgerBusyError(f"the ledger cannot be used now: {error or type(error).__name__}") from error
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise LedgerBusyError(f"the ledger cannot be written now: {error}") from error
            logger.error("the ledger is damaged: %s", error)
            await self._begin_anew()
            raise LedgerDamagedError("the ledger was damaged and has been begun anew") from error

    async def _opened(self) -> LedgerFile:
        """Return the open file; one that could not be begun anew is tried again."""
        if self._closed:
            raise LedgerBusyError("the ledger is closed")
        if self._file is None:
            await self.open()
            self._on_reset()
        assert self._file is not None
        return self._file

    async def _begin_anew(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        self.resets += 1
        try:
            await self._threads.run_blocking(file.close, CALL_SECONDS)
            await self.open()
        except (OSError, TimeoutError, sqlite3.Error) as error:
            logger.error("the ledger could not be begun anew yet: %s", error)
        else:
            self._on_reset()


def _open(path: Path) -> tuple[LedgerFile, dict[str, int], str]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        file = LedgerFile(path)
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
        aside = path.with_name(f"{path.name}.damaged-{now_ms()}")
        path.replace(aside)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        logger.error("the ledger was damaged (%s); it is kept as %s, and a new one is begun", error, aside.name)
        file = LedgerFile(path)
    return file, file.backlogs(), file.generation()


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Tell a broken file from one that is busy, or on a full disk. Without a code it is our own check that failed."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return type(error) is sqlite3.DatabaseError
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
