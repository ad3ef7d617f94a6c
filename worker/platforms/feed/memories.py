"""What a feed listed last, so that entries whose ids change at each fetch are not told again and again.

An id that is new is a new entry, as a rule: two alarms may say the same. Only where no id of the last fetch is left,
and several entries are there with the same title, text and date all the same, it is the ids that are new: made anew
at each fetch, or addresses of a site that has moved.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from worker.sdk.fetches import Validators
from worker.sdk.platform import Item

MAX_REMEMBERED: Final = 500
LEAST_ALIKE: Final = 2
"""So many entries must be the same under new ids: one alone may be another one that says the same."""


class Listed(msgspec.Struct, frozen=True, array_like=True):
    """An entry that has a date: short hashes of what it says and of its key; ``silent``: this key was never told."""

    says: str
    key: str
    silent: bool = False


class Known(Validators, frozen=True, kw_only=True):
    """What the last answer said of itself, the hash of its body, and what it listed: the cursor of a feed."""

    hash: str = ""
    typed: str = ""
    """Which address was typed, as a short hash."""
    feed: str = ""
    """Where the feed is that the page at that address points to; "" where it is a feed itself."""
    listed: tuple[Listed, ...] = ()


def sift(items: Sequence[Item], before: Sequence[Listed]) -> tuple[list[Item], tuple[Listed, ...]]:
    """Return those of ``items`` (oldest first) to tell, and what to remember of them."""
    says = {number: _says(item) for number, item in enumerate(items) if item.created_at != item.detected_at}
    keys = [_short(item.key) for item in items]
    known = Counter(listed.says for listed in before)
    renamed = (
        not {listed.key for listed in before} & set(keys) and (Counter(says.values()) & known).total() >= LEAST_ALIKE
    )
    silent = {listed.key for listed in before if listed.silent}
    told: list[Item] = []
    remembered: list[Listed] = []
    for number, item in enumerate(items):
        said, key = says.get(number), keys[number]
        again = key in silent
        if renamed and said is not None and known[said] > 0:
            known[said] -= 1
            again = True
        if not again:
            told.append(item)
        if said is not None:
            remembered.append(Listed(said, key, again))
    # Nothing is told to be made later than it was found.
    told = [msgspec.structs.replace(item, created_at=min(item.created_at, item.detected_at)) for item in told]
    return told, tuple(remembered[-MAX_REMEMBERED:])


def _says(item: Item) -> str:
    """Not the address: a site that moves changes all of them, and ids that are addresses with them."""
    return _short("\x00".join((item.title, str(item.created_at), item.text or item.url)))


def _short(words: str) -> str:
    digest = hashlib.sha256(words.encode("utf-8", "replace")).digest()[:9]
    return base64.urlsafe_b64encode(digest).decode()
