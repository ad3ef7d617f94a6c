"""A history of a million items: storing, any page, search, conversation and count of it; a page of 1,000 accounts."""

import argparse
import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from master.api.item_statistics import ItemStatsQuery
from master.api.item_threads import ThreadFilter
from master.api.items import ItemFilter
from master.services.item_statistics import ItemStatisticsService
from master.services.item_threads import ItemThreadService
from master.store.engine import Connection
from master.store.items import ItemRecord, ItemStore
from tests.bench.figures import report, summary, throw_away_profile
from tests.helpers.data import WORKER, World, batch, item, world_of
from worker.protocol.codec import now_ms
from worker.protocol.item_messages import Report
from worker.protocol.states import ItemKind

ACCOUNTS = 1000
DAYS = 180
DAY_MS = 86_400_000
KINDS = (ItemKind.MAIL, ItemKind.ENTRY, ItemKind.COMMENT, ItemKind.DIRECT_MESSAGE, ItemKind.MENTION)
VOCABULARY = ["the", "of", "and"] + [f"word{n}" for n in range(50_000)]
CUMULATIVE = list(itertools.accumulate(1 / (n + 1) for n in range(len(VOCABULARY))))
HAN = "的一是不了人我在有他这中大来上国天气新闻学习工作时间问题生活电影音乐城市今明年月日水火山石田土木金"
LENGTH = 300

Made = Callable[[list[str], random.Random], dict[str, ItemFilter]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with asyncio.Runner() as runner:
        report(runner.run(_measure(given.items, given.runs)), given.json)


async def _measure(count: int, runs: int) -> dict[str, Any]:
    rng = random.Random(7)
    with throw_away_profile() as profile:
        profile.mkdir()
        async with world_of(profile) as world:
            figures: dict[str, Any] = {"ingest_per_second": await _ingest(world, rng)}
            accounts = await _accounts(world)
            figures["accounts_500_of_1000_ms"] = summary(await _timed(runs, lambda: _account_page(world)))
            began = time.perf_counter()
            await _fill(world, accounts, count, rng)
            figures["fill_per_second"] = round(count / (time.perf_counter() - began))
            figures["database_mb"] = round(Path(profile / "watchkeeper.db").stat().st_size / 1_048_576)
            await world.items.load()
            figures |= await _reads(world, accounts, count, runs, rng)
            figures["ingest_full_per_second"] = await _ingest(world, rng, "again")
    return figures


async def _ingest(world: World, rng: random.Random, name: str = "first") -> dict[str, float]:
    """Batches of 100 of twenty accounts at once, each committed before it is acknowledged."""
    accounts = [await world.feed(f"{name} {n}") for n in range(20)]
    epochs = {account.id: await world.own(account.id) for account in accounts}
    texts = [_text(rng) for _ in range(2000)]

    async def feed(account_id: str) -> None:
        for part in range(10):
            first = part * 100
            reports = [
                Report(seq=first + n + 1, item=item(f"k{first + n}", text=rng.choice(texts), author="Ann Example"))
                for n in range(100)
            ]
            await world.items.ingest(WORKER, batch(account_id, epochs[account_id], reports, cursor=(first + 100, "c")))

    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(feed(account.id) for account in accounts))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    world.events.clear()
    return {"wall": round(20_000 / wall), "processor": round(20_000 / cpu)}


async def _accounts(world: World) -> list[str]:
    while len(world.accounts.rows()) < ACCOUNTS:
        await world.feed(f"account {len(world.accounts.rows())}")
    world.events.clear()
    return list(world.accounts.rows())[-ACCOUNTS:]


async def _account_page(world: World) -> None:
    page = world.accounts.page(limit=500)
    msgspec.json.encode(page)


async def _fill(world: World, accounts: list[str], count: int, rng: random.Random) -> None:
    store, now = ItemStore(), now_ms()
    begin = now - DAYS * DAY_MS
    for first in range(0, count, 1000):
        records = []
        for n in range(first, min(first + 1000, count)):
            at = begin + n * DAYS * DAY_MS // count
            kind = rng.choice(KINDS)
            threaded = kind is ItemKind.DIRECT_MESSAGE
            records.append(
                ItemRecord(
                    account_id=rng.choice(accounts),
                    kind=kind,
                    key=f"key {n}",
                    title=" ".join(rng.choices(VOCABULARY, cum_weights=CUMULATIVE, k=5)),
                    text=_text(rng),
                    author=f"author{rng.randrange(5000)}",
                    url="http://example.org/",
                    thread=f"thread {rng.randrange(50)}" if threaded else "",
                    created_at=at,
                    detected_at=at,
                    stored_at=at,
                    # The old ones are read, but for some.
                    read=rng.random() > (0.02 if n < 0.9 * count else 0.5),
                    truncated=False,
                    worker_id=WORKER,
                    how="poll",
                )
            )

        def work(conn: Connection, records: list[ItemRecord] = records) -> None:
            store.insert(conn, records)

        await world.database.write(work)


def _filters(accounts: list[str], rng: random.Random) -> dict[str, ItemFilter]:
    now = now_ms()
    groups = [accounts[n::10] for n in range(10)]
    since = now - rng.randrange(10, DAYS) * DAY_MS
    until = since + rng.randrange(1, 9) * DAY_MS
    one = rng.choice(accounts)
    kind = rng.choice(KINDS)
    return {
        "all": ItemFilter(),
        "account": ItemFilter(account_id=one),
        "kind": ItemFilter(kind=kind),
        "unread": ItemFilter(unread=True),
        "read": ItemFilter(unread=False),
        "100_accounts": ItemFilter(account_ids=rng.choice(groups)),
        "account_kind_unread": ItemFilter(account_id=one, kind=kind, unread=True),
        "time": ItemFilter(since=since, until=until),
        "account_kind_unread_time": ItemFilter(account_id=one, kind=kind, unread=True, since=since, until=until),
        "100_accounts_2_kinds_unread_time": ItemFilter(
            account_ids=rng.choice(groups), kinds=list(KINDS[:2]), unread=True, since=since, until=until
        ),
        "thread": ItemFilter(account_id=one, thread=f"thread {rng.randrange(50)}"),
    }


def _questions(accounts: list[str], rng: random.Random) -> dict[str, ItemFilter]:
    now = now_ms()
    one = rng.choice(accounts)
    since = now - rng.randrange(10, DAYS) * DAY_MS
    return {
        "common": ItemFilter(q="the"),
        "rare": ItemFilter(q=f"word{rng.randrange(40_000, 50_000)}"),
        "two_words": ItemFilter(q=f"the word{rng.randrange(100)}"),
        "phrase": ItemFilter(q='"the of"'),
        "chinese": ItemFilter(q="天气"),
        "chinese_rare": ItemFilter(q="天气新闻"),
        # Every tenth word of the history, and one of two hundred.
        "begin": ItemFilter(q="word4*"),
        "begin_longer": ItemFilter(q="word43*"),
        "begin_unread": ItemFilter(q="word4*", unread=True),
        "begin_two": ItemFilter(q=f"author:author{rng.randrange(10, 99)}* word1*"),
        "begin_without": ItemFilter(q="the -word4*"),
        "without": ItemFilter(q="-the"),
        "author": ItemFilter(q=f"author:author{rng.randrange(5000)}"),
        "common_account_kind_unread": ItemFilter(q="the", account_id=one, kind=rng.choice(KINDS), unread=True),
        "common_unread": ItemFilter(q="the", unread=True),
        "common_unread_old": ItemFilter(q="the", unread=True, until=since),
        "rare_unread": ItemFilter(q=f"word{rng.randrange(1000, 2000)}", unread=True),
        "common_time": ItemFilter(q="the", since=since, until=since + DAY_MS),
        "common_300_accounts": ItemFilter(q="the", account_ids=accounts[:300]),
        "nothing": ItemFilter(q="word1 word49999 word49998"),
    }


async def _reads(world: World, accounts: list[str], count: int, runs: int, rng: random.Random) -> dict[str, Any]:
    threads = ItemThreadService(database=world.database, accounts=world.accounts)
    statistics = ItemStatisticsService(database=world.database, accounts=world.accounts, unread=world.items)
    figures: dict[str, Any] = {}
    for prefix, made in (("page", _filters), ("search", _questions)):
        for name in made(accounts, rng):
            deep = prefix == "page"

            async def ask(
                name: str = name, made: Callable[[], dict[str, ItemFilter]] = made, deep: bool = deep
            ) -> None:
                cursor = str(rng.randrange(1, count)) if deep and name in ("all", "kind", "unread", "read") else None
                await world.items.page(made(accounts, rng)[name], limit=100, cursor=cursor)

            figures[f"{prefix}_{name}_ms"] = summary(await _timed(runs, ask))
    figures["threads_ms"] = summary(await _timed(runs, lambda: threads.page(ThreadFilter())))
    figures["threads_unread_ms"] = summary(await _timed(runs, lambda: threads.page(ThreadFilter(unread=True))))
    figures["threads_account_ms"] = summary(
        await _timed(runs, lambda: threads.page(ThreadFilter(account_id=rng.choice(accounts))))
    )
    day = ItemStatsQuery(group_by="day", tz="Asia/Kathmandu")
    figures["stats_30_days_ms"] = summary(await _timed(runs, lambda: statistics.stats(day)))
    year = ItemStatsQuery(group_by="week", tz="Europe/Berlin")
    figures["stats_26_weeks_ms"] = summary(await _timed(runs, lambda: statistics.stats(year)))
    return figures


async def _timed(runs: int, ask: Callable[[], Awaitable[object]]) -> list[float]:
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - began) * 1000)
    return took


def _text(rng: random.Random) -> str:
    if rng.random() < 0.2:
        return "".join(rng.choices(HAN, k=LENGTH // 2))
    words = rng.choices(VOCABULARY, cum_weights=CUMULATIVE, k=LENGTH // 6)
    return " ".join(words)[:LENGTH]


if __name__ == "__main__":
    main()
