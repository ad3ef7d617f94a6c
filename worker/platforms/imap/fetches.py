"""Mails of an open folder, fetched together; where the server refuses that, one by one, and each as far as it is given.

No mail is left out because its server cannot read it, and none keeps those behind it from being told. All synchronous.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from worker.sdk.platform import Item

from . import faults
from .mails import make_bare, make_envelope, make_headers, make_mail
from .paces import Paces
from .servers import Server

if TYPE_CHECKING:
    from .wires import Client

Answer = dict[bytes, Any]

HEADER_BYTES: Final = 8 * 1024
HEADERS: Final = f"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)]<0.{HEADER_BYTES}>"
SIZES: Final = ("RFC822.SIZE", "INTERNALDATE", "FLAGS")
TRIES: Final = 3
"""So often a page of which nothing at all is given is asked for again: it may be the server's bad moment."""
TRIES_IN_AN_OUTAGE: Final = 20
"""So often when the server says that it is one."""
_UNREADABLE: Final = (ValueError, LookupError, TypeError, AttributeError)
"""What the library raises over an answer that is none."""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """The open folder of a connection."""

    client: "Client"
    server: Server
    name: str
    uidvalidity: int
    paces: Paces


def read_known(opened: Opened, uids: Sequence[int]) -> list[Item]:
    """Return items of the headers alone; a mail whose headers the server does not give is left out."""
    answers, refusal = _fetch(opened, uids, [*SIZES, HEADERS])
    if refusal and not answers:
        _be_patient(opened, refusal)
    opened.paces.refusals.pop(opened.name, None)
    return list(_by_uid(opened, answers).values())


def items_by_uid(opened: Opened, uids: Sequence[int]) -> dict[int, Item]:
    """Return items of the headers alone by UID, as far as the server gives them; their flags are noted."""
    return _by_uid(opened, _fetch(opened, uids, [*SIZES, HEADERS])[0]) if uids else {}


def _by_uid(opened: Opened, answers: dict[int, Answer]) -> dict[int, Item]:
    items = {
        uid: make_headers(head, _arrived(answer), _size(answer))
        for uid, answer in answers.items()
        if (head := _head(answer)) is not None
    }
    _note(opened, items, answers)
    return items


def _note(opened: Opened, items: Mapping[int, Item | None], answers: dict[int, Answer]) -> None:
    for uid, item in items.items():
        if item is not None:
            flags = answers.get(uid, {}).get(b"FLAGS")
            opened.paces.flags.note(opened.name, opened.uidvalidity, uid, item.key, flags)


def read_mails(opened: Opened, uids: Sequence[int], since: int | None) -> tuple[list[Item], int]:
    """Return the items of the first of ``uids``, and of how many; mails that arrived before ``since`` are left out.

    Raises ``TemporaryFailure`` where the server gives nothing of any mail, a few times in a row.
    """
    if not uids:
        return [], 0
    pace = opened.paces.of(opened.name)
    sizes, refusal = _fetch(opened, uids, SIZES)
    if refusal and not sizes:
        _be_patient(opened, refusal)
    for uid in _still_there(opened, [uid for uid in uids if uid not in sizes]):
        sizes[uid] = {}
    wanted: list[int] = []
    taken = total = 0
    for uid in uids:
        size = sizes.get(uid)
        # Without a size it was expunged meanwhile.
        if size is not None and not _too_old(size, since):
            total += min(_size(size), pace.mail_bytes)
            if wanted and total > pace.bytes:
                break
            wanted.append(uid)
        taken += 1
    return _read(opened, wanted, sizes, pace.mail_bytes), taken


def _read(opened: Opened, uids: Sequence[int], sizes: dict[int, Answer], most: int) -> list[Item]:
    answers, refusal = _fetch(opened, uids, [HEADERS, f"BODY.PEEK[]<0.{most}>"]) if uids else ({}, "")
    items: dict[int, Item | None] = {}
    for uid in uids:
        answer, arrived, size = answers.get(uid, {}), _arrived(sizes[uid]), _size(sizes[uid])
        body = _body(answer, size)
        items[uid] = make_mail(body, arrived, size, _head(answer)) if body is not None else None
    lacking = _still_there(opened, [uid for uid, item in items.items() if item is None])
    for uid in lacking:
        items[uid] = _without_body(opened, uid, answers.get(uid, {}), sizes[uid])
    nameless = [uid for uid in lacking if items[uid] is None]
    if refusal and len(nameless) == len(uids):
        _be_patient(opened, refusal)
    opened.paces.refusals.pop(opened.name, None)
    for uid in nameless:
        identity = (opened.name, opened.uidvalidity, uid)
        items[uid] = make_bare(identity, opened.server.host, _arrived(sizes[uid]), _size(sizes[uid]))
    _note(opened, items, sizes)
    return [item for item in items.values() if item is not None]


def _without_body(opened: Opened, uid: int, answer: Answer, sizes: Answer) -> Item | None:
    """Return what the headers tell, or what the server has made of them; None where neither is given."""
    head = _head(answer) or _head(_fetch(opened, [uid], [HEADERS])[0].get(uid, {}))
    if head is not None and head.strip():
        return make_headers(head, _arrived(sizes), _size(sizes))
    envelope = _fetch(opened, [uid], ["ENVELOPE"])[0].get(uid, {}).get(b"ENVELOPE")
    return make_envelope(envelope, _arrived(sizes), _size(sizes)) if envelope is not None else None


def _be_patient(opened: Opened, refusal: str) -> None:
    """Raise ``TemporaryFailure`` until it has been tried often enough."""
    refusals = opened.paces.refusals
    refusals[opened.name] += 1
    if refusals[opened.name] < (TRIES_IN_AN_OUTAGE if faults.is_outage(refusal) else TRIES):
        raise faults.of_fetch(opened.server, refusal)


def _fetch(opened: Opened, uids: Sequence[int], parts: Sequence[str]) -> tuple[dict[int, Answer], str]:
    """Return what the server gives, and its last refusal ("" for none): of all together, else of each alone."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    try:
        return opened.client.fetch(uids, parts), ""
    except (IMAPClientError, *_UNREADABLE) as error:
        if isinstance(error, IMAPClientAbortError):
            raise
        refusal = str(error)
    answers: dict[int, Answer] = {}
    for uid in uids if len(uids) > 1 else ():
        alone, again = _fetch(opened, [uid], parts)
        answers |= alone
        refusal = again or refusal
    return answers, refusal


def _still_there(opened: Opened, uids: Sequence[int]) -> list[int]:
    """Return those of ``uids`` that the folder still has: what was expunged is gone, and nothing to tell of."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    if not uids:
        return []
    try:
        # Servers tell of what was expunged between two commands.
        opened.client.noop()
        found = set(map(int, opened.client.search(["UID", ",".join(map(str, uids))])))
    except IMAPClientError as error:
        if isinstance(error, IMAPClientAbortError):
            raise
        return list(uids)
    return [uid for uid in uids if uid in found]


def _too_old(answer: Answer, since: int | None) -> bool:
    arrived = _arrived(answer)
    return since is not None and arrived is not None and arrived.timestamp() < since


def _head(answer: Answer) -> bytes | None:
    """Return the header fields, whatever the server calls them."""
    return next((value for name, value in answer.items() if name.upper().startswith(b"BODY[HEADER") and value), None)


def _body(answer: Answer, size: int) -> bytes | None:
    """Return the first bytes of the mail; none at all are believed only of an empty one."""
    body: bytes | None = next((value for name, value in answer.items() if name.upper().startswith(b"BODY[]")), None)
    return body if body or not size else None


def _arrived(answer: Answer) -> datetime | None:
    arrived = answer.get(b"INTERNALDATE")
    return arrived if isinstance(arrived, datetime) else None


def _size(answer: Answer) -> int:
    return int(answer.get(b"RFC822.SIZE") or 0)
