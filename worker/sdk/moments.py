"""Moments as people and programs write them."""

import email.utils
from datetime import UTC, datetime


def moment(words: str) -> int | None:
    """Return a time in UTC milliseconds, None for what is none."""
    words = words.strip()
    try:
        number = float(words)
    except ValueError:
        return _dated(words)
    # Seconds reach 10^11 in the year 5138.
    milliseconds = number if abs(number) >= 1e11 else number * 1000
    return round(milliseconds) if 0 < milliseconds < 1e15 else None


def _dated(words: str) -> int | None:
    for parse in (datetime.fromisoformat, email.utils.parsedate_to_datetime):
        try:
            made = parse(words)
            return round((made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp() * 1000)
        except (ValueError, TypeError, OverflowError):
            continue
    return None
