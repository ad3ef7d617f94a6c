"""Links into the window: ``watchkeeper://item/5``. They come from outside, so each is looked at before it leads on."""

import re
from typing import Literal

import msgspec

SCHEME = "watchkeeper"
MAX_LINK = 200
"""Longest link that is looked at; the longest of ours has a third of it."""
LARGEST = 2**53

Kind = Literal["item", "account", "job", "alert", "page", "window"]

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_PATTERN = re.compile(rf"{SCHEME}:(?://)?(?:(item|account|job|alert|page)/({_NAME}))?/?", re.ASCII | re.IGNORECASE)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where a link leads. ``name`` is the id or the page's name; of ``window`` it is empty."""

    kind: Kind
    name: str = ""

    @property
    def number(self) -> int:
        """The id of an item or alert."""
        return int(self.name)


def read_link(link: str) -> Target | None:
    """Return where ``link`` leads, None when it is no link of ours."""
    if len(link) > MAX_LINK:
        return None
    found = _PATTERN.fullmatch(link.strip())
    if found is None:
        return None
    kind, name = (found[1] or "window").lower(), found[2] or ""
    if kind in ("item", "alert") and not (name.isdecimal() and 1 <= int(name) <= LARGEST):
        return None
    return Target(kind=msgspec.convert(kind, Kind), name=name)


def is_ours(word: str) -> bool:
    """Whether a word of a command line means to be a link of ours, good or bad."""
    return word[: len(SCHEME) + 1].lower() == f"{SCHEME}:"


def link_to(kind: Kind, name: str | int = "") -> str:
    """Return the link to something."""
    return f"{SCHEME}://{kind}/{name}" if kind != "window" else f"{SCHEME}://"
