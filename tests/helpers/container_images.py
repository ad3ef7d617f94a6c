"""The images of the product, built by podman as its README says, from a base that stands for ``python:3.11-slim``.

No registry of images is asked. ``CONTAINER_BASE`` names the base: a tar of a root file system with ``python`` (3.11 or
newer, with venv) and the certificates of authorities. ``CONTAINER_STORE`` may name a folder in which what was built
stays, so that the next run takes seconds; without it everything is in a temporary folder.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pytest

from tests.architecture.rules import ROOT

BASE: Final = "localhost/python:3.11-slim"
BUILD_SECONDS: Final = 900.0
_CONTAINERS: Final = """[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
_STORAGE: Final = """[storage]
driver = "overlay"
graphroot = "{root}/root"
runroot = "{root}/run"
"""
_SETTINGS: Final = ("ssl/certs/ca-certificates.crt", "pip.conf")
"""What of this machine's /etc a build needs to reach the package index as this machine does."""


class Images:
    """A store of images, and the containers that a test runs of them. A context manager: it ends all its containers."""

    def __init__(self, bases: Mapping[str, Path], store: Path | None) -> None:
        """``bases``: images by name, each from a tar of its root file system."""
        self._bases = bases
        self._kept = store is not None
        self.root = store or Path(tempfile.mkdtemp(prefix="wk-images-"))
        self.root.mkdir(parents=True, exist_ok=True)
        self._env = os.environ | {
            "CONTAINERS_CONF": str(self.root / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.root / "storage.conf"),
        }

    def __enter__(self) -> Self:
        (self.root / "containers.conf").write_text(_CONTAINERS)
        (self.root / "storage.conf").write_text(_STORAGE.format(root=self.root))
        known = self.podman("images", "--format", "{{.Repository}}:{{.Tag}}").split()
        for name, tar in self._bases.items():
            if name not in known:
                self.podman("import", str(tar), name, seconds=BUILD_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.podman("rm", "--force", "--all", "--time", "0")
        self.podman("volume", "rm", "--force", "--all")
        if not self._kept:
            # Layers are mounted until their containers are gone; the store itself takes them down.
            self.podman("rmi", "--force", "--all")
            shutil.rmtree(self.root, ignore_errors=True)

    def build(self, name: str) -> str:
        """Build ``packaging/docker/NAME.Containerfile``; return what the image is called."""
        tag = f"localhost/watchkeeper-{name}:latest"
        settings = [Path("/etc") / one for one in _SETTINGS]
        mounts = [f"{path}:{path}:ro" for path in settings if path.exists()]
        mine = Path.home() / ".config" / "pip" / "pip.conf"
        mounts += [f"{mine}:/etc/xdg/pip/pip.conf:ro"] if mine.exists() else []
        self.podman(
            *("build", "--format", "docker", "--network", "host", "--build-arg", f"BASE={BASE}"),
            *(part for mount in mounts for part in ("--volume", mount)),
            *("--file", f"packaging/docker/{name}.Containerfile", "--tag", tag, "."),
            seconds=BUILD_SECONDS,
        )
        return tag

    def podman(self, *arguments: str, given: str | None = None, seconds: float = 120.0) -> str:
        """Run podman; return what it prints."""
        done = self.attempt(*arguments, given=given, seconds=seconds)
        assert done.returncode == 0, f"podman {' '.join(arguments)}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
        return done.stdout

    def attempt(
        self, *arguments: str, given: str | None = None, seconds: float = 120.0
    ) -> subprocess.CompletedProcess[str]:
        """Run podman, however it ends."""
        return subprocess.run(
            ["podman", *arguments],
            cwd=ROOT,
            env=self._env,
            input=given,
            capture_output=True,
            text=True,
            timeout=seconds,
        )


def images_or_skip(*further: str) -> Images:
    """Return a store that is not opened yet; skips the test where there is no podman, or no base.

    ``further``: the name of a variable that names another tar, and what the image of it is called.
    """
    if shutil.which("podman") is None or shutil.which("runc") is None or os.geteuid() != 0:
        pytest.skip("needs podman and runc (Debian: podman runc catatonit), as root")
    bases: dict[str, Path] = {}
    for variable, image in (("CONTAINER_BASE", BASE), *([(further[0], further[1])] if further else [])):
        tar = os.environ.get(variable)
        if not tar or not Path(tar).is_file():
            pytest.skip(f"{variable} names no root file system; packaging/docker/README.md says how to make one")
        bases[image] = Path(tar)
    store = os.environ.get("CONTAINER_STORE")
    return Images(bases, Path(store) if store else None)
