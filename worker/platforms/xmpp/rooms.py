"""Rooms (XEP-0045): joined to hear who mentions us, without their history, which their archives tell."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

from .messages import Place, bare
from .servers import Room

if TYPE_CHECKING:
    from .streams import Stream

JOIN_SECONDS: Final = 15.0
_USER: Final = "{http://jabber.org/protocol/muc#user}"
_JOIN: Final = "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x>"


class Rooms:
    """The rooms of one stream, joined or not."""

    def __init__(self, own: str, rooms: Iterable[Room]) -> None:
        self._own = own
        self._rooms = {room.jid: room for room in rooms}
        self._joined: dict[str, Place] = {}
        self._waiting: dict[str, asyncio.Future[ET.Element | None]] = {}

    def place(self, jid: str) -> Place | None:
        """Return how messages of a room are to be read, None for a room that was not chosen."""
        if jid in self._joined:
            return self._joined[jid]
        room = self._rooms.get(jid)
        return Place(self._own, room.jid, room.nick) if room is not None else None

    def missing(self) -> list[Room]:
        """Return the rooms that we are not in."""
        return [room for jid, room in self._rooms.items() if jid not in self._joined]

    async def join(self, stream: "Stream", room: Room) -> ET.Element | None:
        """Join; return the refusal, None once inside. Raises ``TimeoutError`` when the room says nothing."""
        refusal = await self._join(stream, room, room.nick)
        if refusal is not None and refusal.find(".//{urn:ietf:params:xml:ns:xmpp-stanzas}conflict") is not None:
            # Somebody else bears the name: who says it means us or them.
            refusal = await self._join(stream, room, f"{room.nick} (Watchkeeper)")
        return refusal

    def heard(self, presence: ET.Element) -> None:
        """Take a presence: that we are in, that we are not let in, or that we are out."""
        jid = bare(presence.get("from"))
        if jid not in self._rooms:
            return
        kind = presence.get("type", "")
        ours = any(status.get("code") == "110" for status in presence.iter(f"{_USER}status"))
        waiting = self._waiting.get(jid)
        if waiting is not None and not waiting.done() and (kind == "error" or (ours and not kind)):
            waiting.set_result(presence)
        elif ours and kind == "unavailable":
            self._joined.pop(jid, None)

    async def _join(self, stream: "Stream", room: Room, nick: str) -> ET.Element | None:
        answer: asyncio.Future[ET.Element | None] = stream.loop.create_future()
        self._waiting[room.jid] = answer
        stream.say(f"<presence to={quoteattr(f'{room.jid}/{nick}')}>{_JOIN}</presence>")
        try:
            presence = await stream.wait_for(answer, JOIN_SECONDS)
        finally:
            self._waiting.pop(room.jid, None)
        if presence.get("type") == "error":
            return presence
        joined_as = (presence.get("from") or "").partition("/")[2] or nick
        self._joined[room.jid] = Place(self._own, room.jid, room.nick, joined_as)
        return None
