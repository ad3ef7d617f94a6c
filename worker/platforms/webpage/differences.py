"""The difference between two texts as a person reads it: ``−`` before what went, ``+`` before what came."""

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

MAX_SHOWN: Final = 200
"""Lines of a difference that are shown."""
MAX_LINE: Final = 500
_MAX_WINDOW: Final = 150
"""Between so many lines places are told apart; finding them takes the square of that."""


def difference(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return the lines that went and came, each with its mark; none when only their order changed."""
    begin = 0
    while begin < min(len(before), len(after)) and before[begin] == after[begin]:
        begin += 1
    end = 0
    while end < min(len(before), len(after)) - begin and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = before[begin : len(before) - end], after[begin : len(after) - end]
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if max(len(old), len(new)) > _MAX_WINDOW:
        return [*_marked("−", old, gone), *_marked("+", new, come)]
    told: list[str] = []
    for _, first, last, start, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        told += [*_marked("−", old[first:last], gone), *_marked("+", new[start:stop], come)]
    return told


def shown(lines: Sequence[str]) -> str:
    """Return a difference as text, bounded; what is left out is counted."""
    words = [line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}…" for line in lines[:MAX_SHOWN]]
    if rest := lines[MAX_SHOWN:]:
        come = sum(line.startswith("+") for line in rest)
        words.append(f"… +{come} −{len(rest) - come}")
    return "\n".join(words)


def headline(lines: Sequence[str]) -> str:
    """Return what says most of a difference in one line: the first line that came, else the first that went."""
    for line in lines:
        if line.startswith("+"):
            return line[2:]
    return lines[0] if lines else ""


def _marked(mark: str, lines: Sequence[str], left: Counter[str]) -> list[str]:
    """Return those of ``lines`` that are not on the other side too, taking them out of ``left``."""
    told = []
    for line in lines:
        if left[line] > 0:
            left[line] -= 1
            told.append(f"{mark} {line}")
    return told
