"""What people do with assignments: see them, choose a worker, have an account checked, even the workers out."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from master.api.schema import Account, AssignmentPut, AssignmentRow, Rebalance, RebalanceReport
from master.errors import Conflict, Invalid, Unavailable
from master.services.owner_changes import change_of
from master.services.ownership import Errand, Grant
from master.services.placements import Placements
from master.services.rebalances import Rebalancer
from worker.protocol.account_messages import CheckAccount
from worker.protocol.codec import ProtocolError
from worker.protocol.states import ErrorCode
from worker.protocol.texts import text

if TYPE_CHECKING:
    from master.services.accounts import AccountService
    from master.services.workers import WorkerService

CHECK_SECONDS: Final = 5.0


class AssignmentCommands:
    """Part of :class:`~master.services.assignments.AssignmentService`."""

    def __init__(self, *, accounts: "AccountService", workers: "WorkerService", placements: Placements) -> None:
        self._accounts = accounts
        self._workers = workers
        self._placements = placements
        self._owners = placements.owners
        self._seats = placements.seats
        self._errands = placements.errands
        self._deliveries = placements.deliveries
        self._rebalancer = Rebalancer(accounts, placements)

    # ------------------------------------------------------------ questions

    def owns(self, worker_id: str, account_id: str, epoch: int) -> bool:
        """Tell whether this worker holds the account under this very epoch."""
        return self._owners.of(account_id) == Grant(worker_id, epoch)

    def rows(self) -> list[AssignmentRow]:
        """Return who holds what, since when and why."""
        return [
            AssignmentRow(
                account_id=row.id,
                worker_id=row.worker_id,
                pinned=row.pinned,
                pinned_to=row.pinned_to,
                pin_policy=row.pin_policy,
                epoch=row.epoch,
                since_at=row.assigned_since_at,
                reason=row.assignment_reason,
            )
            for row in self._accounts.rows().values()
        ]

    # ------------------------------------------------------------ commands of people

    async def assign(self, account_id: str, body: AssignmentPut) -> Account:
        """Choose the worker of an account, or leave it to the master again (``worker_id`` null).

        Raises :class:`NotFound`, :class:`Invalid` (no such worker), :class:`Conflict` (full, or it must not be
        watched now, or the worker does not run and it is not pinned).
        """
        row = self._accounts.get(account_id)
        target = body.worker_id
        if target is None:
            await self._write(account_id, pinned_to=None)
            self._look_at((account_id,))
            return self._accounts.get(account_id)
        self._check_target(row, target, body.pinned)
        grant = self._owners.of(account_id)
        reason = text("assign_pinned" if body.pinned else "assign_manual")
        pin: dict[str, Any] = {"pinned_to": target if body.pinned else None, "pin_policy": body.pin_policy}
        if grant is not None and grant.worker_id == target:
            await self._write(account_id, reason=reason, **pin)
            return self._accounts.get(account_id)
        self._errands[account_id] = Errand(reason, left=grant.worker_id if grant else "", target=target)
        async with self._placements.lock:
            if body.pinned or row.pinned:
                await self._accounts.set_owners([change_of(self._accounts.get(account_id), **pin)])
            grant = self._owners.of(account_id)
            if grant is not None:
                self._placements.release(account_id, grant)
        await self._placements.looked_at(account_id)
        after = self._accounts.get(account_id)
        if after.worker_id != target and not body.pinned:
            # Others took its last places meanwhile.
            self._check_target(after, target, body.pinned)
        return after

    async def check_now(self, account_id: str) -> Account:
        """Have an account checked now. Raises :class:`Conflict` when it must not be, :class:`Unavailable`."""
        row = self._accounts.get(account_id)
        obstacle = self._accounts.obstacle(account_id)
        if obstacle is not None:
            raise Conflict(obstacle)
        grant = self._owners.of(account_id)
        if grant is None:
            raise Unavailable(row.assignment_reason or text("unassigned_no_worker"), code="ERR_NO_WORKER")
        try:
            message = CheckAccount(account_id=account_id, epoch=grant.epoch)
            await self._deliveries.send(grant.worker_id, message, CHECK_SECONDS)
        except ProtocolError as error:
            # It has not taken the account yet; its first check begins with that.
            if error.code not in (ErrorCode.ACCOUNT_NOT_FOUND, ErrorCode.STALE_EPOCH):
                raise Unavailable(text("check_failed", detail=error.message)) from error
        return self._accounts.get(account_id)

    async def rebalance(self, body: Rebalance) -> RebalanceReport:
        """Even out now, whatever moved a moment ago; or tell what would move, and why."""
        return await self._rebalancer.run(dry_run=body.dry_run)

    def _check_target(self, row: Account, target: str, pinned: bool) -> None:
        if not self._workers.exists(target):
            raise Invalid(fields={"worker_id": text("worker_unknown", worker=target)})
        if pinned:
            # It may wait for its worker, and what a person pins goes before the limit.
            return
        obstacle = self._accounts.obstacle(row.id)
        if obstacle is not None:
            raise Conflict(obstacle)
        if target not in self._seats:
            raise Conflict(text("worker_not_running", worker=target))
        if row.platform not in self._seats[target]:
            raise Conflict(text("unassigned_no_platform", platform=row.platform))
        limit, count = self._placements.loads.limit(target), self._owners.count(target)
        if count >= limit and not self.owns(target, row.id, row.epoch):
            raise Conflict(text("worker_full", worker=target, count=count, limit=limit))

    def _look_at(self, account_ids: Iterable[str]) -> None:
        self._placements.look_at(account_ids)

    async def _write(self, account_id: str, **fields: Any) -> None:
        """Change a row as it is once nobody else is at it."""
        async with self._placements.lock:
            await self._accounts.set_owners([change_of(self._accounts.get(account_id), **fields)])
