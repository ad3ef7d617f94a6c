"""JSON Feed (https://jsonfeed.org/version/1.1) as entries of the same shape as those of the other dialects."""

import calendar
import json
import time
from datetime import UTC, datetime
from typing import Any, Final

from worker.sdk.errors import InvalidConfig
from worker.sdk.platform import text

MAX_ENTRIES: Final = 5000
"""More are not looked at; only the newest few hundred are told anyway."""
_SPACE: Final = b"\xef\xbb\xbf \t\r\n"


def is_json(body: bytes) -> bool:
    """Whether a document can be nothing else."""
    return body.lstrip(_SPACE)[:1] == b"{"


def entries_of(body: bytes) -> list[dict[str, Any]]:
    """Return the entries as they stand in the feed. Raises ``InvalidConfig`` for what is no JSON Feed."""
    try:
        # The standard library takes halves of letters, too: texts that were cut somewhere.
        feed = json.loads(body.strip(_SPACE))
    except (ValueError, RecursionError) as error:
        raise _broken(f"JSON: {error}") from error
    version = feed.get("version")
    if (
        not isinstance(version, str)
        or "jsonfeed.org/version/" not in version
        or not isinstance(feed.get("items"), list)
    ):
        raise _broken("JSON, but no JSON Feed")
    authors = _authors(feed)
    return [_entry(item, authors) for item in feed["items"][:MAX_ENTRIES] if isinstance(item, dict)]


def _entry(item: dict[str, Any], authors: str) -> dict[str, Any]:
    identity = item.get("id")
    written = _words(item, "content_text")
    entry: dict[str, Any] = {
        # Numbers are wrong and common.
        "id": str(identity)
        if isinstance(identity, int | float) and not isinstance(identity, bool)
        else _words(item, "id"),
        "link": _words(item, "url") or _words(item, "external_url"),
        "plain_title": _words(item, "title"),
        "plain_text": written,
        "summary": _words(item, "content_html") or _words(item, "summary"),
        "author": _authors(item) or authors,
    }
    for name, moment in (("published_parsed", "date_published"), ("updated_parsed", "date_modified")):
        if (parsed := _moment(_words(item, moment))) is not None:
            entry[name] = parsed
    return entry


def _authors(holder: dict[str, Any]) -> str:
    """Return the names; version 1 of the format has one author."""
    listed = holder.get("authors")
    several = listed if isinstance(listed, list) else [holder.get("author")]
    names = [_words(author, "name") or _words(author, "url") for author in several if isinstance(author, dict)]
    return ", ".join(name for name in names if name)


def _words(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _moment(words: str) -> time.struct_time | None:
    try:
        made = datetime.fromisoformat(words.strip())
        return time.gmtime(calendar.timegm((made if made.tzinfo else made.replace(tzinfo=UTC)).utctimetuple()))
    except (ValueError, OverflowError, OSError):
        return None


def _broken(detail: str) -> InvalidConfig:
    reason = text("feed_broken", detail=detail[:200])
    return InvalidConfig(reason, {"url": reason})
