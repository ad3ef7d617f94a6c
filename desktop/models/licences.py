"""What the product is made with, and under which licences: read from what is installed, when somebody looks."""

import importlib.metadata as metadata
import re
import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

PRODUCT: Final = "watchkeeper"
PACKAGE: Final = "Everything in this package"
_PACKAGED: Final = "THIRD-PARTY-LICENSES.txt"
"""Made with a package, from what is really inside, by ``packaging/makers/licences.py``."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TEXTS: Final = re.compile(r"(^|/)(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
_KNOWN: Final = {"LGPL-3.0": ("LGPL-3.0", "GPL-3.0"), "GPL-3.0": ("GPL-3.0",), "Apache-2.0": ("Apache-2.0",)}
"""Licences whose text is the same for everybody, and which of ours it is: not every library brings it along."""


@dataclass(frozen=True)
class Licence:
    """One library. ``kind`` is what its authors say, such as ``MIT``; ``page`` its home, empty when it names none."""

    name: str
    version: str
    kind: str
    page: str


def libraries() -> list[Licence]:
    """Return Python and every installed library that the product needs, by name. Takes a tenth of a second."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    found = [Licence("Python", python, "PSF-2.0", "https://www.python.org/")]
    wanted, seen = [PRODUCT], {_key(PRODUCT)}
    by_key = {_key(one.name): one for one in metadata.distributions() if one.name}
    while wanted:
        one = by_key.get(_key(wanted.pop()))
        if one is None:
            continue
        if _key(one.name) != PRODUCT:
            found.append(_licence(one))
        for need in one.requires or []:
            name = _NAME.match(need)
            if name is not None and "extra ==" not in need and _key(name[0]) not in seen:
                seen.add(_key(name[0]))
                wanted.append(name[0])
    if len(found) == 1:  # a package that was made without the product's own metadata
        found += [_licence(one) for one in by_key.values() if _key(one.name) != PRODUCT]
    found.append(Licence("Lucide (icons)", "", "ISC", "https://lucide.dev/"))
    if _document(_PACKAGED):
        found.append(Licence(PACKAGE, "", "", ""))
    return sorted(found, key=lambda one: one.name.casefold())


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _licence(one: metadata.Distribution) -> Licence:
    said = one.metadata
    kind = _first(said, "License-Expression")
    if not kind:
        rows = [row for row in said.get_all("Classifier") or [] if row.startswith("License ::")]
        kind = ", ".join(row.rpartition("::")[2].strip() for row in rows)
        plain = _first(said, "License").strip()
        first = plain.splitlines()[0] if plain else ""
        kind = first if first and len(first) < 80 else kind
    pages = [row.partition(",")[2].strip() for row in said.get_all("Project-URL") or []]
    page = _first(said, "Home-page") or next((url for url in pages if url.startswith("https://")), "")
    return Licence(one.name, one.version, kind or "?", page if page != "UNKNOWN" else "")


def _first(said: metadata.PackageMetadata, name: str) -> str:
    return str((said.get_all(name) or [""])[0])


def text_of(licence: Licence) -> str:
    """Return the full texts that come with a library; of the well-known licences our copy where it brings none."""
    if licence.name == "Python":
        return _python()
    if licence.name.startswith("Lucide"):
        return resources.files("resources.icons").joinpath("LICENSE-LUCIDE").read_text(encoding="utf-8")
    if licence.name == PACKAGE:
        return _document(_PACKAGED)
    texts = []
    for file in metadata.distribution(licence.name).files or []:
        # What lies beside the code may be named "licence" too; what is meant lies with the metadata.
        if ".dist-info/" in str(file) and _TEXTS.search(str(file)):
            try:
                texts.append(Path(str(file.locate())).read_text(encoding="utf-8", errors="replace").strip())
            except OSError:
                continue
    if not texts:
        known = ["PyWinRT"] if licence.name.lower().startswith("winrt-") else []
        known += [name for kind, names in _KNOWN.items() if kind in licence.kind for name in names]
        texts = [_ours(name) for name in known]
        texts = list(dict.fromkeys(texts))
    return f"\n\n{'—' * 40}\n\n".join(texts)


def _ours(name: str) -> str:
    return resources.files("resources.licences").joinpath(f"{name}.txt").read_text(encoding="utf-8")


def _python() -> str:
    base = Path(sys.base_prefix)
    for folder in (base, base / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"):
        for name in ("LICENSE.txt", "LICENSE"):
            try:
                return (folder / name).read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
    return sys.copyright


def own_licence() -> str:
    """Return the product's own licence."""
    return _document("LICENSE")


def changelog() -> str:
    """Return what changed, as text: marks of the format taken away, lines joined that were only broken to fit."""
    return render(_document("CHANGELOG.md"))


def _document(name: str) -> str:
    """A package holds it among the resources; a checkout at its top."""
    folder = resources.files("resources")
    for place in (folder.joinpath(name), folder.joinpath("..").joinpath(name)):
        try:
            return place.read_text(encoding="utf-8")
        except OSError:
            continue
    return ""


def render(markdown: str) -> str:
    """Return the text of a plain Markdown document."""
    lines: list[str] = []
    open_line = False
    for raw in markdown.splitlines():
        line = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", raw.rstrip()).replace("`", "").replace("**", "")
        heading = re.match(r"(#+)\s+(.*)", line)
        if heading is not None:
            if lines and lines[-1]:
                lines.append("")
            title = re.sub(r"[\[\]]", "", heading[2])
            lines.append(title.upper() if len(heading[1]) < 3 else title)
        elif line.startswith(("- ", "* ")):
            lines.append(f"• {line[2:]}")
        elif line.strip() and open_line:
            lines[-1] += f" {line.strip()}"
            continue
        else:
            lines.append(line.strip())
        open_line = bool(line.strip()) and heading is None
    return "\n".join(lines).strip() + "\n"
