"""What this machine and this installation are."""

import importlib.metadata
import os
import platform
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from master.api.diagnostics import Place, PlaceSize, SystemFacts
from worker.programs import packaged
from worker.version import __version__

LIBRARIES: Final = (
    "PySide6-Essentials",
    "SQLAlchemy",
    "aiohttp",
    "cryptography",
    "keyring",
    "msgspec",
    "python-socketio",
)
PLACES: Final[tuple[Place, ...]] = ("logs", "workers", "jobs", "backups")


def facts_of(profile: Path, tasks: list[str], address: str, started_at: int, uptime: float) -> SystemFacts:
    """Return the facts of this process and of a profile; without a master ``started_at`` is 0. Blocks."""
    there = next((folder for folder in (profile, *profile.parents) if folder.exists()), profile)
    disk = shutil.disk_usage(there)
    return SystemFacts(
        version=__version__,
        python=platform.python_version(),
        system=platform.platform(terse=True),
        machine=platform.machine(),
        packaged=packaged(),
        profile=str(profile),
        address=address,
        pid=os.getpid(),
        started_at=started_at,
        uptime=uptime,
        memory_bytes=int(psutil.Process().memory_info().rss),
        disk_free_bytes=disk.free,
        disk_total_bytes=disk.total,
        sizes=sizes_of(profile),
        tasks=tasks,
        libraries=libraries(),
    )


def sizes_of(profile: Path) -> list[PlaceSize]:
    """Return what each part of the profile folder takes. Blocks."""
    database = sum(_size(path) for path in profile.glob("watchkeeper.db*"))
    found = [PlaceSize(place="database", bytes=database)]
    found += [PlaceSize(place=place, bytes=sum(map(_size, (profile / place).rglob("*")))) for place in PLACES]
    return found


def _size(path: Path) -> int:
    with suppress(OSError):  # gone meanwhile
        if path.is_file() and not path.is_symlink():
            return path.stat().st_size
    return 0


def libraries() -> dict[str, str]:
    """Return the versions of the libraries that matter; one that is not installed is left out."""
    found: dict[str, str] = {}
    for name in LIBRARIES:
        with suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found
