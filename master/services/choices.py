"""Which worker an account gets, and in which words that is told."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from master.api.schema import Account
from master.services.loads import Loads
from master.services.ownership import Errand, Ownership
from master.supervision.balance import Claim, Placement, place
from worker.protocol.texts import Text, text

if TYPE_CHECKING:
    from master.services.accounts import AccountService


class Choices:
    """Chooses among those that may be given accounts now: what a person or the rebalance chose goes first."""

    def __init__(
        self,
        *,
        accounts: "AccountService",
        owners: Ownership,
        seats: Mapping[str, frozenset[str]],
        errands: Mapping[str, Errand],
        loads: Loads,
    ) -> None:
        self._accounts = accounts
        self._owners = owners
        self._seats = seats
        self._errands = errands
        self._loads = loads

    def place(self, claims: list[Claim]) -> list[Placement]:
        """Return a worker for each claim, or what is in the way."""
        chosen: list[Placement] = []
        others: list[Claim] = []
        taken: Counter[str] = Counter()
        for claim in claims:
            target = self._target(claim, taken)
            if target is not None:
                taken[target] += 1
                chosen.append(Placement(account_id=claim.account_id, worker_id=target))
            else:
                others.append(claim)
        if not others:
            return chosen
        costs = self._loads.costs()
        seats = [
            msgspec.structs.replace(seat, held=seat.held + taken[seat.worker_id]) for seat in self._loads.table(costs)
        ]
        return chosen + place([msgspec.structs.replace(one, cost=costs[one.account_id]) for one in others], seats)

    def _target(self, claim: Claim, taken: Mapping[str, int]) -> str | None:
        """Return the worker that was chosen for an account, if it has a place by now. A pin goes before the limit."""
        errand = self._errands.get(claim.account_id)
        if errand is None or errand.target not in self._seats or errand.target in claim.avoid:
            return None
        if self._accounts.rows()[claim.account_id].pinned_to == errand.target:
            return errand.target
        has_place = self._owners.count(errand.target) + taken.get(errand.target, 0) < self._loads.limit(errand.target)
        return errand.target if has_place else None

    def obstacle(self, row: Account, obstacle: str) -> Text:
        """Say why an account got none."""
        errand = self._errands.get(row.id)
        if obstacle == "avoided" and errand is not None:
            return errand.reason
        if obstacle == "no_platform":
            return text("unassigned_no_platform", platform=row.platform)
        return text("unassigned_full" if obstacle == "full" else "unassigned_no_worker")

    def reason(self, account_id: str, worker_id: str) -> Text:
        """Say why an account goes to this worker."""
        errand = self._errands.get(account_id)
        if errand is None or errand.target not in ("", worker_id):
            return text("assign_least_loaded")
        return text("assign_returned") if errand.failover and errand.left == worker_id else errand.reason
