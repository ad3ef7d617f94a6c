"""What is new in the folders of a mailbox, by UIDVALIDITY and UIDNEXT, a bounded page at a time. All synchronous.

*First check*: the newest mails of each folder are reported with their headers alone, so that their keys are known when
they are moved, copied or numbered anew later; the cursor begins behind the last one. *New UIDVALIDITY*: the UIDs mean
nothing any more, so all mails that arrived since shortly before the last check are looked at again; those that
were told have the keys that they had, and stay silent.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4
from typing import TYPE_CHECKING, Any, Final

import msgspec

from worker.sdk.platform import Item

from . import faults
from .fetches import Opened, read_known, read_mails
from .looks import look
from .paces import PAGE, Paces
from .servers import Server

if TYPE_CHECKING:
    from .wires import Client

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


def read_page(client: "Client", server: Server, known: Progress | None, paces: Paces, seconds: float) -> Page:
    """Return the next page of what is new since ``known``; without it, of what is there at the first check.

    ``seconds``: the time of the whole page. What cannot be begun within half of it is left to the next page.
    """
    began = time.monotonic()
    now = int(time.time())
    if known is None:
        known = Progress(checked=now, first=True)
    if known.first:
        return _first_page(client, server, known, paces, seconds)
    items: list[Item] = []
    # A folder that is new to the settings begins when it is first looked at.
    places = {name: known.folders[name] for name in server.folders if name in known.folders}
    left = paces.take_round(server.folders)
    more = False
    while left and not more and len(items) < PAGE:
        name = left[0]
        with _timed(client, paces, name, seconds) as took:
            found, places[name], more = _advance(client, server, name, places.get(name), known.checked, paces)
        items += found
        if (found or more) and took() < seconds / 8:
            paces.of(name).speed_up()
        if not more:
            left.pop(0)
        if time.monotonic() - began > seconds / 2:
            break
    paces.leave(left)
    return Page(items=items, progress=_noted(known, places, now, bool(left)), more=bool(left))


@contextmanager
def _timed(client: "Client", paces: Paces, name: str, seconds: float) -> Iterator[Callable[[], float]]:
    """Ask for less of the folder next time if it takes too long. Gives the seconds that it took till now."""
    began, before = time.monotonic(), client.wire.received
    try:
        yield lambda: time.monotonic() - began
    except (OSError, IMAP4.abort) as error:
        # A check that takes too long in all is ended by closing its connection.
        if isinstance(error, TimeoutError) or time.monotonic() - began > seconds / 4:
            paces.of(name).slow_down(client.wire.received - before)
        raise


def _noted(known: Progress, places: dict[str, Place], now: int, more: bool) -> Progress:
    changed = places != known.folders
    if more or (not changed and now - known.checked < REFRESH_SECONDS):
        return msgspec.structs.replace(known, folders=places)
    return Progress(checked=now, folders=places)


def _first_page(client: "Client", server: Server, known: Progress, paces: Paces, seconds: float) -> Page:
    left = [name for name in server.folders if name not in known.folders]
    items: list[Item] = []
    places = dict(known.folders)
    if left:
        with _timed(client, paces, left[0], seconds):
            selected = examine(client, server, left[0])
            items = _newest(_opened(client, server, left[0], selected, paces), selected)
        places[left[0]] = Place(uidvalidity=selected.uidvalidity, uidnext=selected.uidnext)
    more = len(left) > 1
    return Page(items=items, progress=Progress(checked=known.checked, folders=places, first=more), more=more)


def _newest(opened: Opened, selected: Selected) -> list[Item]:
    if not selected.exists:
        return []
    lowest = max(1, selected.exists - opened.paces.of(opened.name).known_at_first + 1)
    uids = sorted(map(int, opened.client.search([f"{lowest}:{selected.exists}"])))
    return read_known(opened, uids) if uids else []


def _opened(client: "Client", server: Server, name: str, selected: Selected, paces: Paces) -> Opened:
    return Opened(client=client, server=server, name=name, uidvalidity=selected.uidvalidity, paces=paces)


def _advance(
    client: "Client", server: Server, name: str, place: Place | None, checked: int, paces: Paces
) -> tuple[list[Item], Place, bool]:
    selected = examine(client, server, name)
    through = Place(uidvalidity=selected.uidvalidity, uidnext=selected.uidnext)
    opened = _opened(client, server, name, selected, paces)
    look(opened, selected.exists)
    if place is None:
        return [], through, False
    if place.uidvalidity != selected.uidvalidity or selected.uidnext < place.uidnext:
        # A lower UIDNEXT is a restored folder whose server forgot to say so.
        place = Place(uidvalidity=selected.uidvalidity, uidnext=1, since=checked - MARGIN_SECONDS)
    if selected.uidnext <= place.uidnext:
        return [], through, False
    pace = paces.of(name)
    end = selected.uidnext if pace.span is None else min(selected.uidnext, place.uidnext + pace.span)
    uids = _search(client, place, end)
    items, taken = read_mails(opened, uids[: pace.mails], place.since)
    if taken < len(uids):
        return items, msgspec.structs.replace(place, uidnext=uids[taken - 1] + 1), True
    if end < selected.uidnext:
        return items, msgspec.structs.replace(place, uidnext=end), True
    return items, through, False


def _search(client: "Client", place: Place, uidnext: int) -> list[int]:
    """Return the UIDs to look at, ascending. A range whose end lies before its begin is the last mail: left out."""
    criteria: list[Any] = ["UID", f"{place.uidnext}:{uidnext - 1}"]
    if place.since is not None:
        # Servers compare days in a zone of their own.
        criteria += ["SINCE", (datetime.fromtimestamp(place.since, UTC) - timedelta(days=1)).date()]
    return sorted(uid for uid in map(int, client.search(criteria)) if place.uidnext <= uid < uidnext)
