"""What is cleared away of jobs, and what is put right: old rows and output, slots of nobody, jobs that went silent."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from master.api.events import Deleted
from master.api.jobs import JobTemplate
from master.services.events import Publisher
from master.services.job_books import Entry, JobBook
from master.services.job_deliveries import JobDeliveries
from master.services.job_outputs import JobOutputs
from master.services.job_rows import limit_seconds
from master.services.settings import SettingsService
from master.store.engine import Connection, Database
from master.store.jobs import JobStore
from worker.protocol.codec import now_ms
from worker.protocol.states import JobState, ReservationState

DAY_MS: Final = 86_400_000
PART: Final = 200
"""So many are deleted at once: whoever wants to write meanwhile waits for no more."""
FRESH_MS: Final = 3_600_000
"""A folder without a row that was touched since then may belong to something that is being restored: it stays."""
SILENT_SECONDS: Final = 60.0
ROUTINE_SECONDS: Final = 300.0
OVERTIME_MS: Final = 60_000

Purge = Callable[[int, bool], Awaitable[int]]


class JobRetention:
    """Each part counts what it clears, or (dry run) what it would clear."""

    def __init__(
        self,
        *,
        database: Database,
        publisher: Publisher,
        settings: SettingsService,
        book: JobBook,
        outputs: JobOutputs,
        deliveries: JobDeliveries,
        present: Callable[[str], bool],
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._settings = settings
        self._book = book
        self._outputs = outputs
        self._deliveries = deliveries
        self._present = present
        self._store: JobStore[JobTemplate] = book.store

    def purges(self) -> Mapping[str, Purge]:
        """Return what the janitor runs, by what is cleared."""
        return {
            "jobs": lambda _before, dry_run: self.clear_old(dry_run=dry_run),
            "job_output": lambda _before, dry_run: self.clear_large(dry_run=dry_run),
            "job_folders": lambda _before, dry_run: self.clear_folders(dry_run=dry_run),
            "reservations": lambda _before, dry_run: self.release_stale(dry_run=dry_run),
            "stuck_jobs": lambda _before, dry_run: self.ask_stuck(dry_run=dry_run),
        }

    async def delete(self, ids: list[str]) -> int:
        """Delete jobs that have ended, their output too; return how many there were."""
        count = 0
        for start in range(0, len(ids), PART):
            count += await self._delete(ids[start : start + PART])
        return count

    async def _delete(self, ids: list[str]) -> int:
        count = await self._database.write(lambda conn: self._store.delete(conn, ids))
        await self._outputs.remove(ids)
        for job_id in ids:
            self._publisher.publish("job.deleted", Deleted(id=job_id))
        return count

    async def clear_old(self, *, dry_run: bool) -> int:
        """Delete what ended longer ago than jobs are kept."""
        before = now_ms() - self._settings.current.job_keep_days * DAY_MS
        ids = [row[0] for row in await self._database.read(lambda conn: self._store.ended(conn, before))]
        return len(ids) if dry_run or not ids else await self.delete(ids)

    async def clear_large(self, *, dry_run: bool) -> int:
        """Delete the oldest ended jobs until the output of the rest has room."""
        limit = self._settings.current.job_keep_total_mb * 1_048_576
        ended = await self._database.read(self._store.ended)
        sizes = await self._outputs.sizes()
        total = sum(sizes.get(job_id, 0) for job_id, _ in ended)
        ids: list[str] = []
        for job_id, _ in ended:
            if total <= limit:
                break
            if sizes.get(job_id):
                total -= sizes[job_id]
                ids.append(job_id)
        return len(ids) if dry_run or not ids else await self.delete(ids)

    async def clear_folders(self, *, dry_run: bool) -> int:
        """Remove folders of which there is no job."""
        before = now_ms() - FRESH_MS
        names = await asyncio.to_thread(lambda: _untouched(self._outputs.folder, self._outputs.names(), before))
        known = await self._database.read(lambda conn: self._store.known(conn, names))
        orphans = [name for name in names if name not in known]
        return len(orphans) if dry_run else len(await self._outputs.remove(orphans))

    async def release_stale(self, *, dry_run: bool) -> int:
        """Release slots that are held for jobs that have ended."""

        def work(conn: Connection) -> int:
            stale = self._store.stale(conn)
            if not dry_run:
                released = {"state": ReservationState.RELEASED, "released_at": now_ms()}
                for slots in stale:
                    self._store.update_reservation(conn, slots.job_id, slots.run, released)
            return len(stale)

        return await (self._database.read(work) if dry_run else self._database.write(work))

    async def ask_stuck(self, *, dry_run: bool) -> int:
        """Ask about jobs whose worker is there and says nothing of them, or that outlived their time limit."""
        now = time.monotonic()
        stuck = [entry for entry in self._book.entries.values() if self._is_stuck(entry, now)]
        if not dry_run:
            for entry in self._book.entries.values():
                # Also those that run as they should, now and then: a worker that knows of a run leaves it alone.
                if entry in stuck or self._is_unheard(entry, now):
                    entry.asked_at = now
                    self._deliveries.run(entry, adopt=True)
        return len(stuck)

    def _is_unheard(self, entry: Entry, now: float) -> bool:
        """Tell whether nothing was heard of a running job for long."""
        held = entry.held
        return (
            held is not None
            and entry.record.state is JobState.RUNNING
            and self._present(held.worker_id)
            and now - entry.asked_at >= ROUTINE_SECONDS
        )

    def _is_stuck(self, entry: Entry, now: float) -> bool:
        held, record = entry.held, entry.record
        if held is None or not entry.given or not self._present(held.worker_id):
            return False
        if now - entry.asked_at < SILENT_SECONDS:
            return False
        if record.state is JobState.PENDING:
            return now_ms() - held.reserved_at > SILENT_SECONDS * 1000
        limit = limit_seconds(record.template)
        if limit is None or record.started_at is None:
            return False
        return now_ms() - record.started_at > limit * 1000 + OVERTIME_MS


def _untouched(root: Path, names: list[str], before: int) -> list[str]:
    kept = []
    for name in names:
        try:
            touched = (root / name).stat().st_mtime * 1000
        except OSError:
            continue
        if touched < before:
            kept.append(name)
    return kept
