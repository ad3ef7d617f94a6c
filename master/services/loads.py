"""How loaded the workers are: how many accounts each may have, and what watching them costs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from master.services.ownership import Ownership
from master.supervision.balance import Seat

if TYPE_CHECKING:
    from master.services.accounts import AccountService
    from master.services.workers import WorkerService

CHEAPEST: Final = 0.2
DEAREST: Final = 20.0
"""Bounds of what an account may cost, as multiples of the mean: one odd check says little."""


class Loads:
    """Measures those that may be given accounts now."""

    def __init__(
        self,
        *,
        accounts: "AccountService",
        workers: "WorkerService",
        owners: Ownership,
        seats: Mapping[str, frozenset[str]],
    ) -> None:
        """``seats``: workers that may be given accounts, and the platforms that each knows."""
        self._accounts = accounts
        self._workers = workers
        self._owners = owners
        self._seats = seats

    def limit(self, worker_id: str) -> int:
        """Return how many accounts a worker may have."""
        return self._workers.config(worker_id).max_accounts if self._workers.exists(worker_id) else 0

    def costs(self) -> dict[str, float]:
        """Return what watching each account costs: 1 is the mean, and what is not measured yet."""
        duties = {row_id: self._accounts.duty(row_id) for row_id in self._accounts.rows()}
        measured = [duty for duty in duties.values() if duty is not None]
        mean = sum(measured) / len(measured) if measured else 0.0
        if mean <= 0:
            return dict.fromkeys(duties, 1.0)
        return {
            row_id: 1.0 if duty is None else min(max(duty / mean, CHEAPEST), DEAREST) for row_id, duty in duties.items()
        }

    def table(self, costs: Mapping[str, float]) -> list[Seat]:
        """Return who may be given accounts, and how loaded each is."""
        return [
            Seat(
                worker_id=worker_id,
                held=self._owners.count(worker_id),
                limit=self.limit(worker_id),
                platforms=platforms,
                cost=sum(costs.get(account_id, 1.0) for account_id in self._owners.accounts(worker_id)),
            )
            for worker_id, platforms in self._seats.items()
        ]
