"""What has been read elsewhere: the flag ``\\Seen`` of mails that were told. All synchronous."""

from typing import TYPE_CHECKING

from .fetches import Opened, items_by_uid
from .flags import CATCH_UP, Flags

if TYPE_CHECKING:
    from .wires import Client


def look(opened: Opened, exists: int) -> None:
    """Note which of the folder's told mails have been read since the last check."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    flags, folder = opened.paces.flags, opened.name
    try:
        if not flags.knows(folder, opened.uidvalidity):
            flags.begin(folder, opened.uidvalidity)
            if exists:
                most = min(CATCH_UP, opened.paces.of(folder).known_at_first)
                lowest = max(1, exists - most + 1)
                items_by_uid(opened, sorted(map(int, opened.client.search([f"{lowest}:{exists}"]))))
            return
        flags.saw(folder, seen_since(opened.client, flags, folder, opened.uidvalidity))
    except IMAPClientError as error:
        # A server that cannot tell of flags can be watched all the same.
        if isinstance(error, IMAPClientAbortError):
            raise


def seen_since(client: "Client", flags: Flags, folder: str, uidvalidity: int) -> list[int]:
    """Return the UIDs of mails in the examined folder that are unread as far as is known, and are not."""
    unread = sorted(flags.unread(folder, uidvalidity))
    if not unread:
        return []
    return [uid for uid in map(int, client.search(["UID", ",".join(map(str, unread)), "SEEN"])) if uid in set(unread)]


def missed(client: "Client", flags: Flags, folder: str, uidvalidity: int) -> bool:
    """Whether a mail was read since the last check: of what came before the folder was examined nobody tells."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    if not flags.unread(folder, uidvalidity):
        return False
    try:
        # What changes while it searches is told with its answer, where nobody listens yet.
        return bool(seen_since(client, flags, folder, uidvalidity)) or "FETCH" in client.wire.untagged_responses
    except IMAPClientError as error:
        if isinstance(error, IMAPClientAbortError):
            raise
        return False
