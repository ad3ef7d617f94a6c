"""Conversations, counts in local time, keeping, exports, saved searches, an older history: over a real database."""

import asyncio
import csv
import io
import itertools
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec import UNSET

from master.api.item_statistics import ItemStatsQuery
from master.api.item_threads import ThreadFilter
from master.api.items import Item
from master.api.schema import AccountPatch, ItemFilter, SettingsPatch
from master.api.searches import SearchCreate
from master.errors import Conflict, Invalid, NotFound
from master.services.item_exports import make_writer
from master.services.item_parts import ItemParts
from master.services.item_statistics import floor, periods, shifted
from tests.helpers.data import WORKER, World, batch, item, world_of
from worker.protocol.codec import now_ms
from worker.protocol.item_messages import Report
from worker.protocol.states import ItemKind

HOUR = 3_600_000
DAY = 24 * HOUR


async def nobody(*_arguments: object) -> None:
    raise AssertionError("nothing is to be sent")


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


@pytest.fixture
async def parts(world: World) -> ItemParts:
    made = ItemParts(
        items=world.items,
        accounts=world.accounts,
        database=world.database,
        publisher=world.publisher,
        settings=world.settings,
        manifest=world.catalog.manifest,
        send=nobody,
        tasks=world.tasks,
    )
    await made.load()
    return made


async def found(world: World, account_id: str, *items_: dict[str, object]) -> None:
    """Have an account find items, given by what differs from the usual."""
    epoch = await world.own(account_id)
    reports = [
        Report(seq=number, item=item(**({"key": f"{account_id} {epoch} {number}"} | fields)))
        for number, fields in enumerate(items_, 1)
    ]
    await world.items.ingest(WORKER, batch(account_id, epoch, reports))


def at(*moment: int, zone: str = "UTC") -> int:
    return round(datetime(*moment, tzinfo=ZoneInfo(zone)).timestamp() * 1000)


# ---------------------------------------------------------------- conversations


async def test_conversations_are_counted_as_items_come_are_read_and_go(world, parts):
    one, other = await world.feed("One"), await world.feed("Two")
    await found(world, one.id, {"thread": "t", "title": "first"}, {"thread": "u"}, {"thread": "", "title": "alone"})
    await found(world, other.id, {"thread": "t", "title": "theirs"})
    await found(world, one.id, {"thread": "t", "title": "answer", "author": "Ann", "text": "x" * 500})
    page = await parts.threads.page(ThreadFilter())
    assert [(row.account_id, row.thread, row.title, row.count, row.unread) for row in page.rows] == [
        (one.id, "t", "answer", 2, 2),
        (other.id, "t", "theirs", 1, 1),
        (one.id, "u", f"title {one.id} 1 2", 1, 1),
    ]
    assert (page.rows[0].author, page.rows[0].excerpt) == ("Ann", "x" * 200)
    first = await parts.threads.page(ThreadFilter(), limit=1)
    assert [row.thread for row in first.rows] == ["t"]
    rest = await parts.threads.page(ThreadFilter(), limit=5, cursor=first.next_cursor)
    assert [(row.account_id, row.thread) for row in rest.rows] == [(other.id, "t"), (one.id, "u")]
    assert rest.next_cursor is None
    mine = await parts.threads.page(ThreadFilter(account_id=one.id))
    assert [row.thread for row in mine.rows] == ["t", "u"]
    assert [row.title for row in (await world.items.page(ItemFilter(account_id=one.id, thread="t"))).rows] == [
        "answer",
        "first",
    ]
    assert (await world.items.mark_many(ItemFilter(account_id=one.id, thread="t"))).count == 2
    unread = await parts.threads.page(ThreadFilter(unread=True))
    assert [(row.account_id, row.thread) for row in unread.rows] == [(other.id, "t"), (one.id, "u")]
    await world.items.mark(1, False)
    assert (await parts.threads.page(ThreadFilter(unread=True, account_id=one.id))).rows[0].unread == 1
    await world.accounts.delete(one.id, keep_history=False)
    assert [row.account_id for row in (await parts.threads.page(ThreadFilter())).rows] == [other.id]
    with pytest.raises(Invalid):
        await parts.threads.page(ThreadFilter(), cursor="x")
    with pytest.raises(Invalid) as refused:
        await world.items.page(ItemFilter(thread="t"))
    assert list(refused.value.fields) == ["account_id"]


async def test_an_item_stands_in_its_conversation(world, parts):
    account = await world.feed()
    await found(world, account.id, *({"thread": "t" if n % 2 else "", "title": str(n)} for n in range(10)))
    context = await parts.threads.context(6, limit=1)
    assert [row.title for row in context.earlier] == ["3"]
    assert (context.item.title, [row.title for row in context.later]) == ("5", ["7"])
    assert (context.more_earlier, context.more_later, context.thread.count) == (True, True, 5)
    alone = await parts.threads.context(1, limit=2)
    assert (alone.thread, alone.earlier, [row.title for row in alone.later]) == (None, [], ["1", "2"])
    with pytest.raises(NotFound):
        await parts.threads.context(99)


async def test_unread_ones_come_first_page_by_page(world, parts):
    account = await world.feed()
    await found(world, account.id, *({"title": str(n)} for n in range(7)))
    await world.items.mark_many(ItemFilter(ids=[2, 5, 7]))
    seen, cursor = [], None
    while True:
        page = await world.items.page(ItemFilter(), limit=2, cursor=cursor, order="unread_first")
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [6, 4, 3, 1, 7, 5, 2]
    for wrong in ("7", "x7", "u", "u-1"):
        with pytest.raises(Invalid):
            await world.items.page(ItemFilter(), cursor=wrong, order="unread_first")


async def test_a_group_is_its_accounts(world, parts):
    one, other = await world.feed("One"), await world.feed("Two")
    await found(world, one.id, {})
    await found(world, other.id, {})
    assert (await world.items.page(ItemFilter(group_id="none"))).rows == []
    assert (await world.items.mark_many(ItemFilter(group_id="none"))).count == 0
    named = ItemFilter(account_id=one.id, account_ids=[other.id, one.id])
    assert [row.account_id for row in (await world.items.page(named)).rows] == [other.id, one.id]


# ---------------------------------------------------------------- counts


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("UTC", (2026, 3, 29), 24),
        ("Asia/Kathmandu", (2026, 3, 29), 24),
        ("Europe/Berlin", (2026, 3, 29), 23),
        ("Europe/Berlin", (2026, 10, 25), 25),
        ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
        ("America/Sao_Paulo", (2018, 11, 4), 23),
        ("Asia/Kolkata", (2026, 1, 1), 24),
    ],
)
def test_local_days_have_as_many_hours_as_the_clock(zone, day, hours):
    known = ZoneInfo(zone)
    begin = floor(at(*day, 12, zone=zone), "day", known)
    end = shifted(begin, "day", known, 1)
    assert (end - begin) / HOUR == hours
    assert shifted(end, "day", known, -1) == begin
    starts = periods("hour", known, begin, end - 1, end)
    assert (starts[0], starts[-1]) == (begin, end)
    assert all(later > earlier for earlier, later in itertools.pairwise(starts))
    week = floor(begin, "week", known)
    assert datetime.fromtimestamp(week / 1000, known).weekday() == 0


async def test_counts_by_local_day_account_and_kind_beside_the_time_before(world, parts):
    one, other = await world.feed("One"), await world.feed("Two")
    zone = "Asia/Kathmandu"  # 5:45 ahead
    midnight = at(2026, 5, 10, zone=zone)
    moments = [midnight - 1, midnight, midnight + 20 * HOUR, midnight + DAY - 1, midnight + DAY, midnight - 40 * DAY]
    await found(world, one.id, *({"detected_at": moment, "created_at": moment} for moment in moments))
    mails = [{"detected_at": moment, "created_at": moment, "kind": ItemKind.MAIL} for moment in moments[:2]]
    await found(world, other.id, *mails)
    query = ItemStatsQuery(tz=zone, since=midnight, until=midnight + 2 * DAY - 1)
    stats = await parts.statistics.stats(query)
    assert [(one.at, one.until, one.count) for one in stats.periods] == [
        (midnight, midnight + DAY, 4),
        (midnight + DAY, midnight + 2 * DAY, 1),
    ]
    assert stats.periods[0].kinds == {"entry": 3, "mail": 1}
    assert (stats.total, stats.previous, stats.unread, stats.stored, stats.complete) == (5, 2, 8, 8, True)
    assert stats.previous_since == midnight - 2 * DAY
    assert [(row.account_id, row.count, row.previous, row.unread, row.kinds) for row in stats.accounts] == [
        (one.id, 4, 1, 6, {"entry": 4}),
        (other.id, 1, 1, 2, {"mail": 1}),
    ]
    of_one = await parts.statistics.stats(msgspec.structs.replace(query, account_id=one.id, kind=ItemKind.MAIL))
    assert (of_one.total, of_one.stored, of_one.accounts) == (0, 0, [])
    weeks = ItemStatsQuery(group_by="week", tz=zone, since=midnight - 60 * DAY, until=midnight + DAY)
    assert (await parts.statistics.stats(weeks)).total == 8
    # What was found stays counted when it is deleted; an account that goes with its history is not.
    await world.items.remove([1, 2, 3])
    assert (await parts.statistics.stats(query)).total == 5
    await world.accounts.delete(other.id, keep_history=False)
    after = await parts.statistics.stats(query)
    assert (after.total, after.stored, [row.account_id for row in after.accounts]) == (4, 6, [one.id])


async def test_a_time_that_cannot_be_counted_is_refused_by_field(world, parts):
    now = now_ms()
    for query, field in (
        (ItemStatsQuery(tz="Mars/Base"), "tz"),
        (ItemStatsQuery(tz="../etc/passwd"), "tz"),
        (ItemStatsQuery(since=now, until=now - DAY), "since"),
        (ItemStatsQuery(group_by="hour", since=0, until=now), "since"),
    ):
        with pytest.raises(Invalid) as refused:
            await parts.statistics.stats(query)
        assert list(refused.value.fields) == [field]
    empty = await parts.statistics.stats(ItemStatsQuery(group_by="hour"))
    assert (len(empty.periods), empty.total) == (48, 0)


# ---------------------------------------------------------------- keeping


async def test_items_go_by_the_days_of_their_kind_but_their_keys_stay(world, parts):
    account = await world.feed()
    now = now_ms()
    old = {"detected_at": now - 40 * DAY, "created_at": now - 40 * DAY}
    await found(
        world, account.id, old | {"key": "a"}, old | {"key": "b"}, old | {"kind": ItemKind.MAIL}, {"key": "new"}
    )
    await world.items.mark_many(ItemFilter(ids=[1, 3]))
    assert await parts.retention.clear_old(dry_run=False) == 0, "nothing goes unless somebody says so"
    await world.settings.patch(SettingsPatch(item_keep_days={ItemKind.ENTRY: 30}))
    assert await parts.retention.clear_old(dry_run=True) == 1
    assert [row.id for row in (await world.items.page(ItemFilter())).rows] == [4, 3, 2, 1]
    world.events.clear()
    assert await parts.retention.clear_old(dry_run=False) == 1
    (gone,) = world.of("items.deleted")
    assert gone.ids == [1]
    assert [row.id for row in (await world.items.page(ItemFilter())).rows] == [4, 3, 2], "unread ones stay"
    await world.settings.patch(SettingsPatch(item_keep_unread=False))
    assert await parts.retention.clear_old(dry_run=False) == 1
    assert world.items.unread().accounts == {account.id: 1}
    assert world.accounts.get(account.id).unread == 1
    assert world.notifications.pending_count() == 1, "what is gone need not be told"
    # Offered again by its service, it is known.
    epoch = await world.own(account.id)
    answer = await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a", 2: "b"}))
    assert [result.result for result in answer.results] == ["known", "known"]


async def test_the_oldest_go_when_the_database_is_too_large_read_ones_first(world, parts, monkeypatch):
    account = await world.feed()
    await found(world, account.id, *({"text": f"{n} " * 2000} for n in range(40)))
    await world.items.mark_many(ItemFilter(ids=list(range(11, 21))))
    used = (await world.database.read(parts.retention._rooms.room)).used
    assert await parts.retention.clear_large(dry_run=False) == 0, "no limit"
    await world.settings.patch(SettingsPatch(item_keep_total_mb=50))
    assert await parts.retention.clear_large(dry_run=False) == 0, "room enough"
    real = parts.retention._rooms.room
    grown = 50 * 1_048_576 / 0.6 / used
    monkeypatch.setattr(parts.retention._rooms, "room", lambda conn: real(conn)._replace(used=int(used * grown)))
    assert await parts.retention.clear_large(dry_run=True) == 16
    assert await parts.retention.clear_large(dry_run=False) == 16
    left = [row.id for row in (await world.items.page(ItemFilter(), limit=100)).rows]
    assert left == [*range(40, 20, -1), *range(10, 6, -1)]


async def test_room_is_given_back_to_the_disk(world, parts, monkeypatch):
    monkeypatch.setattr("master.services.item_retention.FREE_BYTES", 65_536)
    account = await world.feed()
    for _ in range(2):
        await found(world, account.id, *({"text": "x" * 60_000} for n in range(30)))
    large = (await world.database.read(parts.retention._rooms.room)).used
    await world.items.mark_many(ItemFilter())
    await world.settings.patch(SettingsPatch(item_keep_days={ItemKind.ENTRY: 1}))
    old = now_ms() - 3 * DAY
    await world.database.write(lambda conn: conn.exec_driver_sql("UPDATE items SET detected_at = ?", (old,)))
    await world.database.write(
        lambda conn: conn.exec_driver_sql("UPDATE item_counts SET slot = slot - 4 WHERE size = 1")
    )
    assert await parts.retention.clear_old(dry_run=False) == 60
    room = await world.database.read(parts.retention._rooms.room)
    assert room.used + room.free < large / 2


# ---------------------------------------------------------------- files


def exported(kind: str, rows: list[Item], bom: bool = False) -> bytes:
    writer = make_writer(kind, bom)
    return writer.begin() + writer.write(rows[:1]) + writer.write(rows[1:]) + writer.write([]) + writer.end()


async def test_files_hold_every_item_and_no_formula(world, parts):
    account = await world.feed()
    nasty = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\tx", " =1", "＝1", 'quote " comma , line\nbreak', "天气"]
    await found(world, account.id, *({"title": title, "text": title} for title in nasty))
    rows = [row async for part in world.items.export(ItemFilter(), "oldest") for row in part]
    assert [row.title for row in rows] == nasty
    text = exported("csv", rows, bom=True)
    assert text.startswith(b"\xef\xbb\xbfid,account_id,kind")
    assert not exported("csv", rows).startswith(b"\xef")
    table = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert [row["title"].removeprefix("'") for row in table] == nasty
    assert [row["title"][0] == "'" for row in table] == [True] * 7 + [False] * 2
    assert table[0]["detected_at"].endswith("Z")
    assert table[0]["read"] == "false"
    loaded = json.loads(exported("json", rows))
    assert msgspec.convert(loaded, list[Item]) == rows
    assert json.loads(exported("json", [])) == []
    assert len(list(csv.reader(io.StringIO(exported("csv", []).decode())))) == 1


async def test_an_export_holds_what_was_there_when_it_began(world, parts, monkeypatch):
    monkeypatch.setattr("master.services.items.EXPORTED", 3)
    account = await world.feed()
    await found(world, account.id, *({"title": f"the {n}"} for n in range(10)))
    seen = []
    async for part in world.items.export(ItemFilter(q="the"), "oldest"):
        seen += [row.id for row in part]
        await found(world, account.id, {"title": "the later"})
    assert seen == list(range(1, 11))


# ---------------------------------------------------------------- saved searches, an older history


async def test_searches_are_kept_by_name(world, parts):
    wanted = ItemFilter(q="天气 -rain", kinds=[ItemKind.MAIL], unread=True)
    made = await parts.searches.create(SearchCreate(name="Weather", filter=wanted, order="unread_first"))
    await parts.searches.create(SearchCreate(name="all", filter=ItemFilter()))
    assert [row.name for row in await parts.searches.rows()] == ["all", "Weather"]
    assert (await parts.searches.rows())[1] == made
    assert made.filter == wanted
    with pytest.raises(Conflict) as refused:
        await parts.searches.create(SearchCreate(name="Weather", filter=ItemFilter()))
    assert list(refused.value.fields) == ["name"]
    await parts.searches.delete(made.id)
    with pytest.raises(NotFound):
        await parts.searches.delete(made.id)
    assert [event.type for event in world.events][-3:] == ["search.changed", "search.changed", "search.deleted"]


async def test_an_older_history_becomes_searchable_in_the_background(world, parts):
    account = await world.feed()
    await found(world, account.id, *({"title": f"the {n}"} for n in range(450)))
    assert parts.histories.state().complete

    def older(conn) -> None:
        conn.exec_driver_sql("INSERT INTO items_fts (items_fts) VALUES ('delete-all')")
        conn.exec_driver_sql("DELETE FROM item_counts")
        conn.exec_driver_sql("INSERT INTO meta (key, value) VALUES ('items_known_from', '451')")

    await world.database.write(older)
    await parts.load()
    state = parts.histories.state()
    assert (state.complete, state.done, state.total) == (False, 0, 450)
    assert (await world.items.page(ItemFilter(q="the"))).rows == []
    assert not (await parts.statistics.stats(ItemStatsQuery())).complete
    async with asyncio.timeout(60):
        await parts.histories.run()
    assert parts.histories.state().complete
    assert len((await world.items.page(ItemFilter(q="the"), limit=500)).rows) == 450
    stats = await parts.statistics.stats(ItemStatsQuery())
    assert (stats.stored, stats.complete) == (450, True)
    await parts.load()
    assert parts.histories.state().complete


async def test_a_renamed_account_is_found_as_before(world, parts):
    account = await world.feed()
    await found(world, account.id, {"title": "the"})
    await world.accounts.patch(account.id, AccountPatch(name="Other"))
    assert len((await world.items.page(ItemFilter(q="the", account_id=account.id, kind=ItemKind.ENTRY))).rows) == 1
    assert ItemFilter().q is UNSET
