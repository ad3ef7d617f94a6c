"""Makes the icons of the window from the Lucide set (ISC licence): ``python -m uv run python packaging/make_icons.py``.

An icon that is wanted is one line here: its name in the window and its name in the set. ``--check`` changes nothing and
ends with 1 when an icon is not what this makes. The set comes with the development package ``lucide``.
"""

import argparse
import re
import sys
import zipfile
from importlib import resources
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"
OWN = frozenset({"app", "app_mask", "chevron", "chosen", "ticked"})
"""Drawn for this program: its mark, and what the style sheet shows in boxes of its own sizes."""
STROKE = "1.75"
"""Line width of 24: at 18 pixels lines stay thinner than letters."""

ICONS = {
    # pages
    "overview": "layout-dashboard",
    "inbox": "inbox",
    "accounts": "users",
    "workers": "server",
    "jobs": "square-terminal",
    "schedules": "calendar-clock",
    "statistics": "chart-column",
    "rules": "list-filter",
    "alerts": "triangle-alert",
    "logs": "scroll-text",
    "settings": "settings",
    # sections of the settings
    "about": "info",
    "advanced": "wrench",
    "health": "activity",
    "language": "languages",
    "proxies": "waypoints",
    "quiet": "moon",
    "storage": "database",
    # what can be done
    "assign": "arrow-left-right",
    "close": "x",
    "copy": "copy",
    "done": "check",
    "edit": "pencil",
    "export": "upload",
    "follow": "arrow-down-to-line",
    "import": "download",
    "lock": "lock",
    "more": "ellipsis",
    "open": "external-link",
    "pause": "pause",
    "pin": "pin",
    "play": "play",
    "plus": "plus",
    "read": "mail-open",
    "refresh": "refresh-cw",
    "search": "search",
    "snooze": "alarm-clock",
    "stop": "square",
    "trash": "trash-2",
    "unread": "mail",
    # things and states
    "bell": "bell",
    "error": "circle-x",
    "group": "folder",
    "key": "key-round",
    "muted": "bell-off",
    "plug": "plug",
    "warning": "triangle-alert",
    # kinds of items
    "kind_change": "file-diff",
    "kind_comment": "message-square",
    "kind_direct_message": "message-circle",
    "kind_entry": "rss",
    "kind_line": "terminal",
    "kind_mail": "mail",
    "kind_mention": "at-sign",
    "kind_system": "info",
}


def render(source: str) -> str:
    """Return an icon of the set on one line, in our line width."""
    inner = re.sub(r"\s+", " ", source[source.index(">", source.index("<svg")) + 1 : source.rindex("</svg>")]).strip()
    inner = inner.replace("> <", "><").replace(" />", "/>")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="{STROKE}" stroke-linecap="round" stroke-linejoin="round">{inner}</svg>\n'
    )


def make() -> dict[str, str]:
    """Return the content of every icon by its name. Raises ``KeyError`` for one that the set does not have."""
    with resources.as_file(resources.files("lucide").joinpath("lucide.zip")) as path, zipfile.ZipFile(path) as archive:
        return {name: render(archive.read(f"{icon}.svg").decode()) for name, icon in ICONS.items()}


def faults() -> list[str]:
    """Return what differs between the folder and what this makes."""
    there = {file.stem: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.svg")}
    made = make()
    wrong = [f"{name}.svg is not what packaging/make_icons.py makes" for name in made if there.get(name) != made[name]]
    strange = sorted(there.keys() - made.keys() - OWN)
    return wrong + [f"{name}.svg has no line in packaging/make_icons.py" for name in strange]


def main() -> int:
    """Write the icons, or check them."""
    parser = argparse.ArgumentParser(description="Makes the icons of the window from the Lucide set.")
    parser.add_argument("--check", action="store_true", help="change nothing; say what differs")
    if parser.parse_args().check:
        found = faults()
        print("\n".join(found), file=sys.stderr)
        return 1 if found else 0
    for name, content in make().items():
        (FOLDER / f"{name}.svg").write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
