"""What is counted of each worker while this master runs, over all of its processes."""

from collections import deque
from typing import Final

from master.api.events import HeartbeatSeen
from master.api.workers import Worker
from master.services.metric_buffers import Counters, Growth, Odometer
from master.services.worker_health import Recent

LONGEST: Final = 7200
"""Heartbeats whose checks are remembered: two hours at the shortest interval."""


class WorkerTally:
    """One worker. Totals never fall, whatever becomes of its processes."""

    def __init__(self) -> None:
        self.totals = Counters()
        self.restarts = 0
        self.expiries = 0
        """Leases that ended though the process stood."""
        self.heartbeat: HeartbeatSeen | None = None
        """The last one of its present process."""
        self._odometer = Odometer()
        self._recent: deque[tuple[int, Counters]] = deque(maxlen=LONGEST)
        self._epoch = 0
        self._restart_count: int | None = None
        """Of the last row; those before the first one were made under an earlier master."""
        self._dead = False

    def changed(self, worker: Worker) -> None:
        """Note a new state: of a new process, a restart, or a lease that ended."""
        if worker.epoch != self._epoch:
            self._epoch = worker.epoch
            self.heartbeat = None
            self._odometer.began(worker.started_at)
        if self._restart_count is not None:
            self.restarts += max(0, worker.restart_count - self._restart_count)
        self._restart_count = worker.restart_count
        dead = worker.health == "dead"
        if dead and not self._dead:
            self.expiries += 1
        self._dead = dead

    def beat(self, seen: HeartbeatSeen) -> Growth | None:
        """Note a heartbeat; return what was counted since the one before, where that can be said."""
        self.heartbeat = seen
        growth = self._odometer.advance(seen.at, Counters(seen.checks, seen.errors, seen.items))
        if growth is not None:
            self.totals = Counters(*(old + new for old, new in zip(self.totals, growth.counters, strict=True)))
            self._recent.append((seen.at, growth.counters))
        return growth

    def recent(self, since: int) -> Recent:
        """Return the checks that were told of after ``since`` (UTC ms)."""
        found = [counters for at, counters in self._recent if at > since]
        return Recent(sum(one.checks for one in found), sum(one.errors for one in found))
