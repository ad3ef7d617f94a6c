"""A support bundle as a file."""

import zipfile
from pathlib import Path

from master.api.diagnostics import Bundle


def write_bundle(path: Path, bundle: Bundle) -> None:
    """Write a zip file that is readable by its owner alone. Raises ``OSError``; no half of it stays."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in bundle.parts:
                archive.writestr(part.name, part.content)
        fresh.chmod(0o600)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
