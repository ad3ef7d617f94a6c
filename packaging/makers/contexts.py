"""What every maker of packages works with: places, the version, and one way to run a program."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

IDENTIFIER: Final = "io.github.watchkeeper.Watchkeeper"
"""Of the program, wherever a system wants one."""
SECONDS: Final = 1800.0
"""The longest that one program may take."""
_VERSION: Final = re.compile(r'^__version__(?:: Final)? = "([0-9][0-9A-Za-z.+-]*)"$', re.MULTILINE)


class PackagingError(Exception):
    """Something is missing or failed; the message is a sentence that says what to do."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """One run of the tool. All paths are absolute."""

    root: Path
    """Of the source."""
    version: str
    """From ``worker/version.py``, the one place that has it."""
    work: Path
    """``build/``: whatever is made on the way."""
    dist: Path
    """``dist/``: what is given to people."""
    bundle: Path
    """``dist/bundle/watchkeeper/``: the built program, one folder."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What was given as ``--set NAME=VALUE``."""

    @property
    def app(self) -> Path:
        """``dist/bundle/Watchkeeper.app``: the same program as macOS has it."""
        return self.bundle.parent / "Watchkeeper.app"

    @property
    def epoch(self) -> int:
        """Seconds since 1970 that files in packages carry: ``SOURCE_DATE_EPOCH``, or the time of the commit."""
        given = os.environ.get("SOURCE_DATE_EPOCH", "")
        if given:
            if not given.isdecimal():
                raise PackagingError(f"SOURCE_DATE_EPOCH is {given!r}: it takes whole seconds since 1970.")
            return int(given)
        try:
            return int(self.run("git", "log", "-1", "--format=%ct", cwd=self.root).strip())
        except PackagingError as error:
            raise PackagingError("No time for the files: set SOURCE_DATE_EPOCH, or build in a clone.") from error

    def run(
        self,
        *command: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
    ) -> str:
        """Run a program to its end and return what it printed. ``env`` is added to the environment.

        Raises :class:`PackagingError` with the end of what it said when it fails.
        """
        words = [str(word) for word in command]
        try:
            done = subprocess.run(
                words,
                cwd=cwd or self.root,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=seconds,
                check=False,
            )
        except OSError as error:
            raise PackagingError(f"{words[0]} cannot be run: {error.strerror or error}.") from error
        except subprocess.TimeoutExpired as error:
            raise PackagingError(f"{words[0]} did not end within {seconds:g} seconds.") from error
        if done.returncode != 0:
            said = "\n".join([*done.stdout.splitlines()[-20:], *done.stderr.splitlines()[-20:]])
            raise PackagingError(f"{' '.join(words)} ended with code {done.returncode}:\n{said}")
        return done.stdout

    def tool(self, name: str, hint: str) -> str:
        """Return where a program is. Raises :class:`PackagingError` with ``hint``, how to get it."""
        found = shutil.which(name)
        if found is None:
            raise PackagingError(f"{name} is missing: {hint}.")
        return found

    def demand_bundle(self) -> Path:
        """Return the built program. Raises :class:`PackagingError` when it was not built."""
        if not self.bundle.is_dir():
            raise PackagingError(f"{self.bundle} is not built: run packaging/make_installers.py build first.")
        return self.bundle


def read_version(root: Path) -> str:
    """Return the version of the source."""
    path = root / "worker" / "version.py"
    found = _VERSION.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise PackagingError(f"{path} has no line with the version.")
    return found.group(1)


def make_context(root: Path, settings: Mapping[str, str] | None = None) -> Context:
    """Return the context of the source in ``root``."""
    dist = root / "dist"
    return Context(
        root=root,
        version=read_version(root),
        work=root / "build",
        dist=dist,
        bundle=dist / "bundle" / "watchkeeper",
        settings=settings or {},
    )


def say(line: str) -> None:
    """Tell whoever waits what happens."""
    print(line, file=sys.stderr, flush=True)
