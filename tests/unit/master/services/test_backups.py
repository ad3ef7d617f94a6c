"""Backups of a running master: once a day, made up when missed, told when they fail."""

import asyncio
import threading

import pytest

from master.api.system import Settings
from master.errors import Conflict, NotFound, Unavailable
from master.services import backups as module
from master.services.backups import DAY_MS, RETRY_MS, BackupService
from master.services.events import Publisher
from master.services.settings import SettingsService
from master.store import backup_files, restores
from master.store import backups as store
from master.store.engine import Database
from worker.protocol.texts import text

NOW = 1_700_000_000_000


class World:
    def __init__(self, profile):
        self.now = NOW
        self.events = []
        self.notes = []
        self.restarts = 0
        publisher = Publisher()
        publisher.subscribe(lambda event: self.events.append(event.type))
        self.path = profile / "watchkeeper.db"
        self.backups = BackupService(
            database=self.path,
            publisher=publisher,
            settings=SettingsService(profile=profile, publisher=publisher, settings=Settings(backup_keep=2)),
            restart=self.restart,
            note=lambda problem, days: self.notes.append((problem and problem.code, days)),
            clock=lambda: self.now,
        )

    def restart(self):
        self.restarts += 1


@pytest.fixture
async def world(profile):
    database = Database(profile / "watchkeeper.db")
    await database.open()
    world = World(profile)
    await world.backups.load()
    yield world
    await world.backups.close()
    await database.close()


async def test_one_a_day_and_a_missed_one_is_due_at_once(world):
    assert world.backups.is_due()
    first = await world.backups.make("daily")
    assert (first.why, first.problem, first.made_at) == ("daily", None, NOW)
    assert world.events.count("backup.changed") == 1
    assert not world.backups.is_due()
    state = await world.backups.state()
    assert (state.last_good_at, state.next_at, state.running, state.problem) == (NOW, NOW + DAY_MS, False, None)
    for ahead, due in (
        (DAY_MS - 1, False),
        (DAY_MS, True),
        (5 * DAY_MS, True),
        (-DAY_MS // 2, False),
        (-2 * DAY_MS, True),
    ):
        world.now = NOW + ahead
        assert world.backups.is_due() is due, ahead


async def test_one_made_by_hand_does_not_replace_the_daily_one(world):
    await world.backups.make("manual")
    assert world.backups.is_due()


async def test_as_many_stay_as_the_settings_say(world):
    for day in range(4):
        world.now = NOW + day * DAY_MS
        await world.backups.make("daily")
    assert [row.made_at for row in world.backups.rows()] == [NOW + 3 * DAY_MS, NOW + 2 * DAY_MS]
    assert world.events.count("backup.deleted") == 2


@pytest.mark.expects_log("could not be made")
async def test_a_failed_one_is_told_and_tried_again_within_the_hour(world, monkeypatch):
    await world.backups.make("daily")
    assert world.notes[-1] == (None, 0)

    def fail(*_given, **_named):
        raise backup_files.BackupError(text("backup_failed", detail="full"))

    monkeypatch.setattr(module.backups, "make", fail)
    world.now = NOW + 4 * DAY_MS
    with pytest.raises(Unavailable) as caught:
        await world.backups.make("daily")
    assert caught.value.code == "ERR_BACKUP"
    assert world.notes[-1] == ("backup_failed", 4)
    assert (await world.backups.state()).problem.code == "backup_failed"
    assert not world.backups.is_due()
    world.now += RETRY_MS
    assert world.backups.is_due()
    monkeypatch.undo()
    await world.backups.make("daily")
    assert world.notes[-1] == (None, 0)


async def test_a_profile_without_any_is_told_after_three_days(world, monkeypatch):
    monkeypatch.setattr(module, "QUIET_SECONDS", 0)
    monkeypatch.setattr(world.backups, "is_due", lambda: False)
    world.now = NOW + 3 * DAY_MS
    watching = asyncio.ensure_future(world.backups.watch())
    async with asyncio.timeout(60):
        while not world.notes:
            await asyncio.sleep(0.01)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert world.notes == [(None, 3)]


async def test_a_second_one_at_the_same_time_is_refused_and_a_stop_gives_up(world, monkeypatch):
    begun = threading.Event()

    def slow(*_given, stop, **_named):
        begun.set()
        while not stop():
            pass
        raise store.Stopped

    monkeypatch.setattr(module.backups, "make", slow)
    making = asyncio.ensure_future(world.backups.make("manual"))
    await asyncio.to_thread(begun.wait, 5)
    assert (await world.backups.state()).running
    with pytest.raises(Conflict):
        await world.backups.make("manual")
    await world.backups.close()
    with pytest.raises(Unavailable):
        await making
    with pytest.raises(Unavailable):
        await world.backups.make("manual")


@pytest.mark.expects_log("the master restarts")
async def test_a_restore_is_noted_and_the_master_restarts(world):
    row = await world.backups.make("manual")
    started = await world.backups.restore(row.id)
    assert (started.backup.id, world.restarts) == (row.id, 1)
    assert (world.path.parent / "restore.json").exists()


async def test_what_cannot_be_restored_restarts_nothing(world):
    row = await world.backups.make("manual")
    for name in ("nothing", "manual-20200101-000000-000", "../x"):
        with pytest.raises(NotFound):
            await world.backups.restore(name)
    file = world.path.parent / "backups" / f"{row.id}.db"
    raw = bytearray(file.read_bytes())
    raw[5000] ^= 1
    file.write_bytes(raw)
    with pytest.raises(Conflict) as caught:
        await world.backups.restore(row.id)
    assert caught.value.text.code == "backup_damaged"
    assert world.restarts == 0
    assert not (world.path.parent / "restore.json").exists()
    await world.backups.delete(row.id)
    assert world.backups.rows() == []
    with pytest.raises(NotFound):
        await world.backups.delete(row.id)
    assert restores.last_outcome(world.path.parent) is None
