"""What was really published, and what a person was really told: the two sides that a ledger must bring together."""

import asyncio
import dataclasses
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from worker.protocol.imports import without

# As the product does: a resolver of its own would leave a thread behind.
with without("aiodns"):
    from aiohttp import web

from master.api.client import MasterClient
from master.api.schema import Notification
from tests.helpers.feed_documents import Entry, document, new_entry

DIGEST = "notify_restored_found"


class Source:
    """A feed whose entries are the truth. It may hold its answers, change its address, its ids, and its clock."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.path = "/feed"
        self.ahead = timedelta()
        """How wrong the clock of its server is."""
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.asked = asyncio.Event()
        self._entries: list[Entry] = []

    def publish(self, title: str) -> None:
        """Add an entry, dated by the server's own clock."""
        entry = new_entry(title, f"text of {title}", f"http://localhost/{title}", f"urn:1:{title}")
        self._entries.append(dataclasses.replace(entry, published=entry.published + self.ahead))
        self.titles.append(title)

    def renumber(self) -> None:
        """Give every entry another id, as a server does that was set up anew."""
        self._entries = [dataclasses.replace(entry, id=f"{entry.id}/again") for entry in self._entries]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        self.asked.set()
        await self.may_answer.wait()
        if request.path != self.path:
            return web.Response(status=301, headers={"Location": self.path})
        return web.Response(text=document("atom", "Truth", self._entries), content_type="application/atom+xml")


class Person:
    """Whoever is told: counts what was shown, by title; may take long to look. Outlives the client."""

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        self.digests: list[int] = []
        """Counts of the messages "may have been told before"."""
        self.may_look = asyncio.Event()
        self.may_look.set()
        self.looking = asyncio.Event()
        self._shown: set[int] = set()

    async def listen(self, client: MasterClient) -> None:
        """Be told by this master until the client is closed."""
        await client.open(on_notification=self._on_notification)

    async def _on_notification(self, rows: list[Notification], _many: bool) -> None:
        self.looking.set()
        await self.may_look.wait()
        for row in rows:
            if row.id in self._shown:
                continue
            self._shown.add(row.id)
            if row.title.code == DIGEST:
                self.digests.append(int(row.title.params["count"]))
            elif row.kind == "item":
                self.told[str(row.title.params["title"])] += 1


def stored(database: Path) -> Counter[str]:
    """Return how often each title is stored."""
    return Counter(row[0] for row in _rows(database, "SELECT title FROM items"))


def waiting(ledgers: Path) -> int:
    """Return how many reports wait in the outboxes of all workers."""
    return sum(_rows(path, "SELECT count(*) FROM outbox")[0][0] for path in ledgers.glob("*/ledger.db"))


def audit(database: Path, published: list[str], person: Person) -> dict[str, Any]:
    """Compare what was published with what is stored and what was told; every suppressed one must say why."""
    here = stored(database)
    silent = Counter(
        row[0]
        for row in _rows(
            database,
            "SELECT i.title FROM notifications n JOIN items i ON i.id = n.item_id "
            "WHERE n.state = 'suppressed' AND coalesce(n.reason, '') LIKE '{\"code\":\"silent_%'",
        )
    )
    unexplained = _rows(
        database,
        "SELECT i.title FROM items i WHERE NOT EXISTS (SELECT 1 FROM notifications n WHERE n.item_id = i.id) "
        "UNION SELECT title FROM notifications WHERE state = 'suppressed' AND reason IS NULL",
    )
    return {
        "published": len(published),
        "lost": sorted(title for title in published if not here[title]),
        "stored twice": sorted(title for title, count in here.items() if count > 1),
        "never published": sorted(set(here) - set(published)),
        "told twice": sorted(title for title, count in person.told.items() if count > 1),
        "neither told nor explained": sorted(
            title for title in published if here[title] and not person.told[title] and not silent[title]
        ),
        "unexplained": sorted(row[0] for row in unexplained),
    }


def _rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as db:
            return db.execute(sql).fetchall()
    except sqlite3.OperationalError:
        return [] if "count(*)" not in sql else [(0,)]
