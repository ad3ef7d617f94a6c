"""What is new in the folders of a mailbox, by UIDVALIDITY and UIDNEXT, a bounded page at a time. All synchronous.

*First check*: the newest mails of each folder are reported with their headers alone, so that their keys are known when
they are moved, copied or numbered anew later; the cursor begins behind the last one. *New UIDVALIDITY*: the UIDs mean
nothing any more, so all mails that arrived since shortly before the last check are looked at again; those that
were told have the keys that they had, and stay silent.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from worker.sdk.platform import Item

from . import faults
from .mails import make_headers, make_mail
from .servers import Server

if TYPE_CHECKING:
    from .wires import Client

PAGE: Final = 50
"""Most mails of a page."""
PAGE_BYTES: Final = 4 * 1024 * 1024
"""Most bytes of mails fetched for a page (one mail at least)."""
MAIL_BYTES: Final = 256 * 1024
"""Of each mail so much is fetched: its headers and the beginning of its text."""
KNOWN_AT_FIRST: Final = 200
"""So many of the newest mails of each folder are made known by the first check."""
HEADER_BYTES: Final = 32 * 1024
HEADERS: Final = f"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)]<0.{HEADER_BYTES}>"
MARGIN_SECONDS: Final = 3600
"""How far the server's clock may differ from ours."""
REFRESH_SECONDS: Final = 3600
"""The time of the last check is noted no more often: each note is a message to the master."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """How far a folder was read. ``since``, in seconds since 1970: only later mails count until it is read through."""

    uidvalidity: int
    uidnext: int
    since: int | None = None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor of a mailbox. ``checked`` in seconds since 1970; ``first``: the first check is not through yet."""

    checked: int
    folders: dict[str, Place] = {}
    first: bool = False


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a poll found."""

    items: list[Item]
    progress: Progress
    more: bool


class Selected(msgspec.Struct, frozen=True, kw_only=True):
    """An open folder."""

    uidvalidity: int
    uidnext: int
    exists: int


def read_cursor(cursor: str | None) -> Progress | None:
    """Return the progress that a cursor holds, None for none and for one that is not ours."""
    if cursor is None:
        return None
    try:
        return msgspec.json.decode(cursor, type=Progress)
    except msgspec.DecodeError:
        return None


def write_cursor(progress: Progress) -> str:
    """Return the cursor that holds ``progress``."""
    return msgspec.json.encode(progress).decode()


def examine(client: "Client", server: Server, name: str) -> Selected:
    """Open a folder without changing anything in it. Raises ``InvalidConfig`` where there is none of that name."""
    # Imported here: who only reads cursors needs no IMAP.
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    try:
        answer: dict[bytes, Any] = client.select_folder(name, readonly=True)
    except IMAPClientError as error:
        if isinstance(error, IMAPClientAbortError):
            raise
        raise faults.of_folder(server, name, str(error)) from error
    exists = int(answer.get(b"EXISTS", 0))
    uidnext = answer.get(b"UIDNEXT")
    if uidnext is None:
        uidnext = max(client.search(["UID", "*"]), default=0) + 1 if exists else 1
    return Selected(uidvalidity=int(answer.get(b"UIDVALIDITY", 0)), uidnext=int(uidnext), exists=exists)


def read_page(client: "Client", server: Server, known: Progress | None) -> Page:
    """Return the next page of what is new since ``known``; without it, of what is there at the first check."""
    now = int(time.time())
    if known is None:
        known = Progress(checked=now, first=True)
    if known.first:
        return _first_page(client, server, known)
    items: list[Item] = []
    places: dict[str, Place] = {}
    more = False
    for name in server.folders:
        place = known.folders.get(name)
        if len(items) >= PAGE or more:
            # Next time; a folder that is new to the settings begins when it is first looked at.
            if place is not None:
                places[name] = place
            more = True
            continue
        found, places[name], more = _advance(client, server, name, place, known.checked)
        items += found
    return Page(items=items, progress=_noted(known, places, now, more), more=more)


def _noted(known: Progress, places: dict[str, Place], now: int, more: bool) -> Progress:
    changed = places != known.folders
    if more or (not changed and now - known.checked < REFRESH_SECONDS):
        return msgspec.structs.replace(known, folders=places)
    return Progress(checked=now, folders=places)


def _first_page(client: "Client", server: Server, known: Progress) -> Page:
    left = [name for name in server.folders if name not in known.folders]
    items: list[Item] = []
    places = dict(known.folders)
    if left:
        selected = examine(client, server, left[0])
        places[left[0]] = Place(uidvalidity=selected.uidvalidity, uidnext=selected.uidnext)
        items = _newest(client, selected)
    more = len(left) > 1
    return Page(items=items, progress=Progress(checked=known.checked, folders=places, first=more), more=more)


def _newest(client: "Client", selected: Selected) -> list[Item]:
    if not selected.exists:
        return []
    lowest = max(1, selected.exists - KNOWN_AT_FIRST + 1)
    client.use_uid = False
    try:
        answers = client.fetch(range(lowest, selected.exists + 1), ["INTERNALDATE", "RFC822.SIZE", HEADERS])
    finally:
        client.use_uid = True
    return [make_headers(raw, _arrived(answer), _size(answer)) for answer in answers.values() if (raw := _raw(answer))]


def _advance(
    client: "Client", server: Server, name: str, place: Place | None, checked: int
) -> tuple[list[Item], Place, bool]:
    selected = examine(client, server, name)
    through = Place(uidvalidity=selected.uidvalidity, uidnext=selected.uidnext)
    if place is None:
        return [], through, False
    if place.uidvalidity != selected.uidvalidity or selected.uidnext < place.uidnext:
        # A lower UIDNEXT is a restored folder whose server forgot to say so.
        place = Place(uidvalidity=selected.uidvalidity, uidnext=1, since=checked - MARGIN_SECONDS)
    if selected.uidnext <= place.uidnext:
        return [], through, False
    uids = _search(client, place, selected.uidnext)
    items, taken = _fetch(client, uids[:PAGE], place.since)
    if taken == len(uids):
        return items, through, False
    return items, msgspec.structs.replace(place, uidnext=uids[taken - 1] + 1), True


def _search(client: "Client", place: Place, uidnext: int) -> list[int]:
    """Return the UIDs to look at, ascending. A range whose end lies before its begin is the last mail: left out."""
    criteria: list[Any] = ["UID", f"{place.uidnext}:{uidnext - 1}"]
    if place.since is not None:
        # Servers compare days in a zone of their own.
        criteria += ["SINCE", (datetime.fromtimestamp(place.since, UTC) - timedelta(days=1)).date()]
    return sorted(uid for uid in map(int, client.search(criteria)) if place.uidnext <= uid < uidnext)


def _fetch(client: "Client", uids: Sequence[int], since: int | None) -> tuple[list[Item], int]:
    """Return the items of the first of ``uids``, and of how many."""
    if not uids:
        return [], 0
    heads = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
    wanted: list[int] = []
    taken = total = 0
    for uid in uids:
        head = heads.get(uid)
        # Without a head it was expunged meanwhile.
        if head is not None and not _too_old(head, since):
            total += min(_size(head), MAIL_BYTES)
            if wanted and total > PAGE_BYTES:
                break
            wanted.append(uid)
        taken += 1
    bodies = client.fetch(wanted, [f"BODY.PEEK[]<0.{MAIL_BYTES}>"]) if wanted else {}
    items = [
        make_mail(raw, _arrived(heads[uid]), _size(heads[uid])) for uid in wanted if (raw := _raw(bodies.get(uid, {})))
    ]
    return items, taken


def _too_old(head: dict[bytes, Any], since: int | None) -> bool:
    arrived = _arrived(head)
    return since is not None and arrived is not None and arrived.timestamp() < since


def _raw(answer: dict[bytes, Any]) -> bytes | None:
    """Return the bytes of a mail, whatever the server calls the part that it was asked for."""
    return next((value for name, value in answer.items() if name.startswith(b"BODY[") and value), None)


def _arrived(answer: dict[bytes, Any]) -> datetime | None:
    arrived = answer.get(b"INTERNALDATE")
    return arrived if isinstance(arrived, datetime) else None


def _size(answer: dict[bytes, Any]) -> int:
    return int(answer.get(b"RFC822.SIZE", 0))
