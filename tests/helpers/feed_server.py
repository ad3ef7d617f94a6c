"""A real HTTP server on loopback that serves feeds, good ones and every kind of bad one.

It runs in a daemon thread with a loop of its own, so that a blocked loop of the test never slows it.
"""

import asyncio
import base64
import hashlib
import ssl
from collections import Counter
from collections.abc import Mapping
from email.utils import formatdate
from typing import Final

from aiohttp import web

from tests.helpers.feed_documents import BILLION_LAUGHS, CONTENT_TYPES, WEB_PAGE, Dialect, Entry, document, new_entry
from tests.helpers.threaded_servers import HttpServer

CHUNK: Final = b" " * 65_536
UNSET: Final = "unset"


class Feed:
    """One path of the server. Methods may be called from any thread; each takes effect at the next request."""

    def __init__(self, server: "FeedServer", name: str, dialect: Dialect) -> None:
        self._server = server
        self.name = name
        self.dialect: Dialect = dialect
        self.path = f"/{name}"
        self.entries: list[Entry] = []
        self.requests = 0
        self.not_modified = 0
        self.last_headers: Mapping[str, str] = {}
        self._modified = 1_700_000_000
        self._encoding = "utf-8"
        self._declared = "utf-8"
        self._validators = True
        self._auth: str | None = None
        self._failure: tuple[int, dict[str, str]] | None = None
        self._body: tuple[bytes, str] | None = None
        self._stream_bytes = 0
        self._delay = 0.0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self._server.url}{self.path}"

    # what it says

    def publish(self, title: str, text: str = "", link: str = "", id: str | None = UNSET) -> Entry:  # noqa: A002
        """Add an entry. ``id`` defaults to a new one; ``None`` leaves it out of the document."""
        entry_id = f"urn:{self.name}:{len(self.entries)}" if id == UNSET else id
        entry = new_entry(title, text, link, entry_id)
        self.entries = [*self.entries, entry]
        self._modified += 1
        return entry

    def withdraw(self, entry: Entry) -> None:
        """Take an entry out of the document."""
        self.entries = [other for other in self.entries if other is not entry]
        self._modified += 1

    def serve(self, body: bytes, content_type: str = "application/xml") -> None:
        """Serve these very bytes instead."""
        self._body = (body, content_type)

    def serve_html(self) -> None:
        """Serve a web page instead."""
        self.serve(WEB_PAGE, "text/html")

    def serve_empty(self) -> None:
        """Serve nothing, with status 200."""
        self.serve(b"")

    def serve_bomb(self) -> None:
        """Serve XML whose entities grow to a billion words."""
        self.serve(BILLION_LAUGHS)

    def serve_huge(self, megabytes: int = 50) -> None:
        """Serve a body of that size, sent in chunks without a length."""
        self._stream_bytes = megabytes * 1_000_000

    def encode(self, actual: str, declared: str = "utf-8") -> None:
        """Write the document in ``actual``, but say that it is ``declared``."""
        self._encoding, self._declared = actual, declared
        self._modified += 1

    def without_validators(self) -> None:
        """Send neither ETag nor Last-Modified."""
        self._validators = False

    # how it behaves

    def fail_with(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Answer every request with this status, e.g. ``fail_with(429, {"Retry-After": "7"})``."""
        self._failure = (status, dict(headers or {}))

    def redirect_to(self, url: str, status: int = 302) -> None:
        """Redirect every request."""
        self.fail_with(status, {"Location": url})

    def redirect_in_a_circle(self) -> None:
        """Redirect every request to itself."""
        self.redirect_to(self.url)

    def require(self, user: str, password: str) -> None:
        """Ask for basic authentication."""
        self._auth = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def slow(self, seconds: float) -> None:
        """Wait that long before each answer."""
        self._delay = seconds

    def recover(self) -> None:
        """Be a good feed again: no failure, no delay, no other body. Authentication stays."""
        self._failure = self._body = None
        self._stream_bytes, self._delay = 0, 0.0

    # answers

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; on the server's loop."""
        self.requests += 1
        self.last_headers = dict(request.headers)
        if self._delay:
            await asyncio.sleep(self._delay)
        if self._auth is not None and request.headers.get("Authorization") != self._auth:
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="feeds"'})
        if self._failure is not None:
            status, headers = self._failure
            return web.Response(status=status, headers=headers)
        if self._stream_bytes:
            return await self._stream(request)
        if self._body is not None:
            return web.Response(body=self._body[0], content_type=self._body[1])
        return self._document(request)

    def _document(self, request: web.BaseRequest) -> web.Response:
        text = f'<?xml version="1.0" encoding="{self._declared}"?>\n{document(self.dialect, self.name, self.entries)}'
        body = text.encode(self._encoding)
        headers = {"Content-Type": CONTENT_TYPES[self.dialect]}
        if self._validators:
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            modified = formatdate(self._modified, usegmt=True)
            headers |= {"ETag": etag, "Last-Modified": modified}
            known = request.headers.get("If-None-Match")
            unchanged = known == etag if known else request.headers.get("If-Modified-Since") == modified
            if unchanged:
                self.not_modified += 1
                return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers=headers)

    async def _stream(self, request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": CONTENT_TYPES[self.dialect]})
        await response.prepare(request)
        sent = 0
        while sent < self._stream_bytes:
            try:
                await response.write(CHUNK)
            except ConnectionError:  # the reader had enough, which is what tests want of it
                return response
            sent += len(CHUNK)
        await response.write_eof()
        return response


class FeedServer(HttpServer):
    """The server; a context manager. ``requests`` counts by path."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__("feed-server", tls)
        self.requests: Counter[str] = Counter()
        self._feeds: dict[str, Feed] = {}

    def feed(self, name: str, dialect: Dialect = "rss") -> Feed:
        """Return the feed ``name``, a new and empty one the first time."""
        return self._feeds.setdefault(f"/{name}", Feed(self, name, dialect))

    def clear(self) -> None:
        """Forget all feeds and counts."""
        self._feeds.clear()
        self.requests.clear()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer as the feed of that path does."""
        self.requests[request.path] += 1
        feed = self._feeds.get(request.path)
        if feed is None:
            return web.Response(status=404)
        return await feed.answer(request)
