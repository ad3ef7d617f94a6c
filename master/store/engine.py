"""The database: one writer that gathers what is waiting into one transaction, and readers beside it.

SQLite in WAL mode, synchronous=FULL: what a write returned survives a loss of power.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import QueuePool

from master.store.files import prepare
from master.store.meta import MetaStore

__all__ = ["Connection", "Database", "DatabaseError", "IntegrityError", "make_engine"]

T = TypeVar("T")

BUSY_SECONDS: Final = 5.0
READERS: Final = 4
BATCH: Final = 200
"""Most writes in one transaction; what waits longer than that is a bounded time."""
MEASURED: Final = 1000
"""Most transactions whose time is remembered until somebody asks."""


class Outcome(NamedTuple):
    """What became of one write."""

    result: Any
    error: Exception | None


class Waiting(NamedTuple):
    """A write in the queue."""

    work: Callable[[Connection], Any]
    future: asyncio.Future[Any]


class Load(NamedTuple):
    """How the writer was used since somebody last asked."""

    deepest: int
    """Most writes that waited at once."""
    seconds: list[float]
    """Of each transaction, the last ones where there were many."""


class Database:
    """Belongs to the event loop that opens it. ``work`` runs on another thread and may only use its connection."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self._queue: deque[Waiting] = deque()
        self._flushing: asyncio.Future[list[Outcome]] | None = None
        self._writer: Engine | None = None
        self._reader: Engine | None = None
        self._write_thread: ThreadPoolExecutor | None = None
        self._read_threads: ThreadPoolExecutor | None = None
        self._deepest = 0
        self._seconds: deque[float] = deque(maxlen=MEASURED)

    async def open(self) -> None:
        """Open the database; make or upgrade it first.

        Raises :class:`~master.errors.StartError` 5: ``DamagedDatabase``, ``NewerDatabase``, ``UnwritableDatabase``.
        """
        self._write_thread = ThreadPoolExecutor(1, "database-writer")
        self._read_threads = ThreadPoolExecutor(READERS, "database-reader")
        try:
            await asyncio.get_running_loop().run_in_executor(self._write_thread, self._open)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Finish what is waiting, then close every connection. May be called twice."""
        while self._flushing is not None:
            await asyncio.wait([self._flushing])
            await asyncio.sleep(0)
        threads = [pool for pool in (self._write_thread, self._read_threads) if pool is not None]
        self._write_thread = self._read_threads = None
        for pool in threads:
            await asyncio.to_thread(pool.shutdown)
        for engine in (self._reader, self._writer):
            if engine is not None:
                engine.dispose()
        self._reader = self._writer = None

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction and return its result after the commit.

        Writes that wait at the same time share a transaction; one that raises is undone alone and its error comes
        here. Written in the order of the calls.
        """
        if self._write_thread is None:
            raise RuntimeError("the database is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.append(Waiting(work, future))
        self._deepest = max(self._deepest, len(self._queue))
        if self._flushing is None:
            self._flush()
        return await future

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a connection that sees one state of the database and cannot write."""
        if self._read_threads is None:
            raise RuntimeError("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(self._read_threads, self._read, work)

    def take_load(self) -> Load:
        """Return how the writer was used since the last call."""
        load = Load(max(self._deepest, len(self._queue)), list(self._seconds))
        self._deepest = 0
        self._seconds.clear()
        return load

    # ------------------------------------------------------------ in the loop

    def _flush(self) -> None:
        batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
        works = [waiting.work for waiting in batch]
        began = time.perf_counter()
        flushing = asyncio.get_running_loop().run_in_executor(self._write_thread, self._write_all, works)
        self._flushing = flushing
        flushing.add_done_callback(lambda done: self._flushed(batch, began, done))

    def _flushed(self, batch: list[Waiting], began: float, done: asyncio.Future[list[Outcome]]) -> None:
        self._flushing = None
        self._seconds.append(time.perf_counter() - began)
        fault = done.exception()
        outcomes = [Outcome(None, None)] * len(batch) if fault is not None else done.result()
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if waiting.future.done():
                # Whoever asked was cancelled; it is written all the same.
                continue
            error = fault or outcome.error
            if error is not None:
                waiting.future.set_exception(error)
            else:
                waiting.future.set_result(outcome.result)
        if self._queue:
            self._flush()

    # ------------------------------------------------------------ on the threads

    def _open(self) -> None:
        self._writer = make_engine(self.path, writes=True)
        prepare(self.path, self._writer)
        with self._writer.begin() as conn:
            MetaStore().ensure(conn)
        self._reader = make_engine(self.path, writes=False)

    def _write_all(self, works: list[Callable[[Connection], Any]]) -> list[Outcome]:
        assert self._writer is not None
        with self._writer.begin() as conn:
            return [_attempt(conn, work) for work in works]

    def _read(self, work: Callable[[Connection], T]) -> T:
        assert self._reader is not None
        with self._reader.begin() as conn:
            return work(conn)


def make_engine(path: Path, *, writes: bool) -> Engine:
    """Return an engine whose transactions are SQLite's own, with savepoints that hold."""
    engine = create_engine(
        f"sqlite:///{path}",
        hide_parameters=True,  # an error must not carry what was written into the log
        poolclass=QueuePool,
        pool_size=1 if writes else READERS,
        max_overflow=0,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
    )

    def on_connect(connection: Any, _record: Any) -> None:
        # The driver's own transactions begin at the wrong moments for savepoints and for DDL.
        connection.isolation_level = None
        if writes:
            # Counts only for a database that is empty as yet, and only before its first page is written.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        for pragma in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA foreign_keys = ON",
            "PRAGMA synchronous = FULL",
            f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}",
            "PRAGMA query_only = " + ("OFF" if writes else "ON"),
        ):
            connection.execute(pragma)

    def on_begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def _attempt(conn: Connection, work: Callable[[Connection], Any]) -> Outcome:
    """Run one write in a savepoint, so that its failure hurts no other."""
    savepoint = conn.begin_nested()
    try:
        result = work(conn)
        savepoint.commit()
    except Exception as error:  # noqa: BLE001 (a named guard)
        # The hop between threads: the error goes to whoever waits for this write.
        if savepoint.is_active:
            savepoint.rollback()
        return Outcome(None, error)
    return Outcome(result, None)
