"""One account over one connection: what is new since a place, and what was read."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from worker.sdk.errors import PlatformError
from worker.sdk.platform import Context, Item, Poll, Probe

from .circles import Circle
from .ears import GROUP_UPDATES, Heard
from .faults import signed_out
from .messages import People, item_of, key_of, peer_name
from .places import Place, read_place
from .servers import api_id, first_centre
from .unread import Unread
from .wires import Wire, functions, read_session, types

PAGES: Final = 10
"""Of one poll; the rest comes with the next one, which follows at once."""
MENTIONS: Final = 100
LOOK_SECONDS: Final = 600.0
"""So often all big groups are looked through for mentions that nobody told of."""
STALE_SECONDS: Final = 3600
"""The cursor's moment alone is renewed so often, not with each poll."""
QUIET_SECONDS: Final = 60.0


class _Found:
    """What a poll has gathered."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.read: list[str] = []

    def add(self, item: Item | None) -> None:
        if item is not None:
            self.items[item.key] = item


class Account:
    """The account of one adapter."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._wire: Wire | None = None
        self._looked_at: float | None = None
        self._circle = Circle()
        self._unread = Unread()

    async def probe(self) -> Probe:
        """Connect, and return who we are."""
        context = self._context
        async with context.step("step_connect"):
            wire = await self._ready()
        async with context.step("step_sign_in"):
            found = await wire.call(functions.users.GetUsersRequest([types.InputUserSelf()]))
            if not found:
                raise signed_out("nobody")
        async with context.step("step_first_check"):
            await wire.call(functions.updates.GetStateRequest())
        people = People(found)
        return Probe(identity=str(found[0].id), name=people.name(f"user{found[0].id}"))

    async def poll(self, cursor: str | None, now: float) -> Poll:
        """Return what is new; ``now`` on the monotonic clock."""
        wire = await self._ready()
        heard, place, found = wire.ear.take(), read_place(cursor), _Found()
        more = False
        try:
            if place is None:
                place = await self._baseline(wire, found)
                self._looked_at = now
                found.read = []
            else:
                place, more = await self._difference(wire, place, found)
                if self._groups:
                    place = await self._groups_since(wire, place, found, heard, now)
            self._note_read(heard, found)
        except PlatformError:
            # What was heard is looked for again.
            self._looked_at = None
            raise
        items = sorted(found.items.values(), key=lambda item: item.created_at)
        for item in items:
            self._unread.add(item.key)
        encoded = msgspec.json.encode(place).decode()
        return Poll(items=items, cursor=encoded if encoded != cursor else None, more=more, read=found.read)

    async def listen(self, now: float) -> bool:
        """Wait for news; False when it was quiet and the line lives. Now and then quiet is looked into."""
        if self._wire is not None:
            # What came while there was no line is for the next poll.
            self._wire.check()
        wire = await self._ready()
        if await wire.heard_something(QUIET_SECONDS):
            wire.check()
            return True
        await wire.ping()
        return self._looked_at is None or now + QUIET_SECONDS - self._looked_at > LOOK_SECONDS

    async def mark_read(self, keys: Sequence[str]) -> None:
        """Read private chats up to their last message of ``keys``; of groups the messages alone."""
        wire = await self._ready()
        by_peer: dict[str, list[int]] = {}
        for key in keys:
            peer, _, number = key.partition("/")
            if number.isdecimal():
                by_peer.setdefault(peer, []).append(int(number))
        if any(peer not in self._circle.hashes and not peer.startswith("chat") for peer in by_peer):
            await self._circle.dialogs(wire)
        for peer, numbers in by_peer.items():
            # Those who are gone, or whom nobody has met for long, are passed over.
            if peer.startswith("chat"):
                await wire.ask(functions.messages.ReadMessageContentsRequest(numbers))
            elif peer in self._circle.hashes and peer.startswith("user"):
                reader = types.InputPeerUser(int(peer.removeprefix("user")), self._circle.hashes[peer])
                await wire.ask(functions.messages.ReadHistoryRequest(reader, max(numbers)))
            elif peer in self._circle.hashes:
                group = types.InputChannel(int(peer.removeprefix("channel")), self._circle.hashes[peer])
                await wire.ask(functions.channels.ReadMessageContentsRequest(group, numbers))

    async def log_out(self) -> bool:
        """Have Telegram forget the session."""
        wire = await self._ready()
        await wire.call(functions.auth.LogOutRequest())
        await self.close()
        return True

    async def close(self) -> None:
        """Hang up."""
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()

    @property
    def _groups(self) -> bool:
        return self._context.settings.get("groups") != "none"

    async def _ready(self) -> Wire:
        if self._wire is not None and not self._wire.is_open:
            await self.close()
        if self._wire is None:
            number, first = api_id(self._context), await first_centre(self._context)
            session = (await self._context.secret()).get("session").strip()
            centre, key = read_session(self._context, session, first)
            wire = Wire(self._context, number, centre, key)
            await wire.open_or_close()
            self._wire = wire
            self._looked_at = None
        return self._wire

    async def _baseline(self, wire: Wire, found: _Found) -> Place:
        state = await wire.call(functions.updates.GetStateRequest())
        place = Place(pts=state.pts, qts=state.qts, date=_seconds(state.date))
        for dialog, people, messages in await self._circle.dialogs(wire):
            peer = peer_name(dialog.peer)
            last = messages.get(peer)
            if peer.startswith("user") and dialog.unread_count and last is not None:
                found.add(item_of(last, people, self._groups))
            if self._groups and peer.startswith("channel") and dialog.unread_mentions_count:
                place = await self._mentions(wire, place, dialog.peer.channel_id, found)
        return place

    async def _difference(self, wire: Wire, place: Place, found: _Found) -> tuple[Place, bool]:
        """Return the place after what private chats and small groups have new, and whether there is more."""
        for _ in range(PAGES):
            request = functions.updates.GetDifferenceRequest(pts=place.pts, date=place.date, qts=place.qts)
            answer = await wire.call(request)
            if isinstance(answer, types.updates.DifferenceEmpty):
                moment = _seconds(answer.date)
                late = moment - place.date > STALE_SECONDS
                return msgspec.structs.replace(place, date=moment) if late else place, False
            if isinstance(answer, types.updates.DifferenceTooLong):
                place = msgspec.structs.replace(place, pts=answer.pts)
                await self._from_dialogs(wire, found)
                continue
            sliced = isinstance(answer, types.updates.DifferenceSlice)
            state = answer.intermediate_state if sliced else answer.state
            people = self._circle.met(answer.users, answer.chats)
            for message in answer.new_messages:
                found.add(item_of(message, people, self._groups))
            in_groups = [update for update in answer.other_updates if isinstance(update, GROUP_UPDATES)]
            wire.ear.put_nowait(types.Updates(in_groups, answer.users, answer.chats, None, 0))
            for update in answer.other_updates:
                found.read += self._unread.of_update(update)
            place = msgspec.structs.replace(place, pts=state.pts, qts=state.qts, date=_seconds(state.date))
            if not sliced:
                return place, False
        return place, True

    async def _from_dialogs(self, wire: Wire, found: _Found) -> None:
        """Take what is unread in private chats and small groups: more happened than Telegram keeps a list of."""
        for dialog, _, _ in await self._circle.dialogs(wire):
            peer, before = peer_name(dialog.peer), 0
            private = peer.startswith("user") and peer in self._circle.hashes and dialog.unread_count
            if not private and not (self._groups and peer.startswith("chat") and dialog.unread_mentions_count):
                continue
            whom = self._circle.input_peer(dialog.peer)
            for _ in range(PAGES):
                if private:
                    asked = functions.messages.GetHistoryRequest(
                        whom, before, None, 0, MENTIONS, 0, dialog.read_inbox_max_id, 0
                    )
                else:
                    asked = functions.messages.GetUnreadMentionsRequest(whom, before, 0, MENTIONS, 0, 0)
                answer = await wire.ask(asked)
                if answer is None:
                    break
                people = self._circle.met(answer.users, answer.chats)
                for message in answer.messages:
                    found.add(item_of(message, people, self._groups))
                if len(answer.messages) < MENTIONS:
                    break
                before = min(message.id for message in answer.messages)

    async def _groups_since(self, wire: Wire, place: Place, found: _Found, heard: Heard, now: float) -> Place:
        """Return the place after the mentions of big groups: those heard, and those that stand unread."""
        later = wire.ear.take()
        messages = [*heard.messages, *later.messages]
        groups: dict[int, None] = {}
        for message, users, chats in messages:
            people = self._circle.met(users, chats)
            found.add(item_of(message, people, True))
            groups[message.peer_id.channel_id] = None
        if heard.all_groups or later.all_groups or self._looked_at is None or now - self._looked_at > LOOK_SECONDS:
            for dialog, _, _ in await self._circle.dialogs(wire):
                if isinstance(dialog.peer, types.PeerChannel) and dialog.unread_mentions_count:
                    groups[dialog.peer.channel_id] = None
            self._looked_at = now
        for group in groups:
            place = await self._mentions(wire, place, group, found)
        self._note_read(later, found)
        return place

    async def _mentions(self, wire: Wire, place: Place, group: int, found: _Found) -> Place:
        hash_ = self._circle.hashes.get(f"channel{group}")
        told, before = place.told(group), 0
        for _ in range(PAGES if hash_ is not None else 0):
            whom = types.InputPeerChannel(group, hash_)
            answer = await wire.ask(
                functions.messages.GetUnreadMentionsRequest(whom, before, 0, MENTIONS, max_id=0, min_id=told)
            )
            if answer is None:
                break
            people = self._circle.met(answer.users, answer.chats)
            for message in answer.messages:
                if message.id > told:
                    found.add(item_of(message, people, True))
                    place = place.with_mention(group, message.id)
            if len(answer.messages) < MENTIONS:
                break
            before = min(message.id for message in answer.messages)
        return place

    def _note_read(self, heard: Heard, found: _Found) -> None:
        for group, last in heard.read_up_to.items():
            found.read += self._unread.up_to(f"channel{group}", last)
        found.read += [key_of(f"channel{group}", number) for group, number in heard.read]


def _seconds(moment: Any) -> int:
    return int(moment.timestamp()) if moment is not None else 0
