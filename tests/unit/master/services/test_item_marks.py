"""What is read here is marked at its service, and what is read there is read here."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from master.api.schema import ItemFilter, SettingsPatch
from master.errors import Unavailable
from master.services import item_marks
from master.services.item_marks import ItemMarkService
from tests.helpers.data import FEED, WORKER, World, batch, world_of
from tests.helpers.deadlines import until
from worker.protocol.bases import Message
from worker.protocol.codec import ProtocolError, now_ms
from worker.protocol.item_messages import ItemsMarked, MarkItems
from worker.protocol.manifest import Capabilities
from worker.protocol.states import ErrorCode
from worker.protocol.texts import text

ABLE = msgspec.structs.replace(FEED, capabilities=Capabilities(credentials="optional", mark_read=True))


class Worker:
    """Answers as a test says; at the end of the script everything is done."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int, list[str]]] = []
        self.script: list[Message | Exception] = []

    async def send(self, worker_id: str, message: Message, timeout_s: float) -> Message:
        assert isinstance(message, MarkItems)
        self.asked.append((worker_id, message.account_id, message.epoch, list(message.keys)))
        what = self.script.pop(0) if self.script else ItemsMarked()
        if isinstance(what, Exception):
            raise what
        return what


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile, sync_read=True) as made:
        yield made


@pytest.fixture
async def worker(world: World, monkeypatch) -> Worker:
    monkeypatch.setattr(item_marks, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(item_marks, "LOOK_SECONDS", 0.05)
    made = Worker()
    service = ItemMarkService(
        database=world.database,
        accounts=world.accounts,
        manifest={"feed": ABLE}.get,
        settings=world.settings,
        send=made.send,
        tasks=world.tasks,
    )
    world.items.attach(service)
    world.tasks.spawn(service.run(), name="marks")
    made.service = service
    return made


async def found(world: World, name: str = "Feed", count: int = 3) -> tuple[str, int]:
    account = await world.feed(name)
    epoch = await world.own(account.id)
    await world.items.ingest(WORKER, batch(account.id, epoch, {n: f"k{n}" for n in range(1, count + 1)}))
    return account.id, epoch


async def left(world: World) -> int:
    return await world.database.read(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM item_marks").scalar())


async def until_left(world: World, count: int) -> None:
    async with asyncio.timeout(60):
        while await left(world) != count:
            await asyncio.sleep(0.01)


async def test_what_is_read_here_is_marked_by_the_worker_that_holds_the_account(world, worker):
    account, epoch = await found(world)
    await world.items.mark(2, True)
    await until_left(world, 0)
    assert worker.asked == [(WORKER, account, epoch, ["k2"])]
    assert (await world.items.mark_many(ItemFilter())).count == 2
    await until_left(world, 0)
    assert sorted(worker.asked[1][3] + (worker.asked[2][3] if len(worker.asked) > 2 else [])) == ["k1", "k3"]


async def test_it_is_said_again_until_it_is_done_and_outlives_a_restart(world, worker):
    away = Unavailable(text("worker_not_connected", worker=WORKER), code=ErrorCode.WORKER_OFFLINE)
    later = ItemsMarked(error=text("mark_failed", detail="busy"), retry=True)
    moved = ProtocolError(ErrorCode.STALE_EPOCH, "it is watched under epoch 9")
    worker.script = [away, later, moved]
    account, epoch = await found(world)
    await world.items.mark(1, True)
    await until_left(world, 0)
    assert worker.asked == [(WORKER, account, epoch, ["k1"])] * 4


@pytest.mark.expects_log("WARNING .*stay unread there")
async def test_what_can_never_be_marked_is_given_up_and_what_waits_too_long(world, worker):
    worker.script = [ItemsMarked(error=text("mark_unable"))]
    account, _ = await found(world)
    await world.items.mark(1, True)
    await until_left(world, 0)
    await world.accounts.pause(account)
    await world.own(account, None)
    await world.items.mark(2, True)
    assert await left(world) == 1, "nobody holds it: it waits"
    assert await worker.service.clear_old(0, dry_run=True) == 0
    old = now_ms() - item_marks.KEEP_MS - 1
    await world.database.write(lambda conn: conn.exec_driver_sql("UPDATE item_marks SET created_at = ?", (old,)))
    assert await worker.service.clear_old(0, dry_run=True) == 1
    assert await worker.service.clear_old(0, dry_run=False) == 1
    assert len(worker.asked) == 1


async def test_a_failing_account_holds_no_other(world, worker):
    worker.script = [ProtocolError(ErrorCode.INTERNAL, "x")]
    first, _ = await found(world, "One")
    second, _ = await found(world, "Two")
    hang = asyncio.Event()
    plain = worker.send

    async def send(worker_id: str, message: Message, timeout_s: float) -> Message:
        if message.account_id == first:
            await hang.wait()
        return await plain(worker_id, message, timeout_s)

    worker.service._send = send
    await world.items.mark_many(ItemFilter())
    await until_left(world, 3)
    assert {asked[1] for asked in worker.asked} == {second}
    hang.set()
    await until_left(world, 0)


async def test_only_where_it_is_wanted_and_can_be_done(world, worker):
    account, _ = await found(world)
    assert worker.service.wanted(account)
    await world.settings.patch(SettingsPatch(sync_read=False))
    await world.items.mark(1, True)
    assert await left(world) == 0
    await world.settings.patch(SettingsPatch(sync_read=True))
    mail = await world.mail()
    assert not worker.service.wanted(mail.id)
    assert not worker.service.wanted("gone")


async def test_what_is_marked_unread_again_in_time_is_not_marked_there(world, worker):
    account, _ = await found(world)
    await world.own(account, None)
    await world.items.mark(1, True)
    await world.items.mark(2, True)
    await world.items.mark(1, False)
    epoch = await world.own(account)
    await until_left(world, 0)
    assert worker.asked == [(WORKER, account, epoch, ["k2"])]


async def test_an_account_that_goes_takes_its_wishes_along(world, worker):
    account, _ = await found(world)
    await world.own(account, None)
    await world.items.mark(1, True)
    await world.accounts.delete(account, keep_history=True)
    await until_left(world, 0)
    assert worker.asked == []


async def test_what_is_read_at_the_service_is_read_here_and_not_told_back(world, worker):
    account, epoch = await found(world)
    assert world.notifications.pending_count() == 3
    world.events.clear()
    told = msgspec.structs.replace(batch(account, epoch, {4: "k4"}), read=["k2", "k4", "unknown", "k2"])
    await world.items.ingest(WORKER, told)
    rows = (await world.items.page(ItemFilter())).rows
    assert [(row.key, row.read) for row in rows] == [("k4", True), ("k3", False), ("k2", True), ("k1", False)]
    (read,) = world.of("items.read")
    assert sorted(read.ids) == [2, 4]
    assert [(row.item_id, row.state) for row in world.of("notification.changed")] == [(4, "suppressed"), (2, "read")]
    assert world.notifications.pending_count() == 2
    assert world.items.unread().accounts == {account: 2}
    # Said again it changes nothing, and another account's key is its own.
    world.events.clear()
    await world.items.ingest(WORKER, msgspec.structs.replace(told, reports=[]))
    assert world.types() == []
    other, its = await found(world, "Other")
    await world.items.ingest(WORKER, msgspec.structs.replace(batch(other, its, {}), read=["k1"]))
    assert [row.read for row in (await world.items.page(ItemFilter(account_id=account))).rows] == [
        True,
        False,
        True,
        False,
    ]
    assert await left(world) == 0
    assert worker.asked == []


async def test_what_was_read_there_before_it_was_found_is_told_nowhere_and_counts_in_no_burst(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    keys = {number: f"k{number}" for number in range(1, 21)}
    world.events.clear()
    await world.items.ingest(WORKER, msgspec.structs.replace(batch(account.id, epoch, keys), read=list(keys.values())))
    assert {row.state for row in world.of("notification.changed")} == {"suppressed"}
    rows = (await world.notifications.page()).rows
    assert [row.reason.code for row in rows] == ["silent_read"] * 20
    assert world.notifications.pending_count() == 0
    assert world.items.unread().total == 0
    await world.items.ingest(WORKER, batch(account.id, epoch, {21: "k21"}))
    assert (await world.notifications.page()).rows[0].reason.code == "told_new_item"


async def test_what_waits_for_an_account_that_is_removed_waits_until_that_is_undone_or_over(world, worker):
    account, epoch = await found(world)
    await world.own(account, None)
    await world.items.mark(1, True)
    await world.accounts.remove(account, keep_history=True)
    worker.service._wake.set()
    await until(lambda: not worker.service._wake.is_set() and not worker.service._sending)
    assert await left(world) == 1
    await world.accounts.restore(account)
    epoch = await world.own(account)
    await until_left(world, 0)
    assert worker.asked == [(WORKER, account, epoch, ["k1"])]
