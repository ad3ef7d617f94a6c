"""Quiet hours and snoozes: what is held, why, and how it is told when nothing holds it any more."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from master.api.rules import (
    QuietHoursPatch,
    QuietPlan,
    QuietWindow,
    RuleConditions,
    RuleCreate,
    SnoozeCreate,
)
from master.api.schema import AccountPatch, ItemFilter, NotificationFilter, SettingsPatch
from master.errors import Conflict, Invalid, NotFound
from tests.helpers.alerts import tell_alert
from tests.helpers.data import WORKER, World, batch, item, world_of
from worker.protocol.codec import now_ms
from worker.protocol.item_messages import Report
from worker.protocol.texts import text

ALWAYS = [QuietWindow(start="00:00", end="00:00")]
QUIET = QuietHoursPatch(enabled=True, windows=ALWAYS, time_zone="UTC")


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


async def find(world: World, account_id: str, *keys: str) -> None:
    epoch = world.accounts.get(account_id).epoch or await world.own(account_id)
    reports = [Report(seq=number, item=item(key)) for number, key in enumerate(keys, 1)]
    await world.items.ingest(WORKER, batch(account_id, epoch, reports))


async def shown(world: World, **filters) -> list[tuple[str, str]]:
    """Return state and reason of every notification, oldest first."""
    page = await world.notifications.page(limit=500, filter=NotificationFilter(**filters))
    return [(row.state, row.reason.code) for row in reversed(page.rows)]


async def test_what_is_found_in_quiet_hours_is_told_together_when_they_end(world):
    notifications = world.notifications
    one, two = await world.feed("one"), await world.feed("two")
    await notifications.patch_quiet_hours(QUIET)
    await find(world, one.id, "a", "b")
    await find(world, two.id, "c")
    assert await shown(world) == [("held", "held_quiet")] * 3
    assert notifications.pending_count() == 0
    assert (await notifications.quiet_hours()).held == 3
    world.events.clear()
    await notifications.patch_quiet_hours(QuietHoursPatch(enabled=False))
    assert await shown(world) == [("suppressed", "silent_held")] * 3 + [("pending", "told_held")]
    (digest, *_) = (await notifications.page()).rows
    assert digest.title == text("notify_held", count=3, accounts=2)
    assert (digest.count, digest.account_id) == (3, None)
    assert digest.text.splitlines()[0] == "two: title c"
    assert world.types() == ["notifications.swept", "notification.changed", "quiet_hours.changed"]
    assert notifications.pending_count() == 1
    await notifications.digests.release(now_ms())
    assert len(await shown(world)) == 4, "once"


async def test_what_is_urgent_passes_the_quiet_hours_but_no_snooze(world):
    account, notifications = await world.feed(), world.notifications
    await notifications.rules.create(
        RuleCreate(name="fire", action="urgent", conditions=RuleConditions(include=["fire"]))
    )
    await notifications.patch_quiet_hours(QUIET)
    await find(world, account.id, "fire", "smoke")
    assert await shown(world) == [("pending", "told_rule"), ("held", "held_quiet")]
    await notifications.snoozes.create(SnoozeCreate(scope="account", target_id=account.id))
    await find(world, account.id, "fire 2")
    assert (await shown(world))[-1] == ("held", "held_snoozed_account")
    await notifications.snoozes.end(f"account:{account.id}")
    assert await shown(world, kind="system") == [("pending", "told_held")], "it is quiet still, so only the urgent one"
    (digest,) = (await notifications.page(filter=NotificationFilter(kind="system"))).rows
    assert (digest.title, digest.level) == (text("notify_held_one", count=1, account="Feed"), "urgent")
    assert (await notifications.quiet_hours()).held == 1


async def test_alerts_and_what_was_snoozed_are_held_too(world):
    notifications = world.notifications
    await tell_alert(notifications, world.database, text("notify_worker_gave_up", worker="w", count=3))
    (told,) = (await notifications.page()).rows
    await notifications.snooze(told.id, 60)
    await notifications.patch_quiet_hours(QUIET)
    await tell_alert(notifications, world.database, text("notify_worker_gave_up", worker="x", count=3))
    await notifications.wake(now_ms() + 61_000)
    assert await shown(world, state="held") == [("held", "held_quiet")] * 2
    await notifications.patch_quiet_hours(QuietHoursPatch(enabled=False))
    (digest, *_) = (await notifications.page()).rows
    assert digest.title == text("notify_held_system", count=2)


async def test_what_was_held_survives_a_restart_and_is_told_by_the_watch(world, profile):
    account = await world.feed()
    await world.notifications.snoozes.create(SnoozeCreate(scope="account", target_id=account.id))
    await find(world, account.id, "a")
    async with world_of(profile) as again:
        (snooze,) = await again.notifications.snoozes.rows()
        assert (snooze.id, snooze.name, snooze.held) == (f"account:{account.id}", "Feed", 1)
        end = now_ms() + 300
        again.notifications.holds._snoozes[("account", account.id)] = _ending(again, account.id, end)
        ends = "UPDATE snoozes SET until_at = ?"
        await again.database.write(lambda conn: conn.exec_driver_sql(ends, (end,)))
        again.types()
        watch = asyncio.ensure_future(again.notifications.watch())
        async with asyncio.timeout(60):
            while not again.of("notification.changed"):
                await asyncio.sleep(0.005)
        late = now_ms() - end
        watch.cancel()
        assert 0 <= late < 10_000, "when it ends, not at the next round of the watch"
        assert [event.id for event in again.of("snooze.ended")] == [f"account:{account.id}"]
        assert await again.notifications.snoozes.rows() == []
        assert await shown(again) == [("suppressed", "silent_held"), ("pending", "told_held")]


def _ending(world: World, account_id: str, at: int):
    import msgspec

    return msgspec.structs.replace(world.notifications.holds._snoozes[("account", account_id)], until_at=at)


async def test_the_watch_waits_for_the_moment_that_the_quiet_hours_end(world, monkeypatch):
    account, notifications = await world.feed(), world.notifications
    await notifications.patch_quiet_hours(QUIET)
    await find(world, account.id, "a")
    real, end = notifications.holds._all_quiet, now_ms() + 250
    monkeypatch.setattr(
        notifications.holds,
        "_all_quiet",
        lambda now: type(real(now))(quiet=now < end, until=end if now < end else None),
    )
    watch = asyncio.ensure_future(notifications.watch())
    world.types()
    async with asyncio.timeout(60):
        while not world.of("quiet_hours.changed"):
            await asyncio.sleep(0.005)
    watch.cancel()
    assert 0 <= now_ms() - end < 10_000
    assert (world.of("quiet_hours.changed")[0].active, world.of("notification.changed")[0].count) == (False, 1)


async def test_an_account_has_quiet_hours_of_its_own(world):
    always, never, plain = await world.feed("always"), await world.feed("never"), await world.feed("plain")
    await world.accounts.patch(always.id, AccountPatch(quiet_hours=QuietPlan(windows=ALWAYS, time_zone="UTC")))
    await world.accounts.patch(never.id, AccountPatch(quiet_hours=QuietPlan()))
    for account in (always, never, plain):
        await find(world, account.id, "a")
    assert await shown(world) == [("held", "held_quiet")] + [("pending", "told_new_item")] * 2
    await world.notifications.patch_quiet_hours(QUIET)
    for account in (never, plain):
        await find(world, account.id, "b")
    assert (await shown(world))[-2:] == [("pending", "told_new_item"), ("held", "held_quiet")]
    await world.accounts.patch(always.id, AccountPatch(quiet_hours=QuietPlan()))
    await world.notifications.digests.release(now_ms())
    assert await shown(world, state="held") == [("held", "held_quiet")], "that of plain"


async def test_levels_of_accounts(world):
    urgent, none = await world.feed("urgent"), await world.feed("none")
    await world.accounts.patch(urgent.id, AccountPatch(notify_level="urgent", sound="alert", priority=3))
    await world.accounts.patch(none.id, AccountPatch(notify_level="none"))
    await world.notifications.rules.create(
        RuleCreate(name="fire", action="urgent", conditions=RuleConditions(include=["fire"]))
    )
    for account in (urgent, none):
        await find(world, account.id, "fire", "smoke")
    assert await shown(world) == [
        ("pending", "told_rule"),
        ("suppressed", "silent_level_urgent"),
        ("suppressed", "silent_level_none"),
        ("suppressed", "silent_level_none"),
    ]
    first = (await world.notifications.page()).rows[-1]
    assert (first.sound, first.prominent, first.level) == ("alert", True, "urgent")


async def test_switched_off_is_not_held_and_holds_what_is_held(world):
    account = await world.feed()
    await world.notifications.patch_quiet_hours(QUIET)
    await find(world, account.id, "a")
    await world.settings.patch(SettingsPatch(notifications_enabled=False))
    await find(world, account.id, "b")
    await world.notifications.patch_quiet_hours(QuietHoursPatch(enabled=False))
    assert await shown(world) == [("held", "held_quiet"), ("suppressed", "silent_off")]
    await world.settings.patch(SettingsPatch(notifications_enabled=True))
    await world.notifications.digests.release(now_ms())
    assert (await shown(world))[-1] == ("pending", "told_held")


async def test_the_mute_is_the_snooze_of_all(world):
    account, notifications = await world.feed(), world.notifications
    until = now_ms() + 600_000
    await world.settings.patch(SettingsPatch(muted_until_at=until))
    (row,) = await notifications.snoozes.rows()
    assert (row.id, row.scope, row.until_at) == ("all", "all", until)
    await find(world, account.id, "a")
    assert await shown(world) == [("held", "held_snoozed_all")]
    world.types()
    await notifications.snoozes.create(SnoozeCreate(scope="all", preset="1h"))
    assert world.settings.current.muted_until_at > until
    assert world.of("snooze.changed")[0].id == "all"
    await notifications.snoozes.end("all")
    assert world.settings.current.muted_until_at is None
    assert (await shown(world))[-1] == ("pending", "told_held")
    assert [event.id for event in world.of("snooze.ended")] == ["all"]
    with pytest.raises(NotFound):
        await notifications.snoozes.end("all")


async def test_items_that_are_read_meanwhile_are_in_no_digest(world):
    account = await world.feed()
    await world.notifications.patch_quiet_hours(QUIET)
    await find(world, account.id, "a", "b")
    first = (await world.items.page(ItemFilter())).rows[0]
    await world.items.mark(first.id, True)
    await world.notifications.patch_quiet_hours(QuietHoursPatch(enabled=False))
    assert sorted(await shown(world)) == [
        ("pending", "told_held"),
        ("read", "held_quiet"),
        ("suppressed", "silent_held"),
    ]


async def test_until_when(world):
    holds, now = world.notifications.holds, now_ms()
    at = holds.until
    assert abs(at(SnoozeCreate(scope="all")) - now - 3_600_000) < 20_000
    assert abs(at(SnoozeCreate(scope="all", preset="15min")) - now - 900_000) < 20_000
    assert abs(at(SnoozeCreate(scope="all", seconds=60)) - now - 60_000) < 20_000
    assert at(SnoozeCreate(scope="all", until_at=now + 5000)) == now + 5000
    await world.notifications.patch_quiet_hours(QuietHoursPatch(time_zone="Asia/Shanghai"))
    morning = datetime.fromtimestamp(at(SnoozeCreate(scope="all", preset="tomorrow")) / 1000, UTC) + timedelta(hours=8)
    today = datetime.fromtimestamp(now / 1000, UTC) + timedelta(hours=8)
    assert (morning.hour, morning.minute, (morning.date() - today.date()).days) == (9, 0, 1)
    for wrong, field in (
        ({"until_at": now - 1}, "until_at"),
        ({"until_at": now + 31 * 86_400_000}, "until_at"),
        ({"seconds": 60, "preset": "1h"}, "preset"),
    ):
        with pytest.raises(Invalid) as refused:
            at(SnoozeCreate(scope="all", **wrong))
        assert list(refused.value.fields) == [field]


async def test_a_snooze_names_something_that_is_there(world):
    create = world.notifications.snoozes.create
    for wrong, kind in (
        ({"scope": "account"}, Invalid),
        ({"scope": "all", "target_id": "x"}, Invalid),
        ({"scope": "account", "target_id": "x"}, NotFound),
        ({"scope": "group", "target_id": "x"}, NotFound),
        ({"scope": "notification", "target_id": "x"}, NotFound),
        ({"scope": "notification", "target_id": "7"}, NotFound),
    ):
        with pytest.raises(kind):
            await create(SnoozeCreate(**wrong))
    for snooze_id in ("all", "account:x", "notification:7", "other"):
        with pytest.raises(NotFound):
            await world.notifications.snoozes.end(snooze_id)


async def test_a_notification_and_a_group_are_snoozed_in_the_same_list(world):
    account, notifications = await world.feed(), world.notifications
    notifications.snoozes.attach(lambda: {"g": "Work"})
    await find(world, account.id, "a")
    (told,) = (await notifications.page()).rows
    row = await notifications.snoozes.create(SnoozeCreate(scope="notification", target_id=str(told.id), seconds=90))
    group = await notifications.snoozes.create(SnoozeCreate(scope="group", target_id="g"))
    assert (group.id, group.name) == ("group:g", "Work")
    assert [one.id for one in await notifications.snoozes.rows()] == ["group:g", row.id]
    await notifications.snoozes.end(row.id)
    assert await shown(world) == [("dismissed", "told_new_item"), ("pending", "told_again")]


async def test_a_stale_version_and_a_wrong_zone_change_nothing(world):
    notifications = world.notifications
    changed = await notifications.patch_quiet_hours(QUIET)
    with pytest.raises(Conflict):
        await notifications.patch_quiet_hours(QuietHoursPatch(enabled=False, version=changed.version - 1))
    with pytest.raises(Invalid):
        await notifications.patch_quiet_hours(QuietHoursPatch(time_zone="Moon"))
    assert await notifications.quiet_hours() == changed


async def test_a_digest_is_read_with_the_last_of_its_items_unless_it_tells_of_more(world):
    account = await world.feed()
    for alerts, left in ((0, 0), (1, 1)):
        await world.notifications.patch_quiet_hours(QUIET)
        await find(world, account.id, f"a{alerts}", f"b{alerts}")
        for _ in range(alerts):
            await tell_alert(world.notifications, world.database, text("told_alert"))
        await world.notifications.patch_quiet_hours(QuietHoursPatch(enabled=False))
        newest = (await world.items.page(ItemFilter(), 1)).rows[0].id
        await world.items.mark(newest - 1, True)
        assert world.notifications.pending_count() == 1
        await world.items.mark(newest, True)
        assert world.notifications.pending_count() == left


async def test_a_snooze_that_is_begun_anew_as_it_ends_outlives_a_restart(world, profile):
    account = await world.feed()
    holds, anew = world.notifications.holds, SnoozeCreate(scope="account", target_id=account.id)
    until = await holds.snooze(anew)
    await asyncio.sleep(0.002)  # the clock moves on
    world.events.clear()
    later, _ = await asyncio.gather(holds.snooze(anew), holds.forget_ended(until))
    assert later > until
    assert [row.until_at for row in holds.snoozes()] == [later]
    assert world.of("snooze.ended") == []
    async with world_of(profile) as again:
        assert [row.until_at for row in again.notifications.holds.snoozes()] == [later]
