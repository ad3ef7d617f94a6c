"""Ownership: every account has one owner at most, under an epoch that only grows.

Three steps, always in this order: decide under the lock (pure placement), write all changes in one transaction, then
tell the workers. What happens meanwhile (a worker dies, an account is paused) only marks accounts as to be looked at.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

import msgspec

from master.api.schema import Account, AssignmentPut, AssignmentRow
from master.errors import Conflict, Invalid, Unavailable
from master.services.accounts import AccountService
from master.services.deliveries import Deliveries, Send
from master.services.leases import Leases
from master.services.ownership import Errand, Grant, Ownership
from master.services.workers import WorkerService
from master.store.assignments import OwnerChange
from master.supervision.balance import Claim, Placement, Seat, place
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.messages import (
    Assignment,
    CheckAccount,
    Heartbeat,
    HeartbeatAcknowledged,
    Holding,
    RegisterWorker,
)
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

UNSTAGGERED: Final = 50
"""So many accounts of one failover are checked at once, those of the highest priority; the rest within an interval."""
CHECK_SECONDS: Final = 5.0
SETTLE_SECONDS: Final = 2.0
ASSIGN_SECONDS: Final = 15.0
"""How long a person's choice may take: a release, a grant and a spare."""

_OBSTACLES: Final[Mapping[str, Callable[[Account], Text]]] = {
    "no_worker": lambda row: text("unassigned_no_worker"),
    "no_platform": lambda row: text("unassigned_no_platform", platform=row.platform),
    "full": lambda row: text("unassigned_full"),
}


class AssignmentService:
    """Places accounts on workers, and says to everybody who asks whose an account is."""

    def __init__(
        self,
        *,
        accounts: AccountService,
        workers: WorkerService,
        send: Send,
        reserve_epochs: Callable[[int], Awaitable[int]],
        tasks: Tasks,
        leases: Leases | None = None,
    ) -> None:
        """``reserve_epochs(n)`` takes n epochs from the counter in the database and returns the first."""
        self._accounts = accounts
        self._workers = workers
        self._reserve_epochs = reserve_epochs
        self._tasks = tasks
        self._leases = leases or Leases()
        self._owners = Ownership()
        self._seats: dict[str, frozenset[str]] = {}
        self._errands: dict[str, Errand] = {}
        self._dirty: set[str] = set()
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._wake = asyncio.Event()
        self._lock = asyncio.Lock()
        self._expected: set[str] | None = set()
        self._settle_timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._deliveries = Deliveries(
            send=send,
            tasks=tasks,
            leases=self._leases,
            holds=lambda account_id, grant: self._owners.of(account_id) == grant,
            seated=lambda worker_id: worker_id in self._seats,
            assignment=accounts.assignment,
            released=self._released,
            refused=self._refused,
        )

    # ------------------------------------------------------------ start and stop

    def open(self, expected: Iterable[str]) -> None:
        """Take over what the database says, and wait a moment for the workers that are being started.

        ``expected``: workers that start with the master. Until all have registered, or 2 s after the first did,
        nothing is placed, so that each gets its share; what they held before stays theirs without a new epoch.
        """
        for account_id, row in self._accounts.rows().items():
            if row.worker_id is not None and self._accounts.obstacle(account_id) is None:
                self._owners.give(account_id, Grant(row.worker_id, row.epoch))
        self._dirty.update(self._accounts.rows())
        self._expected = set(expected)
        self._count()
        if not self._expected:
            self._settle()
        self._tasks.spawn(self._run(), name="assignments")

    def close(self) -> None:
        """Place nothing any more: the workers are about to stop."""
        self._closed = True
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
        """The settings or credentials of an account changed: its owner is told, under the same epoch."""
        grant = self._owners.of(account_id)
        if grant is not None and account_id in self._accounts.rows():
            self._deliveries.assign([(account_id, grant, True)])
        self._look_at((account_id,))

    # ------------------------------------------------------------ what workers do (hooks)

    def worker_gone(self, worker_id: str, cause: Text) -> None:
        """A worker's process ended: its accounts move at once."""
        self._seats.pop(worker_id, None)
        self._leases.end(worker_id)
        self._deliveries.worker_gone(worker_id)
        reason = text("assign_took_over", worker=worker_id, cause=cause.message)
        orphans = self._owners.take_all(worker_id)
        for account_id in orphans:
            self._errands[account_id] = Errand(reason, left=worker_id, failover=True)
        if self._expected is not None and worker_id in self._expected:
            self._arrived(worker_id)
        pinned = [row.id for row in self._accounts.rows().values() if row.pinned and row.worker_id == worker_id]
        self._look_at((*orphans, *pinned))

    def limits_changed(self, worker_id: str) -> None:
        """A worker may have more accounts (those without an owner are placed) or fewer (what is too much moves)."""
        self._make_room(worker_id, everything=True)
        self._look_at(self._accounts.rows())

    async def register(self, worker_id: str, message: RegisterWorker) -> list[Assignment]:
        """A worker's socket stands: return all that it is to hold from now on.

        What it held keeps its epoch when nobody else was granted it meanwhile.
        """
        self._leases.begin(worker_id)
        async with self._lock:
            # From here on it is eligible. Accounts placed on it while this lock is held travel in the answer.
            self._seats[worker_id] = frozenset(message.platforms)
            self._arrived(worker_id)
            self._dirty.update(self._accounts.rows())
            await self._plan(answering=worker_id)
            mine = [self._accounts.assignment(account_id) for account_id in self._owners.accounts(worker_id)]
        for other in self._owners.workers():
            self._make_room(other, everything=False)
        mine.sort(key=lambda assignment: -assignment.priority)
        return [
            msgspec.structs.replace(assignment, check_now=number < UNSTAGGERED)
            for number, assignment in enumerate(mine)
        ]

    def disconnected(self, worker_id: str) -> None:
        """Its socket is gone though its process may live: it keeps what it has and is given nothing more."""
        self._seats.pop(worker_id, None)

    def pulse(self, worker_id: str) -> int:
        """Renew the lease; return its length in milliseconds."""
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
                missing.append(self._accounts.assignment(account_id))
        extra = [
            held
            for held in message.holding
            if mine.get(held.account_id, -1) != held.epoch and not self._deliveries.under_way(held.account_id)
        ]
        if missing or extra:
            logger.info("%s: %d accounts to take, %d to drop", worker_id, len(missing), len(extra))
        return HeartbeatAcknowledged(
            assign=missing, revoke=[Holding(account_id=held.account_id, epoch=held.epoch) for held in extra]
        )

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
            await self._write([_change(row, worker_id=row.worker_id, pinned=False)])
            self._look_at((account_id,))
            return self._accounts.get(account_id)
        self._check_target(row, target, body.pinned)
        grant = self._owners.of(account_id)
        reason = text("assign_pinned" if body.pinned else "assign_manual")
        if grant is not None and grant.worker_id == target:
            await self._write([_change(row, worker_id=target, pinned=body.pinned, reason=reason)])
            return self._accounts.get(account_id)
        self._errands[account_id] = Errand(reason, left=grant.worker_id if grant else "", target=target)
        async with self._lock:
            if body.pinned or row.pinned:
                row = self._accounts.get(account_id)
                await self._accounts.set_owners([_change(row, worker_id=target, pinned=body.pinned, reason=reason)])
            grant = self._owners.of(account_id)
            if grant is not None:
                self._release(account_id, grant)
        await self._looked_at(account_id)
        return self._accounts.get(account_id)

    async def check_now(self, account_id: str) -> Account:
        """Have an account checked now. Raises :class:`Conflict` when it must not be, :class:`Unavailable`."""
        row = self._accounts.get(account_id)
        obstacle = self._accounts.obstacle(account_id)
        if obstacle is not None:
            raise Conflict(obstacle)
        grant = self._owners.of(account_id)
        if grant is None:
            raise Unavailable(row.assignment_reason or text("unassigned_no_worker"), code="ERR_NO_WORKER")
        await self._deliveries.send(
            grant.worker_id, CheckAccount(account_id=account_id, epoch=grant.epoch), CHECK_SECONDS
        )
        return self._accounts.get(account_id)

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
        limit, count = self._limit(target), self._owners.count(target)
        if count >= limit and not self.owns(target, row.id, row.epoch):
            raise Conflict(text("worker_full", worker=target, count=count, limit=limit))

    # ------------------------------------------------------------ the loop

    def _look_at(self, account_ids: Iterable[str]) -> None:
        self._dirty.update(account_ids)
        self._wake.set()

    async def _looked_at(self, account_id: str) -> None:
        """Look at an account and wait until it has an owner, or a reason why not."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(account_id, []).append(future)
        self._look_at((account_id,))
        try:
            await asyncio.wait_for(future, ASSIGN_SECONDS)
        except TimeoutError as error:
            raise Unavailable(text("unassigned_no_worker"), code="ERR_NO_WORKER") from error

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            async with self._lock:
                try:
                    await self._plan()
                except Exception:
                    # The supervisor's guard: one failed round must not end the watch over all accounts.
                    logger.exception("placing accounts failed; tried again in a second")
                    asyncio.get_running_loop().call_later(1.0, self._wake.set)

    async def _plan(self, answering: str = "") -> None:
        """Look at all marked accounts. ``answering``: a worker that learns of its accounts by another way."""
        if self._closed:
            return
        rows = self._accounts.rows()
        looked, self._dirty = self._dirty, set()
        changes: list[OwnerChange] = []
        claims: list[Claim] = []
        for account_id in looked:
            if account_id not in rows:
                self._forget(account_id)
                continue
            change, claim = self._judge(rows[account_id])
            if change is not None:
                changes.append(change)
            if claim is not None:
                claims.append(claim)
        if self._expected is not None:
            # Not all workers are here yet; they will be placed then.
            self._dirty.update(claim.account_id for claim in claims)
            claims = []
        claims.sort(key=lambda claim: (-rows[claim.account_id].priority, rows[claim.account_id].created_at))
        granted = await self._grant(claims, changes)
        self._tell(granted, answering)
        for account_id in looked:
            self._answer(account_id)

    def _judge(self, row: Account) -> tuple[OwnerChange | None, Claim | None]:
        """Say what is to be written of an account without an owner, or that it claims one."""
        obstacle = self._accounts.obstacle(row.id)
        grant = self._owners.of(row.id)
        if obstacle is not None:
            if grant is not None:
                self._release(row.id, grant)
            self._errands.pop(row.id, None)
            return _unowned(row, obstacle), None
        if grant is not None:
            return None, None
        if self._deliveries.releasing(row.id):
            return None, None
        if row.pinned and row.worker_id is not None and self._workers.exists(row.worker_id):
            if row.platform not in self._seats.get(row.worker_id, ()):
                return _unowned(row, text("unassigned_pinned_away", worker=row.worker_id)), None
            self._errands[row.id] = Errand(text("assign_pinned"), target=row.worker_id)
        errand = self._errands.get(row.id)
        return None, Claim(
            account_id=row.id,
            platform=row.platform,
            avoid=errand.avoid if errand else "",
            failover=errand.failover if errand else False,
        )

    async def _grant(self, claims: list[Claim], changes: list[OwnerChange]) -> list[tuple[str, Grant]]:
        """Place all claims and write what comes of it, in one transaction."""
        rows = self._accounts.rows()
        placements = self._place(claims)
        placed = [placement for placement in placements if placement.worker_id is not None]
        epoch = await self._reserve_epochs(len(placed)) if placed else 0
        now = now_ms()
        granted: list[tuple[str, Grant]] = []
        for placement in placements:
            row = rows.get(placement.account_id)
            if row is None:
                continue
            if placement.worker_id is None:
                change = _unowned(row, _OBSTACLES[placement.obstacle](row))
                if change is not None:
                    changes.append(change)
                continue
            grant = Grant(placement.worker_id, epoch)
            epoch += 1
            granted.append((row.id, grant))
            changes.append(
                OwnerChange(
                    account_id=row.id,
                    worker_id=grant.worker_id,
                    pinned=row.pinned and row.worker_id == grant.worker_id,
                    epoch=grant.epoch,
                    reason=self._reason(row.id, grant.worker_id),
                    since_at=now,
                )
            )
        if changes:
            await self._accounts.set_owners(changes)
        return granted

    def _place(self, claims: list[Claim]) -> list[Placement]:
        seats = [
            Seat(
                worker_id=worker_id,
                held=self._owners.count(worker_id),
                limit=self._limit(worker_id),
                platforms=platforms,
            )
            for worker_id, platforms in self._seats.items()
        ]
        chosen: list[Placement] = []
        others: list[Claim] = []
        for claim in claims:
            errand = self._errands.get(claim.account_id)
            if errand is not None and errand.target in self._seats:
                chosen.append(Placement(account_id=claim.account_id, worker_id=errand.target))
            else:
                others.append(claim)
        return chosen + place(others, seats)

    def _tell(self, granted: list[tuple[str, Grant]], answering: str) -> None:
        """Make grants that are written count, and tell their workers."""
        told: list[tuple[str, Grant, bool]] = []
        for number, (account_id, grant) in enumerate(granted):
            errand = self._errands.pop(account_id, None)
            if grant.worker_id not in self._seats:
                # It died while its grants were being written: on to the next.
                self._errands[account_id] = errand or Errand(text("assign_least_loaded"), failover=True)
                self._look_at((account_id,))
                continue
            self._owners.give(account_id, grant)
            if grant.worker_id != answering:
                told.append((account_id, grant, number < UNSTAGGERED))
        self._count()
        self._deliveries.assign(told)

    def _reason(self, account_id: str, worker_id: str) -> Text:
        errand = self._errands.get(account_id)
        if errand is None or errand.target not in ("", worker_id):
            return text("assign_least_loaded")
        return text("assign_returned") if errand.failover and errand.left == worker_id else errand.reason

    # ------------------------------------------------------------ letting go

    def _release(self, account_id: str, grant: Grant) -> None:
        """Take an account from a worker that lives; nobody else gets it before that one has let go."""
        self._owners.take(account_id)
        self._count()
        self._deliveries.release(account_id, grant)

    def _released(self, account_id: str) -> None:
        self._look_at((account_id,))

    def _refused(self, account_id: str, grant: Grant) -> None:
        """A worker did not take an account though it was asked twice: it goes to another."""
        reason = text("assign_not_taken", worker=grant.worker_id)
        self._errands[account_id] = Errand(reason, left=grant.worker_id, avoid=grant.worker_id)
        self._release(account_id, grant)

    def _forget(self, account_id: str) -> None:
        self._errands.pop(account_id, None)
        grant = self._owners.of(account_id)
        if grant is not None:
            self._release(account_id, grant)

    def _make_room(self, worker_id: str, *, everything: bool) -> None:
        """Move what a worker has beyond its limit, lowest priority first; ``everything``: room elsewhere or not."""
        if not self._workers.exists(worker_id):
            return
        excess = self._owners.count(worker_id) - self._limit(worker_id)
        if not everything:
            room = sum(max(0, self._limit(seat) - self._owners.count(seat)) for seat in self._seats)
            excess = min(excess, room)
        rows = self._accounts.rows()
        held = [rows[name] for name in self._owners.accounts(worker_id) if name in rows and not rows[name].pinned]
        held.sort(key=lambda row: (row.priority, -row.created_at))
        for row in held[: max(0, excess)]:
            grant = self._owners.of(row.id)
            if grant is not None:
                self._errands[row.id] = Errand(text("assign_made_room", worker=worker_id), left=worker_id)
                self._release(row.id, grant)

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
        if self._settle_timer is not None:
            self._settle_timer.cancel()
            self._settle_timer = None
        for worker_id in self._owners.workers():
            if worker_id not in self._seats:
                self.worker_gone(worker_id, text("cause_stopped"))
        self._look_at(self._accounts.rows())

    # ------------------------------------------------------------ small things

    def _limit(self, worker_id: str) -> int:
        return self._workers.config(worker_id).max_accounts if self._workers.exists(worker_id) else 0

    def _count(self) -> None:
        self._workers.set_assigned(self._owners.counts())

    async def _write(self, changes: list[OwnerChange]) -> None:
        async with self._lock:
            await self._accounts.set_owners(changes)

    def _answer(self, account_id: str) -> None:
        if self._deliveries.releasing(account_id) or account_id in self._dirty:
            return
        for future in self._waiting.pop(account_id, ()):
            if not future.done():
                future.set_result(None)


def _change(row: Account, *, worker_id: str | None, pinned: bool, reason: Text | None = None) -> OwnerChange:
    """Return a change under the same epoch."""
    return OwnerChange(
        account_id=row.id,
        worker_id=worker_id,
        pinned=pinned,
        epoch=row.epoch,
        reason=reason or row.assignment_reason,
        since_at=row.assigned_since_at,
    )


def _unowned(row: Account, why: Text) -> OwnerChange | None:
    """Return the change that shows why an account has no owner, None when it shows that already."""
    worker_id = row.worker_id if row.pinned else None
    if row.worker_id == worker_id and row.assignment_reason == why:
        return None
    return msgspec.structs.replace(_change(row, worker_id=worker_id, pinned=row.pinned, reason=why), since_at=None)
