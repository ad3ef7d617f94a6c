"""What the person is told, and which device was told what."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.api.schema import SettingsPatch
from master.errors import Conflict, Invalid, NotFound
from tests.helpers.alerts import tell_alert
from tests.helpers.data import WORKER, World, batch, world_of
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

TITLE = text("notify_worker_gave_up", worker="w", count=3)


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


async def tell(world: World, count: int = 1) -> list[int]:
    for number in range(count):
        await tell_alert(world.notifications, world.database, TITLE, text("check_failed", detail=f"body {number}"))
    rows = (await world.notifications.page(limit=count)).rows
    return [row.id for row in reversed(rows)]


async def test_an_alert_is_stored_then_announced(world):
    await tell(world)
    (row,) = world.of("notification.changed")
    assert (row.kind, row.title, row.text, row.state, row.reason.code) == (
        "alert",
        TITLE,
        "The check failed inside Watchkeeper: body 0",
        "pending",
        "told_alert",
    )
    assert world.notifications.pending_count() == 1


async def test_the_same_thing_is_told_once(world):
    for _ in range(3):
        await tell_alert(world.notifications, world.database, TITLE, dedupe="gave-up:w:1")
    await tell_alert(world.notifications, world.database, TITLE, dedupe="gave-up:w:2")
    assert world.notifications.pending_count() == len(world.of("notification.changed")) == 2


async def test_switched_off_ones_are_kept(world):
    await world.settings.patch(SettingsPatch(notifications_enabled=False))
    (told,) = await tell(world)
    assert world.notifications.pending_count() == 0
    with pytest.raises(Conflict):
        await world.notifications.snooze(told, 60)


async def test_dismissing_and_snoozing(world):
    first, second = await tell(world, 2)
    world.types()
    assert (await world.notifications.dismiss(first)).state == "dismissed"
    assert world.notifications.pending_count() == 1
    assert world.types() == ["notification.changed"]
    await world.notifications.dismiss(first)
    assert world.types() == []
    before = now_ms()
    snoozed = await world.notifications.snooze(second, 60)
    assert before + 60_000 <= snoozed.snoozed_until_at <= now_ms() + 60_000
    assert world.notifications.pending_count() == 0
    for call in (world.notifications.dismiss(999), world.notifications.snooze(999, 60)):
        with pytest.raises(NotFound):
            await call


async def test_a_snoozed_one_is_told_again_to_every_device_also_after_a_restart(world, profile):
    await world.notifications.register_device("d", "desk")
    (told,) = await tell(world)
    await world.notifications.acknowledge("d", told)
    await world.notifications.snooze(told, 60)
    assert await world.notifications.missed("d") == ([], False)
    async with world_of(profile) as again:
        later = now_ms() + 61_000
        assert not again.notifications.is_due(now_ms())
        assert again.notifications.is_due(later)
        await again.notifications.wake(later)
        assert not again.notifications.is_due(later)
        (row,), digest = await again.notifications.missed("d")
        assert (row.title, row.reason.code, digest) == (TITLE, "told_again", False)
        assert row.id > told
        assert again.notifications.pending_count() == 1


async def test_a_device_begins_at_now_and_learns_what_it_missed(world, profile):
    await tell(world, 3)
    await world.notifications.register_device("d", "desk")
    assert await world.notifications.missed("d") == ([], False)
    ids = await tell(world, 2)
    await world.notifications.acknowledge("d", ids[0])
    await world.notifications.acknowledge("d", 1)
    async with world_of(profile) as again:
        await again.notifications.register_device("d", "desk 2")
        rows, digest = await again.notifications.missed("d")
        assert ([row.id for row in rows], digest) == ([ids[1]], False)
        (client,) = again.notifications.clients()
        assert (client.name, client.cursor, client.online) == ("desk 2", ids[0], True)


async def test_more_than_twenty_become_one_whose_acknowledgement_covers_all(world):
    await world.notifications.register_device("d", "desk")
    await tell(world, 20)
    rows, digest = await world.notifications.missed("d")
    assert (len(rows), digest) == (20, False)
    await tell(world)
    rows, digest = await world.notifications.missed("d")
    assert ([row.title for row in rows], digest) == ([text("notify_digest", count=21)], True)
    await world.notifications.acknowledge("d", rows[0].id)
    assert await world.notifications.missed("d") == ([], False)


async def test_nobody_acknowledges_what_does_not_exist_yet(world):
    await world.notifications.register_device("d", "desk")
    await world.notifications.acknowledge("d", 10_000)
    (told,) = await tell(world)
    rows, _ = await world.notifications.missed("d")
    assert [row.id for row in rows] == [told]
    with pytest.raises(NotFound):
        await world.notifications.acknowledge("stranger", 1)


async def test_a_device_is_online_while_one_of_its_connections_stands(world):
    await world.notifications.register_device("d", "desk")
    await world.notifications.register_device("d", "desk")
    world.notifications.device_offline("d")
    assert world.notifications.clients()[0].online
    world.notifications.device_offline("d")
    world.notifications.device_offline("stranger")
    assert not world.notifications.clients()[0].online


async def test_pages(world):
    ids = await tell(world, 5)
    first = await world.notifications.page(limit=3)
    second = await world.notifications.page(limit=3, cursor=first.next_cursor)
    assert [row.id for row in first.rows + second.rows] == list(reversed(ids))
    assert second.next_cursor is None
    with pytest.raises(Invalid):
        await world.notifications.page(cursor="nope")


async def test_a_notification_and_its_cause_are_stored_together_or_not_at_all(world, monkeypatch):
    account = await world.feed()
    epoch = await world.own(account.id)
    monkeypatch.setattr(type(world.notifications.store), "last_id", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a"}))
    monkeypatch.undo()
    assert world.items.unread().total == 0
    answer = await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a"}))
    assert answer.results[0].result == "stored", "its key was not burned by the failed attempt"
    assert world.notifications.pending_count() == 1
