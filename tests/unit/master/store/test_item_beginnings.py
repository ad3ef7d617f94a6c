"""Beginnings of words: whatever is looked at first, and however, what is found is what the index finds."""

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET
from sqlalchemy import event

from master.store import item_beginnings
from master.store.engine import Connection, Database
from master.store.item_indices import expression
from master.store.item_pages import ItemQuery
from master.store.item_words import question
from master.store.items import ItemRecord, ItemStore
from worker.protocol.states import ItemKind

ACCOUNTS = tuple(f"account {n}" for n in range(6))
KINDS = (ItemKind.MAIL, ItemKind.ENTRY, ItemKind.DIRECT_MESSAGE)
STEMS = ("wor", "Wört", "straße", "ABC", "x1", "naïve", "co-op", "天气", "ニュース", "한국", "o'neil", "e.g.")
ENDS = ("", "d", "ds", "k", "4", "43", "431", "天", "é", "-a", "_b")
AT = 1_790_000_000_000


@pytest.fixture
async def database(profile: Path) -> AsyncIterator[Database]:
    made = Database(profile / "watchkeeper.db")
    await made.open()
    yield made
    await made.close()


def vocabulary(rng: random.Random) -> list[str]:
    words = [rng.choice(STEMS) + rng.choice(ENDS) for _ in range(rng.choice((3, 12, 40)))]
    return [word.swapcase() if rng.random() < 0.2 else word for word in words]


def made(rng: random.Random, number: int, words: list[str], **more: Any) -> ItemRecord:
    fields: dict[str, Any] = {
        "account_id": rng.choice(ACCOUNTS),
        "kind": rng.choice(KINDS),
        "key": f"k{number}",
        "title": " ".join(rng.choices(words, k=rng.randrange(3))),
        "text": " ".join(rng.choices(words, k=rng.randrange(6))),
        "author": rng.choice(words),
        "url": "",
        "thread": rng.choice(("", "t1")),
        "created_at": AT,
        "detected_at": AT + number * 1000,
        "stored_at": AT,
        "read": rng.random() < 0.6,
        "truncated": False,
        "worker_id": "w",
        "how": "poll",
    }
    return ItemRecord(**(fields | more))


def any_question(rng: random.Random, words: list[str]) -> str:
    terms = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        word = rng.choice((*words, "nothing"))
        word = word[: rng.randint(1, len(word))]
        terms.append(rng.choice(("", "", "", "-", "author:")) + rng.choice((f"{word}*", f"{word}*", word, f'"{word}"')))
    return " ".join(terms)


def any_query(rng: random.Random, words: list[str], ids: list[int]) -> ItemQuery:
    def maybe(value: Any, chance: float) -> Any:
        return value if rng.random() < chance else UNSET

    accounts = maybe(rng.sample(ACCOUNTS, rng.randint(1, 6)), 0.4)
    return ItemQuery(
        q=any_question(rng, words),
        author=maybe(rng.choice(words) + "*", 0.1),
        accounts=accounts,
        kinds=maybe(rng.sample(KINDS, rng.randint(1, 3)), 0.3),
        thread=UNSET if accounts is UNSET else maybe("t1", 0.3),
        unread=maybe(rng.random() < 0.5, 0.4),
        since=maybe(AT + rng.randrange(300) * 1000, 0.2),
        until=maybe(AT + rng.randrange(300) * 1000, 0.2),
        ids=maybe(rng.sample(ids, 30), 0.1),
    )


def by_index(conn: Connection, query: ItemQuery) -> set[int]:
    """Return what the index alone finds for the words."""
    asked = question(query.q or "", query.author or "")
    if asked.hopeless:
        return set()
    if not asked.asks:
        return set(conn.exec_driver_sql("SELECT id FROM items").scalars())
    match = expression(asked, None, None)
    return set(conn.exec_driver_sql("SELECT rowid FROM items_fts WHERE items_fts MATCH ?", (match,)).scalars())


def fits(item: ItemRecord, query: ItemQuery) -> bool:
    return (
        (query.accounts is UNSET or item.account_id in query.accounts)
        and (query.kinds is UNSET or item.kind in query.kinds)
        and (query.thread is UNSET or item.thread == query.thread)
        and (query.unread is UNSET or item.read is not query.unread)
        and (query.since is UNSET or item.detected_at >= query.since)
        and (query.until is UNSET or item.detected_at <= query.until)
        and (query.ids is UNSET or item.id in query.ids)
    )


@pytest.mark.parametrize("entry_seconds", [0.0, 1e-6, 1.0], ids=["by the index", "by both", "by the rows"])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_whatever_words_there_are_pages_have_what_the_index_has(database, monkeypatch, entry_seconds, seed):
    monkeypatch.setattr(item_beginnings, "ENTRY_SECONDS", entry_seconds)
    monkeypatch.setattr(item_beginnings, "DEAR_SECONDS", 1e-4)
    monkeypatch.setattr(item_beginnings, "FIRST", 7)
    monkeypatch.setattr(item_beginnings, "ROOM", 60)
    monkeypatch.setattr("master.store.item_pages.NARROW", 20)
    monkeypatch.setattr("master.store.item_pages._LONGEST_DEAR_CHUNK", 64)
    for module in ("item_pages", "item_indices"):
        monkeypatch.setattr(f"master.store.{module}.FACETS", 3)
    rng, store = random.Random(seed), ItemStore()
    words = vocabulary(rng)
    later = vocabulary(rng)
    records = [made(rng, n, words if n < 200 else later) for n in range(300)]
    stored = await database.write(lambda conn: store.insert(conn, records))
    gone = rng.sample([item.id for item in stored], 40)
    await database.write(lambda conn: store.delete(conn, gone))
    left = [item for item in stored if item.id not in gone]

    def check(conn: Connection) -> None:
        for _ in range(60):
            query = any_query(rng, words + later, [item.id for item in left])
            newest, size = rng.random() < 0.7, rng.randint(1, 60)
            found: list[int] = []
            after: int | None = None
            while True:
                page = store.pages.ids(conn, query, size, after, newest=newest)
                found += page
                if len(page) < size:
                    break
                after = page[-1]
            known = by_index(conn, query)
            wanted = [item.id for item in left if item.id in known and fits(item, query)]
            assert found == sorted(wanted, reverse=newest), query

    await database.read(check)


async def test_a_frequent_beginning_is_found_without_the_index_and_a_rare_one_with_it(database, monkeypatch):
    rng, store = random.Random(5), ItemStore()
    records = [made(rng, n, ["x"], title=f"word{n} word{n}0", text="rarest" if n == 3 else "the") for n in range(2000)]
    await database.write(lambda conn: store.insert(conn, records))
    # As if each word of the index took as long as with a thousand times as many items.
    monkeypatch.setattr(item_beginnings, "ENTRY_SECONDS", item_beginnings.ENTRY_SECONDS * 1000)
    asked: list[str] = []
    for name in ("find", "among"):
        real = getattr(store.pages._indices, name)

        def noted(conn: Connection, match: str, *more: Any, _real: Any = real, **named: Any) -> Any:
            asked.append(match)
            return _real(conn, match, *more, **named)

        monkeypatch.setattr(store.pages._indices, name, noted)

    async def page(**fields: Any) -> list[ItemRecord]:
        return await database.read(lambda conn: store.page(conn, ItemQuery(**fields), 100))

    assert len(await page(q="word*")) == 100
    assert len(await page(q="word*", unread=True)) == 100
    assert asked == []
    assert len(await page(q="the word*")) == 100
    assert [match for match in asked if "word" in match] == []
    assert [item.key for item in await page(q="rare*")] == ["k3"]
    assert [match for match in asked if "rare" in match] != []
    asked.clear()
    assert [item.key for item in await page(q="rare* word*")] == ["k3"]
    assert [match for match in asked if "word" in match] == []


async def test_narrow_filters_ask_the_index_once_for_a_beginning(database, monkeypatch):
    monkeypatch.setattr(item_beginnings, "ENTRY_SECONDS", 0.0)
    monkeypatch.setattr(item_beginnings, "ROOM", 100)
    rng, store = random.Random(6), ItemStore()
    records = [made(rng, n, ["x"], title=f"word{n}", read=n % 2 == 0, text="y" * (n % 3)) for n in range(1200)]
    await database.write(lambda conn: store.insert(conn, records))

    def read(conn: Connection) -> list[str]:
        asked: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if "items_fts MATCH" in statement:
                asked.append(statement)

        event.listen(conn, "before_cursor_execute", note)
        assert len(store.pages.ids(conn, ItemQuery(q="word*", unread=True), 400)) == 400
        event.remove(conn, "before_cursor_execute", note)
        return asked

    asked = await database.read(read)
    assert len(asked) == 1
    # Asked for ids, the index begins anew for each of them.
    assert "json_each" not in asked[0]
