"""Who holds which account now: the index in memory that decides every claim."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from worker.protocol.texts import Text, text


class Grant(NamedTuple):
    """An account was given to a worker under an epoch."""

    worker_id: str
    epoch: int


class Errand(NamedTuple):
    """Why an account looks for a new owner."""

    reason: Text
    """Told with the next assignment."""
    left: str = ""
    """The worker that it comes from."""
    failover: bool = False
    """Its worker is gone; limits may be exceeded."""
    target: str = ""
    """The worker that a person, or the rebalance, chose."""


class Ownership:
    """Grants by account and by worker. One account has at most one."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}
        self._by_worker: dict[str, set[str]] = {}

    def give(self, account_id: str, grant: Grant) -> None:
        """Note a grant; one of before is over."""
        self.take(account_id)
        self._grants[account_id] = grant
        self._by_worker.setdefault(grant.worker_id, set()).add(account_id)

    def take(self, account_id: str) -> Grant | None:
        """End the grant of an account and return it."""
        grant = self._grants.pop(account_id, None)
        if grant is not None:
            self._by_worker[grant.worker_id].discard(account_id)
        return grant

    def take_all(self, worker_id: str) -> list[str]:
        """End all grants of a worker and return their accounts."""
        accounts = sorted(self._by_worker.pop(worker_id, ()))
        for account_id in accounts:
            del self._grants[account_id]
        return accounts

    def of(self, account_id: str) -> Grant | None:
        """Return the grant of an account."""
        return self._grants.get(account_id)

    def accounts(self, worker_id: str) -> Iterable[str]:
        """Return the accounts of a worker."""
        return sorted(self._by_worker.get(worker_id, ()))

    def workers(self) -> list[str]:
        """Return the workers that hold something."""
        return [worker_id for worker_id, accounts in self._by_worker.items() if accounts]

    def count(self, worker_id: str) -> int:
        """Return how many accounts a worker has."""
        return len(self._by_worker.get(worker_id, ()))

    def counts(self) -> Mapping[str, int]:
        """Return the number of accounts of every worker that has some."""
        return {worker_id: len(accounts) for worker_id, accounts in self._by_worker.items()}


def taken_over(worker_id: str, cause: Text) -> Errand:
    """Return why an account moves away from a worker that cannot watch it any more."""
    return Errand(text("assign_took_over", worker=worker_id, cause=cause.message), left=worker_id, failover=True)
