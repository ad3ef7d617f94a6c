"""A machine that sleeps and wakes, by clocks of the test's own: who is told what, and when it is over."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from master.api.system import Machine
from master.errors import Unavailable
from master.services import wakes
from master.services.events import Publisher
from master.services.wakes import WakeService
from master.tasks import Tasks
from tests.helpers.virtual_time import run_virtually
from worker.protocol.account_messages import CatchUp, PlannedCheck
from worker.protocol.bases import Done, Message
from worker.protocol.clocks import Moment
from worker.protocol.texts import text

NIGHT = 8 * 3600.0


class Plans:
    """Stands for the accounts: two workers, one account each, the second one's needs the network."""

    def __init__(self) -> None:
        self.waiting: set[str] = set()
        self.needs_network = True
        self.begun = 0

    def begin(self) -> None:
        self.begun += 1

    def remote(self) -> bool:
        return self.needs_network

    def hosts(self) -> list[str]:
        return ["mail.example"]

    def forget_gone(self) -> None:
        pass

    def plan(self, now: int, *, hold_ms: int | None = None, remote_only: bool = False) -> dict[str, list[PlannedCheck]]:
        self.waiting.add("far")
        far = PlannedCheck(account_id="far", epoch=1, first_check_ms=hold_ms or 0)
        if remote_only:
            return {"w2": [far]}
        return {"w1": [PlannedCheck(account_id="near", epoch=1, first_check_ms=0)], "w2": [far]}


class Night:
    """The service, and clocks that the test turns."""

    def __init__(self) -> None:
        self.slept = 0.0
        self.plans = Plans()
        self.sent: list[tuple[str, CatchUp, float]] = []
        self.unreachable: set[str] = set()
        self.away: list[bool] = []
        self.network: list[float] = []
        """When it was asked for."""
        self.network_at = 0.0
        self.shown: list[Machine] = []
        self.tasks = Tasks()
        publisher = Publisher()
        publisher.subscribe(lambda event: self.shown.append(event.data))
        self.service = WakeService(
            accounts=self.plans,  # type: ignore[arg-type]
            send=self.send,
            away=self,
            publisher=publisher,
            tasks=self.tasks,
            network=self,
            clock=self.clock,
            now=lambda: round(self.clock().wall * 1000),
        )

    @property
    def awake(self) -> float:
        return asyncio.get_running_loop().time() - 1000.0

    def clock(self) -> Moment:
        return Moment(1e9 + self.awake + self.slept, 500 + self.awake + self.slept, self.awake)

    def set_away(self, away: bool) -> None:
        self.away.append(away)

    async def any(self, hosts: Any, seconds: float) -> bool:
        assert hosts == ["mail.example"]
        self.network.append(self.awake)
        return self.awake >= self.network_at

    async def send(self, worker_id: str, message: Message, timeout_s: float) -> Message:
        assert isinstance(message, CatchUp)
        if worker_id in self.unreachable:
            raise Unavailable(text("worker_not_connected", worker=worker_id))
        self.sent.append((worker_id, message, self.awake))
        return Done()

    async def live(self, seconds: float) -> None:
        """Let time go by, with a look a second."""
        end = self.awake + seconds
        while end - self.awake > 0.001:
            self.service.look()
            await asyncio.sleep(min(1.0, end - self.awake))

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds
        await asyncio.sleep(0.1)
        self.service.look()


def night(test: Callable[[Night], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def run() -> None:
        async def body() -> None:
            made = Night()
            await made.live(3)
            try:
                await test(made)
            finally:
                await made.tasks.close()

        run_virtually(body())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


@night
async def test_a_night_is_caught_up_with_in_order(night):
    night.network_at = night.awake + 4
    await night.sleep(NIGHT)
    woke = night.awake
    await night.live(2)
    assert night.service.machine.state == "waking"
    assert night.service.machine.asleep_seconds == pytest.approx(NIGHT, abs=1)
    first = {worker: message for worker, message, _ in night.sent}
    assert first["w1"].fresh
    assert first["w1"].checks[0].first_check_ms == 0
    assert first["w2"].checks[0].first_check_ms >= 60_000, "it waits for the network"
    await night.live(4)
    worker, message, at = night.sent[-1]
    assert (worker, message.fresh, message.checks[0].first_check_ms) == ("w2", False, 0)
    assert at - woke == pytest.approx(4, abs=1.1)
    assert night.away == [True]
    night.plans.waiting.clear()
    await night.live(2)
    assert night.away == [True, False]
    assert (night.service.machine.state, night.service.machine.network) == ("awake", True)
    assert [row.state for row in night.shown] == ["waking", "awake"]


@night
async def test_nobody_is_judged_for_two_minutes(night):
    assert not night.service.quiet
    await night.sleep(NIGHT)
    assert night.service.quiet
    await night.live(wakes.QUIET_SECONDS - 2)
    assert night.service.quiet
    await night.live(3)
    assert not night.service.quiet


@night
async def test_a_worker_has_no_lease_before_it_knows(night):
    night.unreachable = {"w2"}
    assert night.service.lease_ms("w1", 1500) == 1500
    night.slept += NIGHT
    assert night.service.lease_ms("w1", 1500) == 0, "its pulse comes before the tick"
    await asyncio.sleep(0.05)
    assert night.service.lease_ms("w1", 1500) == 1500
    assert night.service.lease_ms("w2", 1500) == 0
    await night.live(1)
    night.unreachable = set()
    await night.live(1)
    assert night.service.lease_ms("w2", 1500) == 1500


@pytest.mark.expects_log("WARNING master.services.wakes w2 was not told")
@night
async def test_a_worker_that_never_hears_is_not_waited_for_for_ever(night):
    night.unreachable = {"w2"}
    await night.sleep(NIGHT)
    await night.live(wakes.TELL_SECONDS + 1)
    assert night.service.lease_ms("w2", 1500) == 1500


@pytest.mark.expects_log("WARNING master.services.wakes .* no network yet")
@night
async def test_without_a_network_it_goes_on_after_a_minute(night):
    night.network_at = float("inf")
    await night.sleep(NIGHT)
    await night.live(wakes.NETWORK_SECONDS + 4)
    assert night.sent[-1][1].checks[0].first_check_ms == 0
    assert not night.service.machine.network
    assert 20 < len(night.network) < 80
    await night.live(wakes.CATCH_UP_SECONDS + 2)
    assert night.away[-1] is False
    assert night.service.machine.state == "awake"


@night
async def test_who_needs_no_network_does_not_ask_for_it(night):
    night.plans.needs_network = False
    await night.sleep(NIGHT)
    await night.live(1)
    assert night.network == []
    assert [worker for worker, _, _ in night.sent] == ["w1", "w2"]


@night
async def test_a_nap_is_no_absence(night):
    await night.sleep(10)
    await night.live(1)
    assert night.away[0] is False
    assert night.sent


@night
async def test_asleep_again_before_all_is_caught_up_with(night):
    night.network_at = float("inf")
    await night.sleep(NIGHT)
    await night.live(5)
    night.network_at = night.awake
    await night.sleep(60)
    assert night.plans.begun == 1
    await night.live(2)
    assert night.plans.begun == 2
    assert night.away == [True, True]
    assert night.service.machine.state == "waking"
    night.plans.waiting.clear()
    await night.live(2)
    assert night.away == [True, True, False]
    assert night.service.machine.state == "awake"


@night
async def test_the_systems_own_word_comes_first(night):
    assert night.service.said(True).state == "asleep"
    assert night.service.quiet
    assert night.service.lease_ms("w1", 1500) == 0
    await night.sleep(NIGHT)
    assert night.service.said(False).state == "waking"
    await night.live(1)
    assert night.plans.begun == 1, "once, however many say it"


@night
async def test_a_sleep_that_did_not_come_ends(night):
    night.service.said(True)
    await night.live(2)
    assert night.service.said(False).state == "awake"
    assert not night.service.quiet
    night.service.said(True)
    await night.live(wakes.STAYED_SECONDS + 2)
    assert night.service.machine.state == "awake"
    assert night.service.lease_ms("w1", 1500) == 1500
    assert not night.sent


@night
async def test_thousands_of_accounts_go_in_messages_of_their_own(night):
    checks = [PlannedCheck(account_id=f"a{number}", epoch=1, first_check_ms=number) for number in range(4500)]
    night.plans.plan = lambda _now, **_rest: {"w1": checks}  # type: ignore[method-assign]
    night.plans.needs_network = False
    await night.sleep(NIGHT)
    await asyncio.sleep(0.1)
    assert [len(message.checks) for _, message, _ in night.sent] == [2000, 2000, 500]
