"""Words that belong to a person are taken out of what is given away: known ones by their words, others by their look.

What is to be looked for (a database of mails) is far larger than what is given away (some lines of a log): the lines'
own words are gathered first, and of everything private only what occurs among them is kept.
"""

import getpass
import hashlib
import hmac
import os
import re
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from master.redactions import MASK, Redactor
from worker.protocol.texts import TEMPLATES

GRAM: Final = 3
"""So many words in a row that also stand in something private are taken out."""
LEAST: Final = 3
"""A shorter single word says nothing."""
TEXT: Final = "‹text›"

_WORD: Final = re.compile(r"[^\W_]+")
_NUMBER: Final = re.compile(r"\d{1,5}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MAIL: Final = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_LINK: Final = re.compile(r"\b([a-z][a-z0-9+.-]{1,20})://([^\s'\"<>)\]]+)", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}"
)
_HOST: Final = re.compile(r"(?<![\w.@/-])(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,8}[a-z]{2,24}(?![\w(-])", re.IGNORECASE)
_OPAQUE: Final = re.compile(r"(?<![\w/+=.-])(?=[\w/+=-]*\d)[\w/+=-]{20,}")
_UNIX: Final = re.compile(r"(?<![\w.:/~›-])/(?:[^\s'\":,;()]+/)+[^\s'\":,;()]*")
_WINDOWS: Final = re.compile(r"\b[A-Za-z]:\\[^\s'\":;]+")
_QUOTED: Final = re.compile(r"'([^'\n]{1,400})'|\"([^\"\n]{1,400})\"|“([^”\n]{1,400})”|‘([^’\n]{1,400})’")
_STRANGE: Final = r"[\w.-]{0,40}[^\x00-\x7f‹›…–—·✓✗“”‘’][\w.-]{0,40}"
_FOREIGN: Final = re.compile(rf"{_STRANGE}(?:[ ]?{_STRANGE})*")
"""Words with letters beyond ASCII, whole: nothing that the program says by itself has any."""

_OURS: Final = ("master", "worker", "desktop", "resources", "tests")
_SUFFIXES: Final = frozenset(
    {"py", "json", "jsonl", "db", "log", "toml", "key", "txt", "html", "so", "qm", "zip", "md"}
)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_SPOKEN: Final = frozenset(word.casefold() for words in TEMPLATES.values() for word in _WORD.findall(words))
"""Words that the program says by itself tell nothing of anybody."""


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return [word.casefold() for word in _WORD.findall(text)]


class Scrubber:
    """Made for one bundle. First :meth:`meet` all that is given away, then :meth:`forbid`, then :meth:`clean`."""

    def __init__(self, key: str, *, spoken: Iterable[str] = ()) -> None:
        """``key``: makes the stand-ins of one profile the same each time; ``spoken``: more words that tell nothing."""
        self._key = key.encode()
        self._spoken = _SPOKEN | {word for text in spoken for word in words_of(text)}
        self._met: set[tuple[str, ...]] = set()
        self._forbidden: dict[tuple[str, ...], str] = {}
        self._ids: dict[str, str] = {}
        self._redactor = Redactor()
        self._home = str(Path.home())

    def meet(self, text: str) -> None:
        """Take note of the words of a text that is to be cleaned later."""
        words = words_of(text)
        for size in range(1, GRAM + 1):
            self._met.update(zip(*(words[start:] for start in range(size)), strict=False))

    def stand_in(self, kind: str, name: str) -> str:
        """Return what stands for something: the same in every bundle of this profile, and not to be turned back."""
        digest = hmac.new(self._key, f"{kind}\0{name}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        return f"{kind}-{digest[:6]}"

    def name(self, kind: str, identity: str, *names: str) -> str:
        """Have one stand-in take the place of an id and of names; return it."""
        stand_in = self.stand_in(kind, identity)
        if _UUID.fullmatch(identity):
            self._ids[identity.lower()] = stand_in
        else:
            self.forbid(identity, stand_in)
        for one in names:
            self.forbid(one, stand_in)
        return stand_in

    def forbid(self, value: str, stand_in: str = TEXT) -> None:
        """Take this out wherever it stands, and any three words in a row of it."""
        words = words_of(value)
        if len(words) <= GRAM:
            grams: Iterable[tuple[str, ...]] = (tuple(words),) if words else ()
        else:
            grams = zip(*(words[start:] for start in range(GRAM)), strict=False)
        for gram in grams:
            if gram in self._met and not self._is_plain(gram):
                self._forbidden.setdefault(gram, stand_in)

    def forbid_secrets(self, values: Iterable[str]) -> None:
        """Take these out letter by letter too; each of their words that is long enough, alone."""
        kept = [value for value in values if value]
        self._redactor.register(kept)
        for value in kept:
            self.forbid(value, MASK)
            for word in words_of(value):
                if len(word) >= 2 * LEAST:
                    self.forbid(word, MASK)

    def forbid_person(self) -> None:
        """Take out who is logged in here, and what this machine is called."""
        for name in {_user(), Path.home().name}:
            self.forbid(name, "‹user›")
        self.forbid(socket.gethostname(), "‹machine›")
        self.forbid(socket.gethostname().split(".")[0], "‹machine›")

    def _is_plain(self, gram: tuple[str, ...]) -> bool:
        if len(gram) > 1:
            return all(word in self._spoken or _NUMBER.fullmatch(word) for word in gram)
        return len(gram[0]) < LEAST or gram[0] in self._spoken or bool(_NUMBER.fullmatch(gram[0]))

    def clean(self, text: str) -> str:
        """Return the text without what belongs to somebody."""
        text = self._redactor.clean(text)
        text = text.replace(self._home, "~") if len(self._home) > 1 else text
        text = _UUID.sub(lambda found: self._ids.get(found[0].lower(), "‹id›"), text)
        text = "".join(self._without(text))
        text = _LINK.sub(self._link, text)
        text = _MAIL.sub(lambda found: self.stand_in("address", found[0]), text)
        text = _WINDOWS.sub(_path, text)
        text = _UNIX.sub(_path, text)
        text = _ADDRESS.sub(lambda found: found[0] if found[0] in _LOOPBACK else self.stand_in("host", found[0]), text)
        text = _HOST.sub(self._host, text)
        text = _OPAQUE.sub("‹opaque›", text)
        text = _QUOTED.sub(self._quoted, text)
        return _FOREIGN.sub(TEXT, text)

    def _without(self, text: str) -> Iterator[str]:
        """Yield the text in pieces, what is forbidden replaced."""
        spans = [(found.start(), found.end(), found[0].casefold()) for found in _WORD.finditer(text)]
        done, place = 0, 0
        while place < len(spans):
            size, stand_in = self._found_at(spans, place)
            if not size:
                place += 1
                continue
            end = place + size
            while end < len(spans):  # what overlaps or follows at once belongs to it
                more = max(
                    (self._found_at(spans, start)[0] + start - end for start in range(place, end + 1)), default=0
                )
                if more <= 0:
                    break
                end += more
            yield text[done : spans[place][0]]
            yield stand_in
            done, place = spans[end - 1][1], end
        yield text[done:]

    def _found_at(self, spans: list[tuple[int, int, str]], place: int) -> tuple[int, str]:
        for size in range(GRAM, 0, -1):
            stand_in = self._forbidden.get(tuple(word for _, _, word in spans[place : place + size]))
            if stand_in is not None and place + size <= len(spans):
                return size, stand_in
        return 0, ""

    def _link(self, found: re.Match[str]) -> str:
        host, _, rest = found[2].partition("/")
        bare = host.rpartition("@")[2]
        if bare.rpartition(":")[0] in _LOOPBACK or bare in _LOOPBACK:
            return f"{found[1]}://{bare}{'/…' if rest else ''}"
        return f"{found[1]}://{self.stand_in('host', bare)}{'/…' if rest else ''}"

    def _host(self, found: re.Match[str]) -> str:
        labels = found[0].casefold().split(".")
        if labels[0] in _OURS or labels[-1] in _SUFFIXES:
            return found[0]
        return self.stand_in("host", found[0])

    def _quoted(self, found: re.Match[str]) -> str:
        inside = next(part for part in found.groups() if part is not None)
        plain = all(word in self._spoken or _NUMBER.fullmatch(word) for word in words_of(inside))
        return found[0] if plain or "‹" in inside or inside.startswith("…/") else f"{found[0][0]}{TEXT}{found[0][-1]}"


def _path(found: re.Match[str]) -> str:
    """Keep the part of a path that is the program's own."""
    parts = re.split(r"[\\/]", found[0])
    for mark in ("site-packages", "lib"):
        if mark in parts:
            tail = parts[parts.index(mark) + 1 :]
            return "…/" + "/".join(tail[-4:])
    for place, part in enumerate(parts):
        if part in _OURS and parts[-1].endswith(".py"):
            return "…/" + "/".join(parts[place:])
    return "‹path›"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user in this container
        return os.environ.get("USER", "")
