"""What Linux desktops and shells find of the program: entry, metadata, icons, manual, completions, service."""

import gzip
import shutil
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from makers.contexts import IDENTIFIER, Context

NAME: Final = "watchkeeper"
ENTRY: Final = f"{NAME}.desktop"
"""As the window says of itself (``setDesktopFileName``): docks join window and entry by it."""
COMPLETIONS: Final = {
    f"{NAME}.bash": f"bash-completion/completions/{NAME}",
    f"_{NAME}": f"zsh/vendor-completions/_{NAME}",
    f"{NAME}.fish": f"fish/vendor_completions.d/{NAME}.fish",
}
"""File in ``packaging/linux/completions`` → where shells look for it below ``share``."""


def lay_out(context: Context, prefix: Path) -> None:
    """Put everything below ``prefix`` (``usr``), where the standards of freedesktop.org look for it."""
    source, share = context.root / "packaging" / "linux", prefix / "share"
    _copy(source / ENTRY, share / "applications" / ENTRY)
    (share / "metainfo").mkdir(parents=True, exist_ok=True)
    (share / "metainfo" / f"{IDENTIFIER}.metainfo.xml").write_bytes(metainfo(context))
    for icon in sorted((source / "icons").rglob("*")):
        if icon.is_file():
            _copy(icon, share / "icons" / icon.relative_to(source / "icons"))
    manual = source / f"{NAME}.1"
    if manual.is_file():
        pages = share / "man" / "man1"
        pages.mkdir(parents=True, exist_ok=True)
        (pages / f"{NAME}.1.gz").write_bytes(packed(manual.read_bytes()))
    for name, target in COMPLETIONS.items():
        if (source / "completions" / name).is_file():
            _copy(source / "completions" / name, share / target)
    unit = context.root / "packaging" / "systemd" / f"{NAME}.service"
    if unit.is_file():
        _copy(unit, prefix / "lib" / "systemd" / "user" / unit.name)


def metainfo(context: Context) -> bytes:
    """Return the metadata with this release in it."""
    builder = ElementTree.TreeBuilder(insert_comments=True)
    path = context.root / "packaging" / "linux" / f"{IDENTIFIER}.metainfo.xml"
    component = ElementTree.fromstring(path.read_bytes(), ElementTree.XMLParser(target=builder))  # our own file
    day = datetime.fromtimestamp(context.epoch, UTC).date().isoformat()
    releases = ElementTree.SubElement(component, "releases")
    kind = "development" if any(letter.isalpha() for letter in context.version) else "stable"
    ElementTree.SubElement(releases, "release", {"version": context.version, "date": day, "type": kind})
    homepage = context.settings.get("homepage", "")
    if homepage:
        ElementTree.SubElement(component, "url", {"type": "homepage"}).text = homepage
    ElementTree.indent(component)
    text: bytes = ElementTree.tostring(component, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def packed(content: bytes) -> bytes:
    """Return it as gzip, the same bytes at every time."""
    return gzip.compress(content, 9, mtime=0)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
