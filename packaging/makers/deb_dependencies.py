"""Which packages of the distribution the built program needs: computed from what its own files link."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from makers.contexts import Context, PackagingError
from makers.elfs import elf_files

LOADED_BY_NAME: Final = ("libdbus-1-3", "libegl1", "libgl1", "libfontconfig1", "libxkbcommon0")
"""Qt loads them when it needs them; some builds of it link them besides."""
DEMANDED: Final = ("ca-certificates",)
"""Without it no server can be trusted."""
RECOMMENDED: Final = (
    "gnome-keyring | kwalletmanager | keepassxc",  # passwords
    "notification-daemon | gnome-shell | plasma-workspace | mako-notifier",
    "xdg-utils",  # links of items open in the browser
    "fonts-dejavu-core | fonts-noto-core | fonts-liberation",
)
SUGGESTED: Final = ("fonts-noto-cjk",)
_NEEDED: Final = re.compile(r"\(NEEDED\)\s+Shared library: \[(.+?)\]")
_GLIBC: Final = re.compile(r"Name: GLIBC_([0-9]+)\.([0-9]+)")
_CACHED: Final = re.compile(r"^\s+(\S+) \(.*\) => (\S+)$", re.MULTILINE)


def depends(context: Context, bundle: Path) -> list[str]:
    """Return the relations of the field Depends, sorted."""
    reader = context.tool("readelf", "install binutils")
    found = list(elf_files(bundle))
    if not found:
        raise PackagingError(f"{bundle} has no program in it.")
    needed, glibc = read_needs(context.run(reader, "--dynamic", "--version-info", "--wide", *found))
    outside = needed - {path.name for path in found}
    owners = set(owners_of(context, outside))
    named = {f"libc6 (>= {glibc[0]}.{glibc[1]})" if name == "libc6" else name for name in owners}
    return sorted(named | {*LOADED_BY_NAME, *DEMANDED})


def read_needs(printed: str) -> tuple[set[str], tuple[int, int]]:
    """Return the libraries and the newest version of glibc that files need, as ``readelf`` printed it."""
    versions = [(int(major), int(minor)) for major, minor in _GLIBC.findall(printed)]
    return set(_NEEDED.findall(printed)), max(versions, default=(2, 0))


def owners_of(context: Context, libraries: Iterable[str]) -> Iterator[str]:
    """Yield the packages of this machine that libraries are from; raises :class:`PackagingError` for one of none."""
    printed = context.run(context.tool("ldconfig", "add /usr/sbin to PATH"), "-p")
    paths: dict[str, str] = {}
    for name, path in _CACHED.findall(printed):
        paths.setdefault(name, path)
    for library in sorted(libraries):
        path = paths.get(library)
        if path is None:
            raise PackagingError(f"{library} is needed, but neither in the bundle nor on this machine.")
        yield owner_of(context, Path(path))


def owner_of(context: Context, path: Path) -> str:
    """Return the package that a file is from. Since /usr was merged, dpkg may know it by its older path."""
    real = path.resolve()
    for known in (path, real, Path(str(real).removeprefix("/usr")), Path(f"/usr{path}")):
        try:
            return context.run("dpkg-query", "--search", known).partition(":")[0]
        except PackagingError:
            continue
    raise PackagingError(f"{path} is from no package of this machine: build where all libraries are from packages.")
