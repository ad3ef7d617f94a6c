"""Notifications as the API tells them, and as items."""

from typing import Final

import msgspec

from worker.sdk.apis import is_web, seconds_of
from worker.sdk.markup import plain
from worker.sdk.platform import Item, ItemKind, make_item

APPLAUSE: Final = frozenset(("favourite", "reblog", "follow"))
MENTIONS: Final = frozenset(("mention", "quote"))
_ENTRIES: Final = frozenset(("status", "update", "quoted_update", "poll"))
_WORDS: Final = {
    "favourite": "{name} favourited",
    "reblog": "{name} boosted",
    "follow": "{name} follows you",
    "follow_request": "{name} asks to follow you",
    "poll": "A poll has ended",
    "update": "{name} edited",
    "quoted_update": "{name} edited what you quoted",
    "admin.sign_up": "{name} signed up",
    "admin.report": "{name} reported",
    "severed_relationships": "Follow relationships were cut",
    "moderation_warning": "A moderator warned you",
}
MAX_TITLE: Final = 200
MAX_CONTENT: Final = 128 * 1024
"""Of a post's HTML, whose author is anybody: more than an item can hold, and read well within a pulse."""


class Account(msgspec.Struct, frozen=True):
    """Who did it. ``acct`` has the server in it where that is another one."""

    id: str
    acct: str | None = None
    display_name: str | None = None
    url: str | None = None

    @property
    def name(self) -> str:
        """The name for people, with the address behind it."""
        address = f"@{self.acct}" if self.acct else self.id
        return f"{self.display_name} ({address})" if self.display_name else address


class Attachment(msgspec.Struct, frozen=True):
    """A picture, a film or a sound of a post."""

    type: str | None = None
    description: str | None = None


class Status(msgspec.Struct, frozen=True):
    """A post. ``content`` is HTML."""

    id: str
    content: str | None = None
    spoiler_text: str | None = None
    visibility: str | None = None
    url: str | None = None
    in_reply_to_id: str | None = None
    media_attachments: list[Attachment] | None = None

    @property
    def words(self) -> str:
        """What it says, as plain text: the warning first, the attachments by their descriptions last."""
        media = [f"[{one.type or 'media'}] {one.description or ''}".strip() for one in self.media_attachments or ()]
        warning, content = (self.spoiler_text or "")[:MAX_CONTENT], (self.content or "")[:MAX_CONTENT]
        parts = [plain(warning), plain(content), "\n".join(media)]
        return "\n\n".join(part for part in parts if part)


class Notice(msgspec.Struct, frozen=True):
    """One notification. Newer ones have greater ids where ids are numbers."""

    id: str
    type: str
    created_at: str
    account: Account | None = None
    status: Status | None = None

    @property
    def moment(self) -> float:
        """When it was made, in seconds since 1970. Raises ``ValueError``."""
        return seconds_of(self.created_at)


def is_wanted(notice: Notice, kinds: str) -> bool:
    """Return whether the setting ``kinds`` asks for it."""
    if kinds == "mentions":
        return notice.type in MENTIONS
    return kinds == "all" or notice.type not in APPLAUSE


def item_of(notice: Notice) -> Item:
    """Return a notification as an item. Raises ``ValueError`` for one without a usable id or time."""
    status, account = notice.status, notice.account
    direct = notice.type == "mention" and status is not None and status.visibility == "direct"
    words = status.words if status is not None else ""
    name = account.name if account is not None else ""
    return make_item(
        _kind(notice.type, direct),
        notice.id,
        _title(notice.type, name, words),
        body=words,
        author=name,
        url=_page(notice),
        thread=_thread(notice, direct),
        created_at=round(notice.moment * 1000),
    )


def _kind(type_: str, direct: bool) -> ItemKind:
    if direct:
        return ItemKind.DIRECT_MESSAGE
    if type_ in MENTIONS:
        return ItemKind.MENTION
    return ItemKind.ENTRY if type_ in _ENTRIES else ItemKind.SYSTEM


def _title(type_: str, name: str, words: str) -> str:
    first = words.lstrip().partition("\n")[0][:MAX_TITLE]
    if type_ in MENTIONS or type_ == "status":
        return first or name or type_
    what = _WORDS.get(type_, type_.replace("_", " ")).format(name=name or "?")
    return f"{what}: {first}" if first else what


def _thread(notice: Notice, direct: bool) -> str:
    """Direct messages are threads by who writes; others by the post that they answer, else their own."""
    if direct and notice.account is not None:
        return f"direct:{notice.account.id}"
    return (notice.status.in_reply_to_id or notice.status.id) if notice.status is not None else ""


def _page(notice: Notice) -> str:
    owners: tuple[Status | Account | None, ...] = (notice.status, notice.account)
    pages = [owner.url for owner in owners if owner is not None and owner.url is not None and is_web(owner.url)]
    return pages[0] if pages else ""
