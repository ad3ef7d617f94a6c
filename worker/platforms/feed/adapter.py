"""Feeds over HTTP: RSS, Atom, RDF and JSON Feed, with conditional requests and basic authentication.

The address may be that of a web page: the feed that it points to is read then, and remembered in the cursor.
"""

import hashlib
import ssl
from collections.abc import Sequence
from typing import Final

import msgspec

from worker.sdk.apis import own_text
from worker.sdk.errors import AuthFailed, InvalidConfig, PlatformError, RateLimited
from worker.sdk.fetches import Address, Fetched, basic, fetch, origin
from worker.sdk.names import RESOLVE_SECONDS, resolve
from worker.sdk.places import here, parse_on_thread
from worker.sdk.platform import Context, Item, ItemKind, Platform, Poll, Probe, Proposal, text
from worker.sdk.sessions import borrow, give_back
from worker.sdk.tls import client_context

from . import pages
from .entries import parse
from .memories import Known, sift

PARSE_SECONDS: Final = 25.0
HEADERS: Final = {
    "Accept": "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
}
MOVED: Final = frozenset({"http_not_found", "feed_is_html"})
"""What a feed says that was found on a page and has gone elsewhere since."""
TRIES: Final = 3
"""So many of the feeds that a page points to are tried."""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that was read. ``entries`` None: the same as before; ``feed``: where it is, "" where it was typed."""

    fetched: Fetched
    digest: str
    entries: list[Item] | None
    feed: str = ""
    others: int = 0
    """So many more feeds the page points to."""


class Adapter(Platform):
    """One feed. Its first check reports what it lists then; the core takes that as known."""

    kinds = (ItemKind.ENTRY,)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._tls: ssl.SSLContext | None = None

    async def probe(self) -> Probe:
        address = self._address()
        async with self.context.step("step_resolve"):
            await resolve(self.context, address.host, address.port)
        async with self.context.step("step_connect"):
            fetched = await self._fetch(address, Known())
        async with self.context.step("step_first_check"):
            read = await self._feed_at(address, fetched, Known(), thorough=True) if fetched is not None else None
        if read is not None and read.feed:
            self.context.step_began(own_text(self.context, "step_feed_found", url=read.feed, others=read.others))
            self.context.step_ended()
        return Probe(identity=address.url)

    async def propose(self) -> list[Proposal]:
        address = self._address()
        fetched = await self._fetch(address, Known())
        if fetched is None:
            return []
        try:
            await self._parse(fetched)
        except InvalidConfig as error:
            if error.reason.code != "feed_is_html":
                raise
            links = await self._links(fetched)
            if not links:
                read = await self._first(address, pages.guesses(fetched.url), Known(), error)
                links = [pages.Link(url=read.feed)]
            return [Proposal(title=link.title or link.url, settings={"url": link.url}) for link in links]
        return [Proposal(title=fetched.url, settings={"url": address.url})]

    async def poll(self, cursor: str | None) -> Poll:
        address = self._address()
        known = _known(cursor, address.url)
        read = await self._read(address, known, thorough=cursor is None)
        if read is None:
            return Poll()
        items: list[Item] = []
        listed = known.listed
        if read.entries is not None:
            items, listed = sift(read.entries, known.listed)
        now = Known(
            etag=read.fetched.etag,
            modified=read.fetched.modified,
            hash=read.digest,
            listed=listed,
            typed=known.typed,
            feed=read.feed,
        )
        return Poll(items=items, cursor=msgspec.json.encode(now).decode() if now != known else None)

    async def close(self) -> None:
        await give_back(self)

    def _address(self) -> Address:
        return Address.of(str(self.context.settings.get("url") or ""))

    async def _read(self, address: Address, known: Known, *, thorough: bool) -> Read | None:
        """Return the feed, None when it has not changed since ``known``."""
        if known.feed:
            try:
                there = Address.of(known.feed)
                fetched = await self._fetch(there, known)
                return await self._entries(fetched, known, known.feed) if fetched is not None else None
            except PlatformError as error:
                if error.reason.code not in MOVED:
                    raise
            known = Known(listed=known.listed)
        fetched = await self._fetch(address, known)
        return await self._feed_at(address, fetched, known, thorough=thorough) if fetched is not None else None

    async def _feed_at(self, address: Address, fetched: Fetched, known: Known, *, thorough: bool) -> Read:
        """Return the feed that an answer is, or that it points to. ``thorough``: the usual places are tried too."""
        try:
            return await self._entries(fetched, known, "")
        except InvalidConfig as error:
            if error.reason.code != "feed_is_html":
                raise
            links = await self._links(fetched)
            if links:
                return await self._first(address, links[:TRIES], known, error, len(links) - 1)
            return await self._first(address, pages.guesses(fetched.url) if thorough else (), known, error)

    async def _first(
        self, address: Address, links: Sequence[pages.Link], known: Known, none: InvalidConfig, others: int = 0
    ) -> Read:
        """Return the first of ``links`` that is a feed. Raises ``none`` where there is none."""
        for link in links:
            try:
                fetched = await self._fetch(Address.of(link.url), Known())
                if fetched is not None:
                    read = await self._entries(fetched, known, link.url)
                    return msgspec.structs.replace(read, others=others)
            except (AuthFailed, RateLimited):
                raise
            except PlatformError:
                # What is no feed, or not there: the next one may be.
                continue
        raise none

    async def _entries(self, fetched: Fetched, known: Known, feed: str) -> Read:
        digest = hashlib.sha256(fetched.body).hexdigest()
        entries = await self._parse(fetched) if digest != known.hash else None
        return Read(fetched=fetched, digest=digest, entries=entries, feed=feed)

    async def _fetch(self, address: Address, known: Known) -> Fetched | None:
        secret = await self.context.secret()
        user, password = secret.get("username"), secret.get("password")
        private = {"Authorization": basic(user, password)} if user or password else None
        typed = self._address()
        if origin(address.url) != origin(typed.url):
            # A page may point anywhere: the password is for the server that was typed.
            private = None
        ca_file = str(self.context.settings.get("ca_file") or "")
        if self._tls is None and (address.encrypted or ca_file):
            self._tls = await self.context.run_blocking(lambda: client_context(ca_file), RESOLVE_SECONDS)
        session = borrow(self, self.context)
        async with here().request(address.host, self.context):
            return await fetch(session, address, self._tls, known, headers=HEADERS, private=private)

    async def _parse(self, fetched: Fetched) -> list[Item]:
        """Parse on a thread: it is Python's own slowness, and the loop goes on beside it."""
        try:
            return await parse_on_thread(
                self.context,
                self._address().host,
                lambda: parse(fetched.body, fetched.content_type, fetched.url),
                PARSE_SECONDS,
            )
        except TimeoutError as error:
            reason = text("feed_broken", detail=f"not read within {PARSE_SECONDS:g} s")
            raise InvalidConfig(reason, {"url": reason}) from error

    async def _links(self, fetched: Fetched) -> list[pages.Link]:
        """Return the feeds that a page points to."""
        try:
            return await parse_on_thread(
                self.context, self._address().host, lambda: pages.links(fetched.body, fetched.url), PARSE_SECONDS
            )
        except TimeoutError:
            return []


def _known(cursor: str | None, url: str) -> Known:
    """Return what a cursor holds of the feed at ``url``.

    One that is not ours holds nothing: the ledger knows what was told. What another address said of itself means
    nothing here, but what it listed does: feeds move.
    """
    typed = hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:16]
    try:
        known = msgspec.json.decode(cursor, type=Known) if cursor is not None else Known()
    except msgspec.DecodeError:
        known = Known()
    return known if known.typed == typed else Known(listed=known.listed, typed=typed)
