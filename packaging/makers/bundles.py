"""The program itself, as one folder that needs no Python of the machine's; on macOS also as an application."""

import platform
import re
import shutil
import sys
from pathlib import Path
from typing import Final

from makers import licences
from makers.contexts import Context, PackagingError, say
from makers.elfs import slim
from makers.search_paths import forget_paths

_REQUIREMENT: Final = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==\S+(?: ; ([^\\]+?))? *\\?$", re.MULTILINE)
OLD: Final = "old"


def make(context: Context) -> list[Path]:
    """Build it in a clean environment; what stood there before is replaced at once, when all is made."""
    work = context.work / "bundle"
    work.mkdir(parents=True, exist_ok=True)
    python, libraries = make_environment(context, work)
    fresh = work / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    say("building")
    context.run(
        *(python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"),
        *("--distpath", fresh, "--workpath", work / "parts", context.root / "packaging" / "product.spec"),
        env={
            "WATCHKEEPER_BUILD_VERSION": context.version,
            "WATCHKEEPER_BUILD_LIBRARIES": str(libraries),
            "SOURCE_DATE_EPOCH": str(context.epoch),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYINSTALLER_CONFIG_DIR": str(work / "cache"),
        },
    )
    if sys.platform == "linux":
        slim(context, fresh)
        forget_paths(fresh)
    licences.write(context, *data_folders(fresh))
    place_keeper(fresh, context.version)
    return swap(fresh, context)


def make_environment(context: Context, work: Path) -> tuple[Path, Path]:
    """Return the interpreter of a clean environment with exactly what was pinned, and the list of the libraries.

    Every file that is installed must have one of the hashes that the resolution names.
    """
    uv = find_uv()
    export = (*uv, "export", "--quiet", "--no-dev", "--no-emit-project", "--format", "requirements-txt")
    wanted = context.run(*export)
    requirements = work / "requirements.txt"
    pinned = context.run(*export, "--group", "packaging")
    requirements.write_text(pinned, encoding="utf-8")
    first = work / "builders.txt"
    first.write_text(entry_of(pinned, "setuptools"), encoding="utf-8")
    environment = work / "environment"
    context.run(*uv, "venv", "--quiet", "--clear", "--python", sys.executable, environment)
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    say("installing the libraries")
    # What comes as source is built by the pinned builder, not by whatever is the newest today.
    for path in (first, requirements):
        install = (*uv, "pip", "install", "--quiet", "--require-hashes", "--no-build-isolation", *platform_options())
        context.run(*install, "--python", python, "--requirement", path)
    installed = context.run(*uv, "pip", "list", "--quiet", "--python", python, "--format", "freeze")
    there = {_key(line.partition("==")[0]) for line in installed.splitlines()}
    libraries = work / "libraries.txt"
    names = [match[1] for match in _REQUIREMENT.finditer(wanted)]
    libraries.write_text("".join(f"{name}\n" for name in names if _key(name) in there), encoding="utf-8")
    return python, libraries


def platform_options() -> list[str]:
    """Return for which system libraries are chosen: on macOS the oldest that is promised, not the builder's."""
    if platform.system() != "Darwin":
        return []
    return ["--python-platform", f"{'aarch64' if platform.machine() == 'arm64' else 'x86_64'}-apple-darwin"]


def entry_of(requirements: str, name: str) -> str:
    """Return one requirement with its hashes."""
    found = re.search(rf"^{re.escape(name)}==.*\n(?:[ \t]+.*\n)*", requirements, re.MULTILINE)
    if found is None:
        raise PackagingError(f"{name} is not among the pinned requirements.")
    return found[0]


def find_uv() -> tuple[str, ...]:
    """Return what starts uv: the program, or the module of this Python."""
    found = shutil.which("uv")
    return (found,) if found is not None else (sys.executable, "-m", "uv")


def data_folders(fresh: Path) -> list[Path]:
    """Return where data lies in what was built."""
    application = fresh / "Watchkeeper.app" / "Contents" / "Resources"
    return [fresh / "watchkeeper" / "_internal", *([application] if application.is_dir() else [])]


def place_keeper(fresh: Path, version: str) -> None:
    """Put the keeper of jobs where the program looks for it."""
    keeper = fresh / f"keeper-{version}"
    application = fresh / "Watchkeeper.app"
    if application.is_dir():
        # A folder with a dot in its name among the programs would be taken for a bundle of its own when it is signed.
        shutil.copytree(keeper, application / "Contents" / "Resources" / keeper.name, symlinks=True)
    keeper.rename(fresh / "watchkeeper" / keeper.name)


def swap(fresh: Path, context: Context) -> list[Path]:
    """Put what was built where it belongs: nobody who looks finds half of it."""
    made = []
    place = context.bundle.parent
    place.mkdir(parents=True, exist_ok=True)
    old = context.work / "bundle" / OLD
    shutil.rmtree(old, ignore_errors=True)
    old.mkdir()
    for name in ("watchkeeper", "Watchkeeper.app"):
        if not (fresh / name).is_dir():
            continue
        try:
            if (place / name).exists():
                (place / name).rename(old / name)
            (fresh / name).rename(place / name)
        except OSError as error:
            raise PackagingError(f"{place / name} cannot be replaced ({error.strerror}): does it still run?") from error
        made.append(place / name)
    shutil.rmtree(old, ignore_errors=True)
    return made


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()
