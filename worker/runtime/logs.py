"""The worker's log: redacted, one JSON line a record on stderr, and shipped to the master in batches."""

import asyncio
import logging
import sys
from collections import deque
from typing import Final, TextIO

import msgspec

from worker.protocol.bases import Done
from worker.protocol.codec import ProtocolError, cut_text
from worker.protocol.log_messages import LogRecord, LogsWritten
from worker.protocol.states import LogLevel
from worker.runtime.link import LinkDownError, Master
from worker.runtime.redactions import Redactor
from worker.runtime.requests import account_id, request_id

logger = logging.getLogger(__name__)

QUEUE: Final = 5000
"""Records kept while the master is away; the oldest go first, counted."""
BATCH: Final = 200
BATCH_BYTES: Final = 512 * 1024
MESSAGE_BYTES: Final = 8 * 1024
TRACEBACK_BYTES: Final = 32 * 1024
SHIP_SECONDS: Final = 0.5

_NOISY: Final = ("socketio", "engineio", "aiohttp", "asyncio", "urllib3")
"""Loggers of libraries that print payloads, or everything, below WARNING."""


class LogHandler(logging.Handler):
    """Turns records into lines and keeps them until they are shipped."""

    def __init__(self, worker_id: str, redactor: Redactor, stream: TextIO | None) -> None:
        super().__init__()
        self._worker_id = worker_id
        self._redactor = redactor
        self._stream = stream
        self._queue: deque[LogRecord] = deque()
        self._dropped = 0
        self._formatter = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        """Redact, write to stderr, queue. Called with the handler's lock, from any thread."""
        line = self._line(record)
        self._write(line)
        self._queue.append(line)
        if len(self._queue) > QUEUE:
            self._queue.popleft()
            self._dropped += 1

    def take(self) -> LogsWritten | None:
        """Return the oldest records that fit a message, None when there are none."""
        with self.lock:  # type: ignore[union-attr] # createLock() always makes one
            records: list[LogRecord] = []
            size = 0
            while self._queue and len(records) < BATCH:
                size += len(msgspec.json.encode(self._queue[0]))
                if records and size > BATCH_BYTES:
                    break
                records.append(self._queue.popleft())
            dropped, self._dropped = self._dropped, 0
        return LogsWritten(records=records, dropped=dropped) if records or dropped else None

    def put_back(self, batch: LogsWritten) -> None:
        """Keep what could not be shipped, before everything newer, as far as there is room."""
        with self.lock:  # type: ignore[union-attr] # as above
            room = max(0, QUEUE - len(self._queue))
            kept = batch.records[len(batch.records) - min(room, len(batch.records)) :]
            self._queue.extendleft(reversed(kept))
            self._dropped += batch.dropped + len(batch.records) - len(kept)

    def _line(self, record: logging.LogRecord) -> LogRecord:
        message = self._redactor.redact(_message(record))
        trace = self._formatter.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""
        return LogRecord(
            at=max(0, int(record.created * 1000)),
            level=_level(record.levelno),
            source=self._worker_id,
            logger=record.name[:200],
            message=cut_text(message, MESSAGE_BYTES)[0],
            request_id=request_id.get(),
            account_id=account_id.get(),
            traceback=cut_text(self._redactor.redact(trace), TRACEBACK_BYTES)[0],
        )

    def _write(self, line: LogRecord) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(msgspec.json.encode(line).decode() + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            # Nobody reads stderr any more; the master still gets every line.
            self._stream = None


def set_up(worker_id: str, level: str, redactor: Redactor) -> LogHandler:
    """Send all records of this process through one :class:`LogHandler`."""
    handler = LogHandler(worker_id, redactor, sys.stderr)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler


class LogShipper:
    """Sends what the handler keeps, twice a second."""

    def __init__(self, handler: LogHandler, link: Master) -> None:
        self._handler = handler
        self._link = link
        self._shipping = asyncio.Lock()

    async def run(self) -> None:
        """Ship for ever."""
        failing = False
        while True:
            await asyncio.sleep(SHIP_SECONDS)
            try:
                await self.flush()
            except Exception:
                # The guard of the shipper. Said once in a row: what it says must be shipped too.
                if not failing:
                    logger.exception("the log could not be shipped")
                failing = True
            else:
                failing = False

    async def flush(self) -> None:
        """Ship all there is, as long as the link is up."""
        async with self._shipping:
            while self._link.connected and (batch := self._handler.take()) is not None:
                if not await self._ship(batch):
                    return

    async def _ship(self, batch: LogsWritten) -> bool:
        try:
            await self._link.request(batch, Done)
        except LinkDownError:
            self._handler.put_back(batch)
            return False
        except ProtocolError as error:
            # Said on stderr alone: a record about it would be shipped and refused in turn.
            self._handler.put_back(LogsWritten(records=[], dropped=batch.dropped + len(batch.records)))
            print(f"the master refused a batch of log records: {error}", file=sys.stderr)  # noqa: T201
            return False
        except Exception:
            # Not kept: were it the batch's own fault, nothing would ever be shipped again.
            self._handler.put_back(LogsWritten(records=[], dropped=batch.dropped + len(batch.records)))
            raise
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError) as error:
        return f"{record.msg} (its arguments do not fit: {error})"


def _level(number: int) -> LogLevel:
    if number >= logging.ERROR:
        return LogLevel.ERROR
    if number >= logging.WARNING:
        return LogLevel.WARNING
    return LogLevel.INFO if number >= logging.INFO else LogLevel.DEBUG
