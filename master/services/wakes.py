"""Sleep and wake of the machine: nobody is judged meanwhile, and what was missed is caught up with in order."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import msgspec

from master.api.system import Machine
from master.errors import Unavailable
from master.services.account_wakes import AccountWakes
from master.services.deliveries import Send
from master.services.events import Publisher
from master.services.sleeps import SleepFinder
from master.tasks import Tasks
from worker.protocol import clocks
from worker.protocol.account_messages import CatchUp, PlannedCheck
from worker.protocol.clocks import Moment
from worker.protocol.codec import ProtocolError, now_ms

logger = logging.getLogger(__name__)

QUIET_SECONDS: Final = 120.0
"""So long after a wake nothing that fails is told: networks, servers and clocks need their time."""
NETWORK_SECONDS: Final = 60.0
"""So long the network is waited for; after that checks are made, and fail, as usual."""
CATCH_UP_SECONDS: Final = 90.0
"""At the latest after so long what was found is told."""
AWAY_SECONDS: Final = 30.0
"""After a longer sleep what was missed is told in one."""
TELL_SECONDS: Final = 10.0
"""So long a worker may take to hear that the machine slept; until it has, it begins no check."""
AGAIN_SECONDS: Final = 0.3
ASK_SECONDS: Final = (0.2, 0.3, 0.5, 1.0)
"""Between two looks for the network; the last for ever."""
FOUND_SECONDS: Final = 3.0
"""So long a server's name may take."""
STAYED_SECONDS: Final = 30.0
"""The system said that it would sleep, and is awake so long after: it did not."""
AT_ONCE: Final = 2000
"""Accounts of one message."""


class Away(Protocol):
    """Who holds back what is told while the person is away."""

    def set_away(self, away: bool) -> None: ...


class Network(Protocol):
    """Tells whether the network is there: one of ``hosts`` was found within ``seconds``."""

    async def any(self, hosts: Sequence[str], seconds: float) -> bool: ...


class WakeService:
    """Finds sleep by the clocks, or is told of it, and leads back to work."""

    def __init__(
        self,
        *,
        accounts: AccountWakes,
        send: Send,
        away: Away,
        publisher: Publisher,
        tasks: Tasks,
        network: Network,
        clock: Callable[[], Moment] = clocks.read,
        now: Callable[[], int] = now_ms,
    ) -> None:
        """``now``: the wall clock in UTC milliseconds."""
        self._accounts = accounts
        self._send = send
        self._away = away
        self._publisher = publisher
        self._tasks = tasks
        self._network = network
        self._clock = clock
        self._now = now
        self._finder = SleepFinder()
        self._quiet_until = float("-inf")
        self._asleep_since: float | None = None
        """By the awake clock, as the system said."""
        self._gated = False
        self._told: set[str] = set()
        self._wakes = 0
        self._under_way: asyncio.Task[None] | None = None
        self.machine = Machine()

    # ------------------------------------------------------------ what others ask

    @property
    def quiet(self) -> bool:
        """It sleeps, or woke a moment ago: nobody is judged late, no trouble told."""
        return self._asleep_since is not None or self._clock().awake < self._quiet_until

    def lease_ms(self, worker_id: str, granted: int) -> int:
        """Return what a worker is told of its lease: none before it knows that the machine slept."""
        self.look()
        if self._asleep_since is not None or (self._gated and worker_id not in self._told):
            return 0
        return granted

    # ------------------------------------------------------------ what is seen

    def look(self) -> None:
        """Compare the clocks. Called once a second, and with every sign of life."""
        moment = self._clock()
        slept = self._finder.look(moment)
        if slept:
            self._wake(slept, moment)
        elif self._asleep_since is not None and moment.awake - self._asleep_since >= STAYED_SECONDS:
            logger.info("the system said that it would sleep, and did not")
            self._go_on()

    def said(self, asleep: bool) -> Machine:
        """The system itself says that it is about to sleep, or that it woke. Return how the machine is."""
        self.look()
        if asleep and self._asleep_since is None:
            logger.info("the machine is about to sleep: no check begins any more")
            self._asleep_since = self._clock().awake
            self._show(state="asleep")
        elif not asleep and self._asleep_since is not None:
            # Too short a sleep to be seen by the clocks: all that stood before stands.
            self._go_on()
        return self.machine

    def show(self, **changes: object) -> None:
        """Note, and announce, what else is known of the machine."""
        self._show(**changes)

    # ------------------------------------------------------------ inside

    def _go_on(self) -> None:
        self._asleep_since = None
        self._show(state="awake")

    def _wake(self, slept: float, moment: Moment) -> None:
        logger.info("the machine slept for %.0f s", slept)
        self._asleep_since = None
        self._quiet_until = moment.awake + QUIET_SECONDS
        self._gated = True
        self._told.clear()
        self._away.set_away(slept >= AWAY_SECONDS or self.machine.state == "waking")
        self._wakes += 1
        if self._under_way is not None:
            self._under_way.cancel()
        self._show(state="waking", woke_at=self._now(), asleep_seconds=round(slept))
        self._under_way = self._tasks.spawn(self._lead_back(self._wakes), name="after a sleep")

    async def _lead_back(self, wake: int) -> None:
        try:
            await self._catch_up()
        finally:
            if wake == self._wakes:
                # Not when it slept again meanwhile: then the next one does all this.
                self._gated = False
                self._away.set_away(False)
                self._show(state="awake")

    async def _catch_up(self) -> None:
        accounts = self._accounts
        accounts.begin()
        remote = accounts.remote()
        hold = round(NETWORK_SECONDS * 2000) if remote else None
        await self._tell(accounts.plan(self._now(), hold_ms=hold), fresh=True)
        self._gated = False
        if remote:
            there = await self._until_network()
            self._show(network=there)
            await self._tell(accounts.plan(self._now(), remote_only=True), fresh=False)
        await self._until_caught_up()

    async def _until_network(self) -> bool:
        began, count = self._clock().awake, 0
        while True:
            if await self._network.any(self._accounts.hosts(), FOUND_SECONDS):
                logger.info("the network is there after %.1f s", self._clock().awake - began)
                return True
            if self._clock().awake - began >= NETWORK_SECONDS:
                logger.warning("%.0f s after the machine woke there is no network yet", NETWORK_SECONDS)
                return False
            await asyncio.sleep(ASK_SECONDS[min(count, len(ASK_SECONDS) - 1)])
            count += 1

    async def _until_caught_up(self) -> None:
        began = self._clock().awake
        while self._accounts.waiting and self._clock().awake - began < CATCH_UP_SECONDS:
            await asyncio.sleep(AGAIN_SECONDS)
            self._accounts.forget_gone()
        logger.info("what was missed is caught up with; %d accounts were not checked yet", len(self._accounts.waiting))

    async def _tell(self, plans: dict[str, list[PlannedCheck]], *, fresh: bool) -> None:
        await asyncio.gather(*(self._tell_one(worker_id, checks, fresh=fresh) for worker_id, checks in plans.items()))

    async def _tell_one(self, worker_id: str, checks: list[PlannedCheck], *, fresh: bool) -> None:
        """Tell one worker, again and again for a while: its connection may not have outlived the sleep."""
        until = self._clock().awake + TELL_SECONDS
        told_at = self._now()
        for begin in range(0, len(checks), AT_ONCE):
            while True:
                late = self._now() - told_at
                part = [_sooner(check, late) for check in checks[begin : begin + AT_ONCE]]
                try:
                    await self._send(worker_id, CatchUp(checks=part, fresh=fresh), TELL_SECONDS / 4)
                    break
                except (Unavailable, ProtocolError) as error:
                    if self._clock().awake >= until:
                        logger.warning("%s was not told that the machine slept: %s", worker_id, error)
                        return
                    await asyncio.sleep(AGAIN_SECONDS)
        self._told.add(worker_id)

    def _show(self, **changes: object) -> None:
        after = msgspec.structs.replace(self.machine, **changes)
        if after != self.machine:
            self.machine = after
            self._publisher.publish("machine.changed", after)


def _sooner(check: PlannedCheck, late_ms: int) -> PlannedCheck:
    if late_ms <= 0:
        return check
    return msgspec.structs.replace(check, first_check_ms=max(0, check.first_check_ms - late_ms))
