"""A mail as an item: decoded, bounded, whatever is wrong with it."""

import email
import email.errors
import email.header
import email.message
import email.utils
import hashlib
from datetime import UTC, datetime

from worker.sdk.markup import plain
from worker.sdk.platform import Item, ItemKind, make_item


def make_mail(raw: bytes, arrived: datetime | None, size: int) -> Item:
    """Return the item of a mail. ``raw``: its first bytes (headers and the begin of the body)."""
    message = email.message_from_bytes(raw)
    subject = header(message, "Subject")
    return make_item(
        ItemKind.MAIL,
        key_of(message, subject, arrived, size),
        subject or "–",
        body=body_of(message),
        author=header(message, "From"),
        thread=thread_of(message),
        created_at=_moment(message, arrived),
    )


def key_of(message: email.message.Message, subject: str, arrived: datetime | None, size: int) -> str:
    """Return a key that survives moves, copies and a new UIDVALIDITY."""
    identity = header(message, "Message-ID")
    parts = [identity, header(message, "Date"), header(message, "From")]
    if not identity:
        parts += [subject, str(size), str(arrived.timestamp() if arrived is not None else "")]
    return "mail:" + hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()


def header(message: email.message.Message, name: str) -> str:
    """Return a header, encoded words decoded, unknown character sets replaced."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        return " ".join(str(email.header.make_header(email.header.decode_header(value))).split())
    except (LookupError, UnicodeError, ValueError, email.errors.HeaderParseError):
        return " ".join(str(value).encode("ascii", "replace").decode("ascii").split())


def body_of(message: email.message.Message) -> str:
    """Return the plain text; the text of the HTML where there is none; attachments are left out."""
    texts: dict[str, str] = {}
    for part in message.walk():
        kind = part.get_content_type()
        if kind not in {"text/plain", "text/html"} or kind in texts or part.get_filename():
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            texts[kind] = _decoded(payload, part.get_content_charset() or "utf-8")
    if texts.get("text/plain", "").strip():
        return texts["text/plain"].replace("\r\n", "\n").strip()
    return plain(texts.get("text/html", ""))


def thread_of(message: email.message.Message) -> str:
    """Return the id of the thread's first mail, as far as this one tells."""
    for name in ("References", "In-Reply-To", "Message-ID"):
        words = header(message, name).split()
        if words:
            return words[0]
    return ""


def _decoded(payload: bytes, charset: str) -> str:
    try:
        return payload.decode(charset, "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")


def _moment(message: email.message.Message, arrived: datetime | None) -> int | None:
    try:
        sent = email.utils.parsedate_to_datetime(header(message, "Date"))
        return round(sent.timestamp() * 1000)
    except (ValueError, TypeError, OverflowError):
        if arrived is None:
            return None
        return round((arrived if arrived.tzinfo else arrived.replace(tzinfo=UTC)).timestamp() * 1000)
