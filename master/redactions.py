"""Secrets do not reach a log: known values, and what looks like one, are replaced before a line is written."""

import re
from collections.abc import Iterable
from typing import Final

MASK: Final = "‹secret›"
SHORTEST: Final = 6
"""A shorter value would tear innocent words apart."""

_NAMES: Final = r"pass(?:word|wd|phrase)?|token|secret|api[_-]?key|client[_-]?secret|authorization|cookie"
_PATTERNS: Final = (
    # Authorization: Bearer abc
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {MASK}"),
    # https://name:password@host
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}://)[^\s/@:]{0,200}:[^\s/@]{1,200}@"), rf"\1{MASK}@"),
    # password=abc, "token": "abc"
    (
        re.compile(
            rf"""(?i)\b((?:{_NAMES})["']?\s{{0,4}}[:=]\s{{0,4}}["']?)(?!‹)(?!bearer\b|basic\b)[^\s"',;&}}]{{3,}}"""
        ),
        rf"\1{MASK}",
    ),
)


class Redactor:
    """Knows values that must not be seen. Safe to use from any thread."""

    def __init__(self) -> None:
        self._values: frozenset[str] = frozenset()
        self._known: re.Pattern[str] | None = None

    def register(self, values: Iterable[str]) -> None:
        """Add values; those too short to be told from words are left out."""
        self._values |= {value for value in values if len(value) >= SHORTEST}
        if self._values:
            # The longest first, else a value within another would leave its rest behind.
            longest_first = sorted(self._values, key=len, reverse=True)
            self._known = re.compile("|".join(map(re.escape, longest_first)))

    def clean(self, line: str) -> str:
        """Return ``line`` without secrets."""
        if self._known is not None:
            line = self._known.sub(MASK, line)
        for pattern, replacement in _PATTERNS:
            line = pattern.sub(replacement, line)
        return line
