"""How a secret may stand in an answer: each character of it in any of the usual escapes, and the whole in base64."""

import base64
import html.entities
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

SHORTEST: Final = 4
"""Shorter values would blot out ordinary words."""
_HEAD: Final = 4
"""So many characters are looked for at once; what begins with them is looked at closely."""


class Place(NamedTuple):
    """Where a form begins. ``finish`` None: it is not complete."""

    begin: int
    finish: int | None
    unfinished: bool
    """What follows may make it complete, or longer."""


class Form:
    """A text each of whose characters may be spelled in one of several ways, which may be mixed."""

    def __init__(self, units: Sequence[frozenset[bytes]], plain: Sequence[bytes] = ()) -> None:
        """Take the spellings of each character; ``plain``: as each is written without any escape."""
        heads = [sorted(unit, key=len, reverse=True) for unit in units[:_HEAD]]
        self._units = tuple(_by_first(unit) for unit in units)
        self._head = re.compile(b"".join(b"(?:%b)" % b"|".join(map(re.escape, head)) for head in heads))
        self._first = re.compile(b"[%b]" % b"".join(re.escape(bytes([byte])) for byte in self._units[0]))
        self._reach = sum(len(head[0]) for head in heads)
        # What begins like it can be nothing else, so finding it is enough.
        sole = all(unit[one[0]] == (one,) for unit, one in zip(self._units, plain, strict=False))
        self._plain = b"".join(plain) if sole else b""

    def places(self, data: bytes) -> Iterator[Place]:
        """Yield where the form stands in ``data``, and where at its end it may begin; some of them twice."""
        match = self._head.search(data)
        while match is not None:
            yield self._place(data, match.start())
            match = self._head.search(data, match.start() + 1)
        for match in self._first.finditer(data, max(0, len(data) - self._reach)):
            yield self._place(data, match.start())

    def _place(self, data: bytes, begin: int) -> Place:
        if self._plain and data.startswith(self._plain, begin):
            return Place(begin, begin + len(self._plain), unfinished=False)
        # All spellings side by side: going back after a wrong one would take for ever with some secrets.
        ends, unfinished = {begin}, False
        for unit in self._units:
            reached = set()
            for at in ends:
                if at == len(data):
                    unfinished = True
                    continue
                for spelling in unit.get(data[at], ()):
                    if data.startswith(spelling, at):
                        reached.add(at + len(spelling))
                    elif len(data) - at < len(spelling) and spelling.startswith(data[at:]):
                        unfinished = True
            ends = reached
            if not ends:
                break
        return Place(begin, max(ends, default=None), unfinished)


def secret_forms(values: Iterable[str]) -> tuple[Form, ...]:
    """Return how each value may stand in an answer: in addresses, HTML, JSON, as a literal, in base64, all escaped."""
    written: set[str] = set()
    for value in values:
        if len(value) < SHORTEST:
            continue
        written.add(value)
        raw = value.encode("utf-8", "surrogatepass")
        for coded in (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()):
            written |= {coded, coded.rstrip("=")}
    return tuple(_form(one) for one in sorted(written))


def _form(value: str) -> Form:
    plain = [letter.encode("utf-8", "surrogatepass") for letter in value]
    return Form([_spellings(letter) for letter in value], plain)


@cache
def _by_first(unit: frozenset[bytes]) -> Mapping[int, tuple[bytes, ...]]:
    return {first: tuple(one for one in unit if one[0] == first) for first in {one[0] for one in unit}}


@cache
def _spellings(letter: str) -> frozenset[bytes]:
    code, raw = ord(letter), letter.encode("utf-8", "surrogatepass")
    pairs = letter.encode("utf-16-be", "surrogatepass")
    found = {letter, json.dumps(letter)[1:-1], f"&#{code};", f"&#0{code};", *_names().get(letter, ())}
    for digits in ("0123456789abcdef", "0123456789ABCDEF"):
        hexed = [digits[byte >> 4] + digits[byte & 15] for byte in raw]
        found.add("".join(f"%{byte}" for byte in hexed))
        found.add("".join(f"\\x{byte}" for byte in hexed))
        words = [digits[byte >> 4] + digits[byte & 15] for byte in pairs]
        found.add("".join(f"\\u{high}{low}" for high, low in zip(words[::2], words[1::2], strict=True)))
        number = "".join(digits[code >> shift & 15] for shift in (20, 16, 12, 8, 4, 0))
        least = number.lstrip("0") or "0"
        for shown in (least, f"0{least}", least.rjust(4, "0")):
            found |= {f"&#x{shown};", f"&#X{shown};"}
        if code <= 0xFF:
            found.add(f"\\x{number[-2:]}")
    if letter in "/'":
        found.add(f"\\{letter}")
    if letter == " ":
        found.add("+")
    return frozenset(one.encode("utf-8", "surrogatepass") for one in found)


@cache
def _names() -> Mapping[str, list[str]]:
    """Return the names that HTML has for a character, as they are written."""
    names: dict[str, list[str]] = {}
    for name, letters in html.entities.html5.items():
        if name.endswith(";") and len(letters) == 1:
            names.setdefault(letters, []).append(f"&{name}")
    return names
