"""The history of notifications: filters, pages at any depth, counts, sweeps, and what is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.api.schema import NotificationFilter, SettingsPatch
from master.errors import Invalid
from master.services import notification_lists
from master.store.notification_lists import NotificationListStore, NotificationQuery, Place
from master.store.notifications import NotificationRecord
from tests.helpers.data import World, world_of
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

DAY = 86_400_000


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


async def put(world: World, *records: dict) -> list[int]:
    made = [
        NotificationRecord(
            **(
                {"kind": "alert", "title": text("told_alert"), "created_at": now_ms(), "reason": text("told_alert")}
                | one
            )
        )
        for one in records
    ]
    stored = await world.database.write(lambda conn: world.notifications.store.insert(conn, made))
    world.notifications.announce(stored)
    return [record.id for record in stored]


async def ids(world: World, limit: int = 500, **filters) -> list[int]:
    """Return the ids of all pages."""
    found: list[int] = []
    cursor = None
    while True:
        page = await world.notifications.page(limit, cursor, NotificationFilter(**filters))
        assert len(page.rows) <= limit
        found += [row.id for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 3, 500])
async def test_filters(world, limit):
    base = 1_700_000_000_000
    made = await put(
        world,
        {"account_id": "a", "created_at": base + 5},
        {"account_id": "b", "kind": "job", "state": "suppressed", "created_at": base + 5},
        {"account_id": "a", "kind": "system", "state": "held", "created_at": base + 4},
        {"kind": "item", "created_at": base + 9},
        {"account_id": "a", "kind": "item", "state": "dismissed", "created_at": base + 7},
    )
    one, two, three, four, five = made
    for filters, expected in (
        ({}, [five, four, three, two, one]),
        ({"state": "held"}, [three]),
        ({"account_id": "a"}, [five, three, one]),
        ({"kind": "item"}, [five, four]),
        ({"kind": "job"}, [two]),
        ({"account_id": "a", "kind": "item", "state": "dismissed"}, [five]),
        ({"since": base + 5}, [four, five, two, one]),
        ({"until": base + 5}, [three]),
        ({"since": base + 5, "until": base + 8}, [five, two, one]),
        ({"until_id": three}, [three, two, one]),
    ):
        assert await ids(world, limit, **filters) == expected, filters


async def test_counts(world):
    await put(world, {"kind": "job"}, {"kind": "item", "state": "held"}, {"kind": "item", "state": "suppressed"}, {})
    totals = await world.notifications.lists.totals()
    assert totals.states == {
        "pending": 2, "held": 1, "suppressed": 1, "dismissed": 0, "snoozed": 0, "read": 0,
    }  # fmt: skip
    assert totals.kinds == {"item": 2, "job": 1, "alert": 1, "system": 0}
    assert (totals.total, totals.last_id) == (4, 4)


async def test_reading_and_clearing_touch_what_was_told_only(world):
    made = await put(
        world,
        {"account_id": "a", "dedupe": "once"},
        {"state": "held"},
        {"state": "suppressed"},
        {"account_id": "b"},
        {"state": "snoozed", "snoozed_until_at": now_ms() + 60_000},
    )
    notifications = world.notifications
    world.types()
    assert (await notifications.read_many(NotificationFilter(account_id="a"))).count == 1
    (event,) = world.of("notifications.swept")
    assert (event.ids, event.state, event.count) == ([made[0]], "read", 1)
    assert notifications.pending_count() == 1
    late = await put(world, {})
    assert (await notifications.clear(NotificationFilter(until_id=late[0] - 1))).count == 2
    assert notifications.pending_count() == 1
    assert (await notifications.clear(NotificationFilter(state="held"))).count == 0
    states = {row.id: row.state for row in (await notifications.page()).rows}
    assert [states[one] for one in made] == ["dismissed", "held", "suppressed", "dismissed", "snoozed"]
    assert await put(world, {"dedupe": "once"}), "what was put away may be told again"
    world.types()
    assert (await notifications.read_many(NotificationFilter(account_id="nobody"))).count == 0
    assert world.types() == []


async def test_many_at_once_are_not_named(world):
    await put(world, *[{} for _ in range(501)])
    world.types()
    assert (await world.notifications.clear(NotificationFilter())).count == 501
    (event,) = world.of("notifications.swept")
    assert (event.ids, event.count) == ([], 501)
    assert world.notifications.pending_count() == 0


async def test_what_is_old_is_forgotten_but_not_what_waits(world):
    old = now_ms() - 31 * DAY
    made = await put(
        world, {"created_at": old}, {"created_at": old, "state": "held"}, {"created_at": now_ms() - 29 * DAY}
    )
    await world.settings.patch(SettingsPatch(notification_keep_days=30))
    lists = world.notifications.lists
    assert await lists.purge(0, True) == 1
    assert await ids(world) == made[::-1]
    assert await lists.purge(0, False) == 1
    assert await ids(world) == made[:0:-1]
    assert (await put(world, {}))[0] > made[-1], "numbers are never used again"


def test_every_filter_uses_an_index(tmp_path):
    """No page reads the whole table, however long the history is."""
    from master.store.engine import make_engine
    from master.store.files import prepare

    path = tmp_path / "watchkeeper.db"
    engine = make_engine(path, writes=True)
    prepare(path, engine)
    statements: list[tuple[str, tuple]] = []

    class Recorder:
        def execute(self, statement):
            compiled = statement.compile(engine, compile_kwargs={"literal_binds": True})
            statements.append(str(compiled))
            raise StopIteration

    for query in (
        {"state": "held"},
        {"account_id": "a"},
        {"kind": "alert"},
        {"since": 5},
        {"until": 5},
        {"since": 5, "until": 9},
        {"state": "pending", "account_id": "a"},
    ):
        with pytest.raises(StopIteration):
            NotificationListStore().page(Recorder(), NotificationQuery(**query), 100, Place(5, 7))
        with engine.connect() as conn:
            plan = [row.detail for row in conn.exec_driver_sql("EXPLAIN QUERY PLAN " + statements[-1])]
        assert not any(line.startswith("SCAN") for line in plan), (query, plan)
        assert not any("TEMP B-TREE" in line for line in plan), (query, plan)
    engine.dispose()


async def test_a_page_goes_on_though_its_last_row_was_deleted(world):
    made = await put(world, *({"created_at": 1_700_000_000_000 + number} for number in range(6)))
    for filters in ({}, {"since": 1_600_000_000_000}):
        page = await world.notifications.page(2, None, NotificationFilter(**filters))
        last = page.rows[-1].id
        await world.database.write(
            lambda conn, one=last: conn.exec_driver_sql("DELETE FROM notifications WHERE id = ?", (one,))
        )
        rest = await world.notifications.page(5, page.next_cursor, NotificationFilter(**filters))
        assert [row.id for row in rest.rows] == [one for one in reversed(made) if one < last]
        made.remove(last)
    for wrong in ("7", "x", "1.x", ".1", "1.", "1.2.3", "9" * 30 + ".1"):
        with pytest.raises(Invalid) as caught:
            await world.notifications.page(2, wrong, NotificationFilter())
        assert set(caught.value.fields) == {"cursor"}


async def test_what_is_forgotten_waits_no_more(world):
    await put(world, {"created_at": now_ms() - 400 * DAY}, {})
    assert world.notifications.pending_count() == 2
    assert await world.notifications.purge(0, True) == 1
    assert world.notifications.pending_count() == 2
    assert await world.notifications.purge(0, False) == 1
    assert world.notifications.pending_count() == 1


async def test_a_snooze_that_ends_while_all_is_switched_off_is_told_when_it_is_on_again(world):
    (snoozed,) = await put(world, {})
    await world.notifications.snooze(snoozed, 60)
    await world.settings.patch(SettingsPatch(notifications_enabled=False))
    await world.notifications.wake(now_ms() + 61_000)
    await world.notifications.digests.release(now_ms())
    again = (await world.notifications.page()).rows[0]
    assert (again.state, again.reason.code) == ("held", "silent_off")
    await world.settings.patch(SettingsPatch(notifications_enabled=True))
    await world.notifications.digests.release(now_ms())
    digest = (await world.notifications.page()).rows[0]
    assert (digest.state, digest.reason.code, digest.count) == ("pending", "told_held", 1)


async def test_a_sweep_lets_others_write_and_leaves_what_comes_meanwhile(world, monkeypatch):
    monkeypatch.setattr(notification_lists, "SWEPT", 10)
    made = await put(world, *({} for _ in range(35)))
    world.types()
    sweeping = asyncio.ensure_future(world.notifications.clear(NotificationFilter()))
    while not await ids(world, state="dismissed"):
        await asyncio.sleep(0)
    (late,) = await put(world, {})
    assert (await sweeping).count == 35
    assert await ids(world, state="pending") == [late]
    (event,) = world.of("notifications.swept")
    assert (sorted(event.ids), event.count) == (made, 35)
    assert world.notifications.pending_count() == 1
