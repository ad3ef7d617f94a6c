"""Maildir as a mail server writes it."""

import itertools
import os
import time
from pathlib import Path

from imapclient.imap_utf7 import encode

_serial = itertools.count()


class Maildir:
    """The Maildir++ folder ``path``, whose files belong to ``uid`` and ``gid``."""

    def __init__(self, path: Path, uid: int, gid: int) -> None:
        self.path = path
        self._owner = (uid, gid)

    def folder(self, name: str = "INBOX") -> Path:
        """Return the directory of a folder; sub-folders are named with dots."""
        return self.path if name == "INBOX" else self.path / f".{encode(name).decode()}"

    def create(self, name: str = "INBOX") -> Path:
        """Create the folder where there is none, and return its directory."""
        folder = self.folder(name)
        for path in (self.path, folder, *(folder / part for part in ("cur", "new", "tmp"))):
            if not path.exists():
                path.mkdir(mode=0o700)
                os.chown(path, *self._owner)
        return folder

    def deliver(self, content: bytes, name: str = "INBOX") -> Path:
        """Write a mail to ``tmp`` and move it to ``new`` in one step; return where it stands."""
        folder = self.create(name)
        file_name = f"{time.time():.6f}.P{os.getpid()}Q{next(_serial)}.example"
        aside = folder / "tmp" / file_name
        aside.write_bytes(content)
        os.chown(aside, *self._owner)
        return aside.rename(folder / "new" / file_name)

    def count(self, name: str = "INBOX") -> int:
        """Return how many mails the folder has."""
        folder = self.folder(name)
        return sum(len(list((folder / part).iterdir())) for part in ("cur", "new") if (folder / part).exists())

    def forget_uids(self, name: str = "INBOX") -> None:
        """Remove what gives mails their UIDs; the server makes new ones, from 1, under a new UIDVALIDITY."""
        for path in self.folder(name).glob("dovecot*"):
            # The counter of UIDVALIDITY stays: it is what makes the next one a new one.
            if not path.name.startswith("dovecot-uidvalidity"):
                path.unlink(missing_ok=True)
