"""A mail as an item: decoded, bounded, whatever is wrong with it."""

import codecs
import email
import email.errors
import email.header
import email.message
import email.parser
import email.utils
import hashlib
import re
from datetime import datetime
from typing import Any, Final

from worker.sdk.markup import plain
from worker.sdk.platform import Item, ItemKind, make_item

MAX_HEADER: Final = 4000
"""Characters of a header that are decoded: what an item shows is shorter."""
MAX_PARTS: Final = 200
"""Parts of a mail that are looked at."""
_BOUNDARIES: Final = 100
"""A mail with more kinds of boundaries nests to exhaust its readers."""
_SLOW_CODECS: Final = frozenset({"punycode", "idna"})
_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)
_BROKEN = (LookupError, ValueError, TypeError, AttributeError, RecursionError, email.errors.MessageError)
"""What the standard library raises over mails that are none."""

Mail = email.message.Message


def make_mail(raw: bytes, arrived: datetime | None, size: int, head: bytes | None = None) -> Item:
    """Return the item of a mail. ``raw``: its first bytes (headers and the beginning of the body).

    ``head``: its header fields as the server tells them. Headers that are broken are read differently by everybody, so
    whoever knows a mail by :func:`make_headers` finds it again only by the same bytes.
    """
    message = _parsed(raw)
    fields = _headers(head) if head else message
    return _item(fields, body_of(message), arrived, size, message)


def make_headers(raw: bytes, arrived: datetime | None, size: int) -> Item:
    """Return the item of a mail of which only the headers are known; it has the same key."""
    return _item(_headers(raw), "", arrived, size)


def make_envelope(envelope: Any, arrived: datetime | None, size: int) -> Item:
    """Return the item of a mail of which the server tells no more than what it made of its headers."""
    fields = Mail()
    made = envelope.date
    for name, value in (
        ("Message-ID", envelope.message_id),
        ("Date", email.utils.format_datetime(made) if isinstance(made, datetime) else None),
        ("From", b", ".join(_person(person) for person in envelope.from_ or ())),
        ("Subject", envelope.subject),
    ):
        if value:
            words = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            fields[name] = " ".join(words.split())
    return _item(fields, "", arrived, size)


def make_bare(identity: tuple[str, int, int], host: str, arrived: datetime | None, size: int) -> Item:
    """Return the item of a mail of which the server tells nothing. ``identity``: folder, UIDVALIDITY and UID."""
    folder, _, uid = identity
    words = "\x00".join(map(str, identity)).encode("utf-8", "replace")
    return make_item(
        ItemKind.MAIL,
        "mail:" + hashlib.sha256(b"bare\x00" + words).hexdigest(),
        f"A mail in {folder} that {host} cannot read (UID {uid}, {size} bytes)",
        created_at=None if arrived is None else round(arrived.timestamp() * 1000),
    )


def key_of(message: Mail, arrived: datetime | None, size: int) -> str:
    """Return a key that outlives moves, copies and new UIDs.

    Not the Message-ID alone: some programs send the same one for ever. Where it is missing, size and arrival help.
    """
    parts = [_raw_header(message, name) for name in ("Message-ID", "Date", "From", "Subject")]
    if not parts[0]:
        parts += [str(size), str(arrived.timestamp() if arrived is not None else "")]
    return "mail:" + hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()


def header(message: Mail, name: str) -> str:
    """Return a header, encoded words decoded, what cannot be decoded replaced."""
    value = _raw_header(message, name)[:MAX_HEADER]
    if "=?" not in value:
        return value
    try:
        parts = email.header.decode_header(value)
        words = "".join(
            part if isinstance(part, str) else _decoded(part, charset or "ascii") for part, charset in parts
        )
    except _BROKEN:
        return value
    return " ".join(words.split())


def body_of(message: Mail) -> str:
    """Return the plain text; the text of the HTML where there is none; attachments are left out."""
    texts: dict[str, str] = {}
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            break
        try:
            kind = part.get_content_type()
            if kind not in ("text/plain", "text/html") or kind in texts or _is_attached(part):
                continue
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                texts[kind] = _decoded(payload, part.get_content_charset() or "utf-8")
        except _BROKEN:
            continue
    written = texts.get("text/plain", "").replace("\r\n", "\n").strip()
    return written or plain(texts.get("text/html", ""))


def thread_of(message: Mail) -> str:
    """Return the id of the thread's first mail, as far as this one tells."""
    for name in ("References", "In-Reply-To", "Message-ID"):
        words = _raw_header(message, name).split(maxsplit=1)
        if words:
            return words[0]
    return ""


def _item(fields: Mail, body: str, arrived: datetime | None, size: int, message: Mail | None = None) -> Item:
    # Header fields that the server did not find are shown all the same.
    shown = message if message is not None and not len(fields) else fields
    return make_item(
        ItemKind.MAIL,
        key_of(fields, arrived, size),
        _line(header(shown, "Subject")) or _line(body[:120]) or "–",
        body=body,
        author=header(shown, "From"),
        thread=(thread_of(message) if message is not None else "") or thread_of(fields),
        created_at=_moment(shown, arrived),
    )


def _person(person: Any) -> bytes:
    name, mailbox, host = (
        part if isinstance(part, bytes) else b"" for part in (person.name, person.mailbox, person.host)
    )
    address = mailbox + (b"@" + host if host else b"")
    return name + b" <" + address + b">" if name else address


def _line(words: str) -> str:
    return " ".join(words.replace("\x00", "").split())


def _parsed(raw: bytes) -> Mail:
    if len(_BOUNDARY.findall(raw)) > _BOUNDARIES:
        return _headers(raw)
    try:
        return email.message_from_bytes(raw)
    except _BROKEN:
        return _headers(raw)


def _headers(raw: bytes) -> Mail:
    return email.parser.BytesHeaderParser().parsebytes(raw)


def _raw_header(message: Mail, name: str) -> str:
    """Return the header as it was sent, its lines joined."""
    try:
        value = message.get(name)
        return " ".join(str(value).split()) if value is not None else ""
    except _BROKEN:
        return ""


def _is_attached(part: Mail) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _decoded(payload: bytes, charset: str) -> str:
    try:
        if codecs.lookup(charset).name in _SLOW_CODECS:
            charset = "utf-8"
        return payload.decode(charset, "replace")
    except (LookupError, ValueError):
        return payload.decode("utf-8", "replace")


def _moment(message: Mail, arrived: datetime | None) -> int | None:
    """Return when it was sent, or, where it does not tell, when it arrived, in UTC milliseconds."""
    try:
        return round(email.utils.parsedate_to_datetime(_raw_header(message, "Date")[:200]).timestamp() * 1000)
    except (*_BROKEN, OverflowError):
        return None if arrived is None else round(arrived.timestamp() * 1000)
