"""Windows: a setup program for one user, made by NSIS, on any system that has ``makensis``."""

from pathlib import Path
from typing import Final

from makers.contexts import IDENTIFIER, Context, PackagingError
from makers.shortcuts import property_block
from makers.windows_resources import FOLDER, ICON, four_numbers

PROGRAMS: Final = ("watchkeeper.exe", "watchkeeper-cli.exe", "_internal")
HINT: Final = "it comes with NSIS (Debian: apt install nsis; Windows: winget install NSIS.NSIS)"
TARGET: Final = "amd64-unicode"
"""Debian's NSIS makes a setup program of 64 bits; where there is none, one of 32 bits installs the same."""


def make(context: Context) -> list[Path]:
    """Make ``Watchkeeper-VERSION-windows-x64.exe``. Raises :class:`PackagingError`."""
    bundle = windows_bundle(context)
    out = context.dist / f"Watchkeeper-{context.version}-windows-x64.exe"
    makensis = context.tool("makensis", HINT)
    work = context.work / "nsis"
    work.mkdir(parents=True, exist_ok=True)
    context.dist.mkdir(parents=True, exist_ok=True)
    properties = work / "properties.bin"
    properties.write_bytes(property_block(IDENTIFIER))
    defines = {
        "VERSION": context.version,
        "VERSION_NUMBERS": ".".join(str(number) for number in four_numbers(context.version)),
        "BUNDLE": str(bundle),
        "SIZE_KB": str(size_kb(bundle)),
        "IDENTIFIER": IDENTIFIER,
        "PROPERTIES": str(properties),
        "LICENSE": str(context.root / "LICENSE"),
        "ICON": str(ICON),
        "OUT": str(out),
    }
    flags = [f"-D{name}={value}" for name, value in defines.items()]
    target = [f"-XTarget {TARGET}"] if has_target(context, makensis) else []
    context.run(
        makensis, "-V2", "-WX", "-INPUTCHARSET", "UTF8", *target, *flags, FOLDER / "watchkeeper.nsi", cwd=FOLDER
    )
    return [out]


def windows_bundle(context: Context) -> Path:
    """Return the built program for Windows: ``--set windows-bundle=FOLDER``, or what was built here.

    Raises :class:`PackagingError` when something is missing in it.
    """
    given = context.settings.get("windows-bundle")
    bundle = Path(given).resolve() if given else context.demand_bundle()
    for name in (*PROGRAMS, f"keeper-{context.version}/watchkeeper-keeper.exe"):
        if not (bundle / name).exists():
            raise PackagingError(
                f"{bundle} has no {name}: a package for Windows needs the program as it is built on Windows. "
                "Give its folder as --set windows-bundle=FOLDER."
            )
    return bundle


def size_kb(bundle: Path) -> int:
    """Return how much room the program takes, in KiB, for the list of installed programs."""
    return sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file()) // 1024


def has_target(context: Context, makensis: str) -> bool:
    """Return whether this NSIS can make a setup program of 64 bits."""
    symbols = context.run(makensis, "-HDRINFO")
    place = next((line.partition("=")[2] for line in symbols.replace(",", "\n").split() if "NSISDIR" in line), "")
    folders = [Path(place)] if place else [Path("/usr/share/nsis"), Path(makensis).resolve().parent]
    return any((folder / "Stubs" / f"lzma_solid-{TARGET}").is_file() for folder in folders)
