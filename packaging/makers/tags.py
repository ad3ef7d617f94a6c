"""Whether a release may begin: ``tag --set tag=v1.4.0``. The tag is the version, and what is new is written down."""

from pathlib import Path

from makers.checksums import notes, serial
from makers.contexts import Context, PackagingError


def make(context: Context) -> list[Path]:
    """Raise :class:`PackagingError` when the tag says something else than the source. Makes no file."""
    tag = context.settings.get("tag", "")
    if tag != f"v{context.version}":
        raise PackagingError(
            f"The tag is {tag or 'missing'}, worker/version.py says {context.version}: they must agree."
        )
    serial(context.version)
    notes((context.root / "CHANGELOG.md").read_text(encoding="utf-8"), context.version)
    return []
