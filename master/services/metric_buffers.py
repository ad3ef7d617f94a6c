"""What was measured since the last write, and counters made rates. No input or output."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from master.store.metrics import KEPT_MS, Sample

FINEST: Final = min(KEPT_MS)
MOST: Final = 50_000
"""Most samples that wait in memory while the database cannot be written."""
SHORTEST_MS: Final = 500
"""Counters closer together than this make no rate; the next ones do."""


def begin_of(at: int, step: int) -> int:
    """Return when the step of ``step`` seconds that holds ``at`` began (UTC ms)."""
    return at - at % (step * 1000)


def merge(first: Sample, second: Sample) -> Sample:
    """Return one sample of both, which are of the same series and step."""
    count = first.measured + second.measured
    mean = (first.mean * first.measured + second.mean * second.measured) / count
    low, high = min(first.low, second.low), max(first.high, second.high)
    return first._replace(measured=count, mean=mean, low=low, high=high)


def downsample(samples: Iterable[Sample], step: int) -> list[Sample]:
    """Return the samples merged into steps of ``step`` seconds."""
    merged: dict[tuple[str, int], Sample] = {}
    for sample in samples:
        key = sample.series, begin_of(sample.at, step)
        placed = sample._replace(step=step, at=key[1])
        merged[key] = merge(merged[key], placed) if key in merged else placed
    return list(merged.values())


class MetricBuffer:
    """Samples of the finest step that are not written yet."""

    def __init__(self) -> None:
        self._samples: dict[tuple[str, int], Sample] = {}

    def note(self, series: str, at: int, value: float) -> None:
        """Keep one measurement."""
        self._keep(Sample(series, FINEST, begin_of(at, FINEST), 1, value, value, value))

    def take(self) -> list[Sample]:
        """Return everything in its finest step and empty the buffer."""
        taken, self._samples = list(self._samples.values()), {}
        return taken

    def put_back(self, samples: Iterable[Sample]) -> None:
        """Keep what could not be written for the next time, as far as there is room."""
        for sample in samples:
            self._keep(sample)

    def read(self, series: Collection[str], step: int, since: int) -> list[Sample]:
        """Return what waits, in steps of ``step`` seconds."""
        found = [sample for sample in self._samples.values() if sample.series in series]
        return [sample for sample in downsample(found, step) if sample.at >= since]

    def _keep(self, sample: Sample) -> None:
        key = sample.series, sample.at
        if key in self._samples:
            self._samples[key] = merge(self._samples[key], sample)
        elif len(self._samples) < MOST:
            self._samples[key] = sample


class Counters(NamedTuple):
    """What a worker's process counted since it began."""

    checks: int = 0
    errors: int = 0
    items: int = 0


class Growth(NamedTuple):
    """What was counted between two heartbeats, or since the process began; ``span_ms`` is more than 0."""

    counters: Counters
    span_ms: int

    def rate(self, count: int) -> float:
        """Return ``count`` as a number a minute."""
        return count * 60_000 / self.span_ms


class Odometer:
    """Counters of one worker that begin again with each of its processes."""

    def __init__(self) -> None:
        self._at: int | None = None
        self._last = Counters()

    def began(self, at: int | None) -> None:
        """A new process counts from nothing, since ``at`` (UTC ms; None: not known)."""
        self._at, self._last = at, Counters()

    def advance(self, at: int, now: Counters) -> Growth | None:
        """Return what was counted since the last call; None where nothing can be said yet. Never negative."""
        before, last = self._at, self._last
        if before is not None and 0 <= at - before < SHORTEST_MS:
            return None
        self._at, self._last = at, now
        if before is None or at <= before:
            # The first heartbeat that is seen, or a clock that was set back.
            return None
        if any(new < old for new, old in zip(now, last, strict=True)):
            last = Counters()
        return Growth(Counters(*(new - old for new, old in zip(now, last, strict=True))), at - before)


class Histogram:
    """Counts of measurements up to each bound, in seconds."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)
        self._total = 0.0

    def note(self, seconds: float) -> None:
        """Count one measurement."""
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self._total += seconds

    def read(self) -> tuple[list[tuple[str, float]], float]:
        """Return ``(bound, measurements up to it)``, the last bound being ``+Inf``, and the sum of all."""
        found: list[tuple[str, float]] = []
        count = 0
        for bound, here in zip([*map(str, self._bounds), "+Inf"], self._counts, strict=True):
            count += here
            found.append((bound, float(count)))
        return found, self._total
