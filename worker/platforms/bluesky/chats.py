"""Chats by their log: each change has a revision, and revisions grow."""

from collections import OrderedDict
from typing import Any, Final

import msgspec

from worker.sdk.apis import seconds_of
from worker.sdk.platform import Item, ItemKind, make_item

from .calls import Calls
from .notices import WEB, Author
from .texts import words_of

SERVICE: Final = "chat.bsky.convo."
DEFS: Final = f"{SERVICE}defs#"
LOG_PAGES: Final = 5
"""Of one poll; the rest comes with the next one, which follows at once."""
CHATS: Final = 100
MESSAGES: Final = 100
MAX_CHATS_KNOWN: Final = 200
MAX_UNREAD: Final = 100
MAX_TITLE: Final = 200
PREFIX: Final = "chat|"


class Message(msgspec.Struct, frozen=True, rename="camel"):
    """A message; without a sender it is one of the service itself."""

    id: str
    rev: str = ""
    sent_at: str = ""
    type: str = msgspec.field(default="", name="$type")
    text: str | None = None
    sender: Author | None = None
    facets: Any = None
    embed: Any = None


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of the log. Kinds that nobody knows yet have a type and no more."""

    type: str = msgspec.field(default="", name="$type")
    rev: str = ""
    convo_id: str = ""
    message: Message | None = None
    related_profiles: list[Author] = []


class Log(msgspec.Struct, frozen=True):
    """An answer of ``getLog``: what came after the revision that was asked for."""

    logs: list[Entry]
    cursor: str | None = None


class _Kind(msgspec.Struct, frozen=True):
    name: str | None = None


class Convo(msgspec.Struct, frozen=True, rename="camel"):
    """A chat."""

    id: str
    rev: str = ""
    members: list[Author] = []
    muted: bool = False
    unread_count: int = 0
    last_message: Message | None = None
    kind: _Kind | None = None


class Convos(msgspec.Struct, frozen=True):
    """An answer of ``listConvos``, those of the latest change first."""

    convos: list[Convo]
    cursor: str | None = None


class _Got(msgspec.Struct, frozen=True):
    convo: Convo


class _Messages(msgspec.Struct, frozen=True):
    messages: list[Message]
    cursor: str | None = None


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at the log found."""

    items: list[Item]
    read: list[str]
    rev: str
    more: bool = False


class Chats:
    """The chats of one account. What it remembers is for speed only."""

    def __init__(self, calls: Calls, muted_too: bool) -> None:
        self._calls = calls
        self._muted_too = muted_too
        self._known: OrderedDict[str, Convo] = OrderedDict()
        self._unread: OrderedDict[str, list[str]] = OrderedDict()

    async def baseline(self) -> News:
        """Return where the log is, and the messages that wait unread."""
        cursor = (await self._log("")).cursor or ""
        convos = await self._list()
        rev = max([cursor, *(convo.rev for convo in convos.convos)])
        items = [
            item
            for convo in convos.convos
            if convo.unread_count and (item := self._item(convo, convo.last_message, {})) is not None
        ]
        return News(items=items, read=[], rev=rev)

    async def since(self, rev: str) -> News:
        """Return what came after ``rev``; "" for an account that had no chat at all."""
        if not rev:
            return await self._from_chats("")
        items: list[Item] = []
        read: list[str] = []
        more = True
        for _ in range(LOG_PAGES):
            answer = await self._calls.get(f"{SERVICE}getLog", [("cursor", rev)], chat=True)
            if answer.status == 400:
                # The log does not reach back so far.
                return await self._from_chats(rev)
            log = answer.read(Log)
            entries = [entry for entry in log.logs if entry.rev > rev]
            for entry in entries:
                await self._take(entry, items, read)
            rev = max([rev, *(entry.rev for entry in entries)])
            more = bool(entries)
            if not more:
                break
        return News(items=items, read=read, rev=rev, more=more)

    async def mark_read(self, keys: list[str]) -> None:
        """Mark the messages of ``keys`` as read, and with each all before it."""
        latest: dict[str, str] = {}
        for key in keys:
            convo, _, message = key.removeprefix(PREFIX).partition("|")
            # Ids of messages grow as revisions do.
            latest[convo] = max(latest.get(convo, ""), message)
        for convo, message in latest.items():
            await self._calls.post(f"{SERVICE}updateRead", {"convoId": convo, "messageId": message}, chat=True)

    async def _take(self, entry: Entry, items: list[Item], read: list[str]) -> None:
        kind = entry.type.removeprefix(DEFS)
        if kind in ("logMuteConvo", "logUnmuteConvo", "logEditGroup"):
            self._known.pop(entry.convo_id, None)
        elif kind in ("logReadMessage", "logReadConvo") and entry.message is not None:
            unread = self._unread.get(entry.convo_id, [])
            last = _key(entry.convo_id, entry.message.id)
            read += [last, *(key for key in unread if key < last)]
            self._unread[entry.convo_id] = [key for key in unread if key > last]
        elif kind == "logCreateMessage" and self._author(entry.message) is not None:
            convo = await self._convo(entry.convo_id)
            item = self._item(convo, entry.message, {one.did: one for one in entry.related_profiles})
            if item is not None:
                items.append(item)

    async def _from_chats(self, rev: str) -> News:
        """Return what came after ``rev`` by the chats themselves: for what the log does not tell."""
        found: list[Item] = []
        newest, cursor = rev, ""
        for _ in range(LOG_PAGES):
            page = await self._list(cursor)
            for convo in page.convos:
                if convo.rev > rev:
                    found += await self._messages(convo, rev)
                newest = max(newest, convo.rev)
            cursor = page.cursor or ""
            if not cursor or not page.convos or min(convo.rev for convo in page.convos) <= rev:
                break
        return News(items=sorted(found, key=lambda item: item.created_at), read=[], rev=newest)

    async def _messages(self, convo: Convo, rev: str) -> list[Item]:
        found: list[Item] = []
        cursor = ""
        for _ in range(LOG_PAGES):
            query = [("convoId", convo.id), ("limit", str(MESSAGES)), *([("cursor", cursor)] if cursor else [])]
            answer = await self._calls.get(f"{SERVICE}getMessages", query, chat=True)
            if answer.status != 200:
                break
            page = answer.read(_Messages)
            fresh = [message for message in page.messages if message.rev > rev]
            found += [item for message in fresh if (item := self._item(convo, message, {})) is not None]
            cursor = page.cursor or ""
            if not cursor or len(fresh) < len(page.messages) or not fresh:
                break
        return found

    async def _list(self, cursor: str = "") -> Convos:
        query = [("limit", str(CHATS)), *([("cursor", cursor)] if cursor else [])]
        answer = await self._calls.get(f"{SERVICE}listConvos", query, chat=True)
        if answer.status != 200:
            raise self._calls.refusal(answer)
        return answer.read(Convos)

    async def _log(self, rev: str) -> Log:
        answer = await self._calls.get(f"{SERVICE}getLog", [("cursor", rev)] if rev else (), chat=True)
        if answer.status != 200:
            raise self._calls.refusal(answer)
        return answer.read(Log)

    async def _convo(self, id_: str) -> Convo:
        if id_ not in self._known:
            answer = await self._calls.get(f"{SERVICE}getConvo", [("convoId", id_)], chat=True)
            # One that we have left since: what was said before is told all the same.
            self._known[id_] = answer.read(_Got).convo if answer.status == 200 else Convo(id=id_)
            if len(self._known) > MAX_CHATS_KNOWN:
                self._known.popitem(last=False)
        return self._known[id_]

    def _author(self, message: Message | None) -> Author | None:
        """Return who wrote what is to be told, None for what is not: our own, the service's, the deleted."""
        if message is None or message.sender is None or message.type == f"{DEFS}deletedMessageView":
            return None
        return message.sender if message.sender.did != self._calls.did else None

    def _item(self, convo: Convo, message: Message | None, profiles: dict[str, Author]) -> Item | None:
        """Return a message as an item, None for one that is not told. Raises ``ValueError`` for an odd time."""
        author = self._author(message)
        if (convo.muted and not self._muted_too) or message is None or author is None:
            return None
        profiles = {one.did: one for one in convo.members} | profiles
        name = profiles.get(author.did, author).name
        words = words_of({"text": message.text, "facets": message.facets, "embed": message.embed})
        group = convo.kind.name if convo.kind is not None else ""
        first = words.lstrip().partition("\n")[0][:MAX_TITLE] or name
        key = _key(convo.id, message.id)
        self._note(convo.id, key)
        return make_item(
            ItemKind.DIRECT_MESSAGE,
            key,
            f"{group}: {first}" if group else first,
            body=words,
            author=name,
            url=f"{WEB}/messages/{convo.id}",
            thread=convo.id,
            created_at=round(seconds_of(message.sent_at) * 1000),
        )

    def _note(self, convo: str, key: str) -> None:
        unread = self._unread.setdefault(convo, [])
        unread.append(key)
        del unread[:-MAX_UNREAD]
        if len(self._unread) > MAX_CHATS_KNOWN:
            self._unread.popitem(last=False)


def _key(convo: str, message: str) -> str:
    """Return the key of a message. Raises ``ValueError`` for ids that are none."""
    if not convo or not message or len(convo) + len(message) > 400 or "|" in convo:
        raise ValueError("a message without a usable id")
    return f"{PREFIX}{convo}|{message}"
