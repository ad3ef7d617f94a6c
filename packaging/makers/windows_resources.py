"""What stands inside executables for Windows: version, manifest and icon. ``packaging/product.spec`` builds them in."""

import re
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent.parent / "windows"
ICON: Final = FOLDER / "watchkeeper.ico"
"""16 to 256 pixels; made by ``packaging/windows/make_icon.py``."""
MANIFEST: Final = FOLDER / "watchkeeper.manifest"
"""Paths of any length, UTF-8, a density for each screen, the rights of whoever starts it."""
PUBLISHER: Final = "Watchkeeper contributors"
PROGRAMS: Final = {
    "watchkeeper": "Watchkeeper",
    "watchkeeper-cli": "Watchkeeper command line",
    "watchkeeper-keeper": "Watchkeeper keeper of one job",
}
"""Executables by name without ``.exe``, and what the Task Manager calls them."""
PART: Final = 65_535
"""The most that one of the four numbers of a version may be on Windows."""


def four_numbers(version: str) -> tuple[int, int, int, int]:
    """Return a version as Windows has it: ``1.2.3.dev4`` is 1.2.3.4, ``1.2.3`` is 1.2.3.65535, so that it follows.

    Raises ``ValueError`` for a version that begins with no number or has one over 65,535.
    """
    release, rest = _parts(version)
    found = [int(part) for part in release.split(".")]
    last = re.search(r"\d+", rest)
    fourth = int(last.group()) if last else 0 if rest else PART
    numbers = [*[*found, 0, 0, 0][:3], fourth]
    if len(found) > 3 or max(numbers) > PART:
        raise ValueError(f"{version} cannot be told to Windows: it takes three numbers up to {PART:,}.")
    return numbers[0], numbers[1], numbers[2], numbers[3]


def three_numbers(version: str) -> str:
    """Return the version as the Windows Installer compares it, ``1.2.3``: first two up to 255.

    Raises ``ValueError`` where it cannot be told.
    """
    first, second, third, _ = four_numbers(version)
    if max(first, second) > 255:
        raise ValueError(f"{version} cannot be told to the Windows Installer: its first two numbers go up to 255.")
    return f"{first}.{second}.{third}"


def version_text(version: str, program: str) -> str:
    """Return the version resource of ``program`` (a key of :data:`PROGRAMS`) in the form that PyInstaller reads.

    It goes into a file; ``EXE(version=…)`` takes its path.
    """
    numbers = four_numbers(version)
    strings = {
        "CompanyName": PUBLISHER,
        "FileDescription": PROGRAMS[program],
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": f"{PUBLISHER}. MIT licence.",
        "OriginalFilename": f"{program}.exe",
        "ProductName": "Watchkeeper",
        "ProductVersion": version,
    }
    table = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in strings.items())
    flags = 0x2 if _parts(version)[1] else 0x0  # VS_FF_PRERELEASE
    return (
        "VSVersionInfo(\n"
        f"  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags={flags:#x}, OS=0x40004,\n"
        "                    fileType=0x1, subtype=0x0, date=(0, 0)),\n"
        f"  kids=[StringFileInfo([StringTable('040904B0', [{table}])]),\n"
        "        VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )


def version_file(version: str, program: str, work: Path) -> Path:
    """Write :func:`version_text` into the folder ``work`` and return the file."""
    path = work / f"{program}.version"
    path.write_text(version_text(version, program), encoding="utf-8")
    return path


def _parts(version: str) -> tuple[str, str]:
    found = re.match(r"\d+(\.\d+)*", version)
    if found is None:
        raise ValueError(f"{version} cannot be told to Windows: it begins with no number.")
    return found.group(), version[found.end() :].lstrip(".")
