"""Scales of values: how far they reach, and which values have a line and a name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10

HEADROOM = 1.15
"""The scale reaches so many times as far as the highest value."""
MOST_ABOVE = 2
"""Named values above zero."""
DURATIONS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18_000, 43_200, 86_400)
"""Seconds between two values that read as round: halves and fifths of minutes, hours, days."""
Words = Callable[[float], str]
"""Says a value with its unit."""


@dataclass(frozen=True)
class Scale:
    """From zero to ``top``; ``grid``: values with a line, ``named``: those of them that are written too."""

    top: float
    grid: tuple[float, ...]
    named: tuple[float, ...]


def nice_top(value: float) -> float:
    """Return the next round number that is not below a value: 1, 2, 3, 4, 5, 6, 8, 10, 20 …; 1 for nothing."""
    if value <= 1:
        return 1.0
    power = 10 ** floor(log10(value))
    return float(next(step * power for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * power >= value))


def halved(highest: float, _words: Words) -> Scale:
    """Return a scale up to a round number, with a line at its half."""
    top = nice_top(highest)
    return Scale(top, (0.0, top / 2, top), (0.0, top))


def rounded(highest: float, words: Words, steps: Sequence[float] = ()) -> Scale:
    """Return a scale with room above the highest value, and two or three round values that read differently.

    ``steps``: distances of them that are round in the value's unit, ascending; without, or beyond: 1, 2, 5, 10 …
    """
    top = highest * HEADROOM if highest > 0 else 1.0
    first = 10.0 ** (floor(log10(top)) - 1)
    usual = [first * ten * step for ten in (1, 10) for step in (1, 2, 5)]
    marks: tuple[float, ...] = (0.0, top)
    for step in (*(float(one) for one in steps), *usual):
        count = floor(top / step + 1e-9)
        if 1 <= count <= MOST_ABOVE:
            marks = tuple(round(step * position, 12) for position in range(count + 1))
            if len({words(value) for value in marks}) == len(marks):
                break
    return Scale(top, marks, marks)
