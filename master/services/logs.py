"""The log of master, workers and desktop: kept in files, told in batches."""

import asyncio
import logging
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from master.api.events import LogBatch
from master.api.system import LogRow
from master.context import request_id
from master.redactions import Redactor
from master.services.events import Publisher
from master.services.log_files import LogFiles
from master.services.settings import SettingsService
from master.services.worker_logs import MAX_TAIL, LogWish
from master.tasks import Tasks
from worker.protocol.log_messages import LogRecord
from worker.protocol.states import LogLevel

BATCH_SECONDS: Final = 0.25
QUEUE: Final = 20_000
"""More lines than this within one batch: the oldest are dropped and counted."""
MAX_MESSAGE: Final = 16_000
"""Characters of a message or traceback; what is longer is cut."""
EVENT_CHARACTERS: Final = 256 * 1024
"""More lines than fit into that are told in several events: every listener takes so much at once."""
RECORD_CHARACTERS: Final = 200
"""What a record has beside its message and traceback."""
MEGABYTE: Final = 1024 * 1024
_ORDER: Final = {level: number for number, level in enumerate(LogLevel)}
_LEVELS: Final = {
    LogLevel.DEBUG: logging.DEBUG,
    LogLevel.INFO: logging.INFO,
    LogLevel.WARNING: logging.WARNING,
    LogLevel.ERROR: logging.ERROR,
}


class LogService:
    """Takes records from any thread; writes and tells them four times a second."""

    def __init__(
        self, *, folder: Path, publisher: Publisher, settings: SettingsService, tasks: Tasks, level: str | None = None
    ) -> None:
        """``level``: goes before the settings' own for the life of this process."""
        self._files = LogFiles(folder)
        self._publisher = publisher
        self._settings = settings
        self._tasks = tasks
        self._level = level
        self._waiting: deque[LogRecord] = deque()
        self._dropped = 0
        self._lock = threading.Lock()
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._handler = MasterHandler(self)
        self.redactor: Final = Redactor()

    def open(self) -> None:
        """Open the files and listen to the master's own log. Raises ``OSError``."""
        self._files.open()
        self._loop = asyncio.get_running_loop()
        self._handler.setLevel(_LEVELS[LogLevel(self._level or self._settings.current.log_level)])
        logging.getLogger("master").addHandler(self._handler)
        self._loosen()
        self._publisher.subscribe(self._on_event)
        self._tasks.spawn(self._run(), name="log")

    async def close(self) -> None:
        """Write what waits, and close the files."""
        logging.getLogger("master").removeHandler(self._handler)
        self._flush()
        self._loop = None
        self._files.close()

    def write(self, records: list[LogRecord]) -> None:
        """Keep records; what looks like a secret is replaced. From any thread."""
        level = _ORDER[LogLevel(self._level or self._settings.current.log_level)]
        kept = [self._clean(record) for record in records if _ORDER[record.level] >= level]
        with self._lock:
            self._waiting.extend(kept)
            while len(self._waiting) > QUEUE:
                self._waiting.popleft()
                self._dropped += 1
        loop = self._loop
        if kept and loop is not None and not loop.is_closed():
            if _running_loop() is loop:
                self._wake.set()
            else:
                loop.call_soon_threadsafe(self._wake.set)

    async def page(
        self,
        source: str | None = None,
        level: LogLevel | None = None,
        q: str | None = None,
        before: int | None = None,
        limit: int = 200,
    ) -> list[LogRow]:
        """Return up to ``limit`` lines below the id ``before``, newest first. ``level``: this one and worse."""
        self._flush()
        lowest = _ORDER[level] if level is not None else 0
        part = q.casefold() if q else None

        def wanted(row: LogRow) -> bool:
            record = row.record
            if source is not None and record.source != source:
                return False
            if _ORDER[record.level] < lowest:
                return False
            return part is None or part in f"{record.logger} {record.message}".casefold()

        return await asyncio.to_thread(self._files.page, wanted, before, limit)

    async def lines_of(self, worker_id: str, wish: LogWish) -> list[LogRecord]:
        """Return what a worker sent of its log, oldest first. It writes all of it to its stderr too."""
        if wish.stream == "stdout":
            return []
        self._flush()

        def wanted(row: LogRow) -> bool:
            return row.record.source == worker_id and wish.matches(row.record)

        rows = await asyncio.to_thread(self._files.page, wanted, None, min(wish.tail, MAX_TAIL))
        return [row.record for row in reversed(rows)]

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(BATCH_SECONDS)
            self._wake.clear()
            self._flush()

    def _flush(self) -> None:
        """Number what waits, write it, tell it. In the loop only."""
        if self._loop is None:
            return
        with self._lock:
            records, self._waiting = list(self._waiting), deque()
            dropped, self._dropped = self._dropped, 0
        if dropped:
            told = f"{dropped} lines of the log came too fast and were dropped"
            at = records[0].at if records else 0
            records.insert(0, LogRecord(at=at, level=LogLevel.WARNING, source="master", logger=__name__, message=told))
        if not records:
            return
        first = self._files.last_id + 1
        self._files.last_id += len(records)
        rows = [LogRow(id=first + number, record=record) for number, record in enumerate(records)]
        try:
            self._files.append(rows, self._settings.current.log_total_mb * MEGABYTE)
        except OSError as error:
            # Not through the log: it would come back here.
            print(f"watchkeeper: the log cannot be written: {error}", file=sys.stderr)  # noqa: T201
        for start, part in _parts(records):
            self._publisher.publish("log.batch", LogBatch(first_id=first + start, records=part), numbered=False)

    def _clean(self, record: LogRecord) -> LogRecord:
        message = self.redactor.clean(_cut(record.message))
        trace = self.redactor.clean(_cut(record.traceback)) if record.traceback else ""
        if message == record.message and trace == record.traceback:
            return record
        return msgspec.structs.replace(record, message=message, traceback=trace)

    def _on_event(self, event: object) -> None:
        if getattr(event, "type", "") == "settings.changed" and self._level is None:
            self._handler.setLevel(_LEVELS[LogLevel(self._settings.current.log_level)])
            self._loosen()

    def _loosen(self) -> None:
        """Let records of the chosen level through to the handler."""
        ours = logging.getLogger("master")
        if ours.level == logging.NOTSET or ours.level > self._handler.level:
            ours.setLevel(self._handler.level)


def _parts(records: list[LogRecord]) -> Iterator[tuple[int, list[LogRecord]]]:
    """Yield ``(place of the first, records)`` in portions that every listener takes."""
    start, size = 0, 0
    for place, record in enumerate(records):
        size += len(record.message) + len(record.traceback) + RECORD_CHARACTERS
        if size > EVENT_CHARACTERS and place > start:
            yield start, records[start:place]
            start, size = place, len(record.message) + len(record.traceback) + RECORD_CHARACTERS
    yield start, records[start:]


class MasterHandler(logging.Handler):
    """Turns the master's own log into records."""

    def __init__(self, service: LogService) -> None:
        super().__init__()
        self._service = service

    def emit(self, record: logging.LogRecord) -> None:
        """Hand one record on. Never raises."""
        try:
            trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
            self._service.write(
                [
                    LogRecord(
                        at=int(record.created * 1000),
                        level=_level_of(record.levelno),
                        source="master",
                        logger=record.name,
                        message=record.getMessage(),
                        request_id=request_id.get(),
                        account_id=str(getattr(record, "account_id", "")),
                        traceback=trace,
                    )
                ]
            )
        except (TypeError, ValueError):
            self.handleError(record)


def _level_of(number: int) -> LogLevel:
    if number >= logging.ERROR:
        return LogLevel.ERROR
    if number >= logging.WARNING:
        return LogLevel.WARNING
    return LogLevel.INFO if number >= logging.INFO else LogLevel.DEBUG


def _cut(words: str) -> str:
    # Files are UTF-8; half a surrogate pair from a worker must not stop the log.
    words = words.encode("utf-8", "backslashreplace").decode()
    return words if len(words) <= MAX_MESSAGE else f"{words[:MAX_MESSAGE]}…"


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
