"""What a page said when it was last told of: the cursor of a page."""

import base64
import hashlib
import zlib
from collections.abc import Sequence
from typing import Final

import msgspec

from worker.sdk.fetches import Validators

MAX_KEPT: Final = 160 * 1024
"""Bytes of text that are kept for the next difference; a change behind them is told without its words."""


class Snapshot(Validators, frozen=True, kw_only=True):
    """``watched`` names what is looked at, ``since`` (ms) when that began, ``changes`` how many were told since then.

    Both are in the keys: a page that goes back to what it said before has changed again, and one change has one key
    however often it is found.
    """

    watched: str
    since: int
    changes: int = 0
    hash: str
    text: str
    cut: bool = False

    def lines(self) -> list[str]:
        """Return the lines that are kept. Raises ``ValueError`` for what is no snapshot of ours."""
        try:
            inflater = zlib.decompressobj()
            packed = base64.b64decode(self.text, validate=True)
            return inflater.decompress(packed, 2 * MAX_KEPT).decode("utf-8").splitlines()
        except zlib.error as error:
            raise ValueError(str(error)) from error

    def key(self, after: str) -> str:
        """Return the key of the change from this to what has the hash ``after``."""
        return "sha256:" + digest(f"{self.since} {self.changes} {self.watched} {self.hash} {after}")


def digest(words: str) -> str:
    """Return the hash of a text."""
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def pack(lines: Sequence[str]) -> tuple[str, bool]:
    """Return the beginning of ``lines`` as it is kept, and whether something was left out. Takes time: on a thread."""
    whole = "\n".join(lines).encode("utf-8", "replace")
    kept = whole[:MAX_KEPT]
    if len(whole) > MAX_KEPT:
        # Whole lines only: half a one would be a difference of its own.
        kept = kept[: kept.rfind(b"\n") + 1]
    return base64.b64encode(zlib.compress(kept, 6)).decode(), len(whole) > MAX_KEPT


def comparable(lines: Sequence[str], cut: bool) -> Sequence[str]:
    """Return the part of ``lines`` to compare with a text that was kept; ``cut``: only the beginning of it was."""
    if not cut:
        return lines
    size = 0
    for number, line in enumerate(lines):
        size += len(line.encode("utf-8", "replace")) + 1
        if size > MAX_KEPT:
            return lines[:number]
    return lines


def read(cursor: str | None, watched: str) -> Snapshot | None:
    """Return what a cursor holds; None for one of something else: that begins anew."""
    if cursor is None:
        return None
    try:
        snapshot = msgspec.json.decode(cursor, type=Snapshot)
        snapshot.lines()
    except (msgspec.MsgspecError, ValueError):
        return None
    return snapshot if snapshot.watched == watched else None
