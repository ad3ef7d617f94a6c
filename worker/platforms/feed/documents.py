"""Documents of strangers, made safe before a feed parser sees them. All synchronous.

The parser of feeds is made for good will: it opens files whose name it is handed as a document, and some of its
regular expressions take hours over a long first line or a long word, while every other thread waits. So it gets a
document with a new beginning, without any declared entity, and with no word longer than anybody writes.
"""

import re
import xml.parsers.expat
from typing import Final

from worker.sdk.errors import InvalidConfig, TemporaryFailure
from worker.sdk.platform import Text, text

ROOTS: Final = frozenset({b"rss", b"feed", b"rdf", b"channel"})
MAX_PROLOGUE: Final = 64 * 1024
MAX_TAGS: Final = 100_000
"""Parsing cannot be interrupted: this is its bound."""
MAX_WORD: Final = 2000
MAX_ILL_FORMED: Final = 1024 * 1024
"""A document that is no XML is read by guessing, which is slow; more of it is not read."""
MAX_OPEN_TAGS: Final = 200
"""So many tags without an end may such a document have."""

_JUNK = re.compile(rb"<(?:\?xml|rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ROOT = re.compile(rb"<(?:[A-Za-z][\w.-]{0,40}:)?([A-Za-z][\w.-]{0,40})")
_WORD = re.compile(rb"[A-Za-z0-9_.+/=%@:;,&#-]+")
_BOMS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)


def tamed(body: bytes) -> bytes:
    """Return ``body`` as a feed parser may have it.

    Raises ``TemporaryFailure`` for an empty answer (it may be a bad moment), ``InvalidConfig`` for what is no feed.
    """
    body = _single_bytes(body).lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if not body:
        reason = text("feed_empty")
        raise TemporaryFailure(reason, {"url": reason})
    root, encoding = _begin(body)
    declaration = b'<?xml version="1.0" encoding="%s"?>\n' % encoding if encoding else b'<?xml version="1.0"?>\n'
    if body.count(b"<") > MAX_TAGS:
        raise _no_feed(text("feed_broken", detail=f"more than {MAX_TAGS} tags"))
    document = declaration + _WORD.sub(_cut, body[root:])
    if not _is_well_formed(document):
        _check_tangle(document)
    return document


def _single_bytes(body: bytes) -> bytes:
    """Return a document in UTF-16 or UTF-32 as UTF-8; others as they are."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            words = body.decode(encoding, "replace")
            return _ENCODING.sub(b'encoding="utf-8"', words.encode("utf-8", "replace"), count=1)
    return body


def _begin(body: bytes) -> tuple[int, bytes]:
    """Return where the root element begins, and the encoding that is declared before it."""
    encoding = b""
    position = 0
    while True:
        position = _skip_space(body, position)
        if position > MAX_PROLOGUE:
            raise _no_feed(text("feed_broken", detail="its beginning has no end"))
        if body.startswith(b"<!--", position):
            position = _end_of(body, b"-->", position)
        elif body.startswith(b"<?", position):
            end = _end_of(body, b"?>", position)
            found = _ENCODING.search(body, position, min(end, position + 500))
            if body.startswith(b"<?xml", position) and found:
                encoding = found.group(1)
            position = end
        elif body.startswith(b"<!", position):
            position = _skip_doctype(body, position)
        else:
            root = _ROOT.match(body, position)
            name = root.group(1).lower() if root is not None else b""
            if name in ROOTS:
                return position, encoding
            position = _skip_junk(body, position, name)


def _skip_space(body: bytes, position: int) -> int:
    while position < len(body) and body[position : position + 1].isspace():
        position += 1
        if position > MAX_PROLOGUE:
            break
    return position


def _end_of(body: bytes, mark: bytes, position: int) -> int:
    end = body.find(mark, position, position + MAX_PROLOGUE)
    if end < 0:
        raise _no_feed(text("feed_broken", detail=f"no {mark.decode()} in its beginning"))
    return end + len(mark)


def _skip_doctype(body: bytes, position: int) -> int:
    end = _end_of(body, b">", position)
    bracket = body.find(b"[", position, end)
    if bracket >= 0:
        close = _end_of(body, b"]", bracket)
        if b"<!ENTITY" in body[bracket : max(close, end)].upper():
            raise _no_feed(text("feed_unsafe"))
        end = _end_of(body, b">", close)
    if body[position : position + 20].lower().replace(b"\n", b" ").startswith(b"<!doctype html"):
        raise _no_feed(text("feed_is_html"))
    return end


def _skip_junk(body: bytes, position: int, name: bytes) -> int:
    """Return where the document begins after a warning that the server printed before it."""
    if name in (b"html", b"head", b"body"):
        raise _no_feed(text("feed_is_html"))
    junk = _JUNK.search(body, position + 1, MAX_PROLOGUE)
    if junk is not None:
        return junk.start()
    if name in (b"div", b"script", b"p", b"meta", b"title"):
        raise _no_feed(text("feed_is_html"))
    begin = f"it begins with <{name.decode('ascii', 'replace')}>" if name else "no RSS, Atom or RDF in it"
    raise _no_feed(text("feed_broken", detail=begin))


def _cut(word: re.Match[bytes]) -> bytes:
    return word.group()[:MAX_WORD]


def _is_well_formed(document: bytes) -> bool:
    try:
        xml.parsers.expat.ParserCreate().Parse(document, True)
    except (xml.parsers.expat.ExpatError, LookupError, ValueError):
        return False
    return True


def _check_tangle(document: bytes) -> None:
    if len(document) > MAX_ILL_FORMED:
        raise _no_feed(text("feed_broken", detail="no well-formed XML, and too long to guess"))
    unended = sum(b">" not in part for part in document.split(b"<")[1:])
    if unended > MAX_OPEN_TAGS:
        raise _no_feed(text("feed_broken", detail="no well-formed XML"))


def _no_feed(reason: Text) -> InvalidConfig:
    return InvalidConfig(reason, {"url": reason})
