"""Battery saver: when it begins, what it costs whom, and that it ends at the mains."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.api.schema import AccountPatch, Settings
from master.services.leases import Leases
from master.services.powers import Power
from master.services.savers import LOOK_SECONDS, NONE, SAVING_SECONDS, BatterySaver, Saving, saving_of
from master.tasks import Tasks
from tests.helpers.data import WORKER, world_of
from tests.helpers.deadlines import until
from tests.helpers.ownership import World
from worker.protocol.account_messages import AssignAccount
from worker.protocol.texts import text

BELOW = Settings(battery_saver="below", battery_saver_percent=30, battery_saver_factor=4)
SYSTEM = Settings(battery_saver="system")


@pytest.mark.parametrize(
    ("settings", "power", "factor", "code"),
    [
        (Settings(), Power(on_battery=True, percent=3, saving=True), 1, ""),
        (BELOW, Power(on_battery=True, percent=29), 4, "saver_below"),
        (BELOW, Power(on_battery=True, percent=30), 1, ""),
        (BELOW, Power(on_battery=False, percent=3), 1, ""),
        (BELOW, Power(on_battery=True, percent=None), 1, ""),
        (BELOW, Power(), 1, ""),
        (SYSTEM, Power(on_battery=True, percent=90, saving=True), 3, "saver_system"),
        (SYSTEM, Power(on_battery=True, percent=3), 1, ""),
        (SYSTEM, Power(on_battery=False, percent=90, saving=True), 1, ""),
    ],
)
def test_what_a_reading_means(settings: Settings, power: Power, factor: float, code: str) -> None:
    saving = saving_of(settings, power)
    assert saving.factor == factor
    assert (saving.reason.code if saving.reason else "") == code


class Reader:
    def __init__(self) -> None:
        self.power: Power | OSError = Power(on_battery=True, percent=20)
        self.asked: list[bool] = []

    def read(self, *, saving: bool) -> Power:
        self.asked.append(saving)
        if isinstance(self.power, OSError):
            raise self.power
        return self.power


class Laptop:
    def __init__(self) -> None:
        self.settings = Settings()
        self.reader = Reader()
        self.made = 0
        self.now = 100.0
        self.told: list[tuple[Saving, Power]] = []
        self.tasks = Tasks()
        self.saver = BatterySaver(
            settings=lambda: self.settings,
            reader=self.make,
            changed=lambda saving, power: self.told.append((saving, power)),
            tasks=self.tasks,
            clock=lambda: self.now,
        )

    def make(self) -> Reader:
        self.made += 1
        return self.reader

    async def tick(self, seconds: float) -> None:
        self.now += seconds
        before = len(self.reader.asked)
        self.saver.tick()
        await until(lambda: not self.saver._looking)
        assert len(self.reader.asked) <= before + 1


@pytest.fixture
async def laptop() -> AsyncIterator[Laptop]:
    made = Laptop()
    yield made
    await made.tasks.close()


async def test_nothing_is_read_while_nobody_asked_for_it(laptop: Laptop) -> None:
    await laptop.tick(100)
    assert (laptop.made, laptop.told) == (0, [])


async def test_it_begins_and_ends_at_once_at_the_mains(laptop: Laptop) -> None:
    laptop.settings = BELOW
    await laptop.tick(1)
    assert laptop.told == [(Saving(4.0, text("saver_below", percent=20, factor=4)), Power(on_battery=True, percent=20))]
    assert laptop.reader.asked == [False], "the system's own mode is no matter here"
    laptop.reader.power = Power(on_battery=False, percent=20)
    await laptop.tick(SAVING_SECONDS)
    assert laptop.told[-1][0] == NONE
    await laptop.tick(LOOK_SECONDS - 1)
    assert len(laptop.reader.asked) == 2, "at the mains it looks more rarely"


async def test_switched_off_it_ends_without_a_reading(laptop: Laptop) -> None:
    laptop.settings = SYSTEM
    laptop.reader.power = Power(on_battery=True, percent=50, saving=True)
    await laptop.tick(1)
    assert laptop.saver.saving.factor == 3
    assert laptop.reader.asked == [True]
    laptop.settings = Settings()
    laptop.saver.look_soon()
    await laptop.tick(0)
    assert laptop.told[-1] == (NONE, Power())


@pytest.mark.expects_log("WARNING master.services.savers the state of the battery cannot be read")
async def test_a_battery_that_cannot_be_read_saves_nothing(laptop: Laptop) -> None:
    laptop.settings = BELOW
    laptop.reader.power = OSError("gone")
    await laptop.tick(1)
    assert laptop.saver.saving == NONE


def intervals(world: World) -> dict[str, int]:
    return {
        message.assignment.account_id: message.assignment.interval_seconds
        for _name, message in world.sent
        if isinstance(message, AssignAccount)
    }


async def test_all_but_those_of_priority_are_checked_more_rarely() -> None:
    world = World(Leases(lambda: 0.0))
    world.service.open([])
    try:
        await world.register("w1", limit=4)
        world.add("a", "b", interval_seconds=30)
        world.add("urgent", interval_seconds=30, priority=1)
        await until(lambda: world.workers.assigned == {"w1": 3})
        world.service.save(4.0)
        await until(lambda: intervals(world).get("a") == 120 and intervals(world).get("b") == 120)
        assert intervals(world)["urgent"] == 30
        assert world.accounts.stretched["w1"] == (4.0, "interval_battery")
        # More accounts than places: the longer of the two counts, not both.
        world.workers.limits["w1"] = 1
        world.service.save(2.0)
        await until(lambda: intervals(world).get("a") == 90)
        assert world.accounts.stretched["w1"] == (3.0, "interval_crowded")
        world.workers.limits["w1"] = 4
        world.service.save(1.0)
        await until(lambda: intervals(world).get("a") == intervals(world).get("b") == 30)
        assert world.accounts.stretched["w1"] == (1.0, "")
    finally:
        world.service.close()
        await world.tasks.close()


async def test_an_account_shows_its_longer_interval_and_why(profile: Path) -> None:
    async with world_of(profile) as world:
        plain, important = await world.feed("plain"), await world.feed("important")
        await world.accounts.patch(important.id, AccountPatch(priority=3))
        for account in (plain, important):
            await world.own(account.id)
        world.events.clear()
        world.accounts.stretch(WORKER, 4.0, text("interval_battery"))
        row = world.accounts.get(plain.id)
        assert (row.interval_factor, row.interval_reason) == (4.0, text("interval_battery"))
        assert world.accounts.get(important.id).interval_factor == 1.0
        assert [event.data.id for event in world.events if event.type == "account.changed"] == [plain.id, important.id]
        world.accounts.stretch(WORKER, 1.0, None)
        row = world.accounts.get(plain.id)
        assert (row.interval_factor, row.interval_reason) == (1.0, None)
