"""Which packages of the distribution the built program needs: computed from its own libraries, as Debian's tools do."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from makers.contexts import Context, PackagingError

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
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9+.-]+")


def programs(bundle: Path) -> Iterator[Path]:
    """Yield every program and library of the bundle."""
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def depends(context: Context, bundle: Path, work: Path) -> list[str]:
    """Return the relations of the field Depends, sorted. ``work``: a folder that may be written to."""
    tool = context.tool("dpkg-shlibdeps", "install dpkg-dev")
    # The tool wants the source of a package around it.
    (work / "debian").mkdir(parents=True, exist_ok=True)
    (work / "debian" / "control").write_text("Source: watchkeeper\n\nPackage: watchkeeper\nArchitecture: any\n")
    found = list(programs(bundle))
    if not found:
        raise PackagingError(f"{bundle} has no program in it.")
    private = sorted({f"-l{path.parent}" for path in found if ".so" in path.name})
    # What comes along needs no package; what the tool does not know is one of those.
    printed = context.run(tool, "-O", "--ignore-missing-info", "--warnings=0", *private, *found, cwd=work)
    relations = read_relations(printed)
    named = {_NAME.match(relation).group() for relation in relations}  # type: ignore[union-attr] # read by it
    return sorted([*relations, *(name for name in (*LOADED_BY_NAME, *DEMANDED) if name not in named)])


def read_relations(printed: str) -> list[str]:
    """Return the relations in what ``dpkg-shlibdeps -O`` printed."""
    for line in printed.splitlines():
        name, _, value = line.partition("=")
        if name == "shlibs:Depends":
            relations = [relation.strip() for relation in value.split(",") if relation.strip()]
            if relations and all(_NAME.match(relation) for relation in relations):
                return relations
    raise PackagingError("dpkg-shlibdeps did not say what the program needs.")
