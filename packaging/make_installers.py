"""Makes what is given to people: ``python packaging/make_installers.py VERB …``, several verbs one after the other.

``build`` makes the program itself, in ``dist/bundle/``; ``selftest`` proves it; the others pack what was built. Needs
Python 3.11 or newer and uv, and for each verb the tools that it names when they are missing. Prints the files made.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
if str(FOLDER) not in sys.path:
    sys.path.insert(0, str(FOLDER))

from makers.contexts import Context, PackagingError, make_context  # noqa: E402 (found from this folder)

VERBS: Final = {
    "build": ("bundles", "the program: one folder, with a Python and libraries of its own"),
    "selftest": ("selftests", "runs the built program and proves that everything in it works"),
    "wheel": ("wheels", "what pip installs, and the source archive"),
    "requirements": ("requirements", "the pinned lists of packaging/docker, for a computer without a screen"),
    "tar": ("tars", "Linux: an archive"),
    "deb": ("debs", "Linux: a package for Debian, Ubuntu and their kin"),
    "appimage": ("appimages", "Linux: one file that runs as it is"),
    "nsis": ("nsis", "Windows: a setup program"),
    "msi": ("msis", "Windows: a package for administrators"),
    "dmg": ("dmgs", "macOS: a disk image"),
    "checksums": ("checksums", "SHA-256 of all files in dist"),
    "sbom": ("sboms", "the list of everything inside, as CycloneDX"),
    "winget": ("winget", "Windows: manifests for winget"),
    "homebrew": ("homebrew", "macOS: a cask for Homebrew"),
    "tag": ("tags", "whether a tag is the version and has its section in the changelog"),
    "scan": ("scans", "secrets in tree and history, libraries with known weaknesses"),
}
"""Verb → module in ``makers`` with ``make(context) -> list[Path]``, and what it makes."""


def make(verb: str, context: Context) -> list[Path]:
    """Do what ``verb`` says and return the files made. Raises :class:`PackagingError`."""
    name = f"makers.{VERBS[verb][0]}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise PackagingError(f"{verb} needs the Python package {error.name}, which is not installed.") from error
        raise PackagingError(f"{verb} cannot be made: packaging/makers has no maker for it.") from error
    made: list[Path] = module.make(context)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool; what is wrong is one sentence and exit 1."""
    words = "\n".join(f"  {verb:12} {what}" for verb, (_, what) in VERBS.items())
    parser = argparse.ArgumentParser(
        description="Make what is given to people.",
        epilog=f"verbs:\n{words}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("verbs", nargs="+", choices=list(VERBS), metavar="VERB")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="for a maker that asks for it")
    options = parser.parse_args(argv)
    settings = dict(word.partition("=")[::2] for word in options.set)
    try:
        context = make_context(FOLDER.parent, settings)
        for verb in options.verbs:
            for path in make(verb, context):
                print(path, flush=True)
    except PackagingError as error:
        print(f"make_installers: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
