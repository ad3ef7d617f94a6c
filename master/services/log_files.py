"""Files of JSON lines, each ``{"id", "record"}``: ids grow from file to file, the oldest files go first."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final

import msgspec

from master.api.system import LogRow

FILE_BYTES: Final = 4 * 1024 * 1024
FILES_AT_LEAST: Final = 4
"""The total is spread over so many files, so that dropping one is no great loss."""
BLOCK: Final = 64 * 1024
PREFIX: Final = "watchkeeper-"

_decoder = msgspec.json.Decoder(LogRow)
_encoder = msgspec.json.Encoder()


class _Id(msgspec.Struct):
    id: int


_id_decoder = msgspec.json.Decoder(_Id)


class LogFiles:
    """Appends rows and reads them backwards. One thread at a time writes; any may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._size = 0
        self._number = 0
        self.last_id = 0

    def open(self) -> None:
        """Go on after the last line of the last run. Raises ``OSError``."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = self.paths()
        self._number = _number(files[-1]) if files else 0
        for path in reversed(files):
            row = next(read_backwards(path, None), None)
            if row is not None:
                self.last_id = row.id
                break
        self._begin(self._number + 1)

    def append(self, rows: Sequence[LogRow], total_bytes: int) -> None:
        """Write rows, then drop the oldest files beyond ``total_bytes``. Raises ``OSError``.

        A file that could not be begun is tried again the next time.
        """
        if self._file is None:
            self._begin(self._number + 1)
        assert self._file is not None
        lines = b"".join(_encoder.encode(row) + b"\n" for row in rows)
        self._file.write(lines)
        self._file.flush()
        self._size += len(lines)
        if self._size >= min(FILE_BYTES, total_bytes // FILES_AT_LEAST):
            self._begin(self._number + 1)
            self._drop(total_bytes)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def paths(self) -> list[Path]:
        """Return all files, oldest first."""
        return sorted(self._folder.glob(f"{PREFIX}*.jsonl"), key=_number)

    def page(self, wanted: Callable[[LogRow], bool], before: int | None, limit: int) -> list[LogRow]:
        """Return up to ``limit`` rows below the id ``before``, newest first. Blocks; run it in a thread."""
        rows: list[LogRow] = []
        for path in reversed(self.paths()):
            with contextlib.suppress(FileNotFoundError):  # dropped meanwhile
                for row in read_backwards(path, before):
                    if wanted(row):
                        rows.append(row)
                        if len(rows) == limit:
                            return rows
        return rows

    def _begin(self, number: int) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{PREFIX}{number:06d}.jsonl"
        file = path.open("ab")
        path.chmod(0o600)
        self.close()
        self._file, self._number, self._size = file, number, 0

    def _drop(self, total_bytes: int) -> None:
        files = self.paths()[:-1]
        size = sum(path.stat().st_size for path in files)
        for path in files:
            if size <= total_bytes - min(FILE_BYTES, total_bytes // FILES_AT_LEAST):
                return
            size -= path.stat().st_size
            path.unlink()


def read_backwards(path: Path, before: int | None) -> Iterator[LogRow]:
    """Yield the rows of a file below ``before``, newest first; lines that are broken are left out."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        if before is not None:
            end = _end_below(file, end, before)
        rest = b""
        while end > 0:
            start = max(0, end - BLOCK)
            file.seek(start)
            block = file.read(end - start) + rest
            end = start
            rest, *lines = block.split(b"\n") if start > 0 else [b"", *block.split(b"\n")]
            for line in reversed(lines):
                if not line:
                    continue
                try:
                    row = _decoder.decode(line)
                except msgspec.MsgspecError:
                    continue
                if before is None or row.id < before:
                    yield row


def _end_below(file: IO[bytes], size: int, before: int) -> int:
    """Return an offset behind the last row below ``before``, at most a block too far."""
    low, high = 0, size
    while high - low > BLOCK:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline()
        found = _first_id(file, high)
        if found is None or found >= before:
            high = middle
        else:
            low = middle
    # The line across ``high`` may still be below.
    file.seek(high)
    file.readline()
    return min(size, file.tell())


def _first_id(file: IO[bytes], end: int) -> int | None:
    while file.tell() < end:
        line = file.readline()
        try:
            return _id_decoder.decode(line).id
        except msgspec.MsgspecError:
            continue
    return None


def _number(path: Path) -> int:
    digits = path.stem.removeprefix(PREFIX)
    return int(digits) if digits.isascii() and digits.isdecimal() else 0
