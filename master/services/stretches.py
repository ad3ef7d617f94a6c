"""Intervals that are multiplied: of workers that have too many accounts, and of all while energy is saved."""

import logging
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Final

import msgspec

from master.services.loads import Loads
from master.services.ownership import Grant, Ownership
from master.supervision.balance import stretch
from worker.protocol.account_messages import Assignment
from worker.protocol.texts import text

if TYPE_CHECKING:
    from master.services.accounts import AccountService
    from master.services.workers import WorkerService

logger = logging.getLogger(__name__)

LONGEST_INTERVAL: Final = 86_400
"""Seconds."""


class Stretches:
    """Counts what each worker has, and tells those whose intervals change."""

    def __init__(
        self,
        *,
        accounts: "AccountService",
        workers: "WorkerService",
        owners: Ownership,
        seats: Collection[str],
        loads: Loads,
        tell: Callable[[Iterable[tuple[str, Grant]]], None],
    ) -> None:
        """``seats``: workers that may be told something; ``tell(grants)`` has them look at their assignments anew."""
        self._accounts = accounts
        self._workers = workers
        self._owners = owners
        self._seats = seats
        self._loads = loads
        self._tell = tell
        self._stretches: dict[str, float] = {}
        self._saver = 1.0
        """By how much the battery saver stretches the intervals."""

    def assignment(self, account_id: str) -> Assignment:
        """Return what its worker is told of an account: while it has too many, all but those of priority wait longer.

        Raises :class:`NotFound`.
        """
        assignment = self._accounts.assignment(account_id)
        grant = self._owners.of(account_id)
        factor = self._stretches.get(grant.worker_id, 1.0) if grant is not None else 1.0
        if factor == 1.0 or assignment.priority > 0:
            return assignment
        longest = assignment.interval_max_seconds
        return msgspec.structs.replace(
            assignment,
            interval_seconds=min(round(assignment.interval_seconds * factor), LONGEST_INTERVAL),
            interval_max_seconds=None if longest is None else min(round(longest * factor), LONGEST_INTERVAL),
        )

    def save(self, factor: float) -> None:
        """Let the battery saver stretch the intervals of all by ``factor``; 1: it is over."""
        self._saver = factor
        self.count()

    def count(self) -> None:
        """Show how many accounts each worker has, and stretch the intervals of those that have too many."""
        counts = self._owners.counts()
        self._workers.set_assigned(counts)
        crowds = {
            worker_id: stretch(count, self._loads.limit(worker_id)) for worker_id, count in counts.items() if count
        }
        factors = {worker_id: max(crowd, self._saver) for worker_id, crowd in crowds.items()}
        changed = [name for name, factor in factors.items() if factor != self._stretches.get(name, 1.0)]
        self._stretches = factors
        for worker_id in changed:
            if worker_id in self._seats:
                logger.info("%s: intervals are multiplied by %g", worker_id, factors[worker_id])
                why = text("interval_crowded" if crowds[worker_id] > self._saver else "interval_battery")
                self._accounts.stretch(worker_id, factors[worker_id], why if factors[worker_id] > 1 else None)
                grants = ((name, self._owners.of(name)) for name in self._owners.accounts(worker_id))
                self._tell((name, grant) for name, grant in grants if grant is not None)
