"""Ownership: every account has one owner at most, under an epoch that only grows."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Final

from master.errors import Unavailable
from master.services.arrivals import Arrivals
from master.services.assignment_commands import AssignmentCommands
from master.services.deliveries import Send, fitting
from master.services.hand_overs import HandOvers
from master.services.leases import Leases
from master.services.ownership import Grant, taken_over
from master.services.placements import Placements
from master.services.stalls import StallWatch
from master.tasks import Tasks
from worker.protocol.account_messages import Assignment
from worker.protocol.codec import ProtocolError
from worker.protocol.states import ErrorCode
from worker.protocol.texts import Text, text
from worker.protocol.worker_messages import Heartbeat, HeartbeatAcknowledged, Holding, RegisterWorker

if TYPE_CHECKING:
    from master.services.accounts import AccountService
    from master.services.workers import WorkerService

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.02
SHORTEST_SECONDS: Final = 0.01
"""Less is not waited: the end of a lease is a rounded number."""


class AssignmentService(AssignmentCommands):
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
        self._tasks = tasks
        self._leases = leases or Leases()
        placements = Placements(
            accounts=accounts,
            workers=workers,
            send=send,
            reserve_epochs=reserve_epochs,
            tasks=tasks,
            leases=self._leases,
        )
        super().__init__(accounts=accounts, workers=workers, placements=placements)
        self._frozen = placements.frozen
        self._hand_overs = HandOvers(accounts=accounts, workers=workers, placements=placements)
        self._leaving: set[str] = set()
        """Workers that are being stopped in order."""
        self._outlived: set[str] = set()
        """Workers whose leases from the master before may still run, and that have not come back."""
        self._arrivals = Arrivals(self._settled)

    # ------------------------------------------------------------ start and stop

    def open(self, expected: Iterable[str]) -> None:
        """Take over what the database says, and wait a moment for the workers that are being started.

        ``expected``: workers that start with the master. Until all have registered, or 2 s after the first did,
        nothing is placed, so that each gets its share; what they held before stays theirs without a new epoch.
        """
        for account_id, row in self._accounts.rows().items():
            if row.worker_id is not None and self._accounts.obstacle(account_id) is None:
                self._owners.give(account_id, Grant(row.worker_id, row.epoch))
        for worker_id in self._owners.workers():
            self._leases.inherit(worker_id)
            if self._leases.remaining(worker_id) > 0:
                self._outlived.add(worker_id)
        self._placements.stretches.count()
        self._look_at(self._accounts.rows())
        self._arrivals.expect(expected)
        self._tasks.spawn(self._placements.run(), name="assignments")
        self._tasks.spawn(self._rebalancer.watch(), name="rebalance")
        self._tasks.spawn(StallWatch(self._leases, self._holders, self.workers_late).run(), name="leases")

    def close(self) -> None:
        """Place nothing any more: the workers are about to stop."""
        self._placements.closed = True
        self._arrivals.close()

    def _settled(self) -> None:
        """All workers are here, or were waited for long enough: accounts of those that are not look for an owner."""
        self._placements.held_back = False
        for worker_id in self._owners.workers():
            if worker_id in self._outlived:
                self._wait_outlived(worker_id)
            elif worker_id not in self._seats:
                self.worker_gone(worker_id, text("cause_stopped"))
        self._look_at(self._accounts.rows())

    def _wait_outlived(self, worker_id: str) -> None:
        """Give the accounts of a worker that has not come back to others once it surely begins nothing more."""
        if worker_id not in self._outlived or self._placements.closed:
            return
        remaining = self._leases.remaining(worker_id)
        if remaining > 0:
            wait = max(remaining, SHORTEST_SECONDS)
            asyncio.get_running_loop().call_later(wait, self._wait_outlived, worker_id)
        else:
            self.worker_gone(worker_id, text("cause_stopped"))

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
        await self._hand_overs.leave(worker_id)

    def worker_gone(self, worker_id: str, cause: Text) -> None:
        """A worker's process ended: its accounts move at once."""
        self._outlived.discard(worker_id)
        self._leaving.discard(worker_id)
        self._seats.pop(worker_id, None)
        self._frozen.pop(worker_id, None)
        self._leases.end(worker_id)
        self._deliveries.worker_gone(worker_id)
        orphans = self._owners.take_all(worker_id)
        for account_id in orphans:
            self._errands[account_id] = taken_over(worker_id, cause)
        self._arrivals.gone(worker_id)
        pinned = [row.id for row in self._accounts.rows().values() if row.pinned_to == worker_id]
        self._look_at((*orphans, *pinned))

    def limits_changed(self, worker_id: str) -> None:
        """A worker may have more accounts (those without an owner are placed) or fewer (what is too much moves)."""
        if self._workers.exists(worker_id):
            self._hand_overs.make_room(worker_id)
        self._look_at(self._accounts.rows())

    async def register(self, worker_id: str, message: RegisterWorker) -> list[Assignment]:
        """A worker's socket stands: return all that it is to hold from now on.

        What it held keeps its epoch when nobody else was granted it meanwhile.
        """
        async with self._placements.lock:
            if not self._workers.is_connected(worker_id):
                raise ProtocolError(ErrorCode.WORKER_OFFLINE, "the connection has ended meanwhile")
            self._outlived.discard(worker_id)
            self._leases.begin(worker_id)
            self._thaw(worker_id)
            # From here on it is eligible. Accounts placed on it while this lock is held travel in the answer.
            if worker_id not in self._leaving:
                self._seats[worker_id] = frozenset(message.platforms)
            self._arrivals.arrived(worker_id)
            self._look_at(self._accounts.rows())
            await self._placements.plan(answering=worker_id)
            self._placements.schedule(self._new_to(message.holding, worker_id), failover=False)
            mine = [
                self._placements.stretches.assignment(account_id) for account_id in self._owners.accounts(worker_id)
            ]
        self._hand_overs.use_room()
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
        self._placements.stretches.save(factor)

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

    def at_work(self, worker_id: str) -> float:
        """Return the seconds for which a worker may still be at accounts though nobody hears of it; 0: it has none."""
        busy = self._owners.count(worker_id) or self._deliveries.awaits(worker_id)
        return self._leases.remaining(worker_id) if busy else 0.0

    def outlived(self, worker_id: str) -> bool:
        """Tell whether a worker that the master before had may still be at its accounts, and has not come back."""
        return worker_id in self._outlived and self._leases.remaining(worker_id) > 0

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
                missing.append(self._placements.stretches.assignment(account_id))
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
        known = (*self._frozen, *self._outlived)
        return [worker_id for worker_id in self._owners.workers() if worker_id not in known]

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
