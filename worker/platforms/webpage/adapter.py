"""Web pages: what was added and removed since the last look, with conditional requests and basic authentication."""

import ssl
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from worker.sdk.errors import TemporaryFailure
from worker.sdk.fetches import Address, Fetched, Validators, basic, fetch
from worker.sdk.names import RESOLVE_SECONDS, resolve
from worker.sdk.places import here, parse_on_thread
from worker.sdk.platform import Context, Item, ItemKind, Platform, Poll, Probe, make_item, now_ms
from worker.sdk.sessions import borrow, give_back
from worker.sdk.tls import client_context

from .differences import difference, headline, shown
from .pages import Page
from .snapshots import Snapshot, comparable, digest, pack, read
from .texts import refuse, say

T = TypeVar("T")

READ_SECONDS: Final = 20.0
MAX_BYTES: Final = 5 * 1024 * 1024
HEADERS: Final = {"Accept": "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.5"}


class Adapter(Platform):
    """One page. Its first check tells nothing; each later one tells one change at most."""

    kinds = (ItemKind.CHANGE,)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._tls: ssl.SSLContext | None = None
        self._page: Page | None = None
        self._fresh: tuple[str, Validators] = ("", Validators())
        """Of the last answer: the hash of its text, and what it said of itself. A page that has the same text under
        another ETag each time needs no new cursor."""

    async def probe(self) -> Probe:
        address = self._address()
        async with self.context.step("step_resolve"):
            await resolve(self.context, address.host, address.port)
        async with self.context.step("step_connect"):
            fetched = await self._fetch(address, Validators())
        async with self.context.step("step_first_check"):
            if fetched is not None:
                await self._lines(fetched)
        return Probe(identity=address.url)

    async def poll(self, cursor: str | None) -> Poll:
        address = self._address()
        before = read(cursor, self._watched())
        fetched = await self._fetch(address, self._known(before))
        if fetched is None:
            return Poll()
        lines = await self._lines(fetched)
        hash_ = digest("\n".join(lines))
        self._fresh = hash_, Validators(etag=fetched.etag, modified=fetched.modified)
        if before is not None and before.hash == hash_:
            return Poll()
        items: list[Item] = []
        if before is not None:
            items.append(await self._change(before, lines, hash_, address.url))
        after = await self._snapshot(before, lines, hash_, fetched)
        return Poll(items=items, cursor=msgspec.json.encode(after).decode())

    async def close(self) -> None:
        await give_back(self)

    def _setting(self, name: str) -> str:
        return str(self.context.settings.get(name) or "")

    def _ignored(self) -> list[str]:
        return [str(pattern) for pattern in self.context.settings.get("ignore") or []]

    def _address(self) -> Address:
        return Address.of(self._setting("url"))

    def _watched(self) -> str:
        """Name what is looked at: another part of the page is no change of it."""
        parts = [self._setting("url").strip(), self._setting("selector").strip(), *self._ignored()]
        return digest("\n".join(parts))[:16]

    def _known(self, before: Snapshot | None) -> Validators:
        if before is None:
            return Validators()
        hash_, validators = self._fresh
        return validators if hash_ == before.hash else before

    async def _fetch(self, address: Address, known: Validators) -> Fetched | None:
        secret = await self.context.secret()
        user, password = secret.get("username"), secret.get("password")
        private = {"Authorization": basic(user, password)} if user or password else None
        ca_file = self._setting("ca_file")
        if self._page is None:
            self._page = await self._on_thread(self._make_page)
        if self._tls is None and (address.encrypted or ca_file):
            self._tls = await self.context.run_blocking(lambda: client_context(ca_file), RESOLVE_SECONDS)
        session = borrow(self, self.context)
        async with here().request(address.host, self.context):
            return await fetch(
                session, address, self._tls, known, headers=HEADERS, private=private, max_bytes=MAX_BYTES
            )

    def _make_page(self) -> Page:
        return Page(self._setting("selector"), self._ignored(), bool(self.context.settings.get("may_be_absent")))

    async def _lines(self, fetched: Fetched) -> list[str]:
        page = self._page
        assert page is not None
        lines = await self._on_thread(lambda: page.lines(fetched.body, fetched.content_type))
        if not lines and not self._setting("selector"):
            # It may be a bad moment: a page that is made by a program that has just failed.
            raise TemporaryFailure(say("webpage_empty"), {"url": say("webpage_empty")})
        return lines

    async def _change(self, before: Snapshot, lines: list[str], hash_: str, url: str) -> Item:
        told = await self._on_thread(lambda: difference(before.lines(), comparable(lines, before.cut)))
        title = headline(told) or self._setting("selector") or url
        return make_item(ItemKind.CHANGE, before.key(hash_), title[:300], body=shown(told), url=url)

    async def _snapshot(self, before: Snapshot | None, lines: list[str], hash_: str, fetched: Fetched) -> Snapshot:
        kept, cut = await self._on_thread(lambda: pack(lines))
        return Snapshot(
            watched=self._watched(),
            since=before.since if before is not None else now_ms(),
            changes=before.changes + 1 if before is not None else 0,
            hash=hash_,
            text=kept,
            cut=cut,
            etag=fetched.etag,
            modified=fetched.modified,
        )

    async def _on_thread(self, call: Callable[[], T]) -> T:
        """Run what takes the processor on a thread, a few at a time in the whole worker."""
        try:
            return await parse_on_thread(self.context, self._address().host, call, READ_SECONDS)
        except TimeoutError as error:
            raise refuse("url", "webpage_tangled", detail=f"not read within {READ_SECONDS:g} s") from error
