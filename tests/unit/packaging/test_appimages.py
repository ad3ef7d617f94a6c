"""The AppImage: its folder, and the file that begins with a runtime."""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from makers import appimages
from makers.contexts import PackagingError, make_context
from tests.architecture.rules import ROOT

RUNTIME = b"\x7fELF\x02\x01\x01\x00AI\x02" + bytes(range(200)) * 40
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AppImages are made on Linux")


@pytest.fixture
def context(tmp_path, monkeypatch):
    """What the maker works with, on a bundle of our own."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "watchkeeper").write_text('#!/bin/sh\necho "$0" "$@" "$WATCHKEEPER_KEEPERS"\n')
    (bundle / "keeper-1.2.3").mkdir()
    shutil.copy(shutil.which("sleep") or "", bundle / "keeper-1.2.3" / "watchkeeper-keeper")
    (bundle / "watchkeeper").chmod(0o755)
    (tmp_path / "dist").mkdir()
    return replace(make_context(ROOT), work=tmp_path / "build", dist=tmp_path / "dist", bundle=bundle, version="1.2.3")


@pytest.fixture
def runtime(tmp_path):
    """A file that looks like a runtime, and the settings that name it."""
    file = tmp_path / "runtime"
    file.write_bytes(RUNTIME)
    return {"runtime": str(file), "runtime-sha256": hashlib.sha256(RUNTIME).hexdigest()}


def test_without_a_runtime_it_is_the_folder(context, capsys):
    (folder,) = appimages.make(context)
    assert "--set runtime=FILE" in capsys.readouterr().err
    said = subprocess.run([folder / "AppRun", "--version"], capture_output=True, text=True, check=True).stdout
    assert said == f"{folder}/usr/lib/watchkeeper/watchkeeper --version \n"
    assert (folder / "watchkeeper.desktop").read_text().startswith("[Desktop Entry]\n")
    assert (folder / ".DirIcon").read_bytes().startswith(b"\x89PNG")
    assert not (folder / "usr/lib/systemd").exists()


def start(folder: Path, home: Path, command: str = "serve") -> Path:
    """Start the program of a folder; return where the keeper of its jobs is."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    done = subprocess.run([folder / "AppRun", command], env=env, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.startswith(f"{folder}/usr/lib/watchkeeper/watchkeeper {command} ")
    return Path(done.stdout.split()[-1])


def test_the_keeper_of_jobs_is_where_it_stays(context, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (folder,) = appimages.make(context)
    keepers = start(folder, home)
    assert keepers.parent == home / ".cache/watchkeeper/keepers"
    assert start(folder, home, "worker") == keepers  # one that somebody starts runs jobs too
    program = keepers / "keeper-1.2.3" / "watchkeeper-keeper"
    running = subprocess.Popen([program, "60"])
    try:
        assert start(folder, home) == keepers
        (context.bundle / "keeper-1.2.3" / "more.txt").write_text("another one")
        (folder,) = appimages.make(context)
        second = start(folder, home)
        assert second != keepers
        assert program.is_file()  # a job runs under it
    finally:
        running.kill()
        running.wait()
    (context.bundle / "keeper-1.2.3" / "more.txt").write_text("a third one")
    (folder,) = appimages.make(context)
    newest = start(folder, home)
    assert list(keepers.parent.iterdir()) == [newest]


def test_where_the_keeper_cannot_be_put_it_says_so(context, tmp_path):
    (folder,) = appimages.make(context)
    (tmp_path / "file").touch()
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "file")}
    done = subprocess.run([folder / "AppRun", "serve"], env=env, capture_output=True, text=True, check=True)
    assert "jobs will end with this program" in done.stderr
    assert done.stdout.split()[-1] == "serve"


@pytest.mark.skipif(shutil.which("mksquashfs") is None, reason="squashfs-tools are not installed")
def test_the_file_is_the_runtime_and_the_folder(context, runtime, tmp_path):
    context = replace(context, settings=runtime)
    (made,) = appimages.make(context)
    first = made.read_bytes()
    assert made.name.startswith("Watchkeeper-1.2.3-")
    assert made.stat().st_mode & 0o777 == 0o755
    assert first.startswith(RUNTIME)
    unpack = ["unsquashfs", "-quiet", "-no-progress", "-offset", str(len(RUNTIME)), "-dest", tmp_path / "there", made]
    subprocess.run(unpack, check=True, capture_output=True)
    assert (tmp_path / "there/AppRun").is_file()
    assert appimages.make(context)[0].read_bytes() == first
    assert [path.name for path in context.dist.iterdir()] == [made.name]


def test_only_the_pinned_runtime_is_taken(runtime, tmp_path):
    path, digest = Path(runtime["runtime"]), runtime["runtime-sha256"]
    assert appimages.read_runtime(path, digest.upper()) == RUNTIME
    with pytest.raises(PackagingError, match=f"Pin the runtime: --set runtime-sha256={digest}"):
        appimages.read_runtime(path, "")
    with pytest.raises(PackagingError, match="another than the pinned one"):
        appimages.read_runtime(path, "0" * 64)
    with pytest.raises(PackagingError, match="cannot be read: No such file"):
        appimages.read_runtime(tmp_path / "nowhere", digest)
    path.write_bytes(b"\x7fELF" + bytes(100))
    with pytest.raises(PackagingError, match="no runtime of AppImages"):
        appimages.read_runtime(path, hashlib.sha256(path.read_bytes()).hexdigest())
