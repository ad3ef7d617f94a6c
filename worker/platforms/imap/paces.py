"""How much of a mailbox is asked for at once: less after a time-out, more again when answers come quickly."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from .flags import Flags

PAGE: Final = 50
"""Most mails of a page."""
PAGE_BYTES: Final = 4 * 1024 * 1024
"""Most bytes of mails fetched for a page (one mail at least)."""
MAIL_BYTES: Final = 256 * 1024
"""Of each mail so much is fetched: its headers and the beginning of its text."""
LEAST_BYTES: Final = 4 * 1024
"""Of a mail that does not come in time so much is fetched all the same."""
KNOWN_AT_FIRST: Final = 200
"""So many of the newest mails of each folder are made known by the first check."""
SILENT_BYTES: Final = 4 * 1024
"""Who has sent less until the time-out was silent, which tells nothing of the line."""
UIDS_A_MAIL: Final = 100
"""On a slow line a search looks at so many UIDs for each mail of the page."""
MAX_MAILBOXES: Final = 1000


class Pace:
    """Of one folder."""

    def __init__(self) -> None:
        self.mails = PAGE
        self.bytes = PAGE_BYTES
        self.mail_bytes = MAIL_BYTES

    @property
    def known_at_first(self) -> int:
        """So many mails are made known by the first check."""
        return min(KNOWN_AT_FIRST, self.mails * KNOWN_AT_FIRST // PAGE)

    @property
    def span(self) -> int | None:
        """So many UIDs are looked at, None for all."""
        return None if self.mails == PAGE else self.mails * UIDS_A_MAIL

    def slow_down(self, received: int) -> None:
        """Ask for half, and for no more than the ``received`` bytes that came until the time-out."""
        self._halve()
        while received >= SILENT_BYTES and min(self.bytes, self.mails * self.mail_bytes) > received:
            if not self._halve():
                break

    def speed_up(self) -> None:
        """Ask for twice as much."""
        if self.mail_bytes < MAIL_BYTES:
            self.mail_bytes = min(MAIL_BYTES, self.mail_bytes * 4)
        else:
            self.mails, self.bytes = min(PAGE, self.mails * 2), min(PAGE_BYTES, self.bytes * 2)

    def _halve(self) -> bool:
        if self.mails > 1:
            self.mails, self.bytes = self.mails // 2, self.bytes // 2
            return True
        self.mail_bytes, before = max(LEAST_BYTES, self.mail_bytes // 4), self.mail_bytes
        return self.mail_bytes < before


class Paces:
    """Of one mailbox, with what else is remembered of its last checks."""

    def __init__(self) -> None:
        self.refusals: Counter[str] = Counter()
        """How many times in a row a server has given nothing of any mail of a page, by folder."""
        self.flags = Flags()
        self._folders: dict[str, Pace] = {}
        self._left: list[str] = []

    def of(self, folder: str) -> Pace:
        """Return the pace of a folder."""
        return self._folders.setdefault(folder, Pace())

    def take_round(self, folders: Sequence[str]) -> list[str]:
        """Return the folders that the last page did not come to; all, if it came to the last one, or failed."""
        left, self._left = [name for name in self._left if name in folders], []
        return left or list(folders)

    def leave(self, folders: list[str]) -> None:
        """Let the next page begin with these."""
        self._left = folders


_mailboxes: dict[tuple[object, ...], Paces] = {}


def of_mailbox(*identity: object) -> Paces:
    """Return the paces of a mailbox, the same ones to each adapter: a check that takes too long ends its adapter."""
    found = _mailboxes.pop(identity, None) or Paces()
    _mailboxes[identity] = found
    while len(_mailboxes) > MAX_MAILBOXES:
        del _mailboxes[next(iter(_mailboxes))]
    return found
