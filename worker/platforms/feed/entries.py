"""Entries of a feed as items: RSS, Atom, RDF and JSON Feed."""

import calendar
import hashlib
import io
from functools import cache
from typing import Any, Final
from xml.sax import SAXException

import msgspec

from worker.sdk.errors import InvalidConfig
from worker.sdk.markup import plain
from worker.sdk.platform import Item, ItemKind, make_item, text

from .documents import tamed
from .json_feeds import entries_of, is_json

MAX_AUTHOR: Final = 500
AHEAD_MS: Final = 366 * 86_400_000
"""What is dated further in the future is no clock that is wrong."""
MAX_ENTRIES: Final = 500
"""Of a longer feed the newest are read."""
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, AssertionError)
"""What the library raises over documents that are no feeds."""


def parse(body: bytes, content_type: str, url: str) -> list[Item]:
    """Return the entries, oldest first: the ``MAX_ENTRIES`` newest, and older ones that have the id of one of them.

    Synchronous: run it on a thread.
    Raises ``InvalidConfig`` for what is no feed, ``TemporaryFailure`` for an empty answer.
    """
    if is_json(body):
        return _items(entries_of(body))
    document = tamed(body)
    headers = {"content-type": content_type or "application/xml", "content-location": url}
    try:
        # As a stream: it would take a document of one line for the name of a file, and open that.
        parsed = _library().parse(
            io.BytesIO(document), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
        items = _items(list(parsed.entries))
    except (*_BROKEN, SAXException) as error:
        raise _broken(f"{type(error).__name__}: {error}") from error
    if not items and not parsed.version:
        raise _broken(str(parsed.get("bozo_exception", "no RSS, Atom or RDF in it")))
    return items


def _items(entries: list[Any]) -> list[Item]:
    return [_item(entry, later) for entry, later in _told_apart(_in_order(entries))]


@cache
def _library() -> Any:
    """Return feedparser, imported when first used: it takes longer than the event loop may wait."""
    import feedparser
    from feedparser.mixin import _FeedParserMixin

    # WORKAROUND(feedparser 6.0): it looks for an address in the author with a regular expression whose time grows with
    # the square of the length, while every thread waits.
    whole = _FeedParserMixin._sync_author_detail

    def bounded(parser: Any, key: str = "author") -> None:
        context = parser._get_context()
        if len(str(context.get(key) or "")) > MAX_AUTHOR:
            context[key] = context[key][:MAX_AUTHOR]
        whole(parser, key)

    _FeedParserMixin._sync_author_detail = bounded
    return feedparser


def key_of(entry: Any, title: str, body: str, later: bool) -> str:
    """Return the entry's stable key: its id, else a hash of link and title, else of what it says.

    ``later``: an older entry has the same id. The oldest keeps the plain id, as the only one of its id has it too:
    so a key stays what it is when others of its id come. When the oldest falls off, the next one takes over a key that
    was told before, having been told under its hash itself.
    """
    identity, link = _id_of(entry), str(entry.get("link", ""))
    if identity and not later:
        return identity if len(identity) <= 400 else "sha256:" + _hash(identity)
    if link or title:
        return "sha256:" + _hash(*([identity] if identity else []), link, title)
    return "sha256:" + _hash(*([identity] if identity else []), body)


def _told_apart(entries: list[Any]) -> list[tuple[Any, bool]]:
    """Return of ``entries`` (oldest first) those to tell, and whether an older one has the same id.

    Who is the oldest is asked of all entries. Those are told with theirs, so that the plain id is known once the next
    one takes it over. An entry that says the same as the oldest of its id is the same one, listed twice.
    """
    oldest: dict[str, Any] = {}
    for entry in entries:
        identity = _id_of(entry)
        if identity and (identity not in oldest or _is_older(entry, oldest[identity])):
            oldest[identity] = entry
    newest = entries[-MAX_ENTRIES:]
    firsts = {id(oldest[identity]) for entry in newest if (identity := _id_of(entry))}
    told = [entry for entry in entries[:-MAX_ENTRIES] if id(entry) in firsts] + newest
    return [(entry, not _is_same(entry, oldest.get(_id_of(entry), entry))) for entry in told]


def _is_older(entry: Any, other: Any) -> bool:
    """Whether its date says that ``entry``, which stands behind ``other``, is the older one all the same.

    When it was changed does not count: it would be another one's turn to be the oldest with each change.
    """
    made, before = _moment(entry, "published_parsed"), _moment(other, "published_parsed")
    return made is not None and before is not None and made < before


def _is_same(entry: Any, other: Any) -> bool:
    return entry is other or _says(entry) == _says(other)


def _says(entry: Any) -> tuple[str, ...]:
    said = str(entry.get("link", "")), str(entry.get("plain_title", "") or entry.get("title", ""))
    return said if any(said) else (str(entry.get("plain_text", "") or entry.get("summary", "")),)


def _in_order(entries: list[Any]) -> list[Any]:
    """Return the entries oldest first. Feeds begin with the newest, unless their dates say otherwise."""
    dates = [moment for entry in entries if (moment := _moment(entry)) is not None]
    ascending = len(dates) > 1 and dates[0] < dates[-1]
    return entries if ascending else entries[::-1]


def _item(entry: Any, later: bool) -> Item:
    title = str(entry.get("plain_title", "")) or plain(str(entry.get("title", "")))
    content = entry.get("content") or []
    body = str(entry.get("plain_text", "")) or plain(
        str(content[0].get("value", "")) if content else str(entry.get("summary", ""))
    )
    link = str(entry.get("link", "")).strip()
    moment = _moment(entry)
    item = make_item(
        ItemKind.ENTRY,
        key_of(entry, title, body, later),
        title or " ".join(body[:120].split()) or link or "–",
        body=body,
        author=plain(str(entry.get("author", ""))),
        url=link if link.lower().startswith(("http://", "https://")) else "",
        created_at=moment,
    )
    if moment is not None and item.detected_at < moment < item.detected_at + AHEAD_MS:
        # A server whose clock is ahead: what the entry says of itself is known again by this date.
        return msgspec.structs.replace(item, created_at=moment)
    return item


def _id_of(entry: Any) -> str:
    return str(entry.get("id", "")).strip()


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()


def _moment(entry: Any, *names: str) -> int | None:
    """Return when an entry was made, in UTC milliseconds."""
    for name in names or ("published_parsed", "updated_parsed"):
        try:
            # Asked first: the library warns when it lends one to the other.
            if name in entry and (moment := entry[name]):
                return calendar.timegm(moment) * 1000
        except _BROKEN:
            continue
    return None


def _broken(detail: str) -> InvalidConfig:
    reason = text("feed_broken", detail=detail[:200])
    return InvalidConfig(reason, {"url": reason})
