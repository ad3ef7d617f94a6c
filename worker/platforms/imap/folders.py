"""What is new in the folders of a mailbox, by UIDVALIDITY and UIDNEXT. Synchronous."""

import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from worker.platforms.imap.mails import make_mail
from worker.sdk.errors import InvalidConfig
from worker.sdk.platform import Item, text

PAGE = 50
"""Mails fetched at once."""
PART_BYTES = 256 * 1024
"""Of each mail so much is fetched: the headers and the begin of its text."""
MARGIN_SECONDS = 300
"""How far a server's clock may differ when mails are looked for by date."""


class Place(msgspec.Struct, kw_only=True):
    """How far a folder was read."""

    uidvalidity: int
    uidnext: int


class Progress(msgspec.Struct, kw_only=True):
    """The cursor of a mailbox; times in seconds since 1970."""

    since: float
    """When the account was first checked: older mails are never told."""
    at: float
    """When it was last checked."""
    folders: dict[str, Place] = {}


def read_cursor(cursor: str | None) -> Progress | None:
    """Return the progress of a cursor. Raises ``ValueError`` when it is not ours."""
    return None if cursor is None else msgspec.convert(json.loads(cursor), Progress)


def write_cursor(progress: Progress) -> str:
    """Return the cursor of ``progress``."""
    return msgspec.json.encode(progress).decode()


def check(client: IMAPClient, folders: Sequence[str], known: Progress | None) -> tuple[list[Item], Progress, bool]:
    """Return new mails (oldest first, a page at most a folder), the progress, and whether more is waiting.

    Without ``known`` nothing is reported: what is there now is the baseline. A folder that is new to the settings
    begins now, too.
    """
    now = time.time()
    before = known or Progress(since=now, at=now)
    progress = Progress(since=before.since, at=now)
    items: list[Item] = []
    more = False
    for folder in folders:
        found, place, left = _check_folder(client, folder, before.folders.get(folder), before)
        items += found
        more = more or left
        progress.folders[folder] = place
    if more:
        progress.at = before.at
    return items, progress, more


def select(client: IMAPClient, folder: str) -> dict[bytes, Any]:
    """Open a folder without changing anything in it. Raises ``InvalidConfig`` when there is none of that name."""
    try:
        answer: dict[bytes, Any] = client.select_folder(folder, readonly=True)
    except IMAPClientError as error:
        if isinstance(error, IMAPClient.AbortError):
            raise
        reason = text("folder_missing", folder=folder)
        raise InvalidConfig(reason, {"folders": reason}) from error
    return answer


def uidnext_of(client: IMAPClient, answer: dict[bytes, Any]) -> int:
    """Return the UID that the next mail will have at least; servers may leave it out of their answer."""
    if b"UIDNEXT" in answer:
        return int(answer[b"UIDNEXT"])
    return max((int(uid) for uid in client.search("ALL")), default=0) + 1


def _check_folder(
    client: IMAPClient, folder: str, place: Place | None, before: Progress
) -> tuple[list[Item], Place, bool]:
    answer = select(client, folder)
    uidvalidity, uidnext = int(answer.get(b"UIDVALIDITY", 0)), uidnext_of(client, answer)
    if place is None:
        return [], Place(uidvalidity=uidvalidity, uidnext=uidnext), False
    if place.uidvalidity != uidvalidity:
        return _renumbered(client, uidvalidity, uidnext, before)
    if uidnext <= place.uidnext:
        return [], place, False
    uids = sorted(int(uid) for uid in client.search(["UID", f"{place.uidnext}:*"]) if int(uid) >= place.uidnext)
    page, rest = uids[:PAGE], uids[PAGE:]
    # A UIDNEXT that is ahead of what a search shows yet must not skip the mail it speaks of.
    reached = rest[0] if rest else page[-1] + 1 if page else place.uidnext
    return _fetch(client, page, 0.0), Place(uidvalidity=uidvalidity, uidnext=reached), bool(rest)


def _renumbered(client: IMAPClient, uidvalidity: int, uidnext: int, before: Progress) -> tuple[list[Item], Place, bool]:
    """The server numbered all mails anew: go by arrival. What was told before has the same key and stays silent."""
    cutoff = max(before.since, before.at - MARGIN_SECONDS)
    day = (datetime.fromtimestamp(cutoff) - timedelta(days=1)).date()  # noqa: DTZ006 (servers count days in their zone)
    uids = sorted(int(uid) for uid in client.search(["SINCE", day]))
    items = [item for first in range(0, len(uids), PAGE) for item in _fetch(client, uids[first : first + PAGE], cutoff)]
    return items, Place(uidvalidity=uidvalidity, uidnext=max(uidnext, uids[-1] + 1 if uids else 0)), False


def _fetch(client: IMAPClient, uids: Sequence[int], cutoff: float) -> list[Item]:
    if not uids:
        return []
    answers = client.fetch(uids, [f"BODY.PEEK[]<0.{PART_BYTES}>", "INTERNALDATE", "RFC822.SIZE"])
    items = []
    for uid in uids:
        answer = answers.get(uid)
        raw = answer.get(b"BODY[]<0>") if answer else None
        if raw is None:
            continue  # expunged meanwhile
        arrived: datetime | None = answer.get(b"INTERNALDATE")
        if arrived is not None and arrived.timestamp() < cutoff:
            continue
        items.append(make_mail(raw, arrived, int(answer.get(b"RFC822.SIZE", 0))))
    return items
