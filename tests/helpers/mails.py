"""Mails as bytes."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid


def mail(
    subject: str,
    body: str = "",
    *,
    sender: str = "Ada Lovelace <ada@example.org>",
    recipient: str = "me@example.org",
    message_id: str | None = None,
    html: str | None = None,
    attachment: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """Build a mail; ``html`` adds an alternative, ``attachment`` a file, ``headers`` replace or add."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = message_id or make_msgid(domain="example.org")
    message.set_content(body)
    if html is not None:
        message.add_alternative(html, subtype="html")
    if attachment is not None:
        message.add_attachment(attachment, maintype="application", subtype="octet-stream", filename="attachment.bin")
    for name, value in (headers or {}).items():
        del message[name]
        message[name] = value
    return message.as_bytes()
