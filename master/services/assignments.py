"""Ownership: every account has one owner at most, under an epoch that only grows."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from master.api.schema import Account, AssignmentPut, AssignmentRow, Rebalance, RebalanceReport
from master.errors import Conflict, Invalid, Unavailable
from master.services.deliveries import Send, fitting
from master.services.leases import Leases
from master.services.ownership import Errand, Grant
from master.services.placements import Placements, change_of, taken_over
from master.services.rebalances import Rebalancer
from master.services.stalls import StallWatch
from master.tasks import Tasks
from worker.protocol.codec import ProtocolError
from worker.protocol.messages import (
    Assignment,
    CheckAccount,
    Heartbeat,
    HeartbeatAcknowledged,
    Holding,
    RegisterWorker,
)
from worker.protocol.states import ErrorCode
from worker.protocol.texts import Text, text

if TYPE_CHECKING:
    from master.services.accounts import AccountService
    from master.services.workers import WorkerService

logger = logging.getLogger(__name__)

CHECK_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 0.02
SETTLE_SECONDS: Final = 2.0
HANDED_AT_ONCE: Final = 8
"""So many accounts of a worker that is being stopped are between two owners at most."""


class AssignmentService:
    """Places accounts on workers, and says to everybody who asks whose an account is."""

    def __init__(
        self,
        *,
        accounts: "AccountService",
        workers: "WorkerService",
        send: Send,
        reserve_epochs: Callable[[int], Awaitable[int]],
        tasks: Tasks,
        leases: Leases | None = None,
    ) -> None:
        """``reserve_epochs(n)`` takes n epochs from the counter in the database and returns the first."""
        self._accounts = accounts
        self._workers = workers
        self._tasks = tasks
        self._leases = leases or Leases()
        self._placements = Placements(
            accounts=accounts,
            workers=workers,
            send=send,
            reserve_epochs=reserve_epochs,
            tasks=tasks,
            leases=self._leases,
        )
        self._owners = self._placements.owners
        self._seats = self._placements.seats
        self._errands = self._placements.errands
        self._deliveries = self._placements.deliveries
        self._frozen = self._placements.frozen
        self._rebalancer = Rebalancer(accounts, self._placements)
        self._leaving: set[str] = set()
        """Workers that are being stopped in order."""
        self._expected: set[str] | None = set()
        self._settle_timer: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------ start and stop

    def open(self, expected: Iterable[str]) -> None:
        """Take over what the database says, and wait a moment for the workers that are being started.

        ``expected``: workers that start with the master. Until all have registered, or 2 s after the first did,
        nothing is placed, so that each gets its share; what they held before stays theirs without a new epoch.
        """
        for account_id, row in self._accounts.rows().items():
            if row.worker_id is not None and self._accounts.obstacle(account_id) is None:
                self._owners.give(account_id, Grant(row.worker_id, row.epoch))
        self._expected = set(expected)
        self._placements.count()
        self._look_at(self._accounts.rows())
        if not self._expected:
            self._settle()
        self._tasks.spawn(self._placements.run(), name="assignments")
        self._tasks.spawn(self._rebalancer.watch(), name="rebalance")
        self._tasks.spawn(StallWatch(self._leases, self._holders, self.workers_late).run(), name="leases")

    def close(self) -> None:
        """Place nothing any more: the workers are about to stop."""
        self._placements.closed = True
        if self._settle_timer is not None:
            self._settle_timer.cancel()

    # ------------------------------------------------------------ what accounts tell (hooks)

    def wanted(self, account_id: str) -> None:
        """An account wants an owner."""
        self._look_at((account_id,))

    def unwanted(self, account_id: str, why: Text) -> None:
        """An account must not be watched any more (paused, signed out, deleted)."""
        self._look_at((account_id,))

    def changed(self, account_id: str) -> None:
        """An account changed: its owner is told, under a new epoch when settings or credentials are others now."""
        grant, row = self._owners.of(account_id), self._accounts.rows().get(account_id)
        if grant is not None and row is not None:
            if row.epoch > grant.epoch:
                grant = Grant(grant.worker_id, row.epoch)
                self._owners.give(account_id, grant)
            self._deliveries.assign([(account_id, grant)])
        self._look_at((account_id,))

    async def let_go(self, account_id: str) -> None:
        """Return once nobody watches an account that is unwanted, nor may still be at it."""
        with contextlib.suppress(Unavailable):
            # A round that is under way may have granted it just now.
            await self._placements.looked_at(account_id)
        while True:
            if self._owners.of(account_id) is None and not self._deliveries.releasing(account_id):
                return
            await asyncio.sleep(LOOK_SECONDS)

    # ------------------------------------------------------------ what workers do (hooks)

    async def worker_leaving(self, worker_id: str) -> None:
        """A worker is about to be stopped in order: it is given nothing more, and others take what they can.

        Returns when they have, the most important first. Each is let go of before the next owner has it.
        """
        self._leaving.add(worker_id)
        self._seats.pop(worker_id, None)
        if worker_id in self._frozen or self._placements.closed or self._placements.held_back:
            return
        rows = self._accounts.rows()
        held = [rows[name] for name in self._owners.accounts(worker_id) if name in rows]
        movable = [row for row in held if self._taken_by_others(row, worker_id)]
        movable.sort(key=lambda row: (-row.priority, row.created_at))
        slots = asyncio.Semaphore(HANDED_AT_ONCE)
        await asyncio.gather(*(self._hand_over(row.id, worker_id, slots) for row in movable))

    def worker_gone(self, worker_id: str, cause: Text) -> None:
        """A worker's process ended: its accounts move at once."""
        self._leaving.discard(worker_id)
        self._seats.pop(worker_id, None)
        self._frozen.pop(worker_id, None)
        self._leases.end(worker_id)
        self._deliveries.worker_gone(worker_id)
        orphans = self._owners.take_all(worker_id)
        for account_id in orphans:
            self._errands[account_id] = taken_over(worker_id, cause)
        if self._expected is not None and worker_id in self._expected:
            self._arrived(worker_id)
        pinned = [row.id for row in self._accounts.rows().values() if row.pinned_to == worker_id]
        self._look_at((*orphans, *pinned))

    def limits_changed(self, worker_id: str) -> None:
        """A worker may have more accounts (those without an owner are placed) or fewer (what is too much moves)."""
        if self._workers.exists(worker_id):
            for row in self._excess(worker_id):
                self._move_away(row, worker_id, failover=False)
        self._look_at(self._accounts.rows())

    async def register(self, worker_id: str, message: RegisterWorker) -> list[Assignment]:
        """A worker's socket stands: return all that it is to hold from now on.

        What it held keeps its epoch when nobody else was granted it meanwhile.
        """
        async with self._placements.lock:
            if not self._workers.is_connected(worker_id):
                raise ProtocolError(ErrorCode.WORKER_OFFLINE, "the connection has ended meanwhile")
            self._leases.begin(worker_id)
            self._thaw(worker_id)
            # From here on it is eligible. Accounts placed on it while this lock is held travel in the answer.
            if worker_id not in self._leaving:
                self._seats[worker_id] = frozenset(message.platforms)
            self._arrived(worker_id)
            self._look_at(self._accounts.rows())
            await self._placements.plan(answering=worker_id)
            self._placements.schedule(self._new_to(message.holding, worker_id), failover=False)
            mine = [self._placements.assignment(account_id) for account_id in self._owners.accounts(worker_id)]
        self._use_room()
        mine.sort(key=lambda assignment: -assignment.priority)
        told = fitting(mine)
        # What one answer does not hold follows it, one by one.
        rest = ((assignment.account_id, Grant(worker_id, assignment.epoch)) for assignment in mine[len(told) :])
        self._deliveries.assign(rest)
        return told

    def disconnected(self, worker_id: str) -> None:
        """Its socket is gone though its process may live: it keeps what it has and is given nothing more."""
        self._seats.pop(worker_id, None)

    def workers_late(self, worker_ids: list[str]) -> None:
        """The leases of these workers ended: they begin no further check, so others take over at once.

        Their processes are left alone until the heartbeat limit; until they register again they are given nothing.
        """
        for worker_id in worker_ids:
            logger.warning("%s does not answer: its accounts go to others", worker_id)
            self._frozen[worker_id] = self._seats.pop(worker_id, frozenset())
            self._workers.set_frozen(worker_id, True)
            if self._deliveries.worker_gone(worker_id):
                self._placements.rob(worker_id)
            self._look_at(self._owners.accounts(worker_id))

    def save(self, factor: float) -> None:
        """Have all accounts but those of priority checked ``factor`` times as rarely, to save energy; 1: as always."""
        self._placements.save(factor)

    def pulse(self, worker_id: str) -> int:
        """Renew the lease; return its length in milliseconds.

        Raises ``ProtocolError`` (``ERR_STALE_EPOCH``) for a worker whose lease ended and that lost accounts since: it
        must not go on with them for a moment, and learns what is left to it by registering again.
        """
        if self._placements.robbed(worker_id):
            raise ProtocolError(ErrorCode.STALE_EPOCH, "the lease ended, others took over: register again")
        if worker_id in self._frozen:
            self._thaw(worker_id)
            self._look_at(self._accounts.rows())
        return self._leases.renew(worker_id)

    def lease_ms(self, worker_id: str) -> int:
        """Return the present length of a worker's lease in milliseconds."""
        return self._leases.length_ms(worker_id)

    def heartbeat(self, worker_id: str, message: Heartbeat) -> HeartbeatAcknowledged:
        """Compare what the worker holds with what it should, and mend the difference."""
        holding = {held.account_id: held.epoch for held in message.holding}
        mine: dict[str, int] = {}
        missing: list[Assignment] = []
        for account_id in self._owners.accounts(worker_id):
            grant = self._owners.of(account_id)
            if grant is None or account_id not in self._accounts.rows():
                continue
            mine[account_id] = grant.epoch
            if holding.get(account_id) != grant.epoch and not self._deliveries.under_way(account_id):
                missing.append(self._placements.assignment(account_id))
        extra = [
            held
            for held in message.holding
            if mine.get(held.account_id, -1) != held.epoch and not self._deliveries.under_way(held.account_id)
        ]
        if missing or extra:
            logger.info("%s: %d accounts to take, %d to drop", worker_id, len(missing), len(extra))
        return HeartbeatAcknowledged(
            assign=fitting(missing), revoke=[Holding(account_id=held.account_id, epoch=held.epoch) for held in extra]
        )

    def _holders(self) -> list[str]:
        """Return the workers that hold accounts and whose leases are to be watched."""
        return [worker_id for worker_id in self._owners.workers() if worker_id not in self._frozen]

    def _new_to(self, holding: Iterable[Holding], worker_id: str) -> list[str]:
        """Return what a worker gets that it does not watch already."""
        known = {(held.account_id, held.epoch) for held in holding}
        mine = ((account_id, self._owners.of(account_id)) for account_id in self._owners.accounts(worker_id))
        return [name for name, grant in mine if grant is not None and (name, grant.epoch) not in known]

    def _thaw(self, worker_id: str) -> None:
        """It is there again: what nobody else was granted is still its own."""
        platforms = self._frozen.pop(worker_id, None)
        self._placements.forget_robbery(worker_id)
        if platforms is not None:
            self._workers.set_frozen(worker_id, False)
            if platforms:
                self._seats[worker_id] = platforms

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
        limit, count = self._placements.limit(target), self._owners.count(target)
        if count >= limit and not self.owns(target, row.id, row.epoch):
            raise Conflict(text("worker_full", worker=target, count=count, limit=limit))

    # ------------------------------------------------------------ letting go

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

    def _use_room(self) -> None:
        """Move what workers have beyond their limits to where places are free now; what finds none stays."""
        free = {seat: self._placements.limit(seat) - self._owners.count(seat) for seat in self._seats}
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

    def _excess(self, worker_id: str) -> list[Account]:
        """Return what a worker has beyond its limit, lowest priority first; what is pinned is not in the way."""
        excess = self._owners.count(worker_id) - self._placements.limit(worker_id)
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

    # ------------------------------------------------------------ the first moments

    def _arrived(self, worker_id: str) -> None:
        if self._expected is None:
            return
        self._expected.discard(worker_id)
        if not self._expected:
            self._settle()
        elif self._settle_timer is None:
            self._settle_timer = asyncio.get_running_loop().call_later(SETTLE_SECONDS, self._settle)

    def _settle(self) -> None:
        """All workers are here, or were waited for long enough: accounts of those that are not look for an owner."""
        self._expected = None
        self._placements.held_back = False
        if self._settle_timer is not None:
            self._settle_timer.cancel()
            self._settle_timer = None
        for worker_id in self._owners.workers():
            if worker_id not in self._seats:
                self.worker_gone(worker_id, text("cause_stopped"))
        self._look_at(self._accounts.rows())

    # ------------------------------------------------------------ small things

    def _look_at(self, account_ids: Iterable[str]) -> None:
        self._placements.look_at(account_ids)

    async def _write(self, account_id: str, **fields: Any) -> None:
        """Change a row as it is once nobody else is at it."""
        async with self._placements.lock:
            await self._accounts.set_owners([change_of(self._accounts.get(account_id), **fields)])
