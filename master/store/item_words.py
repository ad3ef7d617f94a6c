"""Texts as words for the index of items, and what a person types as a question to it. Pure.

SQLite's tokenizer splits where there are spaces, so it finds no words in Chinese, Japanese and Korean. Runs of these
are written as every character and every pair of neighbours, in order: of 天气好 the words 天 天气 气 气好 好. Any part
of a run is then a phrase: 天气好 is asked for as "天气 气 气好".
"""

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from worker.protocol.states import ItemKind

WORDS_VERSION: Final = "1"
"""Goes up with every change of what is written: an index of another version is made anew."""

# Letters of scripts without spaces; marks and the middle dot are left to the tokenizer, which splits there.
_RUN: Final = re.compile("([々〇〡-〩ぁ-ゖゝ-ゟァ-ヺー-ヿ㐀-䶿一-鿿豈-﫿가-힣\U00020000-\U000323af]+)")
_TERM: Final = re.compile(r'(-?)(?:(author):)?(?:"([^"]*)"?|(\S+))', re.IGNORECASE)
_TEXTS: Final = "{title text author}"
_LONGEST: Final = 64
"""Most terms of one question."""
_SHORTEST_PREFIX: Final = 3
"""A shorter beginning is a whole word: too many words begin with it."""


def indexed(value: str) -> str:
    """Return ``value`` as it is written into the index."""
    if value.isascii():
        return value
    return _RUN.sub(_spread, unicodedata.normalize("NFKC", value))


def facets(account_id: str, kind: ItemKind | str) -> str:
    """Return the words by which an item's account and kind are found within the same index."""
    return f"{account_facet(account_id)} {kind_facet(kind)}"


@lru_cache(4096)
def account_facet(account_id: str) -> str:
    """Return the word of an account."""
    return "a" + hashlib.blake2b(account_id.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def kind_facet(kind: ItemKind | str) -> str:
    """Return the word of a kind."""
    return "k" + str(kind).replace("_", "")


class Question(NamedTuple):
    """What is looked for: all of ``wanted`` and none of ``unwanted``, as expressions of the index."""

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    hopeless: bool = False
    """Something was asked for that has no letter and no digit: nothing is found."""

    @property
    def asks(self) -> bool:
        """Tell whether it restricts anything."""
        return bool(self.wanted or self.unwanted or self.hopeless)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What asks for beginnings of words."""
        return tuple(one for one in (*self.wanted, *self.unwanted) if one.endswith("*"))

    def without(self, expressions: Sequence[str]) -> "Question":
        """Return the same without some of it: all that fits the question fits this too, and more."""
        return self._replace(
            wanted=tuple(one for one in self.wanted if one not in expressions),
            unwanted=tuple(one for one in self.unwanted if one not in expressions),
        )


def question(typed: str, author: str = "") -> Question:
    """Return what ``typed`` (and an author) asks for. Whatever it is, it is no error.

    ``word``, ``"a phrase"``, ``begin*`` (three letters or more), ``-without``, ``author:name``; all terms must hold.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    hopeless = False
    for minus, field, phrase, word in _TERM.findall(typed)[:_LONGEST]:
        value, prefix = phrase, False
        if word:
            value = word.replace('"', "")
            prefix = value.endswith("*")
        expression = _expression(value.strip("*"), prefix)
        if not expression:
            # A sign alone, as while one is typing, asks for nothing; any other is not in the index.
            hopeless = hopeless or bool(not minus and value.strip(' "*-:'))
            continue
        column = "author" if field else _TEXTS
        (unwanted if minus else wanted).append(f"{column} : {expression}")
    for part in author.split()[:_LONGEST]:
        expression = _expression(part.strip('*"'), part.endswith("*"))
        hopeless = hopeless or not expression
        if expression:
            wanted.append(f"author : {expression}")
    return Question(tuple(wanted), tuple(unwanted), hopeless)


def _spread(run: re.Match[str]) -> str:
    return f" {' '.join(_pieces(run[0]))} "


def _pieces(run: str) -> list[str]:
    pieces = [run[0]]
    for before, after in itertools.pairwise(run):
        pieces += (before + after, after)
    return pieces


def _expression(value: str, prefix: bool) -> str:
    """Return a phrase of the index for some text as it stands in an item, empty where it has no word."""
    parts = [part for part in _RUN.split(unicodedata.normalize("NFKC", value)) if any(map(str.isalnum, part))]
    words: list[str] = []
    for number, part in enumerate(parts):
        if not _RUN.fullmatch(part):
            # What the tokenizer has for a separator need not be told from words here.
            words.append(part.replace('"', " ").replace("\x00", " "))
            continue
        pieces = _pieces(part)
        if len(part) > 1:
            # It may go on in the item at either end; where another word follows, it does not.
            pieces = pieces[1 if number == 0 else 0 : -1 if number == len(parts) - 1 else None]
        words += pieces
    if not words:
        return ""
    open_end = prefix and len(parts[-1]) >= _SHORTEST_PREFIX and not _RUN.fullmatch(parts[-1])
    return f'"{" ".join(words)}"' + ("*" if open_end else "")
