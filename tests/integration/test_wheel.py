"""What ``pip`` and ``pipx`` install: built, installed where nothing of the source is, and used there."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from makers import wheels
from makers.contexts import Context, PackagingError
from tests.architecture.rules import ROOT
from tests.architecture.tree import tracked
from worker.version import __version__

# One process of the tests has them all: the environment is made once.
pytestmark = [pytest.mark.timeout(600)]

PACKAGES: Final = ("desktop", "master", "resources", "worker")
STEM: Final = f"watchkeeper-{__version__}"
AWAY: Final = (
    "error sending request",
    "dns error",
    "the network was disabled",
    "Could not connect",
    "timed out",
    "uv is missing",
)
"""What uv says when it cannot ask a package index, and its cache has not what it wants."""


def uv(*arguments: str | Path, cwd: Path) -> None:
    """Run uv; skip the test where there is none, or where it wants an index that cannot be reached."""
    program = os.environ.get("UV") or shutil.which("uv")
    if program is None:
        pytest.skip("uv is not installed: python -m pip install uv")
    done = subprocess.run([program, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=240)
    if done.returncode != 0:
        skip_when_away(done.stderr)
    assert done.returncode == 0, done.stderr


def skip_when_away(said: str) -> None:
    """Skip the test where uv cannot ask a package index, or is not there."""
    if any(words in said for words in AWAY):
        pytest.skip(f"no package index can be asked: {said.strip().splitlines()[-1]}")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive and the wheel made of it; in ``direct`` is the one made of the source itself."""
    folder = tmp_path_factory.mktemp("built")
    context = Context(root=ROOT, version=__version__, work=folder, dist=folder, bundle=folder)
    try:
        made = wheels.make(context)
    except PackagingError as error:
        skip_when_away(str(error))
        raise
    assert [path.name for path in made] == [f"{STEM}.tar.gz", f"{STEM}-py3-none-any.whl"]
    uv("build", "--wheel", "--out-dir", folder / "direct", ROOT, cwd=folder)
    return folder


class Installation:
    """A virtual environment with the wheel, a home of its own, and a working folder where nothing lies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        self.elsewhere = folder / "elsewhere"
        self.home = folder / "home"
        for place in (self.elsewhere, self.home):
            place.mkdir()
        kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG")
        self.env: Mapping[str, str] = {name: os.environ[name] for name in kept if name in os.environ} | {
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
        }

    def run(self, *arguments: str, program: str = "watchkeeper") -> str:
        """Run a program of it; what it prints. Anything on stderr is a fault."""
        done = subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.elsewhere,
            env=dict(self.env),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = Installation(tmp_path_factory.mktemp("installed"))
    folder = installation.folder
    pins = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["uv"]["constraint-dependencies"]
    (folder / "pins.txt").write_text("\n".join(pins))
    uv("venv", "--python", sys.executable, folder / "venv", cwd=folder)
    wheel = built / f"{STEM}-py3-none-any.whl"
    uv("pip", "install", "--python", folder / "venv", "--constraints", folder / "pins.txt", wheel, cwd=folder)
    return installation


def content(path: Path) -> dict[str, int]:
    """Return the files of a wheel with their checksums."""
    with zipfile.ZipFile(path) as wheel:
        return {entry.filename: entry.CRC for entry in wheel.infolist() if not entry.is_dir()}


def test_it_has_all_that_the_program_needs_and_nothing_else(built: Path) -> None:
    files = content(built / f"{STEM}-py3-none-any.whl")
    mine = {name for name in tracked(ROOT) if name.startswith(tuple(f"{package}/" for package in PACKAGES))}
    info = f"{STEM}.dist-info"
    about = {f"{info}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")}
    # pipx shows these to man.
    pages = {name for name in tracked(ROOT) if name.startswith("packaging/linux/man/")}
    manual = {f"{STEM}.data/data/share/man/man1/{name.rpartition('/')[2]}" for name in pages}
    assert files.keys() == mine | {"resources/CHANGELOG.md", "resources/LICENSE"} | about | manual
    # Looked at by name too, so that a listing that is wrong does not make a wheel that is.
    for wanted in (
        "resources/icons/app.svg",
        "resources/translations/watchkeeper_zh_CN.qm",
        "resources/translations/codes_zh_CN.toml",
        "master/store/migrations/versions/r0001_first_tables.py",
        "worker/platforms/imap/manifest.toml",
        "worker/runners/docker/manifest.toml",
        "worker/shim/__main__.py",
        f"{STEM}.data/data/share/man/man1/watchkeeper.1",
    ):
        assert wanted in files
    assert any(name.startswith("resources/styles/") for name in files)


def test_the_source_archive_makes_the_same_wheel(built: Path) -> None:
    name = f"{STEM}-py3-none-any.whl"
    assert content(built / "direct" / name) == content(built / name)
    with tarfile.open(built / f"{STEM}.tar.gz") as archive:
        tops = {member.name.split("/")[1] for member in archive.getmembers() if "/" in member.name}
    assert {*PACKAGES, "tests", "packaging", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"} <= tops
    assert not tops & {".venv", "dist", "build", ".git"}


def test_it_runs_where_nothing_of_the_source_is(installed: Installation) -> None:
    assert installed.run("--version").split()[-1] == __version__
    code = (
        "import desktop, master, resources, worker; print(*(m.__file__ for m in (desktop, master, resources, worker)))"
    )
    places = installed.run("-c", code, program="python").split()
    assert len(places) == 4
    assert all(Path(place).is_relative_to(installed.folder / "venv") for place in places)
    described = json.loads(installed.run("worker", "--describe"))
    source = [sys.executable, "-m", "worker", "--describe"]
    assert described == json.loads(subprocess.run(source, cwd=ROOT, capture_output=True, check=True).stdout)


def test_it_proves_itself(installed: Installation) -> None:
    said = installed.run("selftest").splitlines()
    assert len(said) >= 13
    assert all(line.startswith("✓ ") for line in said)


def test_its_window_opens(installed: Installation) -> None:
    picture = installed.elsewhere / "window.png"
    said = installed.run("demo", "--offscreen", "--seconds", "5", "--screenshot", str(picture))
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert picture.stat().st_size > 20_000
    assert said.strip()


def test_without_the_window_s_libraries_it_says_so(installed: Installation) -> None:
    # As after an installation of packaging/docker/serve-requirements.txt alone.
    hidden = "import sys; sys.modules.update(dict.fromkeys(('PySide6', 'qasync')))"
    code = f"{hidden}; from desktop.__main__ import main; sys.exit(main(['demo', '--offscreen', '--seconds', '1']))"
    done = subprocess.run(
        [installed.programs / "python", "-c", code],
        cwd=installed.elsewhere,
        env=dict(installed.env),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("watchkeeper: The window's libraries are not installed")
    assert "Traceback" not in done.stderr


def test_no_library_brings_a_package_of_the_same_name(installed: Installation) -> None:
    # The names are common ones; pip would let one overwrite the other without a word.
    code = "import importlib.metadata as m, json; print(json.dumps({k: sorted(set(v)) for k, v in PD().items()}))"
    found = json.loads(installed.run("-c", code.replace("PD", "m.packages_distributions"), program="python"))
    assert {name: found[name] for name in PACKAGES} == {name: ["watchkeeper"] for name in PACKAGES}
    assert "tests" not in found
