"""Under which licences the built program is given away: checked, and their texts put beside it."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from makers.contexts import Context, PackagingError
from makers.inventories import Part, take

NAME: Final = "THIRD-PARTY-LICENSES.txt"
PLACE: Final = f"resources/{NAME}"
"""In the bundle; ``desktop/models/licences.py`` shows it."""

SPOKEN: Final = {
    "apache 2.0": "Apache-2.0", "apache software license": "Apache-2.0", "mit license": "MIT", "apache 2": "Apache-2.0",
    "license :: osi approved :: mit license": "MIT", "python software foundation license": "PSF-2.0",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0", "bsd 2-clause license": "BSD-2-Clause",
}  # fmt: skip
"""What authors say that is no SPDX expression → the one that they mean."""
READ: Final = {
    "colorama": "BSD-3-Clause", "cronsim": "BSD-3-Clause", "imapclient": "BSD-3-Clause", "segno": "BSD-3-Clause",
    "pyasn1-modules": "BSD-2-Clause",
}  # fmt: skip
"""Libraries that name a family or nothing: what their text is. A new one is read, then stands here."""
DEBIAN: Final = {
    "expat": "MIT", "mit": "MIT", "x11": "X11", "isc": "ISC", "zlib": "Zlib", "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause", "bsd-2-clauses": "BSD-2-Clause", "apache-2.0": "Apache-2.0", "mpl-2.0": "MPL-2.0",
    "lgpl-2": "LGPL-2.0-only", "lgpl-2+": "LGPL-2.0-or-later", "lgpl-2.0+": "LGPL-2.0-or-later",
    "lgpl-2.1": "LGPL-2.1-only", "lgpl-2.1+": "LGPL-2.1-or-later", "lgpl-3+": "LGPL-3.0-or-later",
    "gpl-2": "GPL-2.0-only", "gpl-2+": "GPL-2.0-or-later", "gpl-3": "GPL-3.0-only", "gpl-3+": "GPL-3.0-or-later",
    "libpng": "Libpng", "ftl": "FTL", "public-domain": "", "afl-2.1": "AFL-2.1",
}  # fmt: skip
"""Debian's short names → SPDX."""
ALLOWED: Final = frozenset({
    *("MIT", "MIT-0", "MIT-CMU", "X11", "ISC", "Zlib", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0"),
    *("CNRI-Python", "CC0-1.0", "MPL-2.0", "Unicode-3.0", "Libpng", "FTL", "HPND", "blessing", "AFL-2.1"),
    *("LGPL-2.0-only", "LGPL-2.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later"),
    *("LGPL-3.0-only", "LGPL-3.0-or-later"),
    *("GPL-2.0-or-later WITH Bootloader-exception", "GPL-3.0-or-later WITH GCC-exception-3.1"),
})  # fmt: skip
"""What a free program may be given away with; LGPL because its libraries lie beside the program as files."""
LIBRARIES_OF: Final = {
    # Under the GPL with an exception for programs like ours.
    **dict.fromkeys(("libgcc-s1", "libstdc++6", "libgfortran5"), "GPL-3.0-or-later WITH GCC-exception-3.1"),
    # The first paragraph of their text tells of programs that are not in them; this is said of the library.
    **dict.fromkeys(("libblkid1", "libmount1"), "LGPL-2.1-or-later"),
    "libkeyutils1": "LGPL-2.0-or-later",
    "libuuid1": "BSD-3-Clause",
    "libcom-err2": "MIT",
    "libbrotli1": "MIT",
}
"""Packages of Debian whose text was read."""
REFUSED: Final = re.compile(r"^lib(readline|history|gdbm|gmp|qrencode)[\d.-]")
"""Under the GPL alone: a program with them inside would have to be under it too."""

HEADER: Final = """\
THIRD-PARTY SOFTWARE IN THIS PACKAGE

Watchkeeper itself is under the MIT licence. Its package carries the software listed here, each part under its own
licence; the texts follow. This file is made with the package, from what is really inside.

Qt, PySide6 and Shiboken are used under the GNU Lesser General Public License, version 3. They, and every other library
here that is under a version of the LGPL, are separate files of this package, which the program loads when it starts:
you may replace them by versions of your own that fit, and study and take apart what is here for that purpose.
Their source code, unchanged, is offered by those who make them:
  Qt {qt}        https://download.qt.io/official_releases/qt/
  PySide6 {qt}   https://download.qt.io/official_releases/QtForPython/pyside6/
  libraries of the system that the package was built on: by name and version in the archive of Debian or Ubuntu
The source code of parts under the Mozilla Public License is at the page that stands beside their names.
"""
_LINE: Final = "=" * 80


def spdx(part: Part) -> str:
    """Return the SPDX expression of a part, "" when only its text tells."""
    key = re.sub(r"[-_.]+", "-", part.name).lower()
    if part.kind == "deb":
        return _debian(part)
    if key in READ:
        return READ[key]
    said = part.licence.strip()
    return SPOKEN.get(said.lower(), said)


def _debian(part: Part) -> str:
    if part.name in LIBRARIES_OF:
        return LIBRARIES_OF[part.name]
    text = "".join(path.read_text(encoding="utf-8", errors="replace") for path in part.texts)
    first = re.search(r"^Files:[ \t]*\*[ \t]*\n(?:.*\n)*?License:[ \t]*(.+)$", text, re.MULTILINE)
    if first is None:
        return ""
    words = re.split(r"\s+(or|and)\s+", first[1].strip(), flags=re.IGNORECASE)
    known = [word.upper() if word.lower() in ("or", "and") else DEBIAN.get(word.lower(), "") for word in words]
    return " ".join(known) if all(known) else ""


def may_be_given(expression: str) -> bool:
    """Whether one of the choices of an SPDX expression is allowed in all its parts."""
    flat = expression.replace("(", " ").replace(")", " ")
    choices = (choice.split(" AND ") for choice in flat.split(" OR "))
    return any(all(" ".join(word.split()) in ALLOWED for word in choice) for choice in choices)


def faults(parts: Iterable[Part]) -> list[str]:
    """Return why the parts may not be given away together, one sentence each."""
    found = []
    for part in parts:
        expression = spdx(part)
        if part.kind == "deb" and REFUSED.match(part.name):
            found.append(f"{part.name} is under the GPL alone ({', '.join(part.files)}): leave it out.")
        elif expression and not may_be_given(expression):
            found.append(f"{part.name} {part.version} is under {expression}, which is not among the allowed licences.")
        elif not expression and part.kind == "pypi":
            found.append(f"{part.name} names no licence: read it and write it into packaging/makers/licences.py.")
        elif part.kind == "pypi" and not part.texts and not known_text(part):
            found.append(f"{part.name} brings no text of its licence, {expression}.")
    return found


def known_text(part: Part) -> list[str]:
    """Return our copies, in ``resources/licences``, of the texts of a part that brings none: Qt, Windows' runtime."""
    expression = spdx(part)
    if "LGPL-3.0" in expression:
        return ["LGPL-3.0", "GPL-3.0"]
    if part.name.lower().startswith("winrt-"):
        return ["PyWinRT"]
    return ["Apache-2.0"] if expression == "Apache-2.0" else []


def compose(parts: list[Part], root: Path) -> str:
    """Return the file: what is inside, then every text once."""
    qt = next((part.version for part in parts if part.name == "Qt"), "")
    rows = [
        f"  {part.name} {part.version}".rstrip() + f": {spdx(part) or 'see its text'}{_page(part)}" for part in parts
    ]
    texts: dict[str, list[str]] = {}
    for part in parts:
        for text in _texts(part, root):
            texts.setdefault(text, []).append(_title(part))
    sections = [f"{_LINE}\n{', '.join(dict.fromkeys(names))}\n{_LINE}\n\n{text}\n" for text, names in texts.items()]
    return "\n".join([HEADER.format(qt=qt), *rows, "", *sections])


def _title(part: Part) -> str:
    return f"{part.name} {part.version}".strip()


def _page(part: Part) -> str:
    return f" ({part.page})" if part.page else ""


def _texts(part: Part, root: Path) -> list[str]:
    paths = list(part.texts)
    if not paths:
        paths = [root / "resources" / "licences" / f"{name}.txt" for name in known_text(part)]
    if part.name == "Lucide icons":
        paths = [root / "resources" / "icons" / "LICENSE-LUCIDE"]
    return [path.read_text(encoding="utf-8", errors="replace").strip() for path in paths]


def write(context: Context, *folders: Path) -> None:
    """Put the texts into every folder of data of a bundle that is being built.

    Raises :class:`PackagingError` when something inside may not be given away.
    """
    parts = take(context)
    wrong = faults(parts)
    if wrong:
        raise PackagingError(
            "The program may not be given away like this:\n" + "\n".join(f"  {line}" for line in wrong)
        )
    text = compose(parts, context.root)
    for folder in folders:
        (folder / PLACE).write_text(text, encoding="utf-8", newline="\n")
