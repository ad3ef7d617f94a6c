"""Which told mails are unread as far as is known, and which have been read elsewhere since. No server in here.

A mail is known here by its folder, UIDVALIDITY and UID, and to the master by its key.
"""

from collections.abc import Collection, Sequence
from typing import Final

MAX_WATCHED: Final = 100
"""Unread mails of a folder whose flag is asked for at each check: the newest."""
MAX_READ: Final = 2000
CATCH_UP: Final = 100
"""So many of the newest mails of a folder are looked at once: some were read while nobody watched."""
SEEN: Final = b"\\Seen"


class Flags:
    """Of one mailbox."""

    def __init__(self) -> None:
        self._unread: dict[str, dict[int, str]] = {}
        self._validity: dict[str, int] = {}
        self._read: dict[str, None] = {}

    def knows(self, folder: str, uidvalidity: int) -> bool:
        """Whether the folder's newest mails were looked at, under these UIDs."""
        return self._validity.get(folder) == uidvalidity

    def begin(self, folder: str, uidvalidity: int) -> None:
        """Let UIDs of a folder count from here on; what was known under another UIDVALIDITY is forgotten."""
        if self._validity.get(folder) != uidvalidity:
            self._validity[folder] = uidvalidity
            self._unread[folder] = {}

    def note(self, folder: str, uidvalidity: int, uid: int, key: str, flags: Collection[object] | None) -> None:
        """Keep what the server told of a mail's flags; None: it did not tell."""
        if flags is None:
            return
        self.begin(folder, uidvalidity)
        if SEEN in flags:
            self._unread[folder].pop(uid, None)
            self._tell(key)
            return
        unread = self._unread[folder]
        unread[uid] = key
        if len(unread) > MAX_WATCHED:
            del unread[min(unread)]

    def unread(self, folder: str, uidvalidity: int) -> dict[int, str]:
        """Return the keys of a folder's mails that are unread as far as is known, by UID."""
        return dict(self._unread.get(folder, {})) if self.knows(folder, uidvalidity) else {}

    def saw(self, folder: str, uids: Sequence[int]) -> None:
        """Take mails as read."""
        unread = self._unread.get(folder, {})
        for uid in uids:
            if (key := unread.pop(uid, None)) is not None:
                self._tell(key)

    def take_read(self) -> list[str]:
        """Return the keys of what was read since this was asked last."""
        keys, self._read = list(self._read), {}
        return keys

    def put_back(self, keys: Sequence[str]) -> None:
        """Tell these again: their check came to nothing."""
        for key in keys:
            self._tell(key)

    def _tell(self, key: str) -> None:
        self._read[key] = None
        while len(self._read) > MAX_READ:
            del self._read[next(iter(self._read))]
