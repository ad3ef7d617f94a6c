"""Tables for people, JSON for programs."""

import json
import os
import re
import shutil
import sys
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TextIO

import click
import msgspec

NARROWEST = 12
"""Columns are not cut further, however narrow the terminal is."""
SHORT_ID = 8
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TONES = {
    **dict.fromkeys(("ok", "running", "online", "COMPLETED", "on", "success"), "green"),
    **dict.fromkeys(("checking", "starting", "RUNNING", "PENDING", "pending", "waiting"), "cyan"),
    **dict.fromkeys(("paused", "stale", "stopping", "warn", "warning", "CANCELLED", "cancelling", "held"), "yellow"),
    **dict.fromkeys(
        ("login_needed", "unreachable", "crashed", "error", "bad", "FAILED", "failed", "NOT OK", "offline"), "red"
    ),
}
"""Colours of words that say a state."""
BEATS = {"ok": "█", "warn": "▄", "bad": "✗", "idle": "·"}
GAP = "  "


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the parameter ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)


def print_json(value: Any) -> None:
    """Print ``value`` (builtins or structs) as indented JSON, characters as they are."""
    print(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2))


def print_line(value: Any) -> None:
    """Print ``value`` as JSON on one line, at once: one of many that come in time."""
    print(json.dumps(msgspec.to_builtins(value), ensure_ascii=False), flush=True)


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


def leave_pipes() -> None:
    """Let no later flush meet the reader that has gone."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        null = os.open(os.devnull, os.O_WRONLY)
        try:
            stream.flush()
        except OSError:
            os.dup2(null, stream.fileno())
        finally:
            os.close(null)


def print_table(titles: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
    """Print aligned columns, the widest cut so that a line fits the terminal; ``empty`` when there is no row."""
    if not rows:
        print(empty)
        return
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(width(line[column]) for line in [list(titles), *cells]) for column in range(len(titles))]
    if is_terminal(sys.stdout):
        room = terminal_width() - len(GAP) * (len(widths) - 1)
        if sum(widths) > room:
            cells = [[_short_id(cell) for cell in line] for line in cells]
            widths = [max(width(line[column]) for line in [list(titles), *cells]) for column in range(len(titles))]
        while sum(widths) > room and max(widths) > NARROWEST:
            widths[widths.index(max(widths))] -= 1
    colored = colors(sys.stdout)
    for number, line in enumerate([list(titles), *cells]):
        parts = [_tinted(cell, limit, colored, number == 0) for cell, limit in zip(line, widths, strict=True)]
        click.echo(GAP.join(parts).rstrip(), color=colored)


def _tinted(cell: str, limit: int, colored: bool, title: bool) -> str:
    """Return a cell of the table, in the colour of the state that it says: what it says stands there as a word too."""
    shown = fit(cell, limit)
    space = " " * (limit - width(shown))
    if colored and shown and (title or cell in TONES):
        shown = click.style(shown, bold=True) if title else click.style(shown, fg=TONES[cell])
    return shown + space


def _short_id(cell: str) -> str:
    """Return the beginning of an id, by which it can be named as well."""
    return cell[:SHORT_ID] if UUID.fullmatch(cell) else cell


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person reads it."""
    return stream is not None and stream.isatty()


def terminal_width() -> int:
    """Return the columns of the terminal, at least 20."""
    return max(20, shutil.get_terminal_size().columns)


def colors(stream: TextIO | None) -> bool:
    """Whether colours may be written: to a terminal that knows them, unless ``NO_COLOR`` says no."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_fields(pairs: Sequence[tuple[str, str]]) -> None:
    """Print ``name  value`` lines; nothing is cut."""
    limit = max(width(name) for name, _ in pairs)
    for name, value in pairs:
        print(f"{pad(name, limit)}{GAP}{one_line(value)}".rstrip())


def print_beats(title: str, bars: Mapping[str, tuple[str, Sequence[Any]]]) -> None:
    """Print heartbeat bars: by id a name and ticks, each with ``at``, ``ms`` and ``level``."""
    rows = [
        [name, "".join(BEATS.get(beat.level, "·") for beat in ticks), f"{ticks[-1].ms} ms" if ticks else "–"]
        for name, ticks in bars.values()
    ]
    print_table([title, "Last ticks", "Last took"], rows, "Nothing was measured yet.")
    if rows:
        print("█ well  ▄ slow or odd  ✗ failed  · nothing done")


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
        0
        if unicodedata.category(character) in {"Mn", "Me"}
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
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
