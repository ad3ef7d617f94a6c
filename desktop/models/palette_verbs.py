"""What is done and with what, typed in one line: ``pause news``, ``restart local-1``, ``暂停新闻``."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from desktop.models.palettes import CJK_FROM, Candidate, Entry, Fits, best, fitting

OPEN: Final = "open"
"""The verb that every row obeys by being chosen."""
MOST: Final = 8
"""Rows that are offered for what was typed."""
LOOKED_AT: Final = 24
"""The best objects that are asked whether they can do it: an account that is paused cannot be paused."""
SHORTEST, SHORTEST_LAST = 2, 3
"""Letters of a verb by which it is known before its object, and behind it."""


class VerbWords(NamedTuple):
    """``name``: as :class:`~desktop.models.palettes.Verb` has it; ``kinds`` of rows that may know it.

    ``phrases`` are what a person may type for it, case-folded, in any language.
    """

    name: str
    kinds: tuple[str, ...]
    phrases: tuple[str, ...]


class Wish(NamedTuple):
    """Verbs that may be meant, and the words for their object."""

    verbs: tuple[VerbWords, ...]
    rest: tuple[str, ...]


def wish_of(words: Sequence[str], verbs: Sequence[VerbWords]) -> Wish | None:
    """Return what may be wanted by these words (case-folded); None when they begin and end with no verb."""
    for read in (_before, _behind):
        found: dict[tuple[str, ...], list[VerbWords]] = {}
        for verb in verbs:
            for rest in {rest for phrase in verb.phrases for rest in read(words, phrase)}:
                found.setdefault(rest, []).append(verb)
        if found:
            rest = min(found, key=lambda one: sum(map(len, one)))  # the verb that takes most of what was typed
            return Wish(tuple(found[rest]), rest)
    return None


def _before(words: Sequence[str], phrase: str) -> Iterator[tuple[str, ...]]:
    if phrase[0] >= CJK_FROM and words[0].startswith(phrase) and words[0] != phrase:
        yield (words[0].removeprefix(phrase), *words[1:])
    taken, least = 0, 1 if phrase[0] >= CJK_FROM else SHORTEST
    for token, word in zip(phrase.split(), words, strict=False):
        if not token.startswith(word) or (not taken and len(word) < least):
            break
        taken += 1
    if 0 < taken < len(words):
        yield tuple(words[taken:])


def _behind(words: Sequence[str], phrase: str) -> Iterator[tuple[str, ...]]:
    last = words[-1]
    if phrase[0] >= CJK_FROM and last.endswith(phrase) and last != phrase:
        yield (*words[:-1], last.removesuffix(phrase))
    if len(words) > 1 and phrase.startswith(last) and (last[0] >= CJK_FROM or len(last) >= SHORTEST_LAST):
        yield tuple(words[:-1])


class VerbFinder:
    """Finds the objects; who types on looks only among what fitted before."""

    def __init__(self, verbs: Sequence[VerbWords] = ()) -> None:
        self._verbs = verbs
        self._kept: tuple[frozenset[str], str, list[Candidate]] = (frozenset(), "", [])

    def rows(self, words: Sequence[str], among: Sequence[Candidate], recent: Sequence[str]) -> list[Entry]:
        """Return what can be done of what the words say, the best first."""
        wish = wish_of(words, self._verbs)
        if wish is None:
            return []
        kinds = frozenset(kind for verb in wish.verbs for kind in verb.kinds)
        names = [verb.name for verb in wish.verbs]
        found: list[Entry] = []
        for one in best(self._fitting(wish.rest, kinds, among), recent, LOOKED_AT):
            entry = one.make(one.key)
            if entry is not None:
                found += _doings(entry, names)
            if len(found) >= MOST:
                break
        return found[:MOST]

    def _fitting(self, rest: tuple[str, ...], kinds: frozenset[str], among: Sequence[Candidate]) -> Fits:
        """Thousands of them are told by their kind once, and not for each letter."""
        query = " ".join(rest)
        of, before, kept = self._kept
        if of != kinds or not before or not query.startswith(before):
            kept = [one for one in among if one.key.partition(":")[0] in kinds]
        fits = fitting(rest, kept)
        self._kept = (kinds, query, fits.ones)
        return fits


def _doings(entry: Entry, names: Sequence[str]) -> Iterator[Entry]:
    """Return the rows that do one of these with what an entry shows, as far as it can be done now."""
    if OPEN in names:
        yield entry
    for verb in entry.more() if set(names) != {OPEN} else ():
        if verb.name in names:
            title = f"{verb.title.removesuffix('…')}: {entry.title}"
            yield replace(entry, title=title, act=verb.act, icon="play", keys=verb.keys, more=tuple)
