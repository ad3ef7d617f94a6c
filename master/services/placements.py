"""The round that places accounts: decide (pure), write all changes in one transaction, then tell the workers.

Whatever happens meanwhile (a worker dies, an account is paused) only marks accounts as to be looked at.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from master.api.schema import Account
from master.errors import Unavailable
from master.services.choices import Choices
from master.services.deliveries import Deliveries, Send
from master.services.leases import Leases
from master.services.loads import Loads
from master.services.owner_changes import unowned
from master.services.ownership import Errand, Grant, Ownership, taken_over
from master.services.refusals import Refusals
from master.services.stretches import Stretches
from master.store.assignments import OwnerChange
from master.supervision.balance import Claim
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

if TYPE_CHECKING:
    from master.services.accounts import AccountService
    from master.services.workers import WorkerService

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 15.0
"""How long a person's choice may take: a release, a grant and a spare."""


class Placements:
    """Looks at marked accounts, one round at a time. Knows who holds what and who may be given something."""

    def __init__(
        self,
        *,
        accounts: "AccountService",
        workers: "WorkerService",
        send: Send,
        reserve_epochs: Callable[[int], Awaitable[int]],
        tasks: Tasks,
        leases: Leases,
    ) -> None:
        self._accounts = accounts
        self._workers = workers
        self._reserve_epochs = reserve_epochs
        self.owners: Final = Ownership()
        self.seats: Final[dict[str, frozenset[str]]] = {}
        """Workers that may be given accounts now, and the platforms that each knows."""
        self.errands: Final[dict[str, Errand]] = {}
        self.lock: Final = asyncio.Lock()
        """Held while a round decides and writes."""
        self.frozen: Final[dict[str, frozenset[str]]] = {}
        """Workers whose lease ended though their process stands, and the platforms that each knows. What they hold is
        theirs until somebody else was granted it."""
        self.held_back = True
        """Nothing is placed yet: not all workers are here."""
        self.closed = False
        self._robbed: set[str] = set()
        self._dirty: set[str] = set()
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._wake = asyncio.Event()
        self.loads: Final = Loads(accounts=accounts, workers=workers, owners=self.owners, seats=self.seats)
        self._choices = Choices(
            accounts=accounts, owners=self.owners, seats=self.seats, errands=self.errands, loads=self.loads
        )
        self.stretches: Final = Stretches(
            accounts=accounts,
            workers=workers,
            owners=self.owners,
            seats=self.seats,
            loads=self.loads,
            tell=self._tell_anew,
        )
        self._refusals = Refusals(lambda account_id: self.look_at((account_id,)))
        self.deliveries: Final = self._make_deliveries(send, tasks, leases)

    def _make_deliveries(self, send: Send, tasks: Tasks, leases: Leases) -> Deliveries:
        return Deliveries(
            send=send,
            tasks=tasks,
            leases=leases,
            holds=lambda account_id, grant: self.owners.of(account_id) == grant,
            seated=lambda worker_id: worker_id in self.seats,
            assignment=self.stretches.assignment,
            released=lambda account_id: self.look_at((account_id,)),
            taken=self._refusals.forget,
            refused=self._refused,
            robbed=self.rob,
        )

    def look_at(self, account_ids: Iterable[str]) -> None:
        """Mark accounts and begin a round."""
        self._dirty.update(account_ids)
        self._wake.set()

    async def looked_at(self, account_id: str) -> None:
        """Look at an account and wait until it has an owner, or a reason why not."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(account_id, []).append(future)
        self.look_at((account_id,))
        try:
            await asyncio.wait_for(future, LOOK_SECONDS)
        except TimeoutError as error:
            raise Unavailable(text("unassigned_no_worker"), code="ERR_NO_WORKER") from error

    async def run(self) -> None:
        """Make rounds for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            async with self.lock:
                try:
                    await self.plan()
                except Exception:
                    # The supervisor's guard: one failed round must not end the watch over all accounts.
                    logger.exception("placing accounts failed; tried again in a second")
                    asyncio.get_running_loop().call_later(1.0, self._wake.set)

    async def plan(self, answering: str = "") -> None:
        """Look at all marked accounts. ``answering``: a worker that learns of its accounts by another way."""
        if self.closed:
            return
        looked, self._dirty = self._dirty, set()
        try:
            await self._round(looked, answering)
        except BaseException:
            self._dirty |= looked
            raise
        for account_id in looked:
            self._answer(account_id)

    async def _round(self, looked: set[str], answering: str) -> None:
        rows = self._accounts.rows()
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
        if self.held_back:
            # Not all workers are here yet; they will be placed then.
            self._dirty.update(claim.account_id for claim in claims)
            claims = []
        claims.sort(key=lambda claim: (-rows[claim.account_id].priority, rows[claim.account_id].created_at))
        granted = await self._grant(claims, changes)
        self._tell(granted, answering)

    def _judge(self, row: Account) -> tuple[OwnerChange | None, Claim | None]:
        """Say what is to be written of an account without an owner, or that it claims one."""
        obstacle = self._accounts.obstacle(row.id)
        grant = self.owners.of(row.id)
        if obstacle is not None:
            if grant is not None:
                self.release(row.id, grant)
            self.errands.pop(row.id, None)
            return unowned(row, obstacle), None
        home = row.pinned_to if row.pinned_to is not None and self._workers.exists(row.pinned_to) else None
        at_home = home is not None and row.platform in self.seats.get(home, ())
        if grant is not None and grant.worker_id not in self.frozen:
            if at_home and grant.worker_id != home:
                self.release(row.id, grant)
            return None, None
        if self.deliveries.releasing(row.id):
            return None, None
        if grant is not None:
            if home == grant.worker_id and row.pin_policy == "wait":
                return None, None
            self.errands.setdefault(row.id, taken_over(grant.worker_id, text("cause_frozen")))
        avoid = self._refusals.of(row.id)
        if home is not None and at_home and home not in avoid:
            self.errands[row.id] = Errand(text("assign_pinned"), target=home)
        elif home is not None and row.pin_policy == "wait":
            away = text("assign_not_taken" if at_home else "unassigned_pinned_away", worker=home)
            return unowned(row, away), None
        errand = self.errands.get(row.id)
        return None, Claim(
            account_id=row.id,
            platform=row.platform,
            avoid=avoid,
            failover=errand.failover if errand else False,
        )

    async def _grant(self, claims: list[Claim], changes: list[OwnerChange]) -> list[tuple[str, Grant]]:
        """Place all claims and write what comes of it, in one transaction."""
        rows = self._accounts.rows()
        placements = self._choices.place(claims)
        placed = [placement for placement in placements if placement.worker_id is not None]
        for placement in placed:
            before = self.owners.of(placement.account_id)
            if before is not None:
                # While the new grant is being written, no late pulse may give the frozen owner its lease back.
                self.rob(before.worker_id)
        epoch = await self._reserve_epochs(len(placed)) if placed else 0
        now = now_ms()
        granted: list[tuple[str, Grant]] = []
        for placement in placements:
            row = rows.get(placement.account_id)
            if row is None:
                continue
            if placement.worker_id is None:
                if self.owners.of(row.id) is not None:
                    # Nobody else can have it: a late sign of life revives what its frozen owner holds.
                    continue
                change = unowned(row, self._choices.obstacle(row, placement.obstacle))
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
                    pinned_to=row.pinned_to if self._workers.exists(row.pinned_to or "") else None,
                    pin_policy=row.pin_policy,
                    epoch=grant.epoch,
                    reason=self._choices.reason(row.id, grant.worker_id),
                    since_at=now,
                )
            )
        if not changes:
            return []
        written = await self._accounts.set_owners(changes)
        # Settings that changed meanwhile took a newer epoch: those accounts are looked at once more.
        self.look_at(account_id for account_id, _grant in granted if account_id not in written)
        return [(account_id, grant) for account_id, grant in granted if account_id in written]

    def _tell(self, granted: list[tuple[str, Grant]], answering: str) -> None:
        """Make grants that are written count, and tell their workers."""
        told: list[tuple[str, Grant]] = []
        failover = False
        for account_id, grant in granted:
            errand = self.errands.pop(account_id, None)
            if grant.worker_id not in self.seats:
                # It died while its grants were being written: on to the next. A frozen owner before it has lost the
                # account for good, as its record says; with its old grant it would watch it, and nobody take its items.
                self.owners.take(account_id)
                self.errands[account_id] = errand or Errand(text("assign_least_loaded"), failover=True)
                self.look_at((account_id,))
                continue
            self.owners.give(account_id, grant)
            if grant.worker_id != answering:
                told.append((account_id, grant))
                failover = failover or (errand is not None and errand.failover)
        self.schedule([account_id for account_id, _grant in told], failover=failover)
        self.stretches.count()
        self.deliveries.assign(told)

    def _tell_anew(self, grants: Iterable[tuple[str, Grant]]) -> None:
        self.deliveries.assign(grants)

    def schedule(self, account_ids: Sequence[str], *, failover: bool) -> None:
        """Decide when the new owners look at these accounts, the most important first."""
        rows = self._accounts.rows()
        known = [rows[account_id] for account_id in account_ids if account_id in rows]
        known.sort(key=lambda row: (-row.priority, row.created_at))
        for rank, row in enumerate(known):
            self._accounts.schedule(row.id, rank, len(known), failover=failover)

    def rob(self, worker_id: str) -> None:
        """Note that a frozen worker believes accounts its own that are not, or no longer for long."""
        self._robbed.add(worker_id)

    def robbed(self, worker_id: str) -> bool:
        """Tell whether a frozen worker lost accounts that it still believes its own."""
        return worker_id in self._robbed

    def forget_robbery(self, worker_id: str) -> None:
        """It registers anew: from then on it knows what it has."""
        self._robbed.discard(worker_id)

    # ------------------------------------------------------------ letting go

    def release(self, account_id: str, grant: Grant) -> None:
        """Take an account from a worker that lives; nobody else gets it before that one has let go."""
        self.owners.take(account_id)
        self.stretches.count()
        if grant.worker_id in self.frozen:
            self.rob(grant.worker_id)
        self.deliveries.release(account_id, grant)

    def _refused(self, account_id: str, grant: Grant) -> None:
        """A worker did not take an account though it was asked twice: it goes to another, or waits a while."""
        self._refusals.note(account_id, grant.worker_id)
        self.errands[account_id] = Errand(text("assign_not_taken", worker=grant.worker_id), left=grant.worker_id)
        self.release(account_id, grant)

    def _forget(self, account_id: str) -> None:
        self.errands.pop(account_id, None)
        self._refusals.forget(account_id)
        grant = self.owners.of(account_id)
        if grant is not None:
            self.release(account_id, grant)

    def _answer(self, account_id: str) -> None:
        if self.deliveries.releasing(account_id) or account_id in self._dirty:
            return
        for future in self._waiting.pop(account_id, ()):
            if not future.done():
                future.set_result(None)
