"""Late leases: found to the moment, unless it is this process or the whole machine that stood still."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from master.services.leases import Leases
from master.services.stalls import MACHINE_SECONDS, StallWatch
from tests.helpers.virtual_time import VirtualLoop, run_virtually


class World:
    def __init__(self, *workers: str) -> None:
        self.loop = asyncio.get_running_loop()
        assert isinstance(self.loop, VirtualLoop)
        self.leases = Leases(self.loop.time)
        self.silent: set[str] = set()
        self.judged: dict[str, float] = {}
        self.workers = workers
        for worker in workers:
            self.leases.begin(worker)
        self.watch = StallWatch(self.leases, lambda: [name for name in workers if name not in self.judged], self.late)
        self.tasks = [asyncio.ensure_future(self.watch.run()), asyncio.ensure_future(self.pulse())]

    def late(self, names: list[str]) -> None:
        self.judged |= dict.fromkeys(names, self.loop.time())

    async def pulse(self) -> None:
        while True:
            for worker in self.workers:
                if worker not in self.silent:
                    self.leases.renew(worker)
            await asyncio.sleep(0.5)

    def stand_still(self, seconds: float) -> None:
        """Nothing of this process runs for so long."""
        assert isinstance(self.loop, VirtualLoop)
        self.loop.stand_still(seconds)


def played(*workers: str) -> Callable[[Callable[[World], Awaitable[None]]], None]:
    def run(scene: Callable[[World], Awaitable[None]]) -> None:
        async def main() -> None:
            world = World(*workers)
            await asyncio.sleep(1.2)
            await scene(world)
            for task in world.tasks:
                task.cancel()

        run_virtually(main())

    return run


def test_who_pulses_is_never_late() -> None:
    @played("a", "b")
    async def _(world: World) -> None:
        await asyncio.sleep(3600)
        assert world.judged == {}


def test_a_silent_worker_is_found_within_two_seconds_of_its_last_pulse() -> None:
    @played("a", "b", "c")
    async def _(world: World) -> None:
        world.silent.add("b")
        last = world.loop.time()
        await asyncio.sleep(10)
        assert set(world.judged) == {"b"}
        assert 1.2 <= world.judged["b"] - last <= 1.75


def test_after_the_machines_sleep_workers_have_seconds_to_come_back() -> None:
    @played("a", "b")
    async def _(world: World) -> None:
        world.silent |= {"a", "b"}
        world.stand_still(8 * 3600.0)
        await asyncio.sleep(MACHINE_SECONDS - 1.0)
        assert world.judged == {}
        world.silent.clear()
        await asyncio.sleep(10)
        assert world.judged == {}


@pytest.mark.parametrize("seconds", [3.0, 60.0, 8 * 3600.0])
def test_after_a_standstill_of_its_own_it_waits_for_pulses(seconds: float) -> None:
    @played("a", "b")
    async def _(world: World) -> None:
        world.stand_still(seconds)
        await asyncio.sleep(10)
        assert world.judged == {}


@pytest.mark.expects_log("master.services.stalls")
def test_while_most_are_late_at_once_nobody_moves_for_five_seconds() -> None:
    @played("a", "b", "c")
    async def _(world: World) -> None:
        world.silent |= {"a", "b"}
        began = world.loop.time()
        await asyncio.sleep(5.5)
        assert world.judged == {}
        await asyncio.sleep(2)
        assert set(world.judged) == {"a", "b"}
        assert MACHINE_SECONDS < world.judged["a"] - began < MACHINE_SECONDS + 2.5


@pytest.mark.expects_log("master.services.stalls")
def test_a_machine_that_wakes_up_in_time_moves_nobody() -> None:
    @played("a", "b", "c")
    async def _(world: World) -> None:
        for _ in range(3):
            world.silent |= {"a", "b", "c"}
            await asyncio.sleep(4.0)
            world.silent.clear()
            await asyncio.sleep(20.0)
        assert world.judged == {}


def test_of_two_workers_one_may_be_late() -> None:
    @played("a", "b")
    async def _(world: World) -> None:
        world.silent.add("a")
        await asyncio.sleep(3)
        assert set(world.judged) == {"a"}


def test_a_process_that_stands_still_again_and_again_judges_after_five_seconds() -> None:
    @played("a", "b")
    async def _(world: World) -> None:
        world.silent.add("a")
        began = world.loop.time()
        for _ in range(40):
            world.stand_still(0.4)
            await asyncio.sleep(0.1)
        assert set(world.judged) == {"a"}
        assert world.judged["a"] - began < MACHINE_SECONDS + 3


@pytest.mark.expects_log("looking for late workers failed")
def test_a_look_that_fails_is_not_the_last() -> None:
    @played("a", "b")
    async def _(world: World) -> None:
        failed: list[list[str]] = []

        def fail_once(names: list[str]) -> None:
            if not failed:
                failed.append(names)
                raise OSError("no space left")
            world.late(names)

        world.watch._on_late = fail_once
        world.silent.add("a")
        await asyncio.sleep(4)
        assert (failed, set(world.judged)) == ([["a"]], {"a"})
