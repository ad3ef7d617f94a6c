"""Notifications as the API tells them, and as items."""

from hashlib import blake2b
from typing import Any, Final

import msgspec

from worker.sdk.apis import seconds_of
from worker.sdk.platform import Item, ItemKind, make_item

from .texts import words_of

MENTIONS: Final = frozenset(("reply", "mention", "quote"))
APPLAUSE: Final = frozenset(("like", "repost", "follow", "like-via-repost", "repost-via-repost"))
_POSTS: Final = MENTIONS | {"subscribed-post"}
_KINDS: Final = {
    "reply": ItemKind.COMMENT,
    "mention": ItemKind.MENTION,
    "quote": ItemKind.MENTION,
    "subscribed-post": ItemKind.ENTRY,
}
_WORDS: Final = {
    "like": "{name} likes your post",
    "repost": "{name} reposted your post",
    "follow": "{name} follows you",
    "like-via-repost": "{name} likes what you reposted",
    "repost-via-repost": "{name} reposted what you reposted",
    "starterpack-joined": "{name} joined through your starter pack",
    "verified": "{name} verified you",
    "unverified": "{name} no longer verifies you",
}
MAX_TITLE: Final = 200
MAX_KEY: Final = 512
WEB: Final = "https://bsky.app"


class Author(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody. The handle may change; the did stays."""

    did: str
    handle: str = ""
    display_name: str | None = None

    @property
    def name(self) -> str:
        """The name for people, with the handle behind it."""
        address = f"@{self.handle}" if self.handle else self.did
        return f"{self.display_name} ({address})" if self.display_name else address


class Notice(msgspec.Struct, frozen=True, rename="camel"):
    """One notification: a record of ``author`` that concerns us for ``reason``."""

    uri: str
    author: Author
    reason: str
    indexed_at: str
    record: Any = None
    reason_subject: str | None = None
    is_read: bool = False

    @property
    def moment(self) -> float:
        """Where it stands in the list, in seconds since 1970. Raises ``ValueError``."""
        return seconds_of(self.indexed_at)

    @property
    def key(self) -> str:
        """Its name for ever. Raises ``ValueError`` without an address."""
        if not self.uri:
            raise ValueError("a notification has no address")
        name = self.uri if self.reason in _POSTS else f"{self.reason}|{self.uri}"
        return name if len(name) <= MAX_KEY else blake2b(name.encode("utf-8", "replace"), digest_size=32).hexdigest()


class Page(msgspec.Struct, frozen=True):
    """An answer of ``listNotifications``, newest first."""

    notifications: list[Notice]
    cursor: str | None = None


def is_wanted(notice: Notice, kinds: str, me: str) -> bool:
    """Return whether the setting ``kinds`` asks for it; nothing of our own is told."""
    if notice.author.did == me:
        return False
    if kinds == "mentions":
        return notice.reason in MENTIONS
    return kinds == "all" or notice.reason not in APPLAUSE


def item_of(notice: Notice) -> Item:
    """Return a notification as an item. Raises ``ValueError`` for one without a usable address or time."""
    is_post = notice.reason in _POSTS
    words = words_of(notice.record) if is_post else ""
    return make_item(
        _KINDS.get(notice.reason, ItemKind.SYSTEM),
        notice.key,
        _title(notice, words),
        body=words,
        author=notice.author.name,
        url=web_address(notice.uri if is_post else notice.reason_subject or "") or profile(notice.author),
        thread=_thread(notice) if is_post else "",
        created_at=round(notice.moment * 1000),
    )


def web_address(uri: str) -> str:
    """Return the page of the post at ``at://did/app.bsky.feed.post/rkey``, "" for what is none."""
    parts = uri.split("/")
    if len(parts) != 5 or parts[0] != "at:" or parts[3] != "app.bsky.feed.post":
        return ""
    return f"{WEB}/profile/{parts[2]}/post/{parts[4]}"


def profile(author: Author) -> str:
    """Return somebody's page."""
    return f"{WEB}/profile/{author.did}"


def _title(notice: Notice, words: str) -> str:
    first = words.lstrip().partition("\n")[0][:MAX_TITLE]
    if notice.reason in _POSTS:
        return first or notice.author.name
    return _WORDS.get(notice.reason, notice.reason.replace("-", " ") + ": {name}").replace("{name}", notice.author.name)


def _thread(notice: Notice) -> str:
    """The post that a conversation began with."""
    reply = notice.record.get("reply") if isinstance(notice.record, dict) else None
    root = reply.get("root") if isinstance(reply, dict) else None
    uri = root.get("uri") if isinstance(root, dict) else None
    return uri if isinstance(uri, str) and uri else notice.uri
