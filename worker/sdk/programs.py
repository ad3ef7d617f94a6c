"""Programs of this machine, and which of them the settings let anybody execute."""

import shutil
from collections.abc import Iterable
from pathlib import Path


def place_of(name: str) -> str | None:
    """Return the program that a plain name or an absolute path stands for, None where there is none."""
    if "\x00" in name or (not Path(name).is_absolute() and Path(name).name != name):
        return None  # relative to whatever directory
    found = shutil.which(name)
    return found and str(Path(found).resolve())


def permitted(name: str, commands: Iterable[str]) -> str | None:
    """Return the very program that ``name`` stands for when it is one of ``commands``, None when it is not."""
    place = place_of(name)
    return place if place is not None and place in {place_of(command) for command in commands} else None
