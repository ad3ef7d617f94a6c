"""Ownership under any order of faults, played in virtual time against workers that count by themselves.

At every instant at most one worker may begin a check of an account; every account that may be watched is owned again
within seconds while somebody can own it; and from whatever was reached, healing leads back to an even crew.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from master.api.schema import AssignmentPut, Rebalance
from master.errors import ServiceError, Unavailable
from master.services.leases import Leases
from tests.helpers.ownership import World
from tests.helpers.virtual_time import VirtualLoop, run_virtually
from worker.protocol.account_messages import AssignAccount, RevokeAccount
from worker.protocol.bases import Done, Message
from worker.protocol.codec import ProtocolError
from worker.protocol.states import ErrorCode
from worker.protocol.texts import text
from worker.protocol.worker_messages import RegisterWorker

T = TypeVar("T")
WORKERS = ("w1", "w2", "w3")
ACCOUNTS = tuple(f"a{number}" for number in range(6))


class SimWorker:
    """What a worker process believes: its accounts, and until when it may begin checks of them."""

    def __init__(self, name: str, crew: "Crew") -> None:
        self.name = name
        self.crew = crew
        self.alive = False
        self.connected = False
        self.connection = 0
        self.registered = False
        self.thawed = asyncio.Event()
        self.thawed.set()
        self.holds: dict[str, int] = {}
        self.lease_ends = 0.0
        self.tasks: list[asyncio.Task[Any]] = []

    def start(self) -> None:
        self.alive = self.connected = True
        self.registered = False
        self.holds, self.lease_ends = {}, 0.0
        self.thawed.set()
        self.tasks = [asyncio.ensure_future(self._live())]

    def die(self) -> None:
        self.alive = self.connected = self.registered = False
        self.holds, self.lease_ends = {}, 0.0
        for task in self.tasks:
            task.cancel()
        self.thawed.set()

    def may_begin(self, account: str, now: float) -> bool:
        """Frozen or not: the moment it runs again it may begin a check as long as its lease holds."""
        return self.alive and account in self.holds and now < self.lease_ends

    async def handle(self, message: Message) -> Message:
        connection = self.connection
        await self.thawed.wait()
        if not self.alive or connection != self.connection:
            # What came by an earlier connection is older than what this one began with.
            raise Unavailable(text("worker_not_connected", worker=self.name))
        if isinstance(message, AssignAccount):
            given = message.assignment
            if self.holds.get(given.account_id, -1) <= given.epoch:
                self.holds[given.account_id] = given.epoch
        elif isinstance(message, RevokeAccount) and self.holds.get(message.account_id, 1 << 60) <= message.epoch:
            del self.holds[message.account_id]
        return Done()

    async def _live(self) -> None:
        while True:
            await self.thawed.wait()
            if self.connected:
                try:
                    await self._beat()
                except ProtocolError:
                    self.registered = False
            await asyncio.sleep(0.5)

    async def _beat(self) -> None:
        now = asyncio.get_running_loop().time
        service = self.crew.world.service
        sent_at = now()
        if self.registered:
            self.lease_ends = max(self.lease_ends, sent_at + service.pulse(self.name) / 1000)
            return
        message = RegisterWorker(worker_id=self.name, host="h", pid=1, version="1", protocol=1, platforms=["feed"])
        self.crew.world.workers.connected.add(self.name)
        connection = self.connection
        mine = await service.register(self.name, message)
        await self.thawed.wait()
        if not self.connected or connection != self.connection:
            return  # the answer was lost with the line
        self.holds = {given.account_id: given.epoch for given in mine}
        self.lease_ends = max(self.lease_ends, sent_at + service.lease_ms(self.name) / 1000)
        self.registered = True


class Crew:
    """The service, and workers that can be harmed."""

    def __init__(self) -> None:
        self.clock = asyncio.get_running_loop().time
        self.world = World(Leases(self.clock))
        self.workers = {name: SimWorker(name, self) for name in WORKERS}
        self.world.workers.limits = dict.fromkeys(WORKERS, 4)
        self.world.deliver = self.deliver
        self.world.service.open([])

    async def deliver(self, worker_id: str, message: Message, timeout_s: float) -> Message:
        worker = self.workers[worker_id]
        if not (worker.connected and worker.alive):
            raise Unavailable(text("worker_not_connected", worker=worker_id))
        handling = asyncio.ensure_future(worker.handle(message))
        worker.tasks.append(handling)
        # A frozen worker finds what was sent in its socket when it runs again, answered in time or not.
        done, _ = await asyncio.wait([handling], timeout=timeout_s)
        if not done:
            raise Unavailable(text("worker_silent", worker=worker_id, seconds=round(timeout_s)))
        if handling.cancelled():
            raise ProtocolError(ErrorCode.WORKER_OFFLINE, "gone")
        return handling.result()

    def owners(self, account: str) -> list[str]:
        now = self.clock()
        return [worker.name for worker in self.workers.values() if worker.may_begin(account, now)]

    async def close(self) -> None:
        self.world.service.close()
        for worker in self.workers.values():
            worker.die()
        await self.world.tasks.close()
        await asyncio.sleep(0)


class OwnershipMachine(RuleBasedStateMachine):
    """Faults and wishes in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.loop: VirtualLoop
        self.crew: Crew

    def run(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return self.loop.run_until_complete(make())

    def pass_time(self, seconds: float) -> None:
        """Look at every tenth of a second: no instant has two owners."""

        async def wait() -> None:
            left = seconds
            while left > 0:
                await asyncio.sleep(min(0.1, left))
                left -= 0.1
                self.check_owners()

        self.run(wait)

    def check_owners(self) -> None:
        for account in ACCOUNTS:
            owners = self.crew.owners(account)
            assert len(owners) <= 1, f"{account} has the owners {owners}"

    @initialize()
    def begin(self) -> None:
        async def make() -> Crew:
            return Crew()

        self.loop = VirtualLoop()
        self.crew = self.run(make)
        for name in WORKERS:
            self.crash_or_start(name)

        async def add() -> None:
            self.crew.world.add(*ACCOUNTS)

        self.run(add)
        self.pass_time(3.0)

    @rule(name=st.sampled_from(WORKERS))
    def crash_or_start(self, name: str) -> None:
        async def act() -> None:
            worker = self.crew.workers[name]
            if worker.alive:
                worker.die()
                self.crew.world.workers.connected.discard(name)
                self.crew.world.service.worker_gone(name, text("cause_crashed"))
            else:
                worker.start()

        self.run(act)

    @rule(name=st.sampled_from(WORKERS))
    def freeze_or_thaw(self, name: str) -> None:
        async def act() -> None:
            thawed = self.crew.workers[name].thawed
            if thawed.is_set() and self.crew.workers[name].alive:
                thawed.clear()
            else:
                thawed.set()

        self.run(act)

    @rule(name=st.sampled_from(WORKERS))
    def cut_or_mend_the_line(self, name: str) -> None:
        async def act() -> None:
            worker = self.crew.workers[name]
            worker.connected = worker.alive and not worker.connected
            worker.connection += 1
            if not worker.connected:
                worker.registered = False
                self.crew.world.workers.connected.discard(name)
                self.crew.world.service.disconnected(name)

        self.run(act)

    @rule(account=st.sampled_from(ACCOUNTS))
    def pause_or_resume(self, account: str) -> None:
        async def act() -> None:
            paused, service = self.crew.world.accounts.paused, self.crew.world.service
            if account in paused:
                paused.discard(account)
                service.wanted(account)
            else:
                paused.add(account)
                service.unwanted(account, text("unassigned_paused"))

        self.run(act)

    @rule(
        account=st.sampled_from(ACCOUNTS), name=st.sampled_from((None, *WORKERS)), pin=st.booleans(), move=st.booleans()
    )
    def assign(self, account: str, name: str | None, pin: bool, move: bool) -> None:
        body = AssignmentPut(worker_id=name, pinned=pin and name is not None, pin_policy="move" if move else "wait")

        async def act() -> None:
            try:
                await self.crew.world.service.assign(account, body)
            except ServiceError:
                return

        wish = self.run(lambda: _spawn(act()))
        self.pass_time(0.3)
        self.pending = wish

    @rule()
    def even_out(self) -> None:
        self.run(lambda: self.crew.world.service.rebalance(Rebalance()))

    @rule(seconds=st.sampled_from([0.05, 0.4, 1.0, 1.8, 3.0, 12.0]))
    def wait(self, seconds: float) -> None:
        self.pass_time(seconds)

    @rule(seconds=st.sampled_from([0.0, 0.3, 1.2]))
    def write_slowly(self, seconds: float) -> None:
        self.crew.world.accounts.slowness = seconds

    @rule()
    def live_with_it(self) -> None:
        """Whatever is broken stays broken: two workers that run are enough for all, after the rule of the machine."""
        self.pass_time(15.0)
        running = [
            one for one in self.crew.workers.values() if one.registered and one.thawed.is_set() and one.connected
        ]
        if len(running) < 2:
            return
        world = self.crew.world
        for account in ACCOUNTS:
            row = world.accounts.table[account]
            if account not in world.accounts.paused and not row.pinned:
                assert len(self.crew.owners(account)) == 1, f"{account}: {row.assignment_reason}"

    @rule()
    @precondition(lambda self: hasattr(self, "crew"))
    def heal(self) -> None:
        """Everybody runs and is heard; then every account that may be watched has an owner that knows it."""

        async def act() -> None:
            self.crew.world.accounts.slowness = 0.0
            for worker in self.crew.workers.values():
                if not worker.alive:
                    worker.start()
                worker.thawed.set()
                worker.connected = True

        self.run(act)
        self.pass_time(25.0)
        world = self.crew.world
        for account in ACCOUNTS:
            row = world.accounts.table[account]
            if account in world.accounts.paused:
                assert not world.service._owners.of(account)
                assert self.crew.owners(account) == []
                continue
            grant = world.service._owners.of(account)
            assert grant is not None, f"{account}: {row.assignment_reason}"
            assert self.crew.owners(account) == [grant.worker_id]
            assert self.crew.workers[grant.worker_id].holds[account] == grant.epoch == row.epoch
            assert row.worker_id == grant.worker_id
            assert row.pinned_to in (None, grant.worker_id)
        assert all(count <= 4 for count in world.workers.assigned.values()) or any(
            row.pinned for row in world.accounts.table.values()
        )

    @invariant()
    def never_two_owners(self) -> None:
        if hasattr(self, "crew"):
            self.check_owners()

    def teardown(self) -> None:
        if not hasattr(self, "loop"):
            return
        try:
            self.heal()
        finally:
            self.run(self.crew.close)
            self.loop.close()


async def _spawn(coroutine: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    return asyncio.ensure_future(coroutine)


@pytest.mark.expects_log("WARNING master.services.assignments w. does not answer")
@pytest.mark.parametrize("frozen_for", [1.9, 2.2, 2.5, 2.9])
def test_who_thaws_while_its_accounts_are_being_written_to_others_is_no_second_owner(frozen_for: float) -> None:
    async def body() -> None:
        crew = Crew()
        for worker in crew.workers.values():
            worker.start()
        crew.world.add(*ACCOUNTS)
        await asyncio.sleep(3.0)
        crew.world.accounts.slowness = 1.2
        frozen = crew.workers[crew.world.owner("a0") or ""]
        frozen.thawed.clear()
        for tenths in range(80):
            if tenths == round(frozen_for * 10):
                frozen.thawed.set()
            await asyncio.sleep(0.1)
            for account in ACCOUNTS:
                assert len(crew.owners(account)) <= 1, f"{account} has the owners {crew.owners(account)}"
        await crew.close()

    run_virtually(body())


@pytest.mark.parametrize("cut_after", [0.5, 1.7, 1.9, 2.1, 2.3, 2.5, 3.5])
@pytest.mark.expects_log("its accounts go to others")
def test_who_was_robbed_for_one_that_is_gone_when_that_is_written_has_nothing_of_it(cut_after: float) -> None:
    async def body() -> None:
        crew = Crew()
        for worker in crew.workers.values():
            worker.start()
        crew.world.add(*ACCOUNTS)
        await asyncio.sleep(3.0)
        crew.world.accounts.slowness = 1.2
        frozen = crew.workers[crew.world.owner("a0") or ""]
        frozen.connected = False
        crew.world.service.disconnected(frozen.name)
        others = [worker for worker in crew.workers.values() if worker is not frozen]
        await asyncio.sleep(cut_after)
        for worker in others:
            worker.connected = worker.registered = False
            crew.world.workers.connected.discard(worker.name)
            crew.world.service.disconnected(worker.name)
        await asyncio.sleep(1.5)
        crew.world.accounts.slowness = 0.0
        for worker in crew.workers.values():
            worker.connected, worker.registered = True, False
        await asyncio.sleep(25.0)
        for account in ACCOUNTS:
            grant, row = crew.world.service._owners.of(account), crew.world.accounts.table[account]
            assert grant is not None, account
            assert (row.worker_id, row.epoch) == (grant.worker_id, grant.epoch), account
            assert crew.workers[grant.worker_id].holds[account] == grant.epoch
        await crew.close()

    run_virtually(body())


OwnershipMachine.TestCase.settings = settings(
    max_examples=80,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.expects_log("WARNING master.services")
class TestOwnership(OwnershipMachine.TestCase):  # type: ignore[name-defined,misc] # made by the library
    """Any order of faults."""
