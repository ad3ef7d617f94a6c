"""The rules that ``codesign`` and the notary have for a bundle, checked file by file; and what completes a bundle."""

import os
import plistlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from makers.mac_infos import EXECUTABLE, KEEPER, MINIMUM, WORDS, info_plist, strings
from makers.machos import Slice, read_slices

CODE: Final = ("MacOS", "Frameworks", "PlugIns", "Helpers", "XPCServices", "Library")
"""Folders of ``Contents`` in which ``codesign`` takes every file for code."""
TOP: Final = frozenset({"Info.plist", "PkgInfo", "Resources", "_CodeSignature", "CodeResources", *CODE})
BUNDLES: Final = frozenset({".app", ".framework", ".bundle", ".xpc", ".plugin"})
_WORDS: Final = "InfoPlist.strings"
MARKED_NEWER: Final = re.compile(r"(^|/)(PySide6/[^/]+|shiboken6/[^/]+|lib(pyside6|shiboken6)[^/]+)$")
"""Bindings of Qt, whose wheels promise macOS 13: built without saying so, they are marked for the builder's macOS 15.
What those in use ask of the system (the symbols of 6.11.3 were read) is in macOS 12."""


def complete(app: Path) -> None:
    """Write what the builder does not: the words of the system's questions, per language."""
    for language in WORDS:
        folder = app / "Contents" / "Resources" / f"{language}.lproj"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _WORDS).write_text(strings(language), encoding="utf-8")


def faults(app: Path, version: str, machine: str | None = None) -> list[str]:
    """Return what is wrong with a bundle, one sentence each; nothing when it can be signed and given away.

    ``machine`` (``arm64`` or ``x86_64``): all code must have a part for it.
    """
    contents = app / "Contents"
    if not contents.is_dir():
        return [f"{app.name} is no bundle: it has no Contents"]
    found = [*_info(contents, version), *_programs(contents, version)]
    found += [f"Contents/{path.name} has no place in a bundle" for path in contents.iterdir() if path.name not in TOP]
    for path in sorted(contents.rglob("*")):
        name = path.relative_to(app).as_posix()
        if path.is_symlink():
            found += _link(app, path, name)
        elif path.is_dir():
            found += _folder(contents, path, name)
        elif path.is_file():
            keeper = path.is_relative_to(contents / keeper_folder(version))
            found += _file(contents, path, name, machine, code_here=keeper or _in_code(contents, path))
    return found


def code_files(app: Path) -> list[tuple[Path, bool]]:
    """Return the Mach-O files below ``app`` and whether each is a program; deepest first, the main program last.

    This is the order of signing: a seal covers the seals inside, so whatever is inside is sealed before.
    """
    main = app / "Contents" / "MacOS" / EXECUTABLE
    found = [
        (path, slices[0].kind == "executable")
        for path in app.rglob("*")
        if not path.is_symlink() and path.is_file() and (slices := read_slices(path))
    ]
    return sorted(found, key=lambda one: (one[0] == main, one[1], -len(one[0].parts), str(one[0])))


def frameworks(app: Path) -> list[Path]:
    """Return the versions of frameworks below ``app``, deepest first: each is sealed as a whole after its code."""
    found = [path for path in app.rglob("*.framework/Versions/*") if path.is_dir() and not path.is_symlink()]
    return sorted(found, key=lambda path: (-len(path.parts), str(path)))


def _info(contents: Path, version: str) -> Iterator[str]:
    try:
        info: dict[str, Any] = plistlib.loads((contents / "Info.plist").read_bytes())
    except (OSError, plistlib.InvalidFileException, ValueError) as error:
        yield f"Info.plist cannot be read: {error}"
        return
    for key, value in info_plist(version).items():
        if info.get(key) != value:
            yield f"Info.plist says {info.get(key)!r} for {key} instead of {value!r}"
    icon = str(info.get("CFBundleIconFile", ""))
    if icon and not (contents / "Resources" / icon).is_file():
        yield f"Resources/{icon} is missing"
    for language in WORDS:
        if not (contents / "Resources" / f"{language}.lproj" / _WORDS).is_file():
            yield f"Resources/{language}.lproj/{_WORDS} is missing"


def keeper_folder(version: str) -> str:
    """Return where the keeper of jobs lies, below ``Contents``."""
    return f"Resources/keeper-{version}"


def _programs(contents: Path, version: str) -> Iterator[str]:
    for name in (f"MacOS/{EXECUTABLE}", f"{keeper_folder(version)}/{KEEPER}"):
        path = contents / name
        if not path.is_file():
            yield f"{name} is missing"
        elif not os.access(path, os.X_OK):
            yield f"{name} may not be run"


def _link(app: Path, path: Path, name: str) -> Iterator[str]:
    target = path.readlink()
    if target.is_absolute():
        yield f"{name} is a link to {target}, which is outside"
    elif not path.exists():
        yield f"{name} is a link to {target}, which is not there"
    elif not path.resolve().is_relative_to(app.resolve()):
        yield f"{name} is a link that leads out of the bundle"


def _in_code(contents: Path, path: Path) -> bool:
    return path.relative_to(contents).parts[0] in CODE


def _in_bundle(contents: Path, path: Path) -> bool:
    """Whether a bundle inside the bundle holds it: that one has rules of its own."""
    return any(Path(part).suffix in BUNDLES for part in path.relative_to(contents).parts[:-1])


def _folder(contents: Path, path: Path, name: str) -> Iterator[str]:
    inner = path.suffix in BUNDLES or _in_bundle(contents, path)
    if "." in path.name and not inner and path.parent != contents and _in_code(contents, path):
        yield f"{name}: codesign takes a folder with a dot in its name for a bundle"


def _file(contents: Path, path: Path, name: str, machine: str | None, *, code_here: bool) -> Iterator[str]:
    try:
        slices = read_slices(path)
    except (OSError, ValueError) as error:
        yield f"{name} cannot be read: {error}"
        return
    if slices:
        yield from _code(slices, name, machine)
        if not code_here:
            yield f"{name} is code: it belongs into Frameworks or MacOS"
    elif path.parent != contents and _in_code(contents, path) and not _in_bundle(contents, path):
        yield f"{name} is data: it belongs into Resources"


def _code(slices: list[Slice], name: str, machine: str | None) -> Iterator[str]:
    if machine and machine not in {one.machine for one in slices}:
        yield f"{name} has no code for {machine}"
    for one in slices:
        looked_at = machine is None or one.machine == machine
        if looked_at and one.minimum and _numbers(one.minimum) > _numbers(MINIMUM) and not MARKED_NEWER.search(name):
            yield f"{name} needs macOS {one.minimum}, the program promises {MINIMUM}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
