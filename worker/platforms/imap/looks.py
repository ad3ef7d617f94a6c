"""What has been read elsewhere: the flag ``\\Seen`` of mails that were told. All synchronous."""

from .fetches import Opened, items_by_uid
from .flags import CATCH_UP


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
        unread = sorted(flags.unread(folder, opened.uidvalidity))
        if unread:
            seen = map(int, opened.client.search(["UID", ",".join(map(str, unread)), "SEEN"]))
            flags.saw(folder, [uid for uid in seen if uid in set(unread)])
    except IMAPClientError as error:
        # A server that cannot tell of flags can be watched all the same.
        if isinstance(error, IMAPClientAbortError):
            raise
