"""How long checks and notifications take: measurements sorted into buckets that add up over any time."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Final

from master.api.events import Checking, Event
from master.api.items import Item
from master.api.notifications import Notification
from master.api.overviews import Latency
from master.store.metrics import Sample

BOUNDS: Final = tuple(5 * 2**power for power in range(14))
"""Milliseconds, up to 41 s; what takes longer has a bucket of its own."""
CHECK, SHOWN = "check_ms", "shown_ms"
MOST: Final = 2000
"""So many items and notifications wait to be shown; of older ones nothing is measured."""
ATTENDED_MS: Final = 60_000
"""What is shown later waited for a window that was not open, or for the end of quiet hours."""

Note = Callable[[str, int, float], None]


def series_of(name: str) -> list[str]:
    """Return the series of all buckets of a name."""
    return [f"master:{name}:{bucket:02}" for bucket in range(len(BOUNDS) + 1)]


def name_of(series: str) -> str:
    """Return the name that a series of a bucket belongs to."""
    return series.split(":")[1]


def latency_of(samples: Iterable[Sample]) -> Latency:
    """Return median and 95th percentile of samples of one name, in any steps."""
    buckets: dict[str, list[Sample]] = {}
    for sample in samples:
        buckets.setdefault(sample.series, []).append(sample)
    spans = [
        (min(one.low for one in found), max(one.high for one in found), sum(one.measured for one in found))
        for _series, found in sorted(buckets.items())
    ]
    total = sum(count for _low, _high, count in spans)
    if not total:
        return Latency(measured=0)
    return Latency(measured=total, p50_ms=_at(spans, total * 0.5), p95_ms=_at(spans, total * 0.95))


def _at(spans: list[tuple[float, float, int]], rank: float) -> float:
    """Return what ``rank`` measurements are not longer than; within a bucket they lie evenly."""
    before = 0
    for low, high, count in spans:
        if before + count >= rank:
            return round(low + (high - low) * (rank - before) / count, 1)
        before += count
    return round(spans[-1][1], 1)


class Latencies:
    """Hears events. ``note`` keeps one measurement of a series: its name, UTC ms, milliseconds."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._found: dict[int, int] = {}
        """Item → when it was found."""
        self._told: dict[int, int] = {}
        """Notification that is on its way → when its item was found."""

    def hear(self, event: Event) -> None:
        """Take what an event says."""
        data = event.data
        if isinstance(data, Checking):
            if data.beat is not None:
                self._measured(CHECK, data.beat.at, data.beat.ms)
        elif isinstance(data, Item):
            if event.type == "item.detected":
                self._found[data.id] = data.detected_at
                _limit(self._found)
        elif isinstance(data, Notification):
            self._hear_notification(data)

    def acknowledged(self, notification_id: int, now: int) -> None:
        """A device shows it (UTC ms); the first one counts."""
        found_at = self._told.pop(notification_id, None)
        if found_at is not None and 0 <= now - found_at <= ATTENDED_MS:
            self._measured(SHOWN, now, now - found_at)

    def _hear_notification(self, row: Notification) -> None:
        if row.state != "pending":
            self._told.pop(row.id, None)
        elif row.item_id is not None and row.id not in self._told:
            self._told[row.id] = self._found.get(row.item_id, row.created_at)
            _limit(self._told)

    def _measured(self, name: str, at: int, milliseconds: float) -> None:
        self._note(f"master:{name}:{bisect_left(BOUNDS, milliseconds):02}", at, max(0.0, float(milliseconds)))


def _limit(kept: dict[int, int]) -> None:
    while len(kept) > MOST:
        del kept[next(iter(kept))]
