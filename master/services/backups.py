"""Backups: one a day, kept, verified; and the restore of one, which the next start carries out."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from master.api.backups import Backup, BackupState, RestoreOutcome, RestoreStarted
from master.api.events import Deleted
from master.errors import Conflict, NotFound, Unavailable
from master.services.events import Publisher
from master.services.settings import SettingsService
from master.store import backup_files, backups, restores
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

T = TypeVar("T")

DAY_MS: Final = 24 * 3600 * 1000
LOOK_SECONDS: Final = 60.0
"""So often it is seen whether one is due: the machine may have slept, or its clock been set."""
QUIET_SECONDS: Final = 20.0
"""After a start, before one that was missed is made up."""
RETRY_MS: Final = 3600 * 1000
OLD_MS: Final = 3 * DAY_MS

Note = Callable[[Text | None, int], None]
"""``(why the last attempt failed, days since the last good one)``."""


class BackupService:
    """Owns ``backups/`` of the profile. One thing at a time, on a thread of its own."""

    def __init__(
        self,
        *,
        database: Path,
        publisher: Publisher,
        settings: SettingsService,
        restart: Callable[[], None],
        note: Note = lambda _problem, _days: None,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        """``restart``: has the master stop in order and start again; ``note`` hears how things stand."""
        self._path = database
        self._folder = database.parent / backup_files.FOLDER
        self._publisher = publisher
        self._settings = settings
        self._restart = restart
        self._note = note
        self._clock = clock
        self._stop = threading.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._problem: Text | None = None
        self._tried_at: int | None = None
        self._rows: list[Backup] = []
        self._since = clock()

    async def load(self) -> None:
        """See which there are."""
        await self._look()

    async def close(self) -> None:
        """Give up what is being made; return when nothing is written any more."""
        self._stop.set()
        await self._idle.wait()

    async def watch(self) -> None:
        """Make the daily ones, until cancelled. One that was missed is made up."""
        await asyncio.sleep(QUIET_SECONDS)
        while True:
            try:
                if self.is_due():
                    with contextlib.suppress(Unavailable, Conflict):  # told by then, and tried again
                        await self.make("daily")
                self._tell()
            except Exception:
                # A guard: what fails today must not be the end of all backups.
                logger.exception("the daily backup failed")
            await asyncio.sleep(LOOK_SECONDS)

    # ------------------------------------------------------------ reading

    def rows(self) -> list[Backup]:
        """Return all backups, newest first."""
        return self._rows

    def get(self, backup_id: str) -> Backup:
        """Return one. Raises :class:`NotFound`."""
        for row in self._rows:
            if row.id == backup_id:
                return row
        raise NotFound(text("backup_unknown", id=backup_id[:100]))

    async def state(self) -> BackupState:
        """Return how things stand."""
        record = await asyncio.to_thread(restores.last_outcome, self._path.parent)
        outcome = None
        if record is not None:
            outcome = RestoreOutcome(
                backup_id=record.backup_id,
                backup_made_at=record.backup_made_at,
                at=record.at,
                success=record.success,
                ledger=record.ledger,
                text=record.text,
            )
        return BackupState(
            running=not self._idle.is_set(),
            last_good_at=self._last_good_at(),
            next_at=self._next_at(),
            problem=self._problem,
            last_restore=outcome,
        )

    def is_due(self) -> bool:
        """Tell whether the daily one is to be made now. A clock that was set back by more than a day counts too."""
        now = self._clock()
        if self._tried_at is not None and 0 <= now - self._tried_at < RETRY_MS:
            return False
        last = max((row.made_at for row in self._rows if row.why == "daily" and row.problem is None), default=None)
        return last is None or not -DAY_MS < now - last < DAY_MS

    # ------------------------------------------------------------ commands

    async def make(self, why: backup_files.Reason) -> Backup:
        """Make one, keep as many as the settings say, and return it. Raises :class:`Unavailable`, :class:`Conflict`."""
        self._refuse_second()
        self._tried_at = self._clock()
        try:
            record = await self._work(lambda: backups.make(self._path, why, stop=self._stop.is_set, now=self._clock()))
        except backup_files.BackupError as error:
            logger.error("%s", error.text.message)
            self._problem = error.text
            self._tell()
            raise Unavailable(error.text, code="ERR_BACKUP") from error
        except backups.Stopped as error:
            raise Unavailable(text("backup_stopped"), code="ERR_STOPPING") from error
        finally:
            await self._say_state()
        self._problem, self._tried_at = None, None
        gone = await asyncio.to_thread(backup_files.prune, self._folder, self._settings.current.backup_keep)
        await self._look()
        logger.info("a backup was made and verified: %s, %d MB", record.id, record.size_bytes >> 20)
        for name in gone:
            self._publisher.publish("backup.deleted", Deleted(id=name))
        row = self.get(record.id)
        self._publisher.publish("backup.changed", row)
        self._tell()
        await self._say_state()
        return row

    async def verify(self, backup_id: str) -> Backup:
        """Read one from end to end. Raises :class:`NotFound`, :class:`Conflict`, :class:`Unavailable` at a stop."""
        self.get(backup_id)
        self._refuse_second()
        try:
            found = await self._work(lambda: backups.verify(self._folder, backup_id, stop=self._stop.is_set))
        except backups.Stopped as error:
            raise Unavailable(text("backup_stopped"), code="ERR_STOPPING") from error
        await self._look()
        if found is None:
            return self.get(backup_id)
        row = _row(found)
        self._rows = [row if other.id == row.id else other for other in self._rows]
        self._publisher.publish("backup.changed", row)
        await self._say_state()
        return row

    async def delete(self, backup_id: str) -> None:
        """Delete one. Raises :class:`NotFound`, :class:`Conflict`, :class:`Unavailable`."""
        self.get(backup_id)
        self._refuse_second()
        try:
            await self._work(lambda: backup_files.delete(self._folder, backup_id))
        except OSError as error:
            reason = text("backup_failed", detail=error.strerror or str(error))
            raise Unavailable(reason, code="ERR_BACKUP") from error
        await self._look()
        self._publisher.publish("backup.deleted", Deleted(id=backup_id))
        await self._say_state()

    async def restore(self, backup_id: str) -> RestoreStarted:
        """Restore one: check it, note it for the next start, and restart.

        Raises :class:`NotFound`; :class:`Conflict` of one that is damaged or of a newer version: nothing is changed.
        """
        row = await self.verify(backup_id)
        if row.problem is not None:
            raise Conflict(row.problem)
        try:
            await asyncio.to_thread(restores.ask, self._path.parent, backup_id)
        except OSError as error:
            reason = text("backup_failed", detail=error.strerror or str(error))
            raise Unavailable(reason, code="ERR_BACKUP") from error
        logger.warning("the master restarts to restore the backup %s", backup_id)
        self._restart()
        return RestoreStarted(backup=row)

    # ------------------------------------------------------------ inside

    def _refuse_second(self) -> None:
        if self._stop.is_set():
            raise Unavailable(text("backup_stopped"), code="ERR_STOPPING")
        if not self._idle.is_set():
            raise Conflict(text("backup_busy"))

    async def _work(self, work: Callable[[], T]) -> T:
        """Run ``work`` on a thread, to its end even if whoever asked is gone."""

        self._idle.clear()
        working = asyncio.get_running_loop().run_in_executor(None, work)
        working.add_done_callback(self._ended)
        return await asyncio.shield(working)

    def _ended(self, working: "asyncio.Future[Any]") -> None:
        self._idle.set()
        if not working.cancelled():
            working.exception()  # whoever asked may be gone

    async def _look(self) -> None:
        self._rows = [_row(found) for found in await asyncio.to_thread(backup_files.find_all, self._folder)]

    def _last_good_at(self) -> int | None:
        return max((row.made_at for row in self._rows if row.problem is None), default=None)

    def _next_at(self) -> int | None:
        last = max((row.made_at for row in self._rows if row.why == "daily" and row.problem is None), default=None)
        return self._clock() if last is None else last + DAY_MS

    def _tell(self) -> None:
        # Of a profile that has none yet, from its first start on.
        age = self._clock() - (self._last_good_at() or self._since)
        self._note(self._problem, age // DAY_MS if age >= OLD_MS else 0)

    async def _say_state(self) -> None:
        self._publisher.publish("backup.state", await self.state())


def _row(found: backup_files.FoundBackup) -> Backup:
    record = found.record
    counts = record.counts if record is not None else {}
    return Backup(
        id=found.id,
        made_at=found.made_at,
        why=found.why,
        size_bytes=found.size_bytes,
        schema=record.schema if record is not None else "",
        version=record.version if record is not None else "",
        accounts=counts.get("accounts", 0),
        items=counts.get("items", 0),
        verified_at=record.verified_at if record is not None else None,
        problem=restores.refusal_of(found),
    )
