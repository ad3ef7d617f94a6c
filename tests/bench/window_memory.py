"""The memory of a process that has a window, sample by sample, and whether it grows.

*Own* memory is the resident set without pages of files: those of a Chinese font alone come and go by tens of megabytes,
and the system takes them back when it needs room. Part of it is in use, the rest is kept by the allocators.
"""

import ctypes
import gc
import math
import sys
from bisect import bisect_left
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import psutil

from master.services.events import Publisher

LIMIT: Final = 4.0
"""MB an hour: what is surely below is flat, what is surely above grows; between them a longer run is needed."""
BUCKETS: Final = tuple(2 ** (power / 8) for power in range(97))
"""Milliseconds, each 9 % longer than the one before, up to 4 s."""
SURE: Final = 1.96


@dataclass(frozen=True, kw_only=True)
class Sample:
    """How much memory there was at a moment. ``heap_mb`` is None where the C library does not tell it."""

    at: float
    """Seconds since the start."""
    own_mb: float
    resident_mb: float
    heap_mb: float | None
    """In use of what C and C++ asked for."""
    blocks: int
    """Of Python, in use."""
    widgets: int


class _MallInfo(ctypes.Structure):
    """Of glibc: ``hblkhd`` bytes are mapped one by one, ``uordblks`` are in use of all others."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


class Meter:
    """Measures this process."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._info: Any = None
        if sys.platform.startswith("linux"):
            self._info = getattr(ctypes.CDLL(None), "mallinfo2", None)  # glibc 2.33 has it
        if self._info is not None:
            self._info.restype = _MallInfo

    def sample(self, at: float, widgets: int) -> Sample:
        """Collect the garbage of Python first: when that happens by itself is no matter of growth."""
        gc.collect()
        memory = self._process.memory_info()
        info = self._info() if self._info is not None else None
        return Sample(
            at=at,
            own_mb=(memory.rss - getattr(memory, "shared", 0)) / 1e6,
            resident_mb=memory.rss / 1e6,
            heap_mb=None if info is None else (info.uordblks + info.hblkhd) / 1e6,
            blocks=sys.getallocatedblocks(),
            widgets=widgets,
        )


def kept_events() -> int:
    """Return how many numbered events the master of this process keeps to be asked for again."""
    return sum(len(one._kept) for one in gc.get_objects() if isinstance(one, Publisher))


class Gaps:
    """Spans of time in buckets: a list of all of them would itself grow by 20 MB an hour."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BUCKETS) + 1)
        self._longest = 0.0

    def add(self, milliseconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(BUCKETS, milliseconds)] += 1
        self._longest = max(self._longest, milliseconds)

    def summary(self) -> dict[str, float]:
        """Return count, median, p95, p99 (each at most 9 % too long) and maximum."""
        figures = {f"p{percent}": round(self._percentile(percent), 2) for percent in (50, 95, 99)}
        return {"count": sum(self._counts), **figures, "max": round(self._longest, 2)}

    def _percentile(self, percent: float) -> float:
        left = math.ceil(sum(self._counts) * percent / 100)
        for bound, count in zip(BUCKETS, self._counts, strict=False):
            left -= count
            if left <= 0:
                return min(bound, self._longest)
        return self._longest


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How something goes on: by the hour, and between which slopes it surely lies."""

    slope: float
    least: float
    most: float

    @property
    def verdict(self) -> str:
        """``flat``, ``grows``, or that the run was too short to tell."""
        if self.most <= LIMIT:
            return "flat"
        return "grows" if self.least > LIMIT else "undecided: a longer run tells"


def trend(points: list[tuple[float, float]]) -> Trend:
    """Return the trend of (seconds, value): the median of the slopes of all pairs, which no single jump can bend.

    Its limits are those of Sen with Kendall's variance, 95 %. Raises ``ValueError`` for fewer than four points.
    """
    if len(points) < 4:
        raise ValueError("four rounds at least: let it run longer")
    slopes = sorted(
        (value - before) / (at - then) * 3600
        for number, (at, value) in enumerate(points)
        for then, before in points[:number]
    )
    count = len(points)
    spread = SURE * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low = max(0, round((len(slopes) - spread) / 2) - 1)
    high = min(len(slopes) - 1, round((len(slopes) + spread) / 2))
    return Trend(slope=median(slopes), least=slopes[low], most=slopes[high])
