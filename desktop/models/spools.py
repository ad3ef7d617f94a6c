"""Log lines on disk: append-only temporary files, with one offset, level and source a line in memory."""

import mmap
import tempfile
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator

import msgspec

from worker.protocol.log_messages import LogRecord
from worker.protocol.states import LogLevel

LEVELS = (LogLevel.DEBUG, LogLevel.INFO, LogLevel.WARNING, LogLevel.ERROR)
SEGMENT = 250_000
"""Lines of one file. The oldest file is dropped as a whole."""
CACHE = 512


class Segment:
    """One file of lines, each a record in JSON; a search looks in what a person can read of it."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.offsets = array("Q", [0])
        self.levels = bytearray()
        self.sources = array("H")
        self._file = tempfile.TemporaryFile(prefix="watchkeeper-log-")  # noqa: SIM115 (lives as long as the segment)
        self._map: mmap.mmap | None = None
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(LogRecord)

    def __len__(self) -> int:
        return len(self.levels)

    def extend(self, records: Iterable[LogRecord], source_numbers: dict[str, int]) -> None:
        """Append records; the file is written once for all of them."""
        chunk = bytearray()
        at = self.offsets[-1]
        for record in records:
            chunk += self._encoder.encode(record)
            chunk += b"\n"
            self.offsets.append(at + len(chunk))
            self.levels.append(LEVELS.index(record.level))
            self.sources.append(source_numbers.setdefault(record.source, len(source_numbers)))
        self._file.seek(0, 2)
        self._file.write(chunk)
        self._file.flush()

    def read(self, line: int) -> LogRecord:
        """Return the record of a line, counted within this segment."""
        begin, end = self.offsets[line], self.offsets[line + 1]
        return self._decoder.decode(self._mapped(end)[begin:end])

    def search(self, needle: str, first: int, last: int) -> list[int]:
        """Return the lines in ``[first, last)`` whose text contains ``needle`` (case-folded)."""
        return [line for line in self._candidates(needle, first, last) if needle in _text(self.read(line))]

    def _candidates(self, needle: str, first: int, last: int) -> Iterator[int]:
        """Yield the lines whose JSON contains the needle as JSON writes it: all that may fit, found fast."""
        written = self._encoder.encode(needle)[1:-1].lower()
        begin, end = self.offsets[first], self.offsets[last]
        text = self._mapped(end)[begin:end]
        folded = text.decode().casefold().encode() if not text.isascii() else text.lower()
        if len(folded) != len(text):
            yield from (line for line in range(first, last) if written in self._folded(line))
            return
        at = folded.find(written)
        while at >= 0:
            line = bisect_right(self.offsets, begin + at) - 1
            yield line
            at = folded.find(written, self.offsets[line + 1] - begin)

    def close(self) -> None:
        """Give the file back."""
        if self._map is not None:
            self._map.close()
        self._file.close()

    def _folded(self, line: int) -> bytes:
        begin, end = self.offsets[line], self.offsets[line + 1]
        return self._mapped(end)[begin:end].decode().casefold().encode()

    def _mapped(self, end: int) -> mmap.mmap:
        if self._map is None or len(self._map) < end:
            if self._map is not None:
                self._map.close()
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return self._map


def _text(record: LogRecord) -> str:
    """Return what the window shows of a record in words, case-folded."""
    parts = record.message, record.source, record.logger, record.account_id, record.request_id, record.traceback
    return "\n".join(parts).casefold()


class LogSpool:
    """All lines, numbered from 0 in the order in which they were appended. The oldest segment may be dropped."""

    def __init__(self) -> None:
        self._segments: list[Segment] = [Segment(0)]
        self._numbers: dict[str, int] = {}
        self._cache: OrderedDict[int, LogRecord] = OrderedDict()

    @property
    def first(self) -> int:
        """Number of the oldest line that is there."""
        return self._segments[0].first

    @property
    def end(self) -> int:
        """Number that the next line gets."""
        return self._segments[-1].first + len(self._segments[-1])

    @property
    def sources(self) -> list[str]:
        """Every source that wrote a line."""
        return list(self._numbers)

    def extend(self, records: list[LogRecord]) -> range:
        """Append records and return their numbers."""
        begin = self.end
        for start in range(0, len(records), SEGMENT):
            part = records[start : start + SEGMENT]
            if len(self._segments[-1]) + len(part) > SEGMENT:
                self._segments.append(Segment(self.end))
            self._segments[-1].extend(part, self._numbers)
        return range(begin, self.end)

    def read(self, number: int) -> LogRecord:
        """Return one record; those read last are kept decoded."""
        record = self._cache.get(number)
        if record is None:
            segment = self._segment(number)
            record = segment.read(number - segment.first)
            self._cache[number] = record
            if len(self._cache) > CACHE:
                self._cache.popitem(last=False)
        return record

    def level(self, number: int) -> int:
        """Return the index in :data:`LEVELS` of a line."""
        segment = self._segment(number)
        return segment.levels[number - segment.first]

    def match(self, first: int, last: int, level: int, source: str, needle: str) -> list[int]:
        """Return the numbers in ``[first, last)`` at ``level`` or above, of ``source``, that contain ``needle``."""
        wanted = self._numbers.get(source, -1) if source else None
        folded = needle.casefold()
        found: list[int] = []
        for segment in self._segments:
            begin = max(first - segment.first, 0)
            end = min(last - segment.first, len(segment))
            if begin >= end:
                continue
            lines: Iterable[int] = segment.search(folded, begin, end) if folded else range(begin, end)
            levels, sources, base = segment.levels, segment.sources, segment.first
            if wanted is None and level == 0:
                found.extend(base + line for line in lines)
            else:
                found.extend(
                    base + line
                    for line in lines
                    if levels[line] >= level and (wanted is None or sources[line] == wanted)
                )
        return found

    def drop_oldest(self) -> int:
        """Drop the oldest segment (never the last one) and return the number of the oldest line left."""
        if len(self._segments) > 1:
            self._segments.pop(0).close()
            self._cache.clear()
        return self.first

    def clear(self) -> None:
        """Begin anew."""
        self.close()
        self._segments = [Segment(0)]
        self._cache.clear()

    def close(self) -> None:
        """Give all files back."""
        for segment in self._segments:
            segment.close()
        self._segments = []

    def _segment(self, number: int) -> Segment:
        for segment in reversed(self._segments):
            if number >= segment.first:
                return segment
        raise IndexError(number)
