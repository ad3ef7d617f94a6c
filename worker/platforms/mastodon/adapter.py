"""Accounts on Mastodon and on servers that speak its API: notifications, streamed where the server offers it."""

import asyncio
from typing import Final

import msgspec

from worker.sdk.apis import Answer
from worker.sdk.errors import TemporaryFailure
from worker.sdk.platform import Context, Item, ItemKind, Platform, Poll, Probe, SignedIn, Talk

from .calls import Calls, Me, lost
from .markers import Unread
from .notices import Notice, is_wanted, item_of
from .places import Known, advanced, baseline, fresh
from .streams import Stream, is_safe

NOTIFICATIONS: Final = "/api/v1/notifications"
LIMIT: Final = 40
PAGES: Final = 5
"""Of one poll; the rest comes with the next one, which follows at once."""
FEW: Final = 15
"""A page with fewer is the last one; servers may allow less than we ask for, but hardly less than this."""


class Adapter(Platform):
    """One account. Its notifications are what the server keeps of what others did; own posts are none."""

    kinds = (ItemKind.MENTION, ItemKind.DIRECT_MESSAGE, ItemKind.ENTRY, ItemKind.SYSTEM)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._calls: Calls | None = None
        self._stream: Stream | None = None
        self._streaming: str | None = None
        self._unread = Unread()

    async def probe(self) -> Probe:
        calls = self._ready()
        async with self.context.step("step_resolve"):
            await calls.api.resolve()
        async with self.context.step("step_connect"):
            await calls.streaming()
        async with self.context.step("step_sign_in"):
            me = (await calls.get("/api/v1/accounts/verify_credentials")).read(Me)
        async with self.context.step("step_first_check"):
            await self._page(calls, [("limit", "1")])
        host = calls.api.site.host
        return Probe(identity=f"{me.id}@{host}", name=f"@{me.acct}@{host}" if me.acct else "")

    async def poll(self, cursor: str | None) -> Poll:
        calls, known = self._ready(), _read(cursor)
        try:
            if known is None:
                page, answer = await self._page(calls, [("limit", str(LIMIT))])
                now, more, found = baseline(page, answer.now(), len(page) >= FEW), False, page[::-1]
            else:
                found, answer, more = await self._above(calls, known.after)
                now = advanced(known, found, answer.now(), settle=more)
                found = fresh(known, found)
            kinds = str(self.context.settings.get("kinds"))
            wanted = [notice for notice in found if is_wanted(notice, kinds)]
            items = await _items(wanted)
        except (ValueError, OverflowError) as error:
            # A time that is none, or an id that is empty.
            raise calls.api.site.garbage() from error
        if self._streaming is None:
            await self._look_for_stream(calls)
        read = await self._unread.take_read(calls)
        if known is not None:
            for item, notice in zip(items, wanted, strict=True):
                self._unread.note(item.key, notice.id)
        after = msgspec.json.encode(now).decode() if now != known else None
        return Poll(items=items, cursor=after, more=more, read=read)

    async def login(self, method: str, talk: Talk) -> SignedIn:
        from . import registrations

        return await registrations.sign_in(self.context, method, talk)

    async def log_out(self) -> bool:
        from worker.sdk.oauth import OAuth

        from . import registrations

        if not (await self.context.secret()).get("client_id"):
            # A token that was typed belongs to an application of the person's own.
            return False
        return await OAuth(self.context, lambda held: registrations.of_credentials(self.context, held)).revoke()

    def can_listen(self) -> bool:
        return bool(self._streaming)

    async def listen(self) -> bool:
        calls = self._ready()
        if self._stream is None:
            if not self._streaming:
                raise lost(calls.api.site, "no streaming")
            self._stream = await Stream.opened(calls, self._streaming)
            # What came between the last poll and now is on no stream.
            return True
        try:
            return await self._stream.news()
        except TemporaryFailure:
            await self._hang_up()
            raise

    async def close(self) -> None:
        await self._hang_up()
        calls, self._calls = self._calls, None
        if calls is not None:
            await calls.api.close()

    def _ready(self) -> Calls:
        if self._calls is None:
            self._calls = Calls(self.context)
        return self._calls

    async def _above(self, calls: Calls, after: str) -> tuple[list[Notice], Answer, bool]:
        """Return what is newer than the id ``after``, oldest first, and whether there is more than a poll takes."""
        found: dict[str, Notice] = {}
        more = True
        for _ in range(PAGES):
            # The page that lies right above it, itself newest first.
            page, answer = await self._page(calls, [("limit", str(LIMIT)), ("min_id", after)])
            fresh_ones = [notice for notice in reversed(page) if notice.id not in found]
            found |= {notice.id: notice for notice in fresh_ones}
            more = len(page) >= FEW and bool(fresh_ones)
            if not more:
                break
            after = page[0].id
        return list(found.values()), answer, more

    async def _page(self, calls: Calls, query: list[tuple[str, str]]) -> tuple[list[Notice], Answer]:
        answer = await calls.get(NOTIFICATIONS, query)
        return answer.read(list[Notice]), answer

    async def _look_for_stream(self, calls: Calls) -> None:
        try:
            offered = await calls.streaming()
        except TemporaryFailure:
            # The check itself went well; the next one looks again.
            return
        self._streaming = offered if is_safe(offered) else ""

    async def _hang_up(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.close()


async def _items(wanted: list[Notice]) -> list[Item]:
    """Return notifications as items, one at a time: strangers decide how long their posts take to be read."""
    items = []
    for notice in wanted:
        items.append(item_of(notice))
        await asyncio.sleep(0)
    return items


def _read(cursor: str | None) -> Known | None:
    """Return what a cursor holds; one that is not ours holds nothing: the ledger knows what was told."""
    try:
        return msgspec.json.decode(cursor, type=Known) if cursor is not None else None
    except msgspec.DecodeError:
        return None
