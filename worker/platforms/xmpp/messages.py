"""Messages as items: which are told, as what, and under which key."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET

import msgspec

from worker.sdk.platform import Item, ItemKind, make_item

CLIENT: Final = "{jabber:client}"
_FORWARDED: Final = "{urn:xmpp:forward:0}forwarded"
_CARBON: Final = "{urn:xmpp:carbons:2}received"
_RESULT: Final = "{urn:xmpp:mam:2}result"
_DELAY: Final = "{urn:xmpp:delay}delay"
_STANZA_ID: Final = "{urn:xmpp:sid:0}stanza-id"
_ROOM_USER: Final = "{http://jabber.org/protocol/muc#user}"
_REFERENCE: Final = "{urn:xmpp:reference:0}reference"
_OLD_OMEMO: Final = "{eu.siacs.conversations.axolotl}"
_ENCRYPTED: Final = ("{urn:xmpp:omemo:2}encrypted", "{urn:xmpp:openpgp:0}openpgp", "{jabber:x:encrypted}x")
_TITLE: Final = 200
_PLAIN_TYPES: Final = ("chat", "normal", "")


class Archived(msgspec.Struct, frozen=True, kw_only=True):
    """One result of a query: the archive's id and time, and the message in it."""

    archive: str
    """Whose archive: the bare address of a room, "" for the account's own."""
    query: str
    id: str
    stamp: str
    message: ET.Element


class Place:
    """What tells own messages and mentions: the account's address, and in a room the name it has there."""

    def __init__(self, own: str, room: str = "", nick: str = "", joined_as: str = "") -> None:
        self.own = own
        self.room = room
        self.nick = joined_as or nick
        self._names = re.compile(rf"(?<!\w){re.escape(nick)}(?!\w)", re.IGNORECASE) if nick else None

    def mentions(self, message: ET.Element, body: str) -> bool:
        """Whether somebody is talking to us."""
        if self._names is not None and self._names.search(body):
            return True
        return any(
            one.get("type") == "mention" and bare(one.get("uri", "").removeprefix("xmpp:")) == self.own
            for one in message.iter(_REFERENCE)
        )


def bare(jid: str | None) -> str:
    """Return an address without its resource."""
    return (jid or "").partition("/")[0].lower()


def archived(xml: ET.Element, own: str) -> Archived | None:
    """Return what a query brought, None for any other message. Only an archive may speak for itself."""
    result = xml.find(_RESULT)
    if result is None:
        return None
    forwarded = result.find(_FORWARDED)
    message = forwarded.find(f"{CLIENT}message") if forwarded is not None else None
    archive, name = bare(xml.get("from")), result.get("id", "")
    if forwarded is None or message is None or not name:
        return None
    delay = forwarded.find(_DELAY)
    return Archived(
        archive="" if archive in ("", own) else archive,
        query=result.get("queryid", ""),
        id=name,
        stamp=delay.get("stamp", "") if delay is not None else "",
        message=message,
    )


def unwrapped(xml: ET.Element, own: str) -> ET.Element | None:
    """Return the message, taken out of its carbon copy; None where that is somebody's forgery."""
    carbon = xml.find(_CARBON)
    if carbon is None:
        # What we sent ourselves elsewhere comes as a copy that is of no interest.
        return None if xml.find("{urn:xmpp:carbons:2}sent") is not None else xml
    if bare(xml.get("from")) != own:
        return None
    return carbon.find(f"{_FORWARDED}/{CLIENT}message")


def stanza_id(message: ET.Element, by: str) -> str:
    """Return the id under which the archive of ``by`` keeps the message, "" when it does not."""
    for one in message.findall(_STANZA_ID):
        if bare(one.get("by")) == by:
            return one.get("id", "")
    return ""


def fingerprint(message: ET.Element) -> str:
    """Return what is the same of a message as it comes and as an archive returns it."""
    words = message.get("id") or _body(message)
    return hashlib.sha256(f"{message.get('from', '')}\x00{words}".encode()).hexdigest()[:32]


def key_of(archive: str, name: str) -> str:
    """Return the key of an archived message."""
    key = f"{archive}|{name}"
    return key if len(key) <= 512 else hashlib.sha256(key.encode()).hexdigest()


def item_of(message: ET.Element, place: Place, key: str, stamp: str = "") -> Item | None:
    """Return a message as an item; None for our own, for what says nothing, and in a room for what mentions nobody."""
    kind = message.get("type", "")
    sender = message.get("from", "")
    body = _body(message)
    if place.room:
        nick = sender.partition("/")[2]
        if kind != "groupchat" or not nick or nick == place.nick or _is_own(message, place.own):
            return None
        if not place.mentions(message, body):
            return None
        author, thread = nick, place.room
    else:
        if kind not in _PLAIN_TYPES or not sender or bare(sender) == place.own:
            return None
        # A private message of somebody in a room: only the whole address says who it was.
        in_room = message.find(f"{_ROOM_USER}x") is not None and "/" in sender
        author = thread = sender if in_room else bare(sender)
    subject = message.findtext(f"{CLIENT}subject") or ""
    if _is_encrypted(message):
        title, body = "Encrypted message", ""
    elif body.strip():
        title = subject.strip() or body.strip().splitlines()[0][:_TITLE]
    else:
        return None
    return make_item(
        ItemKind.MENTION if place.room else ItemKind.DIRECT_MESSAGE,
        key,
        title,
        body=body,
        author=author,
        url=f"xmpp:{place.room}?join" if place.room else f"xmpp:{author}?message",
        thread=thread,
        created_at=_milliseconds(stamp or _delayed(message)),
    )


def _body(message: ET.Element) -> str:
    return message.findtext(f"{CLIENT}body") or ""


def _is_encrypted(message: ET.Element) -> bool:
    old = message.find(f"{_OLD_OMEMO}encrypted")
    if old is not None:
        # Without a payload it only hands keys over.
        return old.find(f"{_OLD_OMEMO}payload") is not None
    return any(message.find(name) is not None for name in _ENCRYPTED)


def _is_own(message: ET.Element, own: str) -> bool:
    return any(bare(one.get("jid")) == own for one in message.iter(f"{_ROOM_USER}item"))


def _delayed(message: ET.Element) -> str:
    delay = message.find(_DELAY)
    return delay.get("stamp", "") if delay is not None else ""


def _milliseconds(stamp: str) -> int | None:
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
