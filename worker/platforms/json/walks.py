"""Walks through the pages of a list, from its first page on: the cursor of an API."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from worker.sdk.fetches import Validators
from worker.sdk.platform import Item

MAX_KNOWN: Final = 4000
"""So many keys are remembered: ten pages of a usual size."""


class Walk(Validators, frozen=True, kw_only=True):
    """``hash`` and validators are those of the first page; ``known``: short hashes of the keys that were listed.

    ``next`` is the page to go on with, ``left`` how many pages more may be read, ``owed`` whether pages
    without anything new are no reason to stop; ``quiet``: nothing is told until its
    end, because what is looked at was changed.
    """

    watched: str
    hash: str = ""
    known: tuple[str, ...] = ()
    next: str = ""
    left: int = 0
    owed: bool = False
    quiet: bool = False

    def fresh(self, items: Sequence[Item]) -> list[Item]:
        """Return those of ``items`` that were not listed before, each key once."""
        seen = set(self.known)
        found = []
        for item in items:
            if (short := _short(item.key)) not in seen:
                seen.add(short)
                found.append(item)
        return found

    def knowing(self, items: Sequence[Item]) -> tuple[str, ...]:
        """Return ``known`` with the keys of ``items``."""
        return (*self.known, *(_short(item.key) for item in items))[-MAX_KNOWN:]


def read(cursor: str | None, watched: str) -> Walk:
    """Return what a cursor holds; one of something else begins anew, and quietly."""
    if cursor is None:
        return Walk(watched=watched)
    try:
        walk = msgspec.json.decode(cursor, type=Walk)
    except msgspec.MsgspecError:
        # Not ours: the ledger knows what was told.
        return Walk(watched=watched)
    return walk if walk.watched == watched else Walk(watched=watched, quiet=True)


def digest(data: bytes) -> str:
    """Return the hash of a page, or of what is looked at."""
    return hashlib.sha256(data).hexdigest()


def _short(key: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:9]).decode()
