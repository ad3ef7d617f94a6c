"""What the heartbeats of the last ten minutes measured, by worker: the points of the sparklines."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

SPAN_MS = 600_000
MOST = 700
"""Points kept of one worker: one a second for ten minutes, and some."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: UTC milliseconds, percent of one core, megabytes."""

    at: int
    cpu: float
    memory: float


class FigureKeeper:
    """The last ten minutes of every worker."""

    def __init__(self) -> None:
        self._figures: dict[str, deque[Figure]] = {}

    def add(self, worker_id: str, figure: Figure) -> None:
        """Append a measurement and drop what is older than ten minutes."""
        kept = self._figures.setdefault(worker_id, deque(maxlen=MOST))
        kept.append(figure)
        while kept[0].at < figure.at - SPAN_MS:
            kept.popleft()

    def load(self, worker_id: str, figures: Iterable[Figure]) -> None:
        """Put figures of the time before the window (oldest first) ahead of those that are kept."""
        kept = self._figures.get(worker_id, ())
        first = kept[0].at if kept else None
        earlier = [one for one in figures if first is None or one.at < first]
        self._figures[worker_id] = deque([*earlier, *kept], maxlen=MOST)

    def figures(self, worker_id: str) -> list[Figure]:
        """Return the measurements of a worker, oldest first."""
        return list(self._figures.get(worker_id, ()))

    def forget(self, worker_id: str) -> None:
        """Drop what is kept of a worker."""
        self._figures.pop(worker_id, None)
