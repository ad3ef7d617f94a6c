"""The archive is the same from the same files, and its script makes the program known to one person and back."""

import lzma
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import replace

import pytest

from makers import tars
from makers.contexts import make_context
from tests.architecture.rules import ROOT

EPOCH = "1700000000"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="for Linux")


@pytest.fixture
def context(tmp_path, monkeypatch):
    """Give a small bundle in the place of the built program."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    bundle = tmp_path / "dist" / "bundle" / "watchkeeper"
    inner = bundle / "_internal"
    inner.mkdir(parents=True)
    (bundle / "watchkeeper").write_text("#!/bin/sh\necho started\n")
    (bundle / "watchkeeper").chmod(0o700)
    (inner / "data").write_text("data")
    (inner / "link").symlink_to("data")
    return replace(make_context(ROOT), work=tmp_path / "build", dist=tmp_path / "dist", bundle=bundle)


def test_the_same_files_are_the_same_archive(context) -> None:
    (made,) = tars.make(context)
    assert made.name == f"watchkeeper-{context.version}-linux-{os.uname().machine}.tar.xz"
    before = made.read_bytes()
    for path in context.bundle.rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)
    (context.bundle / "_internal" / "data").chmod(0o600)
    assert tars.make(context) == [made]
    assert made.read_bytes() == before
    assert sorted(path.name for path in context.dist.iterdir()) == ["bundle", made.name]


def test_everything_belongs_to_root_and_has_one_time(context) -> None:
    (made,) = tars.make(context)
    with lzma.open(made) as file, tarfile.open(fileobj=file) as archive:
        entries = {entry.name: entry for entry in archive}
    top = f"watchkeeper-{context.version}"
    assert {(entry.uid, entry.gid, entry.uname, entry.gname) for entry in entries.values()} == {(0, 0, "root", "root")}
    assert {entry.mtime for entry in entries.values()} == {int(EPOCH)}
    assert entries[f"{top}/watchkeeper"].mode == entries[f"{top}/install.sh"].mode == 0o755
    assert entries[f"{top}/_internal/data"].mode == 0o644
    assert entries[f"{top}/_internal/link"].linkname == "data"
    assert list(entries) == sorted(entries)


def test_it_is_made_known_and_forgotten_again(context, tmp_path) -> None:
    (made,) = tars.make(context)
    home = tmp_path / "a home & more"
    home.mkdir()
    shutil.unpack_archive(made, home, filter="data")
    folder = home / f"watchkeeper-{context.version}"
    env = {"HOME": str(home), "PATH": os.environ["PATH"]}

    def run(*words: str) -> str:
        return subprocess.run(words, env=env, capture_output=True, text=True, check=True, cwd="/").stdout

    assert "in the menu" in run(str(folder / "install.sh"))
    assert run(str(home / ".local" / "bin" / "watchkeeper")) == "started\n"
    entry = home / ".local" / "share" / "applications" / "watchkeeper.desktop"
    lines = entry.read_text().splitlines()
    assert f'Exec="{home}/.local/bin/watchkeeper" %u' in lines
    assert f"TryExec={home}/.local/bin/watchkeeper" in lines
    assert f'Exec="{home}/.local/bin/watchkeeper" demo' in lines
    assert (home / ".local" / "share" / "icons" / "hicolor" / "256x256" / "apps" / "watchkeeper.png").is_file()
    run(str(folder / "install.sh"))
    (home / ".local" / "share" / "Watchkeeper").mkdir()
    run(str(folder / "install.sh"), "--remove")
    left = [path for path in (home / ".local").rglob("*") if not path.is_dir()]
    assert {path.name for path in left} <= {"mimeinfo.cache"}  # of the desktop itself
    assert (home / ".local" / "share" / "Watchkeeper").is_dir()
    wrong = subprocess.run(
        [folder / "install.sh", "--everything"], env=env, capture_output=True, text=True, check=False
    )
    assert (wrong.returncode, wrong.stderr) == (2, "usage: install.sh [--remove]\n")
