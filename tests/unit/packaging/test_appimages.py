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
    (bundle / "watchkeeper").write_text('#!/bin/sh\necho "$0" "$@"\n')
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
    assert said == f"{folder}/usr/lib/watchkeeper/watchkeeper --version\n"
    assert (folder / "watchkeeper.desktop").read_text().startswith("[Desktop Entry]\n")
    assert (folder / ".DirIcon").read_bytes().startswith(b"\x89PNG")
    assert not (folder / "usr/lib/systemd").exists()


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
