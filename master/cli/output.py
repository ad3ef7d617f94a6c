"""Tables for people, JSON for programs."""

import json
import shutil
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import click
import msgspec

GAP = "  "


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the parameter ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)


def print_json(value: Any) -> None:
    """Print ``value`` (builtins or structs) as indented JSON, characters as they are."""
    print(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2))


def print_error(error: click.ClickException, *, as_json: bool) -> None:
    """Print what went wrong on stderr: a sentence, or ``{"error": {code, message, fields}}`` for programs."""
    if not as_json:
        error.show()
        return
    refusal = getattr(error, "refusal", None)
    usage = isinstance(error, click.UsageError)
    told = {
        "code": refusal.code if refusal is not None else "ERR_USAGE" if usage else "ERR_FAILED",
        "message": refusal.message if refusal is not None else error.format_message(),
        "fields": dict(refusal.fields) if refusal is not None else {},
    }
    print(json.dumps({"error": told}, ensure_ascii=False, indent=2), file=sys.stderr)


def print_table(titles: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
    """Print aligned columns, the widest cut so that a line fits the terminal; ``empty`` when there is no row."""
    if not rows:
        print(empty)
        return
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(width(line[column]) for line in [list(titles), *cells]) for column in range(len(titles))]
    if sys.stdout.isatty():
        room = shutil.get_terminal_size().columns
        while sum(widths) + len(GAP) * (len(widths) - 1) > room and max(widths) > 12:
            widths[widths.index(max(widths))] -= 1
    for line in [list(titles), *cells]:
        parts = [pad(fit(cell, limit), limit) for cell, limit in zip(line, widths, strict=True)]
        print(GAP.join(parts).rstrip())


def print_fields(pairs: Sequence[tuple[str, str]]) -> None:
    """Print ``name  value`` lines."""
    limit = max(width(name) for name, _ in pairs)
    for name, value in pairs:
        print(f"{pad(name, limit)}{GAP}{one_line(value)}".rstrip())


def print_text(value: str) -> None:
    """Print several lines of somebody else's text: it must not steer the terminal."""
    print("\n".join(_harmless(line.replace("\t", "    ")) for line in value.splitlines()))


def _harmless(line: str) -> str:
    return "".join(" " if unicodedata.category(character) in {"Cc", "Cf"} else character for character in line)


def one_line(value: str) -> str:
    """Return ``value`` on one line, without control characters (a server's text must not steer the terminal)."""
    return " ".join(_harmless(value).split())


def width(value: str) -> int:
    """Return the number of terminal cells of ``value``: East Asian wide characters take two."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in value
    )


def fit(value: str, limit: int) -> str:
    """Return ``value`` cut to ``limit`` cells, with an ellipsis where something is missing."""
    if width(value) <= limit:
        return value
    kept = ""
    used = 0
    for character in value:
        cells = width(character)
        if used + cells > limit - 1:
            break
        kept += character
        used += cells
    return kept + "…"


def pad(value: str, limit: int) -> str:
    """Return ``value`` filled with spaces to ``limit`` cells."""
    return value + " " * (limit - width(value))


def ago(at: int | None) -> str:
    """Return how long ago ``at`` (UTC ms) was, in one unit: ``4 s``, ``2 min``, ``3 h``, ``5 d``; ``–`` for None."""
    if at is None:
        return "–"
    return span((time.time_ns() // 1_000_000 - at) / 1000)


def span(seconds: float) -> str:
    """Return a span of time in one unit."""
    seconds = max(0, int(seconds))
    for limit, size, unit in [(60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h")]:
        if seconds < limit:
            return f"{seconds // size} {unit}"
    return f"{seconds // 86_400} d"


def clock(at: int) -> str:
    """Return ``at`` (UTC ms) in local time to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at / 1000))
