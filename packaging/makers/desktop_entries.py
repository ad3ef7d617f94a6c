"""What Linux desktops and shells find of the program: entry, metadata, icons, manual, completions, service."""

import gzip
import shutil
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from makers.contexts import IDENTIFIER, Context, PackagingError

NAME: Final = "watchkeeper"
ENTRY: Final = f"{NAME}.desktop"
"""As the window says of itself (``setDesktopFileName``): docks join window and entry by it."""
COMPLETIONS: Final = {
    NAME: f"bash-completion/completions/{NAME}",
    f"_{NAME}": f"zsh/vendor-completions/_{NAME}",
    f"{NAME}.fish": f"fish/vendor_completions.d/{NAME}.fish",
}
"""File in ``packaging/linux/completions`` → where shells look for it below ``share``."""


COMMAND: Final = "%h/.local/bin/watchkeeper"
"""How the unit starts the program where a person installed it."""


def lay_out(context: Context, prefix: Path, command: str | None = None) -> None:
    """Put everything below ``prefix`` (``usr``), where the standards of freedesktop.org look for it.

    ``command``: the path of the program, for the service; None: there is none.
    """
    source, share = context.root / "packaging" / "linux", prefix / "share"
    _copy(source / ENTRY, share / "applications" / ENTRY)
    (share / "metainfo").mkdir(parents=True, exist_ok=True)
    (share / "metainfo" / f"{IDENTIFIER}.metainfo.xml").write_bytes(metainfo(context))
    for icon in sorted((source / "icons").rglob("*")):
        if icon.is_file():
            _copy(icon, share / "icons" / icon.relative_to(source / "icons"))
    for page in sorted((source / "man").glob("*.1")):
        (share / "man" / "man1").mkdir(parents=True, exist_ok=True)
        (share / "man" / "man1" / f"{page.name}.gz").write_bytes(packed(page.read_bytes()))
    for name, target in COMPLETIONS.items():
        _copy(source / "completions" / name, share / target)
    if command is not None:
        unit = prefix / "lib" / "systemd" / "user" / f"{NAME}.service"
        unit.parent.mkdir(parents=True)
        unit.write_text(service(context, command), encoding="utf-8")


def service(context: Context, command: str) -> str:
    """Return the unit for a service of the user. Nobody's is switched on by this."""
    text = (context.root / "packaging" / "systemd" / f"{NAME}.service").read_text(encoding="utf-8")
    if COMMAND not in text:
        raise PackagingError(f"The unit of systemd does not start {COMMAND}.")
    return text.replace(COMMAND, command)


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
