"""*Resume all* resumes what *Pause all* paused, and nothing that was paused one by one."""

import msgspec
import pytest

from desktop.integration.account_batches import BATCH
from desktop.integration.pauses import Pauses
from desktop.settings import SettingsHolder
from tests.unit.desktop.fakes import FakeBridge, make_account
from worker.protocol.states import AccountState


class World:
    """Accounts that a batch really pauses and resumes."""

    def __init__(self, profile, names):
        self.settings = SettingsHolder(profile)
        self.rows = {name: make_account(name) for name in names}
        self.bridge = FakeBridge()
        self.pauses = Pauses(self.bridge, self.rows.values, self.settings)

    def put(self, name, state):
        self.rows[name] = msgspec.structs.replace(self.rows[name], state=state)

    async def pause_all(self):
        await self.pauses.pause_all()
        return self._apply()

    async def resume_all(self):
        await self.pauses.resume_all()
        return self._apply()

    def _apply(self):
        """Do what was asked for since the last time, and return the ids."""
        asked = []
        for args, _ in self.bridge.client.called("batch_accounts"):
            for name in args[0].account_ids:
                self.put(name, AccountState.PAUSED if args[0].action == "pause" else AccountState.OK)
                asked.append(name)
        self.bridge.client.calls.clear()
        return asked


@pytest.fixture
def world(profile, qapp):
    return World(profile, ["a", "b", "c"])


async def test_what_was_paused_before_stays_paused(world, profile):
    world.put("b", AccountState.PAUSED)
    assert await world.pause_all() == ["a", "c"]
    world.pauses = Pauses(world.bridge, world.rows.values, SettingsHolder(profile))  # after a restart
    assert await world.resume_all() == ["a", "c"]
    assert world.rows["b"].state is AccountState.PAUSED
    world.settings = SettingsHolder(profile)
    assert world.settings.values.paused_together == ()


async def test_all_are_resumed_when_nothing_is_remembered(world):
    world.put("b", AccountState.PAUSED)
    world.put("a", AccountState.PAUSED)
    assert await world.resume_all() == ["a", "b"]


async def test_pausing_all_again_adds_to_what_is_remembered(world):
    world.put("b", AccountState.PAUSED)
    await world.pause_all()
    world.put("c", AccountState.OK)
    assert await world.pause_all() == ["c"]
    assert await world.resume_all() == ["a", "c"]


async def test_an_account_that_is_gone_is_not_asked_for(world):
    await world.pause_all()
    del world.rows["a"]
    assert await world.resume_all() == ["b", "c"]


async def test_many_go_in_parts(profile, qapp):
    world = World(profile, [f"n{number}" for number in range(BATCH + 1)])
    await world.pauses.pause_all()
    assert [len(args[0].account_ids) for args, _ in world.bridge.client.called("batch_accounts")] == [BATCH, 1]
    world._apply()
    assert len(await world.resume_all()) == BATCH + 1
