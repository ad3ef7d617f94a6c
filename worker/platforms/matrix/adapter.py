"""Matrix accounts: one sync after the other, each from where the last one ended; gaps are read room by room."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

import msgspec

from worker.sdk.errors import TemporaryFailure
from worker.sdk.platform import Context, Item, ItemKind, Platform, Poll, Probe

from . import events
from .calls import Calls
from .events import Event, Me, Messages, Sync
from .receipts import FULLY_READ, RECEIPT, Told, read_up_to

WAIT_SECONDS: Final = 25.0
"""A long poll ends after so much silence, which proves that the sign-in still works."""
PATIENCE: Final = 30.0
"""Seconds that an answer may take beyond that."""
TIMELINE: Final = 50
"""Most events of a room in one sync; a room with more is read page by page."""
PAGE: Final = 100
MEMBER_BYTES: Final = 64 * 1024
"""A list of members that is longer is of no room for two."""
MAX_KNOWN: Final = 2000
EVENT_BYTES: Final = 256 * 1024
MAX_ENDS: Final = 5
_TYPES: Final = [events.MESSAGE, events.ENCRYPTED]


class Cursor(msgspec.Struct, frozen=True, kw_only=True):
    """Where the next sync begins; before it the rooms in ``gaps`` are read from ``since`` to ``until``."""

    since: str
    until: str = ""
    gaps: list[str] = []
    at: str = ""
    """How far the first of them was read."""


class Adapter(Platform):
    """One account over one device."""

    kinds = (ItemKind.DIRECT_MESSAGE, ItemKind.MENTION)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._calls: Calls | None = None
        self._me: Me | None = None
        self._direct: set[str] = set()
        self._for_two: dict[str, bool] = {}
        self._since = ""
        self._told_events = Told()

    async def probe(self) -> Probe:
        calls = Calls(self.context, "test")
        try:
            async with self.context.step("step_resolve"):
                await calls.resolve()
            async with self.context.step("step_sign_in"):
                await calls.sign_in()
            async with self.context.step("step_first_check"):
                answer = await calls.get("/_matrix/client/v3/joined_rooms")
                if answer.status != 200:
                    raise calls.refused(answer)
            return Probe(identity=calls.me, name=calls.me)
        finally:
            await calls.sign_out()
            await calls.close()

    async def poll(self, cursor: str | None) -> Poll:
        calls = await self._ready()
        known = _read(cursor)
        if known is not None and known.gaps:
            return await self._fill(calls, known)
        sync = await self._sync(calls, known.since, 0) if known is not None else None
        if known is None or sync is None:
            # The first one, or one whose place the server does not know any more.
            known, sync = None, await self._sync(calls, "", 0)
        assert sync is not None
        direct = events.direct_rooms(sync.account_data.events)
        self._direct = direct if direct is not None else self._direct
        found = [events.invitation_of(room, invited, calls.me) for room, invited in sync.rooms.invite.items()]
        items = [item for item in found if item is not None]
        gaps: list[str] = []
        for room, joined in sync.rooms.join.items():
            if joined.timeline.limited and known is not None:
                gaps.append(room)
            else:
                items += await self._told(calls, room, joined.timeline.events)
        items.sort(key=lambda item: item.created_at)
        if cursor is not None and known is None and _read(cursor) is not None:
            # What is there now is no news.
            items = []
        after = Cursor(since=sync.next_batch)
        if gaps and known is not None:
            after = Cursor(since=known.since, until=sync.next_batch, gaps=gaps)
        self._since = sync.next_batch
        read = await self._read_elsewhere(calls, sync) if known is not None else []
        return Poll(items=items, cursor=msgspec.json.encode(after).decode(), more=bool(gaps), read=read)

    async def mark_read(self, keys: Sequence[str]) -> None:
        calls = await self._ready()
        newest: dict[str, tuple[int, str]] = {}
        for key in keys:
            room, moment = self._told_events.place(key) or await self._place(calls, key)
            if room and (moment, key) > newest.get(room, (-1, "")):
                newest[room] = (moment, key)
        kind = "m.read" if self.context.settings.get("public_receipts") else "m.read.private"
        for room, (_, key) in newest.items():
            place = f"/_matrix/client/v3/rooms/{quote(room, safe='')}/receipt/{kind}/{quote(key, safe='')}"
            # A room that we have left takes none.
            await calls.post(place, {})

    async def log_out(self) -> bool:
        if self._calls is None:
            self._calls = Calls(self.context, "")
            await self._calls.resolve()
        return await self._calls.log_out()

    def can_listen(self) -> bool:
        return self._since != ""

    async def listen(self) -> bool:
        calls = await self._ready()
        sync = await self._sync(calls, self._since, WAIT_SECONDS)
        if sync is None:
            return True
        if sync.rooms.join or sync.rooms.invite or sync.account_data.events:
            return True
        self._since = sync.next_batch
        return False

    async def close(self) -> None:
        calls, self._calls = self._calls, None
        if calls is not None:
            await calls.close()

    async def _ready(self) -> Calls:
        """Return the calls of a signed-in account whose names are known."""
        if self._calls is None:
            self._calls = Calls(self.context, "")
            await self._calls.resolve()
        calls = self._calls
        await calls.sign_in()
        if self._me is None:
            me = quote(calls.me, safe="")
            profile = await calls.get(f"/_matrix/client/v3/profile/{me}/displayname")
            name = profile.word("displayname") if profile.status == 200 else ""
            direct = await calls.get(f"/_matrix/client/v3/user/{me}/account_data/m.direct")
            self._direct = events.rooms_of(direct.read(dict[str, Any])) if direct.status == 200 else set()
            self._me = Me(calls.me, name)
        return calls

    async def _read_elsewhere(self, calls: Calls, sync: Sync) -> list[str]:
        """Return the told events that other devices of ours have read since."""
        read: list[str] = []
        for room, joined in sync.rooms.join.items():
            ends = read_up_to(calls.me, joined.ephemeral.events, joined.account_data.events)
            for end in ends[:MAX_ENDS] if self._told_events.knows(room) else ():
                _, moment = self._told_events.place(end) or await self._place(calls, end, room)
                read += self._told_events.take_until(room, moment)
            # What was told by another worker is known to the master alone.
            read += ends
        return list(dict.fromkeys(read))

    async def _place(self, calls: Calls, event: str, room: str = "") -> tuple[str, int]:
        """Return room and time of an event, as the server tells; no room where it does not."""
        where = f"rooms/{quote(room, safe='')}/event" if room else "events"
        answer = await calls.get(f"/_matrix/client/v3/{where}/{quote(event, safe='')}", limit=EVENT_BYTES)
        said = answer.read(dict[str, Any]) if answer.status == 200 else {}
        found, moment = said.get("room_id") or room, said.get("origin_server_ts")
        return (found if isinstance(found, str) else "", moment) if isinstance(moment, int) else ("", -1)

    async def _sync(self, calls: Calls, since: str, wait: float) -> Sync | None:
        """Return what is new since ``since``; None where the server does not know it."""
        # Receipts of everybody would end every long poll at once: they are read with the next check.
        query = [("timeout", str(round(wait * 1000))), ("filter", _filter(TIMELINE if since else 1, not wait))]
        if since:
            query.append(("since", since))
        answer = await calls.get("/_matrix/client/v3/sync", query, seconds=PATIENCE + wait)
        if answer.status == 400 and since:
            return None
        if answer.status != 200:
            raise calls.refused(answer)
        return answer.read(Sync)

    async def _fill(self, calls: Calls, known: Cursor) -> Poll:
        """Read the next page of the first gap, from its beginning on."""
        room, start = known.gaps[0], known.at or known.since
        query = [("dir", "f"), ("from", start), ("to", known.until), ("limit", str(PAGE))]
        query.append(("filter", msgspec.json.encode({"types": _TYPES}).decode()))
        answer = await calls.get(f"/_matrix/client/v3/rooms/{quote(room, safe='')}/messages", query)
        # A room that we are no longer in keeps what it had.
        page = answer.read(Messages) if answer.status == 200 else Messages()
        items = await self._told(calls, room, page.chunk)
        if page.chunk and page.end and page.end not in (start, known.until):
            after = msgspec.structs.replace(known, at=page.end)
        elif len(known.gaps) > 1:
            after = msgspec.structs.replace(known, gaps=known.gaps[1:], at="")
        else:
            after = Cursor(since=known.until)
        return Poll(items=items, cursor=msgspec.json.encode(after).decode(), more=True)

    async def _told(self, calls: Calls, room: str, found: list[Event]) -> list[Item]:
        assert self._me is not None
        items = []
        for event in found:
            if not events.is_told(event, calls.me):
                continue
            if await self._is_direct(calls, room):
                items.append(events.item_of(event, room, ItemKind.DIRECT_MESSAGE))
            elif event.get("type") == events.MESSAGE and self._me.is_mentioned(event):
                items.append(events.item_of(event, room, ItemKind.MENTION))
        for item in items:
            self._told_events.note(room, item.key, item.created_at)
        return items

    async def _is_direct(self, calls: Calls, room: str) -> bool:
        """Whether the account calls the room direct, or it is a room for two."""
        if room in self._direct:
            return True
        if room not in self._for_two:
            if len(self._for_two) >= MAX_KNOWN:
                self._for_two.clear()
            path = f"/_matrix/client/v3/rooms/{quote(room, safe='')}/joined_members"
            try:
                answer = await calls.get(path, limit=MEMBER_BYTES)
                members = answer.read(dict[str, Any]).get("joined") if answer.status == 200 else None
            except TemporaryFailure as failure:
                # Whatever else went wrong: a guess could leave a message untold.
                if failure.reason.code != "too_large":
                    raise
                members = None
            self._for_two[room] = isinstance(members, dict) and len(members) <= 2
        return self._for_two[room]


def _filter(timeline: int, receipts: bool) -> str:
    nothing: dict[str, list[str]] = {"types": []}
    return msgspec.json.encode(
        {
            "presence": nothing,
            "account_data": {"types": ["m.direct"]},
            "room": {
                "timeline": {"types": _TYPES, "limit": timeline},
                "state": nothing,
                "ephemeral": {"types": [RECEIPT]} if receipts else nothing,
                "account_data": {"types": [FULLY_READ]},
            },
        }
    ).decode()


def _read(cursor: str | None) -> Cursor | None:
    """Return what a cursor holds; one that is not ours holds nothing: the ledger knows what was told."""
    try:
        known = msgspec.json.decode(cursor, type=Cursor) if cursor else None
    except msgspec.DecodeError:
        return None
    return known if known is not None and known.since else None
