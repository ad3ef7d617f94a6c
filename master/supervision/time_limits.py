"""Time limits of jobs as Slurm writes them, and back.

``30`` minutes · ``2:30`` minutes and seconds · ``1:30:00`` hours, minutes and seconds · ``2-12`` days and hours ·
``2-12:30`` · ``2-12:30:00``.
"""

import re
from typing import Final

from worker.protocol.texts import Text, text

LONGEST_SECONDS: Final = 366 * 86_400

_PLAIN: Final = re.compile(r"(\d{1,9})(?::(\d{1,2}))?", re.ASCII)
_HOURS: Final = re.compile(r"(\d{1,9}):(\d{1,2}):(\d{1,2})", re.ASCII)
_DAYS: Final = re.compile(r"(\d{1,9})-(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2}))?", re.ASCII)


class TimeLimitError(Exception):
    """What was written is no time limit. ``text`` says what is one."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.message)
        self.text = words


def parse(value: str | int) -> float:
    """Return the seconds of a time limit; a number counts minutes. Raises :class:`TimeLimitError`."""
    seconds = _seconds(str(value).strip())
    if seconds is None:
        raise TimeLimitError(text("time_limit_format"))
    if not 1 <= seconds <= LONGEST_SECONDS:
        raise TimeLimitError(text("time_limit_range", days=LONGEST_SECONDS // 86_400))
    return float(seconds)


def _seconds(value: str) -> int | None:
    if found := _PLAIN.fullmatch(value):
        minutes, seconds = (int(part or 0) for part in found.groups())
        return minutes * 60 + seconds if seconds < 60 else None
    if found := _HOURS.fullmatch(value):
        hours, minutes, seconds = (int(part) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds if minutes < 60 and seconds < 60 else None
    if found := _DAYS.fullmatch(value):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        if hours < 24 and minutes < 60 and seconds < 60:
            return days * 86_400 + hours * 3600 + minutes * 60 + seconds
    return None
