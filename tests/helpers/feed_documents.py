"""Feed documents in every dialect that the feed server speaks."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

Dialect = Literal["rss", "atom", "rdf"]

CONTENT_TYPES: dict[Dialect, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
}


def _refer(level: int) -> str:
    return f"&lol{level or ''};"


BILLION_LAUGHS = (
    '<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{_refer(n - 1) * 10}">' for n in range(1, 10))
    + ']>\n<rss version="2.0"><channel><title>&lol9;</title><item><title>&lol9;</title></item></channel></rss>'
).encode()

WEB_PAGE = b"<!DOCTYPE html><html><head><title>A page</title></head><body><h1>Not a feed</h1></body></html>"


@dataclass(frozen=True)
class Entry:
    """One entry. ``id`` ``None`` leaves it out of the document."""

    title: str
    text: str
    link: str
    id: str | None
    published: datetime


def new_entry(title: str, text: str, link: str, entry_id: str | None) -> Entry:
    """Return an entry published now."""
    return Entry(title, text, link, entry_id, datetime.now(UTC).replace(microsecond=0))


def document(dialect: Dialect, title: str, entries: list[Entry]) -> str:
    """Return the feed, the newest entry first."""
    return {"rss": _rss, "atom": _atom, "rdf": _rdf}[dialect](title, entries[::-1])


def _rss(title: str, entries: list[Entry]) -> str:
    items = "".join(
        f"<item><title>{escape(e.title)}</title><description>{escape(e.text)}</description>"
        + (f"<link>{escape(e.link)}</link>" if e.link else "")
        + (f'<guid isPermaLink="false">{escape(e.id)}</guid>' if e.id else "")
        + f"<pubDate>{format_datetime(e.published)}</pubDate></item>"
        for e in entries
    )
    return f'<rss version="2.0"><channel><title>{escape(title)}</title><link>http://localhost/</link>{items}</channel></rss>'


def _atom(title: str, entries: list[Entry]) -> str:
    items = "".join(
        f"<entry><title>{escape(e.title)}</title><summary>{escape(e.text)}</summary>"
        + (f"<link href={quoteattr(e.link)}/>" if e.link else "")
        + (f"<id>{escape(e.id)}</id>" if e.id else "")
        + f"<updated>{e.published.isoformat()}</updated></entry>"
        for e in entries
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(title)}</title><id>urn:feed</id>{items}</feed>'


def _rdf(title: str, entries: list[Entry]) -> str:
    items = "".join(
        "<item"
        + (f" rdf:about={quoteattr(e.id)}" if e.id else "")
        + f"><title>{escape(e.title)}</title><description>{escape(e.text)}</description>"
        + f"<link>{escape(e.link)}</link></item>"
        for e in entries
    )
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f'<channel rdf:about="http://localhost/"><title>{escape(title)}</title></channel>{items}</rdf:RDF>'
    )
