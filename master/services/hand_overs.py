"""Accounts that move from one worker to another while both live: each is let go of before the next owner has it."""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from master.api.schema import Account
from master.errors import Unavailable
from master.services.ownership import Errand, taken_over
from master.services.placements import Placements
from worker.protocol.texts import text

if TYPE_CHECKING:
    from master.services.accounts import AccountService
    from master.services.workers import WorkerService

HANDED_AT_ONCE: Final = 8
"""So many accounts of a worker that is being stopped are between two owners at most."""


class HandOvers:
    """Moves what a worker must not keep: it is being stopped, or has more than it may have."""

    def __init__(self, *, accounts: "AccountService", workers: "WorkerService", placements: Placements) -> None:
        self._accounts = accounts
        self._workers = workers
        self._placements = placements
        self._owners = placements.owners
        self._seats = placements.seats
        self._errands = placements.errands
        self._deliveries = placements.deliveries

    async def leave(self, worker_id: str) -> None:
        """Have others take what they can of a worker that is being stopped, the most important first."""
        rows = self._accounts.rows()
        held = [rows[name] for name in self._owners.accounts(worker_id) if name in rows]
        movable = [row for row in held if self._taken_by_others(row, worker_id)]
        movable.sort(key=lambda row: (-row.priority, row.created_at))
        slots = asyncio.Semaphore(HANDED_AT_ONCE)
        await asyncio.gather(*(self._hand_over(row.id, worker_id, slots) for row in movable))

    def make_room(self, worker_id: str) -> None:
        """Move what a worker has beyond its limit, even if nobody has a place for it."""
        for row in self._excess(worker_id):
            self._move_away(row, worker_id, failover=False)

    def use_room(self) -> None:
        """Move what workers have beyond their limits to where places are free now; what finds none stays."""
        free = {seat: self._placements.loads.limit(seat) - self._owners.count(seat) for seat in self._seats}
        # Whoever is between two owners takes one of the places too.
        left = sum(places for places in free.values() if places > 0) - self._deliveries.leaving
        for worker_id in self._owners.workers():
            for row in self._excess(worker_id) if self._workers.exists(worker_id) else ():
                fits = (seat for seat, known in self._seats.items() if row.platform in known and free[seat] > 0)
                seat = next(fits, None)
                if seat is None or left <= 0:
                    continue
                free[seat] -= 1
                left -= 1
                self._move_away(row, worker_id, failover=True)

    def _taken_by_others(self, row: Account, worker_id: str) -> bool:
        if row.pinned_to == worker_id and row.pin_policy == "wait":
            return False
        return any(row.platform in platforms for platforms in self._seats.values())

    async def _hand_over(self, account_id: str, worker_id: str, slots: asyncio.Semaphore) -> None:
        async with slots:
            async with self._placements.lock:
                grant = self._owners.of(account_id)
                if grant is None or grant.worker_id != worker_id or not self._seats:
                    return
                self._errands[account_id] = taken_over(worker_id, text("cause_stopped"))
                self._placements.release(account_id, grant)
            with contextlib.suppress(Unavailable):
                await self._placements.looked_at(account_id)

    def _excess(self, worker_id: str) -> list[Account]:
        """Return what a worker has beyond its limit, lowest priority first; what is pinned is not in the way."""
        excess = self._owners.count(worker_id) - self._placements.loads.limit(worker_id)
        rows = self._accounts.rows()
        held = [rows[name] for name in self._owners.accounts(worker_id) if name in rows and not rows[name].pinned]
        held.sort(key=lambda row: (row.priority, -row.created_at))
        return held[: max(0, excess)]

    def _move_away(self, row: Account, worker_id: str, *, failover: bool) -> None:
        """``failover``: rather beyond a limit than without an owner."""
        grant = self._owners.of(row.id)
        if grant is not None:
            reason = text("assign_made_room", worker=worker_id)
            self._errands[row.id] = Errand(reason, left=worker_id, failover=failover)
            self._placements.release(row.id, grant)
