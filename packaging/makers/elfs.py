"""Linux libraries of the built program: which nobody needs, and what only a debugger reads in the others."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from makers.contexts import Context

_NEEDED: Final = re.compile(r"^\s+NEEDED\s+(\S+)$", re.MULTILINE)
_LIBRARY: Final = re.compile(r"lib[^/]*\.so(\.\d+)*$")
_LOADED_BY_NAME: Final = re.compile(r"libpython|\.cpython-|\.abi3\.so$|/plugins/|/lib-dynload/")
"""What no other file names: the interpreter, extension modules, plug-ins of Qt."""
_UNTOUCHED: Final = re.compile(r"/PySide6/|/shiboken6/|\.libs/")
"""Moved about by those who made them; stripped already, and not to be rewritten once more."""


def slim(context: Context, folder: Path) -> None:
    """Take away libraries that came along with what was left out, and symbols that only a debugger reads."""
    objdump = context.tool("objdump", "install binutils")
    strip = context.tool("strip", "install binutils")
    files = {path: set(_NEEDED.findall(context.run(objdump, "-p", path))) for path in elf_files(folder)}
    for path in unneeded(files):
        for link in [link for link in folder.rglob(path.name) if link.is_symlink()]:
            link.unlink()
        path.unlink()
        del files[path]
    plain = [path for path in files if not _UNTOUCHED.search(path.as_posix())]
    context.run(strip, "--strip-unneeded", "--preserve-dates", *plain)


def elf_files(folder: Path) -> Iterator[Path]:
    """Yield every program and library."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def unneeded(files: dict[Path, set[str]]) -> list[Path]:
    """Return the libraries that nothing loads which stays itself. ``files``: path → names of what it needs."""
    left = dict(files)
    gone: list[Path] = []
    while True:
        needed = set[str]().union(*left.values())
        more = [
            path
            for path in left
            if _LIBRARY.match(path.name) and path.name not in needed and not _LOADED_BY_NAME.search(path.as_posix())
        ]
        if not more:
            return gone
        gone += more
        for path in more:
            del left[path]
