"""News of all folders over one connection: NOTIFY (RFC 5465), where the server offers it. All synchronous."""

import imaplib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from imapclient.imap_utf7 import encode

if TYPE_CHECKING:
    from .wires import Client

CAPABILITY: Final = "NOTIFY"
_EVENTS: Final = b"(MessageNew MessageExpunge FlagChange)"
_STATUS = re.compile(rb'(?:\* STATUS )?("(?:[^"\\]|\\.)*"|[^\s"(]+) \((.*)\)$', re.DOTALL | re.IGNORECASE)
_FIGURES = re.compile(rb"\b(UIDNEXT|UNSEEN) (\d{1,10})\b", re.IGNORECASE)

# The standard library asks in which state each command may be given.
imaplib.Commands.setdefault(CAPABILITY, ("AUTH", "SELECTED"))

Figures = dict[bytes, int]
"""UIDNEXT, and how many mails are unread."""


class Others:
    """The folders beside the open one, as the server has told of them last."""

    def __init__(self, places: Mapping[bytes, Figures]) -> None:
        self._places = dict(places)

    def uidnext(self, name: str) -> int:
        """Return the UID that the next mail of a folder gets."""
        return self._places[quoted(name)].get(b"UIDNEXT", 0)

    def has_news(self, line: bytes) -> bool:
        """Whether a line tells of anything new; servers like to tell what they have told."""
        told = _told(line)
        if told is None or told[0] not in self._places:
            return False
        known = self._places[told[0]]
        news = any(known.get(name) != figure for name, figure in told[1].items())
        self._places[told[0]] = known | told[1]
        return news


def ask(client: "Client", others: Sequence[str]) -> Others | None:
    """Ask for news of the open folder and of ``others``; None where it is refused."""
    names = b" ".join(quoted(name) for name in others)
    wire = client.wire
    wire.untagged_responses.pop("STATUS", None)
    wanted = b"SET STATUS (selected " + _EVENTS + b") (mailboxes (" + names + b") " + _EVENTS + b")"
    try:
        answer, _ = wire._simple_command(CAPABILITY, wanted.decode("ascii"))
    except imaplib.IMAP4.error as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        return None
    said = wire.untagged_responses.pop("STATUS", [])
    places = dict(told for line in said if isinstance(line, bytes) and (told := _told(line)) is not None)
    if answer != "OK" or not all(b"UIDNEXT" in places.get(quoted(name), {}) for name in others):
        # Of a folder that it does not speak of now it may say nothing later, either: dovecot 2.3 knows no names
        # with letters beyond ASCII here.
        return None
    return Others(places)


def quoted(name: str) -> bytes:
    """Return a folder's name as it travels."""
    escaped: bytes = encode(name).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'"' + escaped + b'"'


def _told(line: bytes) -> tuple[bytes, Figures] | None:
    """Return the name, quoted, and the figures of a line of STATUS."""
    found = _STATUS.match(line)
    if found is None:
        return None
    name: bytes = found.group(1)
    figures = {figure.upper(): int(number) for figure, number in _FIGURES.findall(found.group(2))}
    return (name if name.startswith(b'"') else b'"' + name + b'"'), figures
