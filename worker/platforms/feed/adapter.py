"""Feeds over HTTP: RSS, Atom and RDF, with conditional requests and basic authentication."""

import asyncio
import hashlib
import json
from typing import Any

import aiohttp

from worker.platforms.feed.entries import parse
from worker.platforms.feed.fetches import Fetched, check_url, fetch
from worker.sdk.platform import ItemKind, Platform, Poll, Probe

PARSE_SECONDS = 20.0

_sessions: dict[asyncio.AbstractEventLoop, tuple[aiohttp.ClientSession, set[int]]] = {}
"""One session a loop with its users: a thousand feeds share their connections."""


class Adapter(Platform):
    """One feed."""

    kinds = (ItemKind.ENTRY,)

    async def probe(self) -> Probe:
        check_url(str(self.context.settings["url"]))
        async with self.context.step("step_connect"):
            fetched = await self._fetch("", "")
        async with self.context.step("step_first_check"):
            await self._parse(fetched)
        return Probe(identity=str(self.context.settings["url"]))

    async def poll(self, cursor: str | None) -> Poll:
        state = _read_cursor(cursor)
        fetched = await self._fetch(state["etag"], state["modified"])
        if fetched.body is None:
            return Poll()
        digest = hashlib.sha256(fetched.body).hexdigest()
        fresh = {"etag": fetched.etag, "modified": fetched.modified, "hash": digest}
        if digest == state["hash"]:
            return Poll(cursor=None if fresh == state else json.dumps(fresh))
        return Poll(items=await self._parse(fetched), cursor=json.dumps(fresh))

    async def close(self) -> None:
        loop = asyncio.get_running_loop()
        entry = _sessions.get(loop)
        if entry is None:
            return
        session, users = entry
        users.discard(id(self))
        if not users:
            del _sessions[loop]
            await session.close()

    async def _fetch(self, etag: str, modified: str) -> Fetched:
        secret = await self.context.secret()
        return await fetch(self._session(), self.context.settings, secret, etag, modified)

    async def _parse(self, fetched: Fetched) -> Any:
        body = fetched.body or b""
        kind = f"{fetched.content_type}; charset={fetched.charset}" if fetched.charset else fetched.content_type
        return await self.context.run_blocking(lambda: parse(body, kind, fetched.url), PARSE_SECONDS)

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if loop not in _sessions:
            connector = aiohttp.TCPConnector(limit=64, limit_per_host=8)
            _sessions[loop] = (aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()), set())
        session, users = _sessions[loop]
        users.add(id(self))
        return session


def _read_cursor(cursor: str | None) -> dict[str, str]:
    known = json.loads(cursor) if cursor else {}
    return {name: str(known.get(name, "")) for name in ("etag", "modified", "hash")}
