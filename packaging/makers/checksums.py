"""SHA-256 of everything in ``dist/``, as ``sha256sum --check`` reads it; and what the update check publishes.

``checksums`` writes ``SHA256SUMS`` and, with ``--set page=URL --set downloads=URL``, ``release.json``:
what ``packaging/sign_update.py sign`` signs. ``--set serial=N`` when it is not the first of its version.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from makers.contexts import Context, PackagingError
from makers.mac_infos import MINIMUM

NAME: Final = "SHA256SUMS"
RELEASE: Final = "release.json"
MONTHS: Final = 6
"""How long a release is current without anything new being published; after that the window says it knows nothing."""
GLIBC: Final = "2.35"
"""Of Ubuntu 22.04, where the Linux bundle is built."""
WINDOWS: Final = "10.0.17763"
"""Qt's oldest."""
_DAY_MS: Final = 24 * 3600 * 1000
_KINDS: Final = (
    # pattern, system, machine (None: the first group), kind
    (r"watchkeeper-.+-linux-(x86_64|arm64)\.tar\.xz", "linux", None, "tar"),
    (r"watchkeeper_.+_amd64\.deb", "linux", "x86_64", "deb"),
    (r"Watchkeeper-.+-(x86_64)\.AppImage", "linux", None, "appimage"),
    (r"Watchkeeper-.+-windows-x64\.exe", "windows", "x86_64", "exe"),
    (r"Watchkeeper-.+-windows-x64\.msi", "windows", "x86_64", "msi"),
    (r"Watchkeeper-.+-macos-(arm64|x86_64)\.dmg", "macos", None, "dmg"),
)


def make(context: Context) -> list[Path]:
    """Write the checksums, and what is to be signed when the release says where it is published."""
    files = listed(context.dist)
    if not files:
        raise PackagingError(f"There is nothing in {context.dist}: make the packages first.")
    sums = {path.name: sha256(path) for path in files}
    target = context.dist / NAME
    target.write_text(lines(sums), encoding="utf-8", newline="\n")
    made = [target]
    if context.settings.get("downloads"):
        release = context.dist / RELEASE
        document = json.dumps(describe(context, files, sums), ensure_ascii=False, indent=2) + "\n"
        release.write_text(document, encoding="utf-8", newline="\n")
        made.append(release)
    return made


def listed(dist: Path) -> list[Path]:
    """Return the files that are given to people, by name."""
    if not dist.is_dir():
        return []
    files = (path for path in dist.iterdir() if path.is_file() and path.name not in (NAME, RELEASE))
    return sorted((path for path in files if not path.name.startswith(".")), key=lambda path: path.name)


def lines(sums: dict[str, str]) -> str:
    """Return one line a file, as ``sha256sum --binary`` writes it."""
    for name in sums:
        if "\n" in name or "\\" in name:
            raise PackagingError(f"{name!r} cannot stand in a list of checksums.")
    return "".join(f"{sums[name]} *{name}\n" for name in sorted(sums))


def sha256(path: Path) -> str:
    """Return the sum of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def serial(version: str, more: int = 0) -> int:
    """Return a number that grows with the version, with room for 99 publications of each."""
    if re.fullmatch(r"\d{1,3}(\.\d{1,3}){2}", version) is None:
        raise PackagingError(f"{version} is no release: it takes three numbers, such as 1.4.0.")
    major, minor, patch = (int(part) for part in version.split("."))
    return ((major * 1000 + minor) * 1000 + patch) * 100 + 1 + more


def describe(context: Context, files: list[Path], sums: dict[str, str]) -> dict[str, Any]:
    """Return what the update check publishes, unsigned: ``master.api.updates.Release``."""
    base = context.settings["downloads"].rstrip("/")
    if not base.startswith("https://"):
        raise PackagingError(f"downloads={base} is no https address.")
    downloads = [
        {**kind, "url": f"{base}/{quote(path.name)}", "sha256": sums[path.name], "bytes": path.stat().st_size}
        for path in files
        if (kind := kind_of(path.name))
    ]
    released = context.epoch * 1000
    given = context.settings.get("serial", "0")
    if not given.isdecimal():
        raise PackagingError(f"serial={given} is no number.")
    return {
        "serial": serial(context.version, int(given)),
        "version": context.version,
        "released_at": released,
        "expires_at": released + MONTHS * 30 * _DAY_MS,
        "minimum": {"macos": MINIMUM, "linux": GLIBC, "windows": WINDOWS},
        "downloads": downloads,
        "page": context.settings.get("page", ""),
        "notes": {"en": notes((context.root / "CHANGELOG.md").read_text(encoding="utf-8"), context.version)},
    }


def kind_of(name: str) -> dict[str, str] | None:
    """Return system, machine and kind of a file of a release; None for what nobody installs."""
    for pattern, system, machine, kind in _KINDS:
        found = re.fullmatch(pattern, name)
        if found is not None:
            return {"system": system, "machine": machine or found[1], "kind": kind}
    return None


def notes(changelog: str, version: str) -> str:
    """Return the section of ``version``, plain, at most 8,000 characters. Raises when there is none."""
    found = re.search(rf"^## \[?{re.escape(version)}\]?.*?\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        raise PackagingError(f"CHANGELOG.md has no section for {version}: write one before the release.")
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", found[1]).replace("`", "").strip()
    return text if len(text) <= 8000 else text[:7990].rsplit("\n", 1)[0] + "\n…"
