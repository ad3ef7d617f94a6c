"""What really is inside the built program, and where each part came from: read from what the builder recorded."""

import ast
import json
import os
import platform
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from makers.contexts import Context, PackagingError

PROBE: Final = """
import importlib.metadata as metadata, json, os, platform, sqlite3, ssl, sys, zlib
rows = []
for one in metadata.distributions():
    files = [os.path.realpath(str(file.locate())) for file in one.files or []]
    said = one.metadata
    rows.append({
        "name": said["Name"], "version": said["Version"], "files": files,
        "expression": said.get("License-Expression") or "", "licence": said.get("License") or "",
        "classifiers": [row for row in said.get_all("Classifier") or [] if row.startswith("License ::")],
        "page": said.get("Home-page") or "", "pages": said.get_all("Project-URL") or [],
    })
found = {
    "python": platform.python_version(), "prefix": os.path.realpath(sys.base_prefix), "openssl": ssl.OPENSSL_VERSION,
    "sqlite": sqlite3.sqlite_version, "distributions": rows,
}
try:
    from PySide6.QtCore import qVersion
    found["qt"] = qVersion()
except ImportError:
    found["qt"] = ""
try:
    from cryptography.hazmat.backends.openssl.backend import backend
    found["cryptography_openssl"] = backend.openssl_version_text()
except ImportError:
    found["cryptography_openssl"] = ""
print(json.dumps(found))
"""
"""Run in the environment that the program was built in."""
NATIVE: Final = frozenset({"BINARY", "EXTENSION"})
CONTENTS: Final = NATIVE | {"PYMODULE", "DATA"}
PYTHON: Final = "CPython"
BUILDER: Final = "pyinstaller"
"""Itself not inside, but its loader."""
_OFFICIAL: Final = re.compile(r"OpenSSL (\d+\.\d+\.\d+\w*)")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One library inside. ``kind``: ``pypi``, ``deb``, ``python``, ``generic`` or ``file`` (nobody knows whose)."""

    kind: str
    name: str
    version: str
    licence: str = ""
    """As its authors say it."""
    page: str = ""
    texts: tuple[Path, ...] = ()
    """Files with its licences."""
    files: tuple[str, ...] = ()
    """Native files of it, as they are named in the bundle."""


@dataclass(kw_only=True)
class _Draft:
    modules: int = 0
    files: set[str] = field(default_factory=set)


def take(context: Context) -> list[Part]:
    """Return all parts, by kind and name. Raises :class:`PackagingError` when the program was not built here."""
    work = context.work / "bundle"
    record = work / "parts" / "product"
    python = work / "environment" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    tables = [*sorted(record.glob("COLLECT-*.toc")), *sorted(record.glob("PYZ-*.toc"))]
    if not tables or not python.exists():
        raise PackagingError("What is inside is known only where it was built: run packaging/make_installers.py build.")
    probe: dict[str, Any] = json.loads(context.run(python, "-c", PROBE))
    return sort_out([row for table in tables for row in rows(table)], probe, _packages(context))


def rows(table: Path) -> list[tuple[str, str, str]]:
    """Return name in the bundle, source and kind of every file that the builder recorded in ``table``."""
    found: list[tuple[str, str, str]] = []
    document = ast.literal_eval(table.read_text(encoding="utf-8"))
    for part in document:
        if isinstance(part, list):
            found += [(row[0], row[1] or "", row[2]) for row in part if isinstance(row, tuple) and len(row) >= 3]
    return found


Owners = Any
"""Paths → path → (package, version, file of its licences)."""


def sort_out(found: Iterable[tuple[str, str, str]], probe: Mapping[str, Any], owners: Owners) -> list[Part]:
    """Return whose each file is. ``owners`` answers for files of the system."""
    of_file = {path: row["name"] for row in probe["distributions"] for path in row["files"]}
    drafts: dict[str, _Draft] = {}
    strangers: dict[str, str] = {}
    prefix = probe["prefix"] + os.sep
    for name, source, kind in found:
        if kind not in CONTENTS or ".dist-info" in name:  # what is told of a library is not the library
            continue
        real = os.path.realpath(source)
        owner = of_file.get(real) or (PYTHON if real.startswith(prefix) else None)
        if owner is None:
            if kind in NATIVE:
                strangers[name] = source
            continue
        draft = drafts.setdefault(owner, _Draft())
        if kind in NATIVE:
            draft.files.add(name)
        else:
            draft.modules += 1
    by_name = {row["name"]: row for row in probe["distributions"]}
    parts = [
        _distribution(by_name[name], draft) for name, draft in drafts.items() if name in by_name and name != BUILDER
    ]
    python = drafts.get(PYTHON, _Draft())
    parts.append(_python(probe, python))
    parts += _inside(probe, by_name, drafts)
    parts += _system(strangers, owners(list(strangers.values())))
    return sorted(parts, key=lambda part: (part.kind, part.name.lower(), part.version))


def _distribution(row: Mapping[str, Any], draft: _Draft) -> Part:
    said = row["expression"] or row["licence"].strip()
    if not said or "\n" in said or len(said) > 100:
        said = ", ".join(word.rpartition("::")[2].strip() for word in row["classifiers"])
    pages = [url.partition(",")[2].strip() for url in row["pages"]]
    page = row["page"] or next((url for url in pages if url.startswith("https://")), "")
    meant = re.compile(r"\.dist-info/(.*/)?(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
    texts = tuple(sorted(Path(path) for path in row["files"] if meant.search(path.replace(os.sep, "/"))))
    return Part(
        kind="pypi", name=row["name"], version=row["version"], licence=said, page=page if page != "UNKNOWN" else "",
        texts=texts, files=tuple(sorted(draft.files)),
    )  # fmt: skip


def _python(probe: Mapping[str, Any], draft: _Draft) -> Part:
    base = Path(probe["prefix"])
    short = ".".join(probe["python"].split(".")[:2])
    places = [base / "LICENSE.txt", base / "lib" / f"python{short}" / "LICENSE.txt", base / "LICENSE"]
    return Part(
        kind="python", name=PYTHON, version=probe["python"], licence="PSF-2.0", page="https://www.python.org/",
        texts=tuple(path for path in places if path.is_file())[:1], files=tuple(sorted(draft.files)),
    )  # fmt: skip


def _inside(probe: Mapping[str, Any], by_name: Mapping[str, Any], drafts: Mapping[str, _Draft]) -> list[Part]:
    """What is built into parts and has a version of its own that weaknesses are reported for."""
    found = []
    builder = by_name.get(BUILDER)
    if builder is not None:
        texts = tuple(Path(path) for path in builder["files"] if path.endswith("COPYING.txt"))
        found.append(("PyInstaller bootloader", builder["version"], "GPL-2.0-or-later WITH Bootloader-exception",
                      "https://pyinstaller.org/", texts))  # fmt: skip
    if probe["qt"] and any(name.lower().startswith("pyside6") for name in drafts):
        found.append(("Qt", probe["qt"], "LGPL-3.0-only", "https://www.qt.io/", ()))
    for holder, said in ((PYTHON, probe["openssl"]), ("cryptography", probe["cryptography_openssl"])):
        version = _OFFICIAL.match(said)
        if version is not None and holder in drafts:
            found.append(("OpenSSL", version[1], "Apache-2.0", "https://openssl-library.org/", ()))
    if PYTHON in drafts:
        found.append(("SQLite", probe["sqlite"], "blessing", "https://sqlite.org/", ()))
    found.append(("Lucide icons", "", "ISC", "https://lucide.dev/", ()))
    return [
        Part(kind="generic", name=name, version=version, licence=licence, page=page, texts=texts)
        for name, version, licence, page, texts in dict.fromkeys(found)
    ]


def _system(strangers: Mapping[str, str], owned: Mapping[str, tuple[str, str, Path | None]]) -> list[Part]:
    packages: dict[tuple[str, str], tuple[list[str], Path | None]] = {}
    parts = []
    for name, source in strangers.items():
        if source in owned:
            package, version, text = owned[source]
            packages.setdefault((package, version), ([], text))[0].append(name)
        else:
            parts.append(Part(kind="file", name=Path(source).name, version="", files=(name,)))
    for (package, version), (names, text) in packages.items():
        texts = (text,) if text is not None else ()
        parts.append(Part(kind="deb", name=package, version=version, texts=texts, files=tuple(sorted(names))))
    return parts


def _packages(context: Context) -> Owners:
    """Return who answers for files of the system: ``dpkg`` where there is one."""

    def owners(paths: list[str]) -> dict[str, tuple[str, str, Path | None]]:
        if platform.system() != "Linux" or not paths or not Path("/var/lib/dpkg/status").exists():
            return {}
        # A merged /usr has two names for each file, and dpkg knows one of them.
        asked = {name: path for path in paths for name in _names(path)}
        said = context.run("sh", "-c", 'dpkg-query --search "$@" 2>/dev/null || true', "sh", *asked)
        package_of = {}
        for line in said.splitlines():
            package, _, file = line.partition(": ")
            if file in asked:
                package_of[asked[file]] = package.split(",")[0].partition(":")[0]
        if not package_of:
            return {}
        listed = context.run(
            "dpkg-query", "--show", "--showformat=${Package} ${Version}\\n", *sorted(set(package_of.values()))
        )
        versions = dict(line.split(" ", 1) for line in listed.splitlines() if " " in line)
        return {path: (package, versions.get(package, ""), _copyright(package)) for path, package in package_of.items()}

    return owners


def _names(path: str) -> list[str]:
    real = os.path.realpath(path)
    names = {path, real, path.removeprefix("/usr"), real.removeprefix("/usr")}
    return sorted(names | {f"/usr{name}" for name in names if not name.startswith("/usr/")})


def _copyright(package: str) -> Path | None:
    path = Path("/usr/share/doc") / package / "copyright"
    return path if path.is_file() else None
