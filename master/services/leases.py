"""How long a worker may go on with its accounts without hearing from the master."""

from collections.abc import Callable
from typing import Final

from worker.protocol.clocks import elapsed_seconds

PULSE_SECONDS: Final = 0.5
SHORTEST_MS: Final = 1500
LONGEST_MS: Final = 5000
REMOTE_SHORTEST_MS: Final = 5000
REMOTE_LONGEST_MS: Final = 10_000
"""Of workers that are started elsewhere: between them and the master may be any network."""
MARGIN_SECONDS: Final = 0.2
"""The worker counts from sending a pulse, the master from its arrival plus this."""
TOLERATED_SECONDS: Final = 0.35
"""Jitter up to this lengthens nothing: two pulses may be that late before the shortest lease ends."""
_FADE: Final = 0.98
"""Jitter once seen is forgotten by this factor a pulse: half of it within 17 s."""


class Leases:
    """One lease a worker; the accounts that it holds share it."""

    def __init__(
        self, clock: Callable[[], float] = elapsed_seconds, is_remote: Callable[[str], bool] = lambda _worker_id: False
    ) -> None:
        """``is_remote``: whether a worker was started elsewhere."""
        self._clock = clock
        self._is_remote = is_remote
        self._ends: dict[str, float] = {}
        self._seen: dict[str, float] = {}
        self._jitter: dict[str, float] = {}

    def begin(self, worker_id: str) -> int:
        """A worker registered: its lease begins. Return its length in milliseconds."""
        self._seen.pop(worker_id, None)
        return self.renew(worker_id)

    def inherit(self, worker_id: str) -> None:
        """A worker may have outlived the master before this one: nobody knows how long its lease is, so the longest."""
        if self._is_remote(worker_id):
            self._ends[worker_id] = self._clock() + REMOTE_LONGEST_MS / 1000 + MARGIN_SECONDS

    def renew(self, worker_id: str) -> int:
        """A pulse arrived. Return the length of the renewed lease in milliseconds."""
        now = self._clock()
        seen = self._seen.get(worker_id)
        jitter = self._jitter.get(worker_id, 0.0) * _FADE
        if seen is not None:
            jitter = max(jitter, now - seen - PULSE_SECONDS)
        self._seen[worker_id] = now
        self._jitter[worker_id] = min(jitter, self._bounds(worker_id)[1] / 1000)
        length = self.length_ms(worker_id)
        self._ends[worker_id] = now + length / 1000 + MARGIN_SECONDS
        return length

    def length_ms(self, worker_id: str) -> int:
        """Return how long a lease of this worker is: the more its pulses jitter, the longer."""
        excess = max(0.0, self._jitter.get(worker_id, 0.0) - TOLERATED_SECONDS)
        shortest, longest = self._bounds(worker_id)
        return round(min(shortest + 2000 * excess, longest))

    def _bounds(self, worker_id: str) -> tuple[int, int]:
        return (REMOTE_SHORTEST_MS, REMOTE_LONGEST_MS) if self._is_remote(worker_id) else (SHORTEST_MS, LONGEST_MS)

    def remaining(self, worker_id: str) -> float:
        """Return the seconds until the worker surely begins no further check; 0 once it has ended."""
        return max(0.0, self._ends.get(worker_id, 0.0) - self._clock())

    def ends_at(self, worker_id: str) -> float | None:
        """Return when the lease ends by :meth:`now`, None where there is none."""
        return self._ends.get(worker_id)

    def now(self) -> float:
        """Return the clock that leases are counted by, in seconds; it runs in suspend."""
        return self._clock()

    def end(self, worker_id: str) -> None:
        """Its process is gone: it begins nothing any more."""
        for table in (self._ends, self._seen, self._jitter):
            table.pop(worker_id, None)
