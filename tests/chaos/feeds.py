"""Feeds of uniquely numbered entries, a generator that publishes at a known rate, and a log of both sides."""

import asyncio
import json
import random
import time
from collections import deque
from email.utils import formatdate
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.chaos.peers import UNKNOWN, Peers

KEPT_ENTRIES = 200
SLOW_SHARE = 0.1
SLOW_SECONDS = 0.4
"""One answer of ten takes that long, so that faults meet checks under way."""
FLUSH_LINES = 200


class NumberedFeeds:
    """``/feed/<n>`` for each account; everything is written to ``log`` as JSON lines.

    ``{"k": "p", "t": ms, "a": account, "n": number}``: published.
    ``{"k": "r", "t": ms, "a": account, "w": worker, "p": pid, "s": status}``: a request, at its arrival.
    """

    def __init__(self, count: int, log: Path, seed: int, slow_share: float = SLOW_SHARE) -> None:
        self._entries: list[deque[tuple[int, float]]] = [deque(maxlen=KEPT_ENTRIES) for _ in range(count)]
        self._log = log
        self._lines: list[str] = []
        self._random = random.Random(seed)
        self._slow_share = slow_share
        self._peers: dict[Any, tuple[str, int]] = {}
        self._ports: Peers | None = None
        self._number = 0
        self.rate = 0.0

    async def generate(self) -> None:
        """Publish ``rate`` entries a second over all feeds, for ever."""
        due = time.monotonic()
        while True:
            if self.rate <= 0:
                await asyncio.sleep(0.05)
                due = time.monotonic()
                continue
            due += 1 / self.rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if self.rate > 0:
                self.publish(self._random.randrange(len(self._entries)))

    def publish(self, account: int) -> None:
        """Add the next number to a feed."""
        self._number += 1
        now = time.time()
        self._entries[account].append((self._number, now))
        self._write({"k": "p", "t": now * 1000, "a": account, "n": self._number})

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request of a worker."""
        began = time.time() * 1000
        account = int(request.match_info["account"])
        worker, pid = self._peer(request)
        entries = self._entries[account]
        etag = f'"{entries[-1][0] if entries else 0}"'
        known = request.headers.get("If-None-Match") == etag
        status = 304 if known else 200
        self._write({"k": "r", "t": began, "a": account, "w": worker, "p": pid, "s": status})
        if self._random.random() < self._slow_share:
            await asyncio.sleep(SLOW_SECONDS)
        headers = {"ETag": etag, "Content-Type": "application/rss+xml"}
        return web.Response(status=status, headers=headers, text=None if known else self._document(account))

    def flush(self) -> None:
        """Write what is not written yet."""
        if self._lines:
            with self._log.open("a", encoding="utf-8") as file:
                file.write("".join(self._lines))
            self._lines.clear()

    def _write(self, row: dict[str, Any]) -> None:
        self._lines.append(json.dumps(row) + "\n")
        if len(self._lines) >= FLUSH_LINES:
            self.flush()

    def _peer(self, request: web.Request) -> tuple[str, int]:
        transport = request.transport
        if transport is None:
            return UNKNOWN
        found = self._peers.get(transport)
        if found is None:
            if self._ports is None:
                self._ports = Peers(transport.get_extra_info("sockname")[1])
            found = self._ports.worker(transport.get_extra_info("peername")[1])
            for closed in [other for other in self._peers if other.is_closing()]:
                del self._peers[closed]
            self._peers[transport] = found
        return found

    def _document(self, account: int) -> str:
        items = "".join(
            f'<item><title>n{number}</title><guid isPermaLink="false">urn:n{number}</guid>'
            f"<pubDate>{formatdate(at, usegmt=True)}</pubDate></item>"
            for number, at in reversed(self._entries[account])
        )
        return (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed {account}</title>'
            f"<link>http://localhost/</link>{items}</channel></rss>"
        )
