"""Lists of an HTTP API as JSON: what is new in them, by JSONPath, with conditional requests."""

import ssl
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from worker.sdk.fetches import Address, Fetched, Validators, fetch, origin
from worker.sdk.names import RESOLVE_SECONDS, resolve
from worker.sdk.places import here, parse_on_thread
from worker.sdk.platform import Context, ItemKind, Platform, Poll, Probe
from worker.sdk.sessions import borrow, give_back
from worker.sdk.tls import client_context

from .credentials import headers_of
from .entries import Reader
from .texts import refuse
from .walks import Walk, digest, read

T = TypeVar("T")

READ_SECONDS: Final = 20.0
MAX_BYTES: Final = 5 * 1024 * 1024
HEADERS: Final = {"Accept": "application/json, */*;q=0.5"}


class Adapter(Platform):
    """One list. Its first check reports what it has then; the core takes that as known."""

    kinds = (ItemKind.ENTRY, ItemKind.LINE)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._tls: ssl.SSLContext | None = None
        self._reader: Reader | None = None
        self._walking = ""
        self._fresh: tuple[str | None, Walk] | None = None
        """What a cursor means by now: an answer that differs in what is no item of it needs no new cursor."""

    async def probe(self) -> Probe:
        address = self._address()
        async with self.context.step("step_resolve"):
            await resolve(self.context, address.host, address.port)
        async with self.context.step("step_connect"):
            fetched = await self._fetch(address, Validators())
        async with self.context.step("step_first_check"):
            if fetched is not None:
                reader = await self._read_with()
                await self._on_thread(lambda: reader.read(fetched))
        return Probe(identity=address.url)

    async def poll(self, cursor: str | None) -> Poll:
        address = self._address()
        walk = read(cursor, self._watched())
        if self._fresh is not None and self._fresh[0] == cursor:
            walk = self._fresh[1]
        going_on = bool(walk.next) and walk.next == self._walking
        self._walking = ""
        # A walk that was cut off begins anew, whatever its first page says.
        asked = Validators() if walk.next else walk
        fetched = await self._fetch(Address.of(walk.next) if going_on else address, asked)
        if fetched is None:
            return Poll()
        hash_ = walk.hash if going_on else digest(fetched.body)
        if not walk.next and hash_ == walk.hash:
            self._fresh = cursor, msgspec.structs.replace(walk, etag=fetched.etag, modified=fetched.modified)
            return Poll()
        return await self._page(cursor, walk, fetched, hash_, going_on)

    async def close(self) -> None:
        await give_back(self)

    async def _page(self, cursor: str | None, walk: Walk, fetched: Fetched, hash_: str, going_on: bool) -> Poll:
        reader = await self._read_with()
        items, following = await self._on_thread(lambda: reader.read(fetched))
        found = walk.fresh(items)
        left = (walk.left if going_on else self._pages()) - 1
        # What a walk that was cut off had not reached is behind pages that are known.
        owed = walk.owed if going_on else bool(walk.next)
        more = bool(following) and left > 0 and (bool(found) or owed)
        after = msgspec.structs.replace(
            walk,
            hash=hash_,
            etag=walk.etag if going_on else fetched.etag,
            modified=walk.modified if going_on else fetched.modified,
            known=walk.knowing(found),
            next=following if more else "",
            left=left if more else 0,
            owed=owed and more,
            quiet=walk.quiet and more,
        )
        self._walking = after.next
        if not found and not more and not walk.next and not walk.quiet and cursor is not None:
            self._fresh = cursor, after
            return Poll()
        self._fresh = None
        return Poll(items=[] if walk.quiet else found, cursor=msgspec.json.encode(after).decode(), more=more)

    def _setting(self, name: str) -> str:
        return str(self.context.settings.get(name) or "")

    def _pages(self) -> int:
        return min(max(int(self.context.settings.get("pages") or 1), 1), 10)

    def _address(self) -> Address:
        return Address.of(self._setting("url"))

    def _watched(self) -> str:
        """Name what is looked at: other items of the same address are none that are new."""
        parts = (self._setting("url").strip(), self._setting("items"), self._setting("key"))
        return digest("\n".join(parts).encode("utf-8", "replace"))[:16]

    async def _read_with(self) -> Reader:
        if self._reader is None:
            self._reader = await self._on_thread(lambda: Reader(self.context.settings))
        return self._reader

    async def _fetch(self, address: Address, known: Validators) -> Fetched | None:
        await self._read_with()
        # Pages that lie behind a redirect are another server's: what signs in here is not for it.
        ours = origin(address.url) == origin(self._address().url)
        private = headers_of((await self.context.secret()).reveal()) if ours else {}
        ca_file = self._setting("ca_file")
        if self._tls is None and (address.encrypted or ca_file):
            self._tls = await self.context.run_blocking(lambda: client_context(ca_file), RESOLVE_SECONDS)
        session = borrow(self, self.context)
        async with here().request(address.host, self.context):
            return await fetch(
                session, address, self._tls, known, headers=HEADERS, private=private, max_bytes=MAX_BYTES
            )

    async def _on_thread(self, call: Callable[[], T]) -> T:
        """Run what takes the processor on a thread, a few at a time in the whole worker."""
        try:
            return await parse_on_thread(self.context, self._address().host, call, READ_SECONDS)
        except TimeoutError as error:
            raise refuse("items", "json_slow", seconds=round(READ_SECONDS)) from error
