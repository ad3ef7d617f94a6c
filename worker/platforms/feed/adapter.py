"""Feeds over HTTP: RSS, Atom and RDF, with conditional requests and basic authentication."""

import hashlib
import ssl

import msgspec

from worker.sdk.errors import InvalidConfig
from worker.sdk.fetches import Address, Fetched, basic, fetch
from worker.sdk.names import RESOLVE_SECONDS, resolve
from worker.sdk.places import here, parse_on_thread
from worker.sdk.platform import Context, Item, ItemKind, Platform, Poll, Probe, text
from worker.sdk.sessions import borrow, give_back
from worker.sdk.tls import client_context

from .entries import parse
from .memories import Known, sift

PARSE_SECONDS = 25.0
HEADERS = {"Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"}


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
            if fetched is not None:
                await self._parse(fetched)
        return Probe(identity=address.url)

    async def poll(self, cursor: str | None) -> Poll:
        known = _read(cursor)
        fetched = await self._fetch(self._address(), known)
        if fetched is None:
            return Poll()
        digest = hashlib.sha256(fetched.body).hexdigest()
        items: list[Item] = []
        listed = known.listed
        if digest != known.hash:
            items, listed = sift(await self._parse(fetched), known.listed)
        now = Known(etag=fetched.etag, modified=fetched.modified, hash=digest, listed=listed)
        return Poll(items=items, cursor=msgspec.json.encode(now).decode() if now != known else None)

    async def close(self) -> None:
        await give_back(self)

    def _address(self) -> Address:
        return Address.of(str(self.context.settings.get("url") or ""))

    async def _fetch(self, address: Address, known: Known) -> Fetched | None:
        secret = await self.context.secret()
        user, password = secret.get("username"), secret.get("password")
        private = {"Authorization": basic(user, password)} if user or password else None
        ca_file = str(self.context.settings.get("ca_file") or "")
        if self._tls is None and (address.encrypted or ca_file):
            self._tls = await self.context.run_blocking(lambda: client_context(ca_file), RESOLVE_SECONDS)
        session = borrow(self)
        async with here().request(address.host):
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


def _read(cursor: str | None) -> Known:
    """Return what a cursor holds; one that is not ours holds nothing: the ledger knows what was told."""
    if cursor is None:
        return Known()
    try:
        return msgspec.json.decode(cursor, type=Known)
    except msgspec.DecodeError:
        return Known()
