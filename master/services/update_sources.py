"""Where this build learns of newer ones, and by whose signature it knows them. Set when a release is made."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ADDRESS: Final = ""
"""Of the signed file; empty: nothing is looked for unless the settings name one."""
PUBLIC_KEYS: Final[tuple[str, ...]] = ()
"""Ed25519, as hexadecimal digits; more than one while a new one takes over. None: nothing is looked for at all."""
MARKER: Final = "managed-by.txt"
"""A package of a store or a package manager puts it beside the program; it holds the name of what updates it."""
MANAGED: Final = {"FLATPAK_ID": "Flatpak", "SNAP_NAME": "Snap"}


def managed_by(environment: Mapping[str, str] = os.environ, program: str = sys.executable) -> str:
    """Return what keeps this installation up to date, "" when nothing does."""
    named = environment.get("WATCHKEEPER_MANAGED_BY", "")
    if named:
        return named[:100]
    for variable, name in MANAGED.items():
        if environment.get(variable):
            return name
    try:
        return (Path(program).parent / MARKER).read_text(encoding="utf-8").strip()[:100]
    except (OSError, UnicodeDecodeError):
        return ""
