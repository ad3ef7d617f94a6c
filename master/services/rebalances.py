"""Evening out which worker has how much: worked out, explained, and only then done."""

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from master.api.schema import Account, Move, RebalanceReport
from master.services.ownership import Errand
from master.services.placements import Placements
from master.supervision.balance import Held, Shift, rebalance
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text, text

if TYPE_CHECKING:
    from master.services.accounts import AccountService

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 60.0
COOL_DOWN_MS: Final = 60_000
"""An account that changed its worker so shortly ago is left where it is."""


class Rebalancer:
    """Moves accounts between workers that live: the old one lets go, then the new one is told."""

    def __init__(self, accounts: "AccountService", placements: Placements) -> None:
        self._accounts = accounts
        self._placements = placements

    async def watch(self) -> None:
        """Even out for ever."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.run(dry_run=False, cool_down_ms=COOL_DOWN_MS)
            except Exception:
                # The supervisor's guard: one failed round must not end the watch.
                logger.exception("evening out failed; tried again in a minute")

    async def run(self, *, dry_run: bool, cool_down_ms: int = 0) -> RebalanceReport:
        """Return what is moved, or with ``dry_run`` what would be. What is under way already is left alone."""
        async with self._placements.lock:
            before = self._counts()
            shifts = self._plan(cool_down_ms)
            moves = self._explain(shifts, before)
            if not dry_run:
                for shift, move in zip(shifts, moves, strict=True):
                    self._begin(shift, move.reason)
        if moves and not dry_run:
            logger.info("%d accounts move to even out the workers", len(moves))
        after = dict(before)
        for move in moves:
            after[move.from_worker] -= 1
            after[move.to_worker] += 1
        return RebalanceReport(dry_run=dry_run, moves=moves, before=before, after=after)

    def _plan(self, cool_down_ms: int) -> list[Shift]:
        placements = self._placements
        if placements.held_back or placements.closed:
            return []
        costs, now = placements.loads.costs(), now_ms()
        held = [
            Held(
                account_id=row.id,
                worker_id=grant.worker_id,
                platform=row.platform,
                cost=costs[row.id],
                fixed=self._is_fixed(row, now, cool_down_ms),
            )
            for row in self._accounts.rows().values()
            if (grant := placements.owners.of(row.id)) is not None
        ]
        return rebalance(held, placements.loads.table(costs))

    def _is_fixed(self, row: Account, now: int, cool_down_ms: int) -> bool:
        # What seems to have moved in the future did so before the clock was set back.
        moved_lately = now - cool_down_ms < (row.assigned_since_at or 0) <= now
        return row.pinned or moved_lately or self._placements.deliveries.under_way(row.id)

    def _counts(self) -> dict[str, int]:
        return {worker_id: self._placements.owners.count(worker_id) for worker_id in sorted(self._placements.seats)}

    def _explain(self, shifts: list[Shift], counts: Mapping[str, int]) -> list[Move]:
        rows = self._accounts.rows()
        return [
            Move(
                account_id=shift.account_id,
                name=rows[shift.account_id].name,
                from_worker=shift.from_worker,
                to_worker=shift.to_worker,
                reason=self._reason(shift, counts),
            )
            for shift in shifts
        ]

    def _reason(self, shift: Shift, counts: Mapping[str, int]) -> Text:
        if shift.over_limit:
            return text("assign_made_room", worker=shift.from_worker)
        if shift.by_cost:
            return text("assign_evened_cost", worker=shift.from_worker)
        return text(
            "assign_evened_count",
            worker=shift.from_worker,
            count=counts[shift.from_worker],
            other=counts[shift.to_worker],
        )

    def _begin(self, shift: Shift, reason: Text) -> None:
        grant = self._placements.owners.of(shift.account_id)
        if grant is not None:
            self._placements.errands[shift.account_id] = Errand(reason, left=shift.from_worker, target=shift.to_worker)
            self._placements.release(shift.account_id, grant)
