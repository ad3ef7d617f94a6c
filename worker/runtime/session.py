"""Watches one account: when to check, how it ended, what the master is told of it. Checks never overlap."""

import asyncio
import contextlib
import logging
from typing import Final, NamedTuple

from worker.protocol.account_messages import Assignment
from worker.protocol.item_messages import ItemsMarked
from worker.protocol.states import CheckOutcome
from worker.protocol.worker_messages import Holding
from worker.runtime.check_tellings import AGAIN_SECONDS, CheckTellings
from worker.runtime.failures import tell_failure
from worker.runtime.gates import LeaseEndedError
from worker.runtime.ledger import LedgerError
from worker.runtime.link import LinkDownError
from worker.runtime.markings import Markings
from worker.runtime.plans import Plan
from worker.runtime.pushes import Push
from worker.runtime.registry import Plugin
from worker.runtime.requests import account_id, new_request_id, request_id
from worker.runtime.schedules import Schedule
from worker.runtime.shared import Shared
from worker.runtime.tasks import end
from worker.runtime.watches import Ending, UndeliveredError, Watch, guarded
from worker.sdk.certificates import collector

logger = logging.getLogger(__name__)

STUBBORN_SECONDS: Final = 0.5
"""So long a plug-in may take to let go; whatever it does then must not hold the other accounts of this worker."""
FAILED_SECONDS: Final = 30.0


class CaughtUp(NamedTuple):
    """What is to be done before the next check."""

    due: float
    fresh: bool


class Session:
    """One account under one epoch. :meth:`start` begins to watch, :meth:`stop` ends it; neither twice."""

    def __init__(self, assignment: Assignment, plugin: Plugin | None, shared: Shared) -> None:
        self.checking = False
        self._shared = shared
        self._watch = Watch(assignment, plugin, shared)
        self._plan = Plan(assignment, shared)
        self._tellings = CheckTellings(self._watch, shared)
        self._marks = plugin is not None and plugin.manifest.capabilities.mark_read
        self._task: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._wake = asyncio.Event()
        self._push = Push(self._watch, self._plan, shared, self._wake.set, self._tell_alive)
        self._markings = Markings(self._wake.set, shared.redactor)
        self._update: Assignment | None = None
        self._by_hand = False
        self._caught: CaughtUp | None = None
        self._cut: asyncio.Timeout | None = None
        """Ends the poll that runs, should the machine sleep meanwhile."""

    @property
    def holding(self) -> Holding:
        """Return the account and the epoch that this session watches, and when it looks next."""
        assignment = self._watch.assignment
        return Holding(
            account_id=assignment.account_id,
            epoch=assignment.epoch,
            next_check_at=self._plan.next_at(listening=self._push.stands()),
        )

    @property
    def marks(self) -> bool:
        """Whether the platform can mark items as read at its service."""
        return self._marks

    def start(self) -> None:
        """Begin to watch."""
        assignment = self._watch.assignment
        self._plan.due = self._plan.now() + assignment.first_check_ms / 1000
        self._task = self._shared.tasks.spawn(self._run(), f"session {assignment.account_id}")

    async def stop(self, patience: float = 0.0) -> "asyncio.Task[None]":
        """Stop watching; a check that runs may finish within ``patience`` seconds.

        Nothing is found any more when this returns. A plug-in that will not be stopped is left behind. Returns the
        task that lets the adapter go: that may take its time, which nobody else has to wait for.
        """
        if patience > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._idle.wait()
        self._watch.fence()
        self._markings.close()
        if not await end(self._task, STUBBORN_SECONDS):
            name = self._watch.assignment.account_id
            logger.error("the plug-in of %s goes on though it was stopped; what it finds is thrown away", name)
        return self._shared.tasks.spawn(self._watch.close(), f"close {self._watch.assignment.account_id}")

    def update(self, assignment: Assignment) -> None:
        """The settings changed (same epoch): take them over between two checks."""
        self._update = assignment
        self._wake.set()

    def check_now(self) -> None:
        """Check at once, or right after the check that runs; several wishes are one."""
        self._by_hand = True
        self._wake.set()

    def catch_up(self, delay: float, *, fresh: bool) -> None:
        """The machine slept, or the network is back: check after ``delay`` seconds.

        ``fresh``: no connection of before stands any more; a check that waits on one is broken off. What only a person
        can mend is left alone.
        """
        if self._plan.last is CheckOutcome.AUTH_FAILED and self._plan.due is None:
            return
        before = self._caught
        self._caught = CaughtUp(due=self._plan.now() + delay, fresh=fresh or (before is not None and before.fresh))
        if fresh and self._cut is not None and not self._cut.expired():
            self._cut.reschedule(self._plan.now())
        self._wake.set()

    async def mark(self, keys: list[str]) -> ItemsMarked:
        """Mark items as read at the service before the next check, or right after the one that runs."""
        return await self._markings.add(keys)

    async def _run(self) -> None:
        account_id.set(self._watch.assignment.account_id)
        collector.set(self._watch.trust.seen)
        while not self._watch.fenced:
            try:
                await self._turn()
            except Exception as error:
                # The guard of the watch itself: a fault of ours must not leave an account unwatched for ever.
                logger.exception("a turn of the watch failed; it goes on in %.0f s", FAILED_SECONDS)
                self._shared.tasks.spawn(tell_failure(self._shared.link, "ERR_WATCH", error), "tell a failure")
                self._plan.due = self._plan.now() + FAILED_SECONDS
                await asyncio.sleep(FAILED_SECONDS)

    async def _turn(self) -> None:
        await self._wait()
        if self._watch.fenced:
            return
        await self._take_over()
        if self._markings.waiting:
            await self._mark()
        if self._by_hand or self._push.news or self._plan.is_due():
            await self._clear_to_check()
            await self._take_over()
            if not (self._by_hand or self._push.news or self._plan.is_due()):
                # It was put off while it waited for the lease: the machine had slept.
                return
            how = "push" if self._push.news and not self._by_hand else "poll"
            if self._by_hand:
                self._watch.trust.doubt()
            self._by_hand = self._push.news = False
            self._wake.clear()
            await self._check(how)

    async def _mark(self) -> None:
        """Never before the sign-in was mended, nor without the lease; what comes of it concerns no check."""
        if self._plan.last is CheckOutcome.AUTH_FAILED or not self._shared.lease.holds():
            self._markings.put_off(None)
            return
        async with self._shared.slots:
            endings = await self._markings.fulfil(self._watch.mark, self._plan.schedule.deadline())
        if any(ending.outcome in (CheckOutcome.TIMEOUT, CheckOutcome.ERROR) for ending in endings):
            # Nobody knows in what state it is; the next check makes a new one, and push begins behind that.
            await self._watch.let_go()
            self._plan.due = self._plan.now()

    # ------------------------------------------------------------ waiting

    async def _wait(self) -> None:
        """Wait until a check is due, somebody asks, settings change, or the server has news."""
        listening = None
        if self._push.stands():
            listening = self._shared.tasks.spawn(self._push.listen(), f"push {self._watch.assignment.account_id}")
        try:
            async with asyncio.timeout_at(self._plan.due):
                await self._wake.wait()
        except TimeoutError:
            pass
        finally:
            await end(listening)
        self._wake.clear()

    async def _take_over(self) -> None:
        """Do between two checks what was asked for meanwhile."""
        if self._update is not None:
            await self._adopt(self._update)
        caught, self._caught = self._caught, None
        if caught is None:
            return
        if caught.fresh:
            await self._watch.let_go()
            self._push.news = False
            self._push.begin_anew()
        self._plan.due = caught.due

    async def _adopt(self, assignment: Assignment) -> None:
        self._update = None
        before = self._watch.assignment
        changed = await self._watch.adopt(assignment)
        others = (before.interval_seconds, before.interval_max_seconds)
        if others != (assignment.interval_seconds, assignment.interval_max_seconds):
            self._plan.schedule = Schedule(assignment, self._shared.rng)
        elif not changed:
            # Told again, at a reconnect: no reason to forget a back-off, or what a service asked for.
            return
        if changed:
            self._plan.due = self._plan.now()
            self._push.begin_anew()
        elif self._plan.due is not None and not self._plan.failures and not self._push.stands():
            self._plan.due = min(self._plan.due, self._plan.now() + self._plan.schedule.regular())

    async def _clear_to_check(self) -> None:
        """Wait for what every check needs: the lease, and room in the outbox."""
        while not self._shared.lease.holds() or self._shared.ledger.is_full(self._watch.assignment.account_id):
            await self._shared.lease.held()
            if self._shared.ledger.is_full(self._watch.assignment.account_id):
                await self._shared.outbox.delivered(self._watch.assignment.account_id)

    # ------------------------------------------------------------ checking

    async def _check(self, how: str) -> None:
        request_id.set(new_request_id())
        if how == "push":
            await self._push.calm_down()
        async with self._shared.slots:
            if self._watch.fenced:
                return
            if not self._shared.lease.holds():
                # It ended while this check waited for its turn: the loop waits for it again.
                self._plan.due = self._plan.now()
                return
            self._begin_check()
            try:
                await self._checked(how)
            finally:
                self._end_check()

    def _begin_check(self) -> None:
        self.checking = True
        self._idle.clear()
        self._shared.stats.checks += 1
        self._shared.stats.active += 1

    def _end_check(self) -> None:
        self.checking = False
        self._idle.set()
        self._shared.stats.active -= 1

    async def _checked(self, how: str) -> None:
        assignment, outbox = self._watch.assignment, self._shared.outbox
        told = self._tellings.started()
        began, before = self._plan.now(), outbox.stored(assignment.account_id)
        try:
            deadline = self._plan.schedule.deadline()
            async with asyncio.timeout(None) as self._cut:
                ending = await guarded(self._watch.check(how, deadline), deadline, self._shared.redactor)
        except TimeoutError:
            # The machine slept meanwhile: what it waited for will never come. When it is due then is said already.
            logger.info("the check of %s was broken off, as the machine had slept", assignment.name)
            await asyncio.wait([told])
            self._watch.broken_off()
            self._plan.due = self._plan.now()
            return
        except LeaseEndedError:
            # Nobody was asked anything: the loop waits for the lease again.
            self._plan.due = self._plan.now()
            return
        except (LinkDownError, LedgerError, UndeliveredError) as error:
            # Nothing is known of the account: it is checked again as soon as the master is back.
            logger.warning("a check could not be finished: %s", error)
            self._plan.due = self._plan.now() + AGAIN_SECONDS
            return
        finally:
            self._cut = None
        await asyncio.wait([told])
        if self._watch.fenced:
            # It was stopped, though the plug-in would not hear of it: how this ended is nobody's business.
            return
        found = outbox.stored(assignment.account_id) - before
        self._push.checked(how, found)
        if ending.outcome in (CheckOutcome.TIMEOUT, CheckOutcome.ERROR):
            # Nobody knows in what state it is.
            await self._watch.let_go()
        self._plan.ended(ending, assignment.name, more=self._watch.more, covered=self._push.covers_all)
        if ending.outcome is CheckOutcome.OK:
            self._push.kept_alive()
        await self._tell_end(ending, how, self._plan.now() - began, found)

    async def _tell_alive(self) -> None:
        await self._tell_end(Ending(outcome=CheckOutcome.OK), "push", 0.0, 0)

    async def _tell_end(self, ending: Ending, how: str, seconds: float, found: int) -> None:
        listening = self._push.stands()
        await self._tellings.ended(
            ending,
            how,
            seconds,
            found,
            failures=self._plan.failures,
            next_at=self._plan.next_at(listening=listening),
            listening=listening,
        )
