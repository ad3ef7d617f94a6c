"""What a worker's process printed, read from its files (also when it is stopped)."""

import re
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Final, Literal

import msgspec

from worker.protocol.log_messages import LogRecord
from worker.protocol.states import LogLevel

Stream = Literal["stdout", "stderr"]

MAX_TAIL: Final = 5000
CUT_SUFFIX: Final = ".1.log"
"""Beside each output stands the end of what was cut from it."""
READ_BYTES: Final = 4 * 1024 * 1024
"""At most so much is read from the end of one output."""

WORKER_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_ORDER: Final = {level: number for number, level in enumerate(LogLevel)}


class Printed(msgspec.Struct, kw_only=True):
    """A line of stderr as the worker's log writes it; whatever else it has is ignored."""

    at: int
    level: LogLevel
    logger: str = ""
    message: str = ""
    request_id: str = ""
    account_id: str = ""
    traceback: str = ""


_decoder = msgspec.json.Decoder(Printed)


class LogWish(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines: the last ``tail`` of those that match.

    ``level``: this one and worse; ``since``: UTC milliseconds; ``q``: part of the message, in any case of letters.
    """

    tail: int = 200
    stream: Stream | None = None
    level: LogLevel | None = None
    since: int | None = None
    q: str | None = None

    def matches(self, record: LogRecord) -> bool:
        """Tell whether a line is wanted, whatever its stream."""
        if self.level is not None and _ORDER[record.level] < _ORDER[self.level]:
            return False
        if self.since is not None and record.at < self.since:
            return False
        return not self.q or self.q.casefold() in record.message.casefold()


SentLines = Callable[[str, LogWish], Awaitable[list[LogRecord]]]
"""What a worker sent of its log, oldest first."""


def read_logs(folder: Path, worker_id: str, wish: LogWish) -> list[LogRecord]:
    """Return the lines that match, oldest first. Blocks; run it in a thread."""
    names: tuple[Stream, ...] = (wish.stream,) if wish.stream else ("stdout", "stderr")
    records: list[LogRecord] = []
    for name in names:
        lines, written_at = _kept_lines(folder / f"{name}.log")
        records += _parse(lines, worker_id, name, written_at)
    if len(names) > 1:
        records.sort(key=lambda record: record.at)
    wanted = [record for record in records if wish.matches(record)]
    return wanted[-min(wish.tail, MAX_TAIL) :]


def has_logs(root: Path, worker_id: str) -> bool:
    """Tell whether the folder of a worker stands below ``root``; whatever is no id of a worker has none. Blocks."""
    return WORKER_ID.fullmatch(worker_id) is not None and (root / worker_id).is_dir()


def _kept_lines(path: Path) -> tuple[list[str], int]:
    """Return the last lines of an output, also of what was cut from it, and when it was last written."""
    lines, written_at, size = _last_lines(path, READ_BYTES)
    if size < READ_BYTES:
        older, older_at, _ = _last_lines(path.with_suffix(CUT_SUFFIX), READ_BYTES - size)
        return older + lines, written_at or older_at
    return lines, written_at


def _last_lines(path: Path, most: int) -> tuple[list[str], int, int]:
    """Return the lines within the last ``most`` bytes of a file, when it was last written, and its size."""
    try:
        with path.open("rb") as file:
            written_at = int(path.stat().st_mtime * 1000)
            size = file.seek(0, 2)
            file.seek(max(0, size - most))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return [], 0, 0
    # The first line of a cut file is only half there.
    return (lines[1:] if size > most else lines), written_at, size


def _parse(lines: Iterable[str], worker_id: str, stream: Stream, written_at: int) -> list[LogRecord]:
    records: list[LogRecord] = []
    at = written_at
    for line in lines:
        if not line.strip():
            continue
        try:
            printed = _decoder.decode(line)
        except msgspec.MsgspecError:
            # Not written by the log: a crash report, a library that prints. It gets the time of the line before.
            level = LogLevel.ERROR if stream == "stderr" else LogLevel.INFO
            records.append(LogRecord(at=at, level=level, source=worker_id, logger=stream, message=line))
            continue
        at = printed.at
        records.append(
            LogRecord(
                at=at,
                level=printed.level,
                source=worker_id,
                logger=printed.logger,
                message=printed.message,
                request_id=printed.request_id,
                account_id=printed.account_id,
                traceback=printed.traceback,
            )
        )
    return records
