"""Pages of items against a plain model: every filter, every order, while items arrive; and from indices alone."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import UNSET
from sqlalchemy import event

from master.store.engine import Connection, Database
from master.store.item_pages import ItemQuery
from master.store.items import ItemRecord, ItemStore
from worker.protocol.states import ItemKind

DAY = 86_400_000
BEGIN = 1_790_000_000_000 // DAY * DAY
ACCOUNTS = ("ann", "bob", "cyd")
KINDS = (ItemKind.MAIL, ItemKind.ENTRY, ItemKind.DIRECT_MESSAGE)
THREADS = ("", "", "t1", "t2")
WORDS = ("the", "cat", "dog", "天气", "新闻天", "news")


@pytest.fixture
async def database(profile: Path) -> AsyncIterator[Database]:
    made = Database(profile / "watchkeeper.db")
    await made.open()
    yield made
    await made.close()


def record(rng: random.Random, key: str, **more: Any) -> ItemRecord:
    at = BEGIN + rng.randrange(20 * DAY)
    fields: dict[str, Any] = {
        "account_id": rng.choice(ACCOUNTS),
        "kind": rng.choice(KINDS),
        "key": key,
        "title": rng.choice(WORDS),
        "text": " ".join(rng.choices(WORDS, k=3)),
        "author": rng.choice(("Ann", "Bob B")),
        "url": "",
        "thread": rng.choice(THREADS),
        "created_at": at,
        "detected_at": at,
        "stored_at": at,
        "read": rng.random() < 0.6,
        "truncated": False,
        "worker_id": "w",
        "how": "poll",
    }
    return ItemRecord(**(fields | more))


def any_query(rng: random.Random, ids: list[int]) -> ItemQuery:
    def maybe(value: Any, chance: float = 0.4) -> Any:
        return value if rng.random() < chance else UNSET

    accounts = maybe(rng.sample(ACCOUNTS, rng.randint(0 if rng.random() < 0.1 else 1, 3)), 0.6)
    since = BEGIN + rng.randrange(20 * DAY)
    return ItemQuery(
        accounts=accounts,
        kinds=maybe(rng.sample(KINDS, rng.randint(1, 3))),
        thread=UNSET if accounts is UNSET else maybe(rng.choice(("t1", "t2", "none")), 0.3),
        unread=maybe(rng.random() < 0.5),
        q=maybe(
            rng.choice(("cat", "天气", "气", "the -dog", "-news", "nothing", "天 cat", '"', "cat*", "cat author:bob")),
            0.5,
        ),
        author=maybe("ann", 0.15),
        since=maybe(since, 0.3),
        until=maybe(since + rng.choice((0, DAY, 5 * DAY)), 0.3),
        ids=maybe(rng.sample(ids, min(len(ids), 20)), 0.1) if ids else UNSET,
    )


def fits(item: ItemRecord, query: ItemQuery) -> bool:
    words = {"": True}
    text = f"{item.title} {item.text} {item.author.lower()}"
    for term in (query.q or "").replace('"', "").split():
        if term.startswith("-"):
            words[term] = term[1:] not in text
        elif term.startswith("author:"):
            words[term] = term[7:] in item.author.lower()
        else:
            words[term] = term.rstrip("*") in text
    return (
        (query.accounts is UNSET or item.account_id in query.accounts)
        and (query.kinds is UNSET or item.kind in query.kinds)
        and (query.thread is UNSET or item.thread == query.thread)
        and (query.unread is UNSET or item.read is not query.unread)
        and (query.since is UNSET or item.detected_at >= query.since)
        and (query.until is UNSET or item.detected_at <= query.until)
        and (query.ids is UNSET or item.id in query.ids)
        and (query.author is UNSET or query.author in item.author.lower())
        and all(words.values())
    )


async def test_no_row_is_missed_or_doubled_while_items_arrive(database):
    rng, store = random.Random(11), ItemStore()
    stored: list[ItemRecord] = []

    async def arrive(count: int) -> None:
        records = [record(rng, f"k{len(stored) + n}") for n in range(count)]
        stored.extend(await database.write(lambda conn: store.insert(conn, records)))

    await arrive(150)
    for _ in range(250):
        query = any_query(rng, [item.id for item in stored])
        newest, size, arrivals = rng.random() < 0.6, rng.randint(5, 40), 2
        before = {item.id for item in stored if fits(item, query)}
        found: list[int] = []
        after: int | None = None
        while True:
            page = await database.read(
                lambda conn, after=after: store.page(conn, query, size, after, newest=newest)  # noqa: B023
            )
            found += [item.id for item in page]
            if len(page) < size:
                break
            after = page[-1].id
            if arrivals and rng.random() < 0.3:
                arrivals -= 1
                await arrive(1)
        assert found == sorted(set(found), reverse=newest), query
        assert before <= set(found), query
        assert all(fits(item, query) for item in stored if item.id in set(found)), query
        if newest:
            assert set(found) == before, query


async def test_many_accounts_and_a_narrow_filter_go_their_own_ways(database, monkeypatch):
    monkeypatch.setattr("master.store.item_pages.NARROW", 5)
    monkeypatch.setattr("master.store.item_pages.FACETS", 2)
    monkeypatch.setattr("master.store.item_indices.FACETS", 2)
    monkeypatch.setattr("master.store.item_pages._LEGS", 2)
    monkeypatch.setattr("master.store.item_pages._CHUNK", 7)
    rng, store = random.Random(13), ItemStore()
    records = [record(rng, f"k{n}") for n in range(120)]
    stored = await database.write(lambda conn: store.insert(conn, records))
    for _ in range(300):
        query = any_query(rng, [item.id for item in stored])
        newest, size = rng.random() < 0.5, rng.randint(1, 40)
        page = await database.read(lambda conn: store.page(conn, query, size, newest=newest))  # noqa: B023
        wanted = sorted((item.id for item in stored if fits(item, query)), reverse=newest)
        assert [item.id for item in page] == wanted[:size], query


@contextmanager
def plans(database: Database, conn: Connection) -> Iterator[list[str]]:
    """Note how SQLite goes about each question."""
    noted: list[str] = []

    def before(_conn: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("SELECT") and "items" in statement:
            rows = cursor.connection.execute("EXPLAIN QUERY PLAN " + statement, parameters).fetchall()
            noted.extend(row[3] for row in rows)

    event.listen(conn, "before_cursor_execute", before)
    yield noted
    event.remove(conn, "before_cursor_execute", before)


FILTERS: dict[str, tuple[ItemQuery, str]] = {
    "all": (ItemQuery(), "INTEGER PRIMARY KEY"),
    "until an id": (ItemQuery(until_id=900), "INTEGER PRIMARY KEY"),
    "unread": (ItemQuery(unread=True), "items_read (read=?"),
    "account": (ItemQuery(accounts=["ann"]), "items_account (read=? AND account_id=? AND rowid"),
    "accounts": (ItemQuery(accounts=list(ACCOUNTS)), "items_account (read=? AND account_id=? AND rowid"),
    "kind": (ItemQuery(kinds=[ItemKind.MAIL]), "items_kind (read=? AND kind=? AND rowid"),
    "account, kind and unread": (
        ItemQuery(accounts=["ann"], kinds=[ItemKind.MAIL], unread=True),
        "items_account_kind (read=? AND account_id=? AND kind=? AND rowid",
    ),
    "time": (ItemQuery(since=BEGIN, until=BEGIN + DAY), "INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
    "account, kind, unread and time": (
        ItemQuery(accounts=["ann"], kinds=[ItemKind.MAIL], unread=True, since=BEGIN, until=BEGIN + DAY),
        "items_account_kind (read=? AND account_id=? AND kind=? AND rowid",
    ),
    "thread": (ItemQuery(accounts=["ann"], thread="t1"), "items_thread (account_id=? AND thread=? AND rowid"),
    "unread of a thread": (
        ItemQuery(accounts=["ann"], thread="t1", unread=True),
        "items_thread (account_id=? AND thread=? AND rowid",
    ),
}


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("newest", [True, False])
async def test_every_filter_reads_ranges_of_an_index_in_order(database, name, newest):
    rng, store = random.Random(1), ItemStore()
    await database.write(lambda conn: store.insert(conn, [record(rng, f"k{n}") for n in range(300)]))
    query, wanted = FILTERS[name]

    def read(conn: Connection) -> list[str]:
        with plans(database, conn) as noted:
            store.page(conn, query, 50, 250 if newest else 10, newest=newest)
        return noted

    noted = await database.read(read)
    assert any(wanted in step for step in noted), noted
    assert not [step for step in noted if step.startswith("SCAN items") or "SCAN i " in step], noted
    assert not [step for step in noted if "TEMP B-TREE" in step], noted


async def test_words_are_found_before_rows_are_read(database):
    rng, store = random.Random(1), ItemStore()
    await database.write(lambda conn: store.insert(conn, [record(rng, f"k{n}") for n in range(300)]))

    def read(conn: Connection) -> list[str]:
        with plans(database, conn) as noted:
            store.page(conn, ItemQuery(q="cat 天气", accounts=["ann"], kinds=[ItemKind.MAIL]), 50)
        return noted

    noted = await database.read(read)
    assert any("items_fts VIRTUAL TABLE INDEX" in step for step in noted), noted
    assert not [step for step in noted if "TEMP B-TREE" in step], noted


async def test_what_is_deleted_is_neither_found_nor_counted_in_its_conversation(database):
    rng, store = random.Random(2), ItemStore()
    records = [record(rng, f"k{n}", account_id="ann", thread=rng.choice(("t1", "t2"))) for n in range(60)]
    stored = await database.write(lambda conn: store.insert(conn, records))
    left = {item.id: item for item in stored}
    while left:
        part = rng.sample(sorted(left), min(len(left), 7))
        gone = await database.write(lambda conn: store.delete(conn, part))  # noqa: B023
        assert {item.id for item in gone} == set(part)
        for one in part:
            del left[one]
        read = rng.sample(sorted(left), min(len(left), 3))
        await database.write(lambda conn: store.mark_some(conn, read, rng.random() < 0.5, BEGIN))  # noqa: B023
        rows = await database.read(lambda conn: store.some(conn, sorted(left)))  # noqa: B023
        left = {row.id: row for row in rows}
        threads = await database.read(lambda conn: store.threads.page(conn, 10))
        wanted = {}
        for row in sorted(rows, key=lambda row: row.id):
            _last, size, unread = wanted.get(row.thread, (0, 0, 0))
            wanted[row.thread] = (row.id, size + 1, unread + (not row.read))
        assert {row.thread: (row.last_id, row.size, row.unread) for row in threads} == wanted
        found = await database.read(lambda conn: store.page(conn, ItemQuery(q="the"), 100))
        assert {row.id for row in found} == {row.id for row in rows if "the" in f"{row.title} {row.text}"}

    def integrity(conn: Connection) -> None:
        conn.exec_driver_sql("INSERT INTO items_fts (items_fts) VALUES ('integrity-check')")

    await database.write(integrity)
    # What was found stays counted; an account that is forgotten is not.
    assert await database.read(lambda conn: store.counts.total(conn, None, None)) == 60
    await database.write(lambda conn: store.forget(conn, "ann"))
    assert await database.read(lambda conn: store.counts.total(conn, None, None)) == 0


async def test_an_older_history_is_learnt_by_and_by(database):
    rng, store = random.Random(4), ItemStore()
    records = [record(rng, f"k{n}") for n in range(90)]

    def older(conn: Connection) -> None:
        """As a former version left it."""
        store.add_keys(conn, "x", [])
        for n, item in enumerate(records, 1):
            values = msgspec.structs.astuple(msgspec.structs.replace(item, id=n))
            conn.exec_driver_sql(f"INSERT INTO items VALUES ({', '.join('?' * len(values))})", values)
            store.add_keys(conn, item.account_id, [item.key])
        conn.exec_driver_sql("INSERT INTO meta (key, value) VALUES ('items_known_from', '91')")

    await database.write(older)
    assert await database.write(store.begin) == 91
    assert await database.read(store.unlearnt) == 90
    new = await database.write(lambda conn: store.insert(conn, [record(rng, "new", title="cat", read=False)]))
    await database.write(lambda conn: store.mark_some(conn, [new[0].id, 50, 3], True, BEGIN))
    await database.write(lambda conn: store.delete(conn, [60]))

    async def total() -> int:
        return await database.read(lambda conn: store.counts.total(conn, None, None))

    assert await total() == 1
    since = ItemQuery(since=BEGIN, until=BEGIN + 20 * DAY)
    assert len(await database.read(lambda conn: store.page(conn, since, 500))) == 90
    position, count = await database.write(lambda conn: store.learn(conn, 40))
    assert (position, count, await total()) == (50, 40, 41)
    position, count = await database.write(lambda conn: store.learn(conn, 60))
    assert (position, count, await total()) == (0, 49, 90)
    late = ItemQuery(since=max(item.detected_at for item in records))
    first, _ = await database.read(lambda conn: store.counts.limits(conn, None, late.since, None))
    low, _ = await database.read(lambda conn: store.pages._limits(conn, late))
    assert low == first > 1, "once all is counted, the counts say where a time begins"
    rows = await database.read(lambda conn: store.page(conn, ItemQuery(), 500))
    found = await database.read(lambda conn: store.page(conn, ItemQuery(q="天气"), 500))
    assert [row.id for row in found] == [row.id for row in rows if "天气" in f"{row.title} {row.text}"]
    threads = await database.read(lambda conn: store.threads.page(conn, 100))
    assert sum(row.size for row in threads) == sum(bool(row.thread) for row in rows)
    assert sum(row.unread for row in threads) == sum(bool(row.thread) and not row.read for row in rows)
    kept = await database.read(lambda conn: store.with_keys(conn, rows[-1].account_id, [rows[-1].key]))
    assert kept == [rows[-1].id]
    # Another way of writing words: the index is made anew, what was counted stays.
    await database.write(lambda conn: conn.exec_driver_sql("UPDATE meta SET value = '0' WHERE key = 'items_words'"))
    assert await database.write(store.begin) == 92
    assert await database.read(lambda conn: store.page(conn, ItemQuery(q="cat"), 500)) == []
    while (await database.write(lambda conn: store.learn(conn, 40)))[0]:
        await asyncio.sleep(0)
    assert len(await database.read(lambda conn: store.page(conn, ItemQuery(q="天气"), 500))) == len(found)
    assert await total() == 90
