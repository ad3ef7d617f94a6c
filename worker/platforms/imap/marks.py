"""Marking mails as read: the flag ``\\Seen``. All synchronous."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from .fetches import Opened, items_by_uid
from .flags import SEEN
from .folders import Selected, examine
from .paces import Paces
from .servers import Server

if TYPE_CHECKING:
    from .wires import Client

MAX_SEARCHED: Final = 1000
"""Unread mails of a folder among which keys are looked for that nobody has in mind any more: the newest."""
CHUNK: Final = 100


def mark(client: "Client", server: Server, keys: Sequence[str], paces: Paces) -> None:
    """Set the flag of the mails with these keys. Those that are gone, or cannot be marked, are passed over."""
    wanted = set(keys)
    for folder in server.folders:
        if not wanted:
            return
        selected = examine(client, server, folder)
        opened = Opened(client=client, server=server, name=folder, uidvalidity=selected.uidvalidity, paces=paces)
        found = {uid: key for uid, key in _known(opened, selected) if key in wanted}
        if len(set(found.values())) < len(wanted):
            found |= {uid: key for uid, key in _searched(opened, wanted - set(found.values())) if key in wanted}
        if found and _store(client, folder, selected, sorted(found)):
            paces.flags.saw(folder, list(found))
        # A copy in another folder is another mail, whose flag is its own business.
        wanted -= set(found.values())


def _known(opened: Opened, selected: Selected) -> Iterator[tuple[int, str]]:
    yield from opened.paces.flags.unread(opened.name, selected.uidvalidity).items()


def _searched(opened: Opened, wanted: set[str]) -> Iterator[tuple[int, str]]:
    """Yield UID and key of unread mails, until all are found: the headers tell the key."""
    unread = sorted(map(int, opened.client.search(["UNSEEN"])), reverse=True)[:MAX_SEARCHED]
    left = set(wanted)
    for begin in range(0, len(unread), CHUNK):
        for uid, item in items_by_uid(opened, unread[begin : begin + CHUNK]).items():
            left.discard(item.key)
            yield uid, item.key
        if not left:
            return


def _store(client: "Client", folder: str, selected: Selected, uids: list[int]) -> bool:
    """Set the flag; False where the folder is another one by now, or its owner may not."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    try:
        answer = client.select_folder(folder)
        if int(answer.get(b"UIDVALIDITY", 0)) != selected.uidvalidity or b"READ-ONLY" in answer:
            return False
        for begin in range(0, len(uids), CHUNK):
            client.add_flags(uids[begin : begin + CHUNK], [SEEN], silent=True)
    except IMAPClientError as error:
        if isinstance(error, IMAPClientAbortError):
            raise
        return False
    return True
