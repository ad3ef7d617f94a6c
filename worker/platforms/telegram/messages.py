"""Messages as items: which are told, as what, and under which key."""

from typing import Any, Final

from telethon.tl import types

from worker.sdk.platform import Item, ItemKind, make_item

MAX_TITLE: Final = 200
_MENTIONS: Final = (types.MessageEntityMention, types.MessageEntityMentionName)
_MEDIA: Final = {
    "MessageMediaPhoto": "photo",
    "MessageMediaGeo": "place",
    "MessageMediaGeoLive": "place",
    "MessageMediaVenue": "place",
    "MessageMediaContact": "contact",
    "MessageMediaPoll": "poll",
    "MessageMediaStory": "story",
    "MessageMediaInvoice": "invoice",
    "MessageMediaGame": "game",
    "MessageMediaDice": "dice",
    "MessageMediaUnsupported": "message that this program cannot show",
}


class People:
    """Users and groups that an answer speaks of, by the names of their peers."""

    def __init__(self, users: Any = (), chats: Any = ()) -> None:
        self._known: dict[str, Any] = {}
        for user in users or ():
            self._known[f"user{user.id}"] = user
        for chat in chats or ():
            big = isinstance(chat, types.Channel | types.ChannelForbidden)
            self._known[f"{'channel' if big else 'chat'}{chat.id}"] = chat

    def get(self, peer: str) -> Any:
        """Return who that is, None for who is not among them."""
        return self._known.get(peer)

    def name(self, peer: str) -> str:
        """Return the name for people, with the user name behind it."""
        one = self._known.get(peer)
        if one is None:
            return peer
        title = getattr(one, "title", None)
        parts = [title] if title else [getattr(one, "first_name", None), getattr(one, "last_name", None)]
        name, user = " ".join(part for part in parts if part), self.username(peer)
        if name and user:
            return f"{name} (@{user})"
        return name or (f"@{user}" if user else peer)

    def username(self, peer: str) -> str:
        """Return the public name, "" for who has none."""
        one = self._known.get(peer)
        listed = [other.username for other in getattr(one, "usernames", None) or () if getattr(other, "active", False)]
        return str(getattr(one, "username", None) or next(iter(listed), ""))

    def hashes(self) -> dict[str, int]:
        """Return what it takes to ask for each of them."""
        return {
            peer: one.access_hash
            for peer, one in self._known.items()
            if isinstance(getattr(one, "access_hash", None), int) and not getattr(one, "min", False)
        }

    def is_me(self, peer: str) -> bool:
        """Whether that is the account itself (its *Saved messages*)."""
        return bool(getattr(self._known.get(peer), "is_self", False))


def peer_name(peer: Any) -> str:
    """Return the name of a peer: ``user7``, ``chat7``, ``channel7``; "" for what is none."""
    if isinstance(peer, types.PeerUser):
        return f"user{peer.user_id}"
    if isinstance(peer, types.PeerChat):
        return f"chat{peer.chat_id}"
    return f"channel{peer.channel_id}" if isinstance(peer, types.PeerChannel) else ""


def key_of(peer: str, number: int) -> str:
    """Return the key of a message."""
    return f"{peer}/{number}"


def item_of(message: Any, people: People, groups: bool) -> Item | None:
    """Return a message as an item, None for one that is not told: our own, of a group without us, of the service."""
    if not isinstance(message, types.Message) or message.out:
        return None
    peer = peer_name(message.peer_id)
    if not peer or people.is_me(peer) or (message.from_id is not None and people.is_me(peer_name(message.from_id))):
        return None
    private = peer.startswith("user")
    if not private and not (groups and message.mentioned):
        return None
    author = people.name(peer_name(message.from_id) or peer)
    words = _words(message)
    first = words.lstrip().partition("\n")[0][:MAX_TITLE] or author
    return make_item(
        ItemKind.DIRECT_MESSAGE if private else _group_kind(message),
        key_of(peer, message.id),
        first if private else f"{people.name(peer)}: {first}",
        body=words,
        author=author,
        url=_page(peer, message.id, people),
        thread=peer,
        created_at=round(message.date.timestamp() * 1000) if message.date is not None else None,
    )


def _group_kind(message: Any) -> ItemKind:
    """Telegram calls an answer to us a mention too; one in which nobody is named is an answer."""
    named = any(isinstance(entity, _MENTIONS) for entity in message.entities or ())
    answers = isinstance(message.reply_to, types.MessageReplyHeader) and message.reply_to.reply_to_msg_id
    return ItemKind.COMMENT if answers and not named else ItemKind.MENTION


def _words(message: Any) -> str:
    said = [message.message or "", *_links(message)]
    media = message.media
    if media is not None and not isinstance(media, types.MessageMediaEmpty | types.MessageMediaWebPage):
        said.insert(0, f"[{_media(media)}]")
    return "\n".join(part for part in said if part)


def _links(message: Any) -> list[str]:
    """Addresses behind words, which the text itself does not have."""
    linked = [entity.url for entity in message.entities or () if isinstance(entity, types.MessageEntityTextUrl)]
    return [url for url in dict.fromkeys(linked) if url not in (message.message or "")][:20]


def _media(media: Any) -> str:
    if not isinstance(media, types.MessageMediaDocument):
        return _MEDIA.get(type(media).__name__, "attachment")
    if media.voice:
        return "voice message"
    if media.video or media.round:
        return "video"
    for attribute in getattr(media.document, "attributes", None) or ():
        if isinstance(attribute, types.DocumentAttributeSticker):
            return f"sticker {attribute.alt}".strip()
        if isinstance(attribute, types.DocumentAttributeFilename):
            return f"file {attribute.file_name}"[:300]
    return "file"


def _page(peer: str, number: int, people: People) -> str:
    name = people.username(peer)
    if peer.startswith("channel"):
        place = name or f"c/{peer.removeprefix('channel')}"
        return f"https://t.me/{place}/{number}"
    return f"https://t.me/{name}" if name else ""
