"""Accounts on Bluesky: notifications and direct messages by its XRPC API."""

from collections.abc import Sequence
from typing import Final

import msgspec

from worker.sdk.platform import Context, Item, ItemKind, Platform, Poll, Probe

from .calls import Calls
from .chats import PREFIX, SERVICE, Chats
from .notices import Page, is_wanted, item_of
from .places import Known, Steps, Walk

NOTIFICATIONS: Final = "app.bsky.notification.listNotifications"
LIMIT: Final = 50
DEEPER: Final = 100
"""Of a first page, which is mostly all there is to read, and of those below it."""
PAGES: Final = 6
"""Of one poll; the rest comes with the next one, which follows at once."""
MAX_READ: Final = 1000


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor. ``walk``: notifications are still being read; ``chat``: the revision of the chats' log."""

    notes: Known
    walk: Walk | None = None
    chat: str | None = None


class Adapter(Platform):
    """One account. Nothing that we did ourselves is told."""

    kinds = (ItemKind.COMMENT, ItemKind.MENTION, ItemKind.DIRECT_MESSAGE, ItemKind.ENTRY, ItemKind.SYSTEM)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._calls: Calls | None = None
        self._chats: Chats | None = None
        self._read: dict[str, None] = {}

    async def probe(self) -> Probe:
        calls, chats = self._ready()
        async with self.context.step("step_resolve"):
            await calls.entry.resolve()
        async with self.context.step("step_sign_in"):
            await calls.sign_in()
        async with self.context.step("step_first_check"):
            await self._page(calls, "")
            if chats is not None:
                answer = await calls.get(f"{SERVICE}listConvos", [("limit", "1")], chat=True)
                if answer.status != 200:
                    raise calls.refusal(answer)
        return Probe(identity=calls.did, name=f"@{calls.handle}" if calls.handle else "")

    async def poll(self, cursor: str | None) -> Poll:
        calls, chats = self._ready()
        place = _read(cursor)
        try:
            items, notes, walk, read = await self._notices(calls, place)
            rev, more = (place.chat if place is not None else None), False
            if chats is not None and walk is None:
                news = await (chats.since(rev) if rev is not None else chats.baseline())
                # Chats that are told from now on begin in silence too.
                items += news.items if rev is not None or place is None else []
                rev, more, read = news.rev, news.more, read + news.read
        except (ValueError, OverflowError) as error:
            # A time that is none, or an id that is empty.
            raise calls.entry.site.garbage() from error
        now = _Place(notes=notes, walk=walk, chat=rev if chats is not None else None)
        return Poll(
            items=items,
            cursor=msgspec.json.encode(now).decode() if now != place else None,
            more=walk is not None or more,
            read=read,
        )

    async def mark_read(self, keys: Sequence[str]) -> None:
        calls, chats = self._ready()
        messages = [key for key in keys if key.startswith(PREFIX)]
        # Notifications have one moment for all up to which they are seen: there is no marking of one.
        if messages:
            await (chats or Chats(calls, True)).mark_read(messages)

    async def close(self) -> None:
        calls, self._calls, self._chats = self._calls, None, None
        if calls is not None:
            await calls.close()

    def _ready(self) -> tuple[Calls, Chats | None]:
        if self._calls is None:
            self._calls = Calls(self.context)
            asked = str(self.context.settings.get("chats"))
            self._chats = Chats(self._calls, asked == "all") if asked != "none" else None
        return self._calls, self._chats

    async def _notices(self, calls: Calls, place: _Place | None) -> tuple[list[Item], Known, Walk | None, list[str]]:
        """Return what is new, what is known by now, the walk that is to go on, and what was read elsewhere."""
        known = place.notes if place is not None else Known()
        steps = Steps(known, place.walk if place is not None else None)
        onward = place.walk.onward if place is not None and place.walk is not None else ""
        walk = None
        for left in reversed(range(PAGES)):
            page = await self._page(calls, onward)
            deeper = steps.add(page.notifications)
            onward = page.cursor or ""
            if place is None:
                known = steps.baseline(bool(onward))
                break
            if not deeper or not onward:
                known = steps.ended()
                break
            if not left:
                walk = steps.goes_on(onward)
        kinds = str(self.context.settings.get("kinds"))
        items = [item_of(one) for one in steps.oldest_first() if is_wanted(one, kinds, calls.did)]
        return items, known, walk, self._changed(steps.read)

    def _changed(self, read: list[str]) -> list[str]:
        """Return those of ``read`` that were not told as read before."""
        fresh = [key for key in read if key not in self._read]
        self._read |= dict.fromkeys(fresh)
        for key in list(self._read)[: max(0, len(self._read) - MAX_READ)]:
            del self._read[key]
        return fresh

    async def _page(self, calls: Calls, onward: str) -> Page:
        query = [("limit", str(DEEPER)), ("cursor", onward)] if onward else [("limit", str(LIMIT))]
        answer = await calls.get(NOTIFICATIONS, query)
        if answer.status != 200:
            raise calls.refusal(answer)
        return answer.read(Page)


def _read(cursor: str | None) -> _Place | None:
    """Return what a cursor holds; one that is not ours holds nothing: the ledger knows what was told."""
    try:
        return msgspec.json.decode(cursor, type=_Place) if cursor is not None else None
    except msgspec.DecodeError:
        return None
