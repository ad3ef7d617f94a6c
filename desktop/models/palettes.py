"""What the command palette offers, ranked: plain data and one list model, which asks nobody and draws nothing.

Candidates are three strings and a number each, so that ten thousand of them are looked through within a few
milliseconds; the row that a person sees is made only for those that are shown.
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal

from desktop.models.rows import AnyIndex, ObjectRole
from desktop.words import CELL_LENGTH, Face, cut_line

MOST = 60
"""Rows that are shown: more are found by typing on."""
RECENT = 12
"""Choices that are remembered."""
LONGEST = 100
"""Characters of a query that are looked at."""
MATCHED = 200
"""Characters of a title that are looked in: a longer one is no name."""

EXACT, START, WORD, INSIDE, INITIALS, DETAIL, LOOSE = 120, 100, 80, 60, 50, 30, 12
IN_TURN = 5
RECENT_BONUS = 25
LENGTHS, PLACES = 1024, 1 << 24
"""More than any title has letters, and than there are candidates: with them a rank is one whole number."""
CJK_FROM = "\u2e80"
"""From here on a text has no spaces between its words: any place is the beginning of one."""


def begun_words(query: str) -> str:
    """Return what the master is asked while somebody types: the last word may go on, unless a space or a sign ends it.

    What is left out (``-word``) and what stands in quotes is asked for as it stands.
    """
    words = query.strip()
    last = words.rpartition(" ")[2]
    open_end = bool(last) and not query[-1].isspace() and last[-1].isalnum()
    return f"{words}*" if open_end and not last.startswith("-") and '"' not in query else words


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One thing that can be done with a row beside opening it."""

    title: str
    act: Callable[[], object]
    keys: str = ""
    name: str = ""
    """The same in every language, by which it is found together with the row: ``pause``."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of the palette. ``key`` is the same at the next start: ``account:0192…``, ``page:inbox``."""

    key: str
    kind: str
    """The kind in words: ``Account``."""
    title: str
    act: Callable[[], object]
    detail: str = ""
    face: Face | None = None
    """How it stands: shape and word."""
    icon: str = ""
    keys: str = ""
    """Its shortcut as the platform writes it."""
    more: Callable[[], tuple[Verb, ...]] = tuple
    """Tells what else can be done with it, once somebody asks."""

    def said(self) -> str:
        """Return the row in words, for those who hear it."""
        state = self.face.word if self.face is not None else ""
        return ", ".join(part for part in (self.title, self.kind, state, self.detail, self.keys) if part)


class Candidate(NamedTuple):
    """What a row is found by: case-folded texts, and how much its kind counts against others (0 to 9)."""

    key: str
    title: str
    detail: str
    weight: int
    make: Callable[[str], Entry | None]
    """Makes the row of a key; None when it is gone."""


def candidate(
    key: str, title: str, make: Callable[[str], Entry | None], *, detail: str = "", weight: int = 0
) -> Candidate:
    """Return a candidate for texts as they are written."""
    return Candidate(key, title[:MATCHED].casefold(), detail[:MATCHED].casefold(), weight, make)


def _begins_word(text: str, word: str) -> bool:
    """Whether ``word`` stands in ``text`` at the beginning of a word."""
    at = text.find(word)
    while at > 0:
        if not text[at - 1].isalnum() or text[at] >= CJK_FROM:
            return True
        at = text.find(word, at + 1)
    return at == 0


def _initials(text: str, word: str) -> bool:
    """Whether the words of ``text`` begin with the letters of ``word``: ``pa`` for ``pause all``."""
    parts = text.split()
    if len(parts) < len(word):
        return False
    return "".join(part[0] for part in parts).startswith(word)


def _in_order(text: str, word: str) -> bool:
    """Whether the letters of ``word`` stand in ``text`` in this order."""
    at = -1
    for letter in word:
        at = text.find(letter, at + 1)
        if at < 0:
            return False
    return True


def _in_turn(text: str, words: Sequence[str]) -> bool:
    """Whether the words stand in ``text`` in the order in which they were typed."""
    at = -1
    for word in words:
        at = text.find(word, at + 1)
        if at < 0:
            return False
    return True


def score(title: str, detail: str, words: Sequence[str]) -> int:
    """Return how well all words fit a title and a detail (all case-folded); 0: they do not."""
    whole = 0
    for word in words:
        if word in title:
            if title.startswith(word):
                found = EXACT if title == word else START
            else:
                found = WORD if _begins_word(title, word) else INSIDE
        elif detail and word in detail:
            found = DETAIL
        elif len(word) > 1 and _initials(title, word):
            found = INITIALS
        elif len(word) > 1 and _in_order(title, word):
            found = LOOSE
        else:
            return 0
        whole += found
    if not words:
        return 1
    return whole // len(words) + (IN_TURN if len(words) > 1 and _in_turn(title, words) else 0)


class Fits(NamedTuple):
    """Who fits, and how well: two lists side by side, so that ten thousand of them are no ten thousand objects."""

    points: list[int]
    ones: list[Candidate]


def fitting(words: Sequence[str], among: Iterable[Candidate]) -> Fits:
    """Return who fits all words, in the order given."""
    points: list[int] = []
    ones: list[Candidate] = []
    for one in among:
        if found := score(one.title, one.detail, words):
            points.append(found)
            ones.append(one)
    return Fits(points, ones)


def best(fits: Fits, recent: Sequence[str] = (), most: int = MOST) -> list[Candidate]:
    """Return the best first; what was chosen lately comes before what fits as well, and short names before long."""
    latest = {key: RECENT_BONUS + len(recent) - position for position, key in enumerate(recent)}
    ranks = (
        ((LENGTHS - points - one.weight - latest.get(one.key, 0)) * LENGTHS + len(one.title)) * PLACES + position
        for position, (points, one) in enumerate(zip(fits.points, fits.ones, strict=True))
    )
    return [fits.ones[rank % PLACES] for rank in heapq.nsmallest(most, ranks)]


def rank(query: str, among: Iterable[Candidate], recent: Sequence[str] = (), most: int = MOST) -> list[Candidate]:
    """Return the best fits for a query."""
    return best(fitting(query[:LONGEST].casefold().split(), among), recent, most)


def remembered(recent: Sequence[str], key: str) -> tuple[str, ...]:
    """Return the recent choices with ``key`` as the latest."""
    return (key, *(one for one in recent if one != key))[:RECENT]


Doing = Callable[[Sequence[str], Sequence[Candidate], Sequence[str]], list[Entry]]
"""Finds rows that do something with one of all there is, for the words that were typed and the recent choices."""


def nothing_to_do(_words: Sequence[str], _among: Sequence[Candidate], _recent: Sequence[str]) -> list[Entry]:
    """Offer nothing of this kind."""
    return []


def _is_command(one: Candidate) -> bool:
    return one.key.startswith(("action:", "page:"))


def _plain(title: str) -> str:
    """Two rows that say the same are one: ``Restart: local-1`` and ``Restart local-1``."""
    return title.replace(":", "").replace("：", "").replace(" ", "").casefold()


class PaletteModel(QAbstractListModel):
    """The rows for what is typed: candidates that fit and what can be done, then what the master found by its text."""

    filled = Signal()
    """Rows changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Entry] = []
        self.query = ""
        self.recent: tuple[str, ...] = ()
        self._first: list[Entry] = []
        self._source: Callable[[], list[Candidate]] = list
        self._all: list[Candidate] | None = None
        self._kept: tuple[str, list[Candidate]] = ("", [])
        self._found: list[Entry] = []
        self._doing: Doing = nothing_to_do

    def offer(
        self,
        first: list[Entry],
        source: Callable[[], list[Candidate]],
        recent: Sequence[str] = (),
        doing: Doing = nothing_to_do,
    ) -> None:
        """Show ``first`` while nothing is typed; ``source`` tells all there is once something is."""
        self._first, self._source, self.recent, self._doing = first, source, tuple(recent), doing
        self._all, self._kept, self._found = None, ("", []), []
        self.ask("")

    def gather(self) -> list[Candidate]:
        """Return all there is, asked for once."""
        if self._all is None:
            self._all = self._source()
        return self._all

    def ask(self, query: str) -> None:
        """Show what fits; what was found for another query leaves."""
        self.query, self._found = query, []
        self._show()

    def add_found(self, query: str, found: list[Entry]) -> None:
        """Add what the master found for a query; too late for it, it is dropped."""
        if query == self.query:
            self._found = found
            self._show()

    def show_verbs(self, entries: list[Entry]) -> None:
        """Show these rows alone: what can be done with one of them."""
        self._put(entries)

    def back(self) -> None:
        """Show again what fits the query."""
        self._show()

    def _show(self) -> None:
        words = self.query[:LONGEST].casefold().split()
        if not words:
            self._put(self._first[:MOST])
            return
        chosen = best(self._narrowed(words), self.recent)
        rows = [entry for one in chosen if (entry := one.make(one.key)) is not None]
        there = {row.key for row in rows}
        done = self._doing(words, self.gather(), self.recent)
        if done:  # before what only has these words somewhere, behind an action that is called so
            first = {one.key for one in chosen if _is_command(one) and score(one.title, one.detail, words) >= INITIALS}
            said = {_plain(row.title) for row in rows if row.key in first}
            leading = [row for row in rows if row.key in first]
            done = [row for row in done if _plain(row.title) not in said]
            shown = {(row.key, row.title) for row in (*leading, *done)}
            rows = [*leading, *done, *(row for row in rows if (row.key, row.title) not in shown)]
        self._put(rows + [row for row in self._found if row.key not in there])

    def _narrowed(self, words: list[str]) -> Fits:
        """Who types on looks only among what fitted before: more letters never fit more."""
        before, kept = self._kept
        query = " ".join(words)
        fits = fitting(words, kept if before and query.startswith(before) else self.gather())
        self._kept = (query, fits.ones)
        return fits

    def _put(self, rows: list[Entry]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()
        self.filled.emit()

    # -- Qt's own

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Rows that are shown."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The row itself, its title, or all of it in words."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ObjectRole:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return cut_line(row.title, CELL_LENGTH)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return cut_line(row.said(), CELL_LENGTH)
        return None
