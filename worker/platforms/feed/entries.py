"""Parsing a feed: RSS, Atom, RDF; what is none of them is said."""

import calendar
import hashlib
import re
from typing import Any

from worker.sdk.errors import InvalidConfig, TemporaryFailure
from worker.sdk.markup import plain
from worker.sdk.platform import Item, ItemKind, Text, make_item, text

MAX_ENTRIES = 500
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_HTML = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
PROLOGUE_BYTES = 64 * 1024


def parse(body: bytes, content_type: str, url: str) -> list[Item]:
    """Return the entries, oldest first, at most ``MAX_ENTRIES`` of the newest. Synchronous: run it on a thread.

    Raises ``InvalidConfig`` for what is no feed, ``TemporaryFailure`` for a broken one.
    """
    if not body.strip():
        raise TemporaryFailure(text("feed_empty"), {"url": text("feed_empty")})
    if _ENTITY.search(body, 0, PROLOGUE_BYTES) or _ENTITY.search(body.replace(b"\x00", b"")[:PROLOGUE_BYTES]):
        raise _refused(text("feed_unsafe"))
    if _HTML.match(body[:4096]):
        raise _refused(text("feed_is_html"))
    import feedparser

    feedparser.USER_AGENT = ""
    parsed = feedparser.parse(
        body, response_headers={"content-type": content_type or "application/xml", "content-location": url}
    )
    if not parsed.entries and (not parsed.version or (parsed.bozo and not parsed.feed)):
        detail = str(parsed.get("bozo_exception", "")) or "no RSS, Atom or RDF in it"
        raise _refused(text("feed_broken", detail=detail[:200]))
    entries = list(parsed.entries[:MAX_ENTRIES])
    return [_item(entry) for entry in reversed(entries)]


def _refused(reason: Text) -> InvalidConfig:
    return InvalidConfig(reason, {"url": reason})


def _item(entry: Any) -> Item:
    title = plain(str(entry.get("title", "")))
    content = entry.get("content") or []
    body = plain(str(content[0].get("value", "")) if content else str(entry.get("summary", "")))
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    return make_item(
        ItemKind.ENTRY,
        key_of(entry, title, body),
        title or body[:120] or str(entry.get("link", "")) or "–",
        body=body,
        author=plain(str(entry.get("author", ""))),
        url=str(entry.get("link", "")),
        created_at=_milliseconds(moment),
    )


def key_of(entry: Any, title: str, body: str) -> str:
    """Return the entry's stable key: its id, else a hash of link and title, else of what it says."""
    identity = str(entry.get("id", "")).strip()
    if identity:
        return identity if len(identity) <= 400 else "sha256:" + _hash(identity)
    link = str(entry.get("link", ""))
    return "sha256:" + _hash(link, title) if link or title else "sha256:" + _hash(body)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()


def _milliseconds(moment: Any) -> int | None:
    try:
        return calendar.timegm(moment) * 1000 if moment else None
    except (ValueError, OverflowError):
        return None
