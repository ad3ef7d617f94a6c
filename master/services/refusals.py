"""Workers that did not take an account: left alone with it for a while, the longer the more often that happens."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

FIRST_SECONDS: Final = 10.0
"""A worker that did not take an account is asked again after so long, when no other is there."""
LONGEST_SECONDS: Final = 300.0


@dataclass(slots=True)
class _Record:
    """What became of one account since it was last taken."""

    workers: set[str] = field(default_factory=set)
    rounds: int = 0
    timer: asyncio.TimerHandle | None = None


class Refusals:
    """By account. Belongs to one event loop."""

    def __init__(self, forgiven: Callable[[str], None]) -> None:
        """``forgiven(account)``: the workers that did not take it may be asked again."""
        self._forgiven = forgiven
        self._records: dict[str, _Record] = {}

    def of(self, account_id: str) -> frozenset[str]:
        """Return the workers that are not to be asked now."""
        record = self._records.get(account_id)
        return frozenset(record.workers) if record is not None else frozenset()

    def note(self, account_id: str, worker_id: str) -> None:
        """A worker did not take an account."""
        record = self._records.setdefault(account_id, _Record())
        record.workers.add(worker_id)
        if record.timer is None:
            # The exponent is capped so that no number grows without bound.
            seconds = min(FIRST_SECONDS * 2 ** min(record.rounds, 10), LONGEST_SECONDS)
            record.timer = asyncio.get_running_loop().call_later(seconds, self._forgive, account_id)

    def forget(self, account_id: str) -> None:
        """An account was taken, or is gone: what was before counts no more."""
        record = self._records.pop(account_id, None)
        if record is not None and record.timer is not None:
            record.timer.cancel()

    def _forgive(self, account_id: str) -> None:
        record = self._records[account_id]
        record.timer = None
        record.rounds += 1
        record.workers.clear()
        self._forgiven(account_id)
