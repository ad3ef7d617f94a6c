"""What happens to workers and which processes they have: written in batches, told after the commit."""

import asyncio
import logging
from typing import Final, cast

from master.api.rows import Page
from master.api.schema import WorkerConfig, WorkerEvent, WorkerEventKind
from master.services.events import Publisher
from master.services.pages import read_cursor
from master.store.engine import Connection, Database, DatabaseError
from master.store.workers import RuntimeRecord, WorkerLogRecord, WorkerStore
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text

logger = logging.getLogger(__name__)

BATCH_SECONDS: Final = 0.1
QUEUE: Final = 5_000
"""More entries than this within one batch are not kept: the rest is in the log."""


class WorkerJournal:
    """The written side of what workers do. Nothing here keeps the loop waiting."""

    def __init__(
        self, *, database: Database, store: WorkerStore[WorkerConfig], publisher: Publisher, tasks: Tasks
    ) -> None:
        self._database = database
        self._store = store
        self._publisher = publisher
        self._tasks = tasks
        self._notes: list[tuple[str, WorkerEventKind, int, Text]] = []
        self._runtimes: dict[str, RuntimeRecord] = {}
        self._writing = asyncio.Lock()
        self._scheduled = False

    async def load(self) -> dict[str, RuntimeRecord]:
        """Return what the master before knew of every worker's process."""
        return await self._database.read(self._store.runtimes)

    def note(self, worker_id: str, kind: WorkerEventKind, text: Text) -> None:
        """Keep what happened to a worker, and tell it once it is written."""
        if len(self._notes) < QUEUE:
            self._notes.append((worker_id, kind, now_ms(), text))
            self._schedule()

    def remember(self, record: RuntimeRecord) -> None:
        """Keep what is known of a worker's process; the last word in a batch counts."""
        self._runtimes[record.worker_id] = record
        self._schedule()

    async def events(self, worker_id: str, limit: int = 100, cursor: str | None = None) -> Page:
        """Return what happened to a worker, newest first. Raises :class:`Invalid` on a wrong cursor."""
        await self.flush()
        before = read_cursor(cursor)
        found = await self._database.read(lambda conn: self._store.logs(conn, worker_id, limit + 1, before))
        rows = [event_of(record) for record in found[:limit]]
        return Page(rows=rows, next_cursor=str(rows[-1].id) if len(found) > limit else None)

    async def flush(self) -> None:
        """Write what waits. When this returns it is committed, or the log says why not."""
        async with self._writing:
            notes, self._notes = self._notes, []
            runtimes, self._runtimes = self._runtimes, {}
            if not notes and not runtimes:
                return

            def write(conn: Connection) -> list[WorkerLogRecord]:
                for record in runtimes.values():
                    self._store.put_runtime(conn, record)
                return [self._store.add_log(conn, *note) for note in notes]

            try:
                written = await self._database.write(write)
            except DatabaseError as error:
                logger.error("what happened to workers could not be written: %s", error)
                return
            for record in written:
                self._publisher.publish("worker.logged", event_of(record))

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._tasks.spawn(self._flush_soon(), name="worker journal")

    async def _flush_soon(self) -> None:
        try:
            await asyncio.sleep(BATCH_SECONDS)
        finally:
            self._scheduled = False
        await self.flush()


def event_of(record: WorkerLogRecord) -> WorkerEvent:
    """Return the row that shows an entry."""
    return WorkerEvent(
        id=record.id,
        worker_id=record.worker_id,
        kind=cast("WorkerEventKind", record.kind),
        at=record.at,
        text=record.text,
    )
