"""Spans of time, and the choice between two languages."""

from collections.abc import Callable

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000

Say = Callable[[str, str], str]
"""Picks the words of the language out of English and Chinese."""
