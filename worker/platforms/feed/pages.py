"""Feeds that a web page points to. All synchronous; in linear time, whatever the page holds."""

import html
import re
from typing import Final
from urllib.parse import urljoin, urlsplit

import msgspec

from worker.sdk.apis import is_here
from worker.sdk.markup import plain

MAX_BYTES: Final = 1024 * 1024
"""Of a page its beginning: links to feeds stand in its head."""
MAX_FOUND: Final = 20
COMMON: Final = ("feed", "feed.xml", "rss", "rss.xml", "atom.xml", "index.xml", "feed.json")
"""Where feeds stand by habit, tried only where a page points to none."""
_KINDS: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
    | {"application/xml", "text/xml", "application/x-rss+xml", "text/rss", "application/rss", "application/atom"}
)
# No tag within a tag: so each character is looked at once.
_TAGS = re.compile(rb"<(link|base)\b([^<>]{0,4000})>", re.IGNORECASE)
_ATTRIBUTES = re.compile(r"""([a-zA-Z-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that a page points to. ``title`` is what the page calls it, "" for nothing."""

    url: str
    title: str = ""


def links(body: bytes, url: str) -> list[Link]:
    """Return the feeds that the page at ``url`` points to: those of its entries before those of its comments."""
    found: dict[str, Link] = {}
    base = url
    for match in _TAGS.finditer(body[:MAX_BYTES]):
        attributes = _attributes(match.group(2))
        href = attributes.get("href", "").strip()
        if match.group(1).lower() == b"base":
            base = _joined(url, href) or base
            continue
        if "alternate" not in attributes.get("rel", "").lower().split() or not href:
            continue
        if attributes.get("type", "").partition(";")[0].strip().lower() not in _KINDS:
            continue
        target = _joined(base, href)
        if target and target not in found and _may_lead(url, target):
            found[target] = Link(url=target, title=plain(attributes.get("title", ""))[:200])
    return sorted(found.values(), key=_is_of_comments)[:MAX_FOUND]


def guesses(url: str) -> list[Link]:
    """Return where the feed of a site may be that points to none: below the page, then at the site's root."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    folder = urljoin(url, "./") if parts.path.endswith("/") else f"{url.partition('?')[0].rstrip('/')}/"
    addresses = [urljoin(folder, COMMON[0]), *(urljoin(root, name) for name in COMMON)]
    return [Link(url=address) for address in dict.fromkeys(addresses)]


def _attributes(words: bytes) -> dict[str, str]:
    decoded = words.decode("utf-8", "replace")
    return {
        name.lower(): html.unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTES.findall(decoded)
    }


def _joined(base: str, href: str) -> str:
    """Return the whole address, "" for what is none of the web."""
    try:
        # "feed:" is what some write before an address, and some instead of its scheme.
        target = urljoin(base, re.sub(r"^feed:(//)?(?=https?:)", "", href)).partition("#")[0]
        target = re.sub(r"^feed://", "http://", target)
        parts = urlsplit(target)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    except ValueError:
        return ""
    return target if usable and len(target) <= 2000 and not any(letter.isspace() for letter in target) else ""


def _may_lead(page: str, target: str) -> bool:
    """A page elsewhere has nothing to ask of this machine."""
    return is_here(urlsplit(page).hostname or "") or not is_here(urlsplit(target).hostname or "")


def _is_of_comments(link: Link) -> bool:
    return "comment" in f"{link.title} {urlsplit(link.url).path}".lower() or "评论" in link.title
