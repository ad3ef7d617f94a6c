"""Words from outside on one line: for menus and notices, which no person styled and no code may."""

JOINERS = "\u200c\u200d"
"""Invisible, but part of the words: of emoji that belong together, and of scripts such as Persian."""


def one_line(words: str, most: int) -> str:
    """Return ``words`` without line breaks, control characters and marks of direction, cut to ``most`` characters."""
    kept = "".join(one if one.isprintable() or one in JOINERS else " " for one in words)
    line = " ".join(kept.split())
    return line if len(line) <= most else line[: most - 1] + "…"
