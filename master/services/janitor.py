"""Clears away what is older than it is kept: at the start, once a day, and on demand."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from master.api.schema import Clearing, JanitorReport, WorkerConfig
from master.services.worker_logs import WORKER_ID
from master.services.workers import WorkerService
from master.store.engine import Connection, Database
from master.store.workers import WorkerStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

logger = logging.getLogger(__name__)

DAY_SECONDS: Final = 24 * 3600.0
DAY_MS: Final = 24 * 3600 * 1000
EVENTS_DAYS: Final = 90
DELETED_DAYS: Final = 30
"""So long events and folder of a deleted worker stay."""
ALERTS_DAYS: Final = 90

Purge = Callable[[int, bool], Awaitable[int]]
"""``(before in UTC milliseconds, dry run)``: clears rows that are older, and returns how many there are."""


class Janitor:
    """Backups and anything that a person keeps are never touched."""

    def __init__(
        self, *, database: Database, workers: WorkerService, folder: Path, purges: Mapping[str, Purge] | None = None
    ) -> None:
        """``folder`` has one folder a worker; ``purges``: more that is cleared, by what it is called."""
        self._database = database
        self._workers = workers
        self._folder = folder
        self._purges = dict(purges or {})
        self._store = WorkerStore(WorkerConfig)
        self._running = asyncio.Lock()

    async def run(self, *, dry_run: bool = False) -> JanitorReport:
        """Clear away what is too old, or only say what would be."""
        async with self._running:
            now = now_ms()
            folders, gone = await self._deleted(now - DELETED_DAYS * DAY_MS)
            clearings = [await self._clear_events(now - EVENTS_DAYS * DAY_MS, gone, dry_run)]
            count = len(folders) if dry_run else await asyncio.to_thread(_remove, folders)
            clearings.append(Clearing(what="worker_folders", count=count, text=text("janitor_folders", count=count)))
            for what, purge in self._purges.items():
                count = await purge(now - ALERTS_DAYS * DAY_MS, dry_run)
                clearings.append(Clearing(what=what, count=count, text=text(f"janitor_{what}", count=count)))
        if not dry_run and any(clearing.count for clearing in clearings):
            logger.info("cleared away: %s", "; ".join(one.text.message for one in clearings if one.count))
        return JanitorReport(at=now, dry_run=dry_run, clearings=clearings)

    async def watch(self) -> None:
        """Run now and once a day, until cancelled. A run that fails is logged and tried again the next day."""
        while True:
            try:
                await self.run()
            except Exception:
                # A guard: a full disk today must not be the end of all clearing.
                logger.exception("clearing away failed")
            await asyncio.sleep(DAY_SECONDS)

    async def _clear_events(self, before: int, gone: list[str], dry_run: bool) -> Clearing:
        def work(conn: Connection) -> int:
            clear = self._store.count_logs if dry_run else self._store.purge_logs
            return clear(conn, before, gone)

        count = await (self._database.read(work) if dry_run else self._database.write(work))
        return Clearing(what="worker_events", count=count, text=text("janitor_events", count=count))

    async def _deleted(self, before: int) -> tuple[list[Path], list[str]]:
        """Return the folders and the ids of workers that were deleted before ``before``."""
        last = await self._database.read(self._store.last_log_at)
        paths = {path.name: path for path in await asyncio.to_thread(_folders, self._folder)}
        gone = [
            name
            for name in {*last, *paths}
            if not self._workers.exists(name)
            and (last[name] if name in last else await asyncio.to_thread(_touched, paths[name])) < before
        ]
        return [paths[name] for name in gone if name in paths], gone


def _folders(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    found = (path for path in root.iterdir() if WORKER_ID.fullmatch(path.name))
    return [path for path in found if path.is_dir() and not path.is_symlink()]


def _touched(folder: Path) -> int:
    """Return when anything in a folder was last written, UTC milliseconds."""
    return max(int(path.stat().st_mtime * 1000) for path in (folder, *folder.iterdir()))


def _remove(folders: list[Path]) -> int:
    count = 0
    for folder in folders:
        try:
            shutil.rmtree(folder)
        except OSError as error:
            logger.warning("%s cannot be removed: %s", folder, error)
        else:
            count += 1
    return count
