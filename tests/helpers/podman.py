"""A real container service, podman, on a socket of its own, with one tiny image made of busybox; in a temp folder."""

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pytest

from tests.helpers.deadlines import wait_until
from tests.helpers.leaks import SESSION_PIDS

IMAGE: Final = "watchkeeper-test:latest"
BUSYBOX: Final = Path("/bin/busybox")
COMMANDS: Final = ("sh", "cat", "echo", "sleep", "env", "id", "pwd", "true", "yes", "head", "dd", "touch")
_CONTAINERS: Final = """[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "{root}/tmp"
"""
_STORAGE: Final = """[storage]
driver = "vfs"
graphroot = "{root}/root"
runroot = "{root}/run"
"""


class Podman:
    """The service; a context manager. It keeps its socket over ``stop`` and ``start``, and containers go on."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="wk-podman-"))
        self.socket = self.root / "podman.sock"
        self._env = os.environ | {
            "CONTAINERS_CONF": str(self.root / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.root / "storage.conf"),
        }
        self._service: subprocess.Popen[bytes] | None = None

    @staticmethod
    def missing() -> str | None:
        """Return why no service can be had here, ``None`` when it can."""
        if shutil.which("podman") is None or shutil.which("runc") is None:
            return "podman is not installed (Debian: podman runc)"
        if not BUSYBOX.exists():
            return "there is no busybox to make an image of (Debian: busybox-static)"
        return None if os.getuid() == 0 else "podman without a registry and a session of its own needs root here"

    def __enter__(self) -> Self:
        (self.root / "containers.conf").write_text(_CONTAINERS.format(root=self.root))
        (self.root / "storage.conf").write_text(_STORAGE.format(root=self.root))
        self.podman("import", "-", IMAGE, given=_image())
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.podman("rm", "--force", "--all", "--time", "0")
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self) -> None:
        """Listen; nothing when it does."""
        if self._service is not None:
            return
        log = self.root / "service.log"
        with log.open("ab") as output:
            self._service = subprocess.Popen(
                ["podman", "system", "service", "--time", "0", f"unix://{self.socket}"],
                cwd=self.root,  # where its keepers of containers leave a file
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        SESSION_PIDS.add(self._service.pid)
        wait_until(self.socket.exists, what="the socket of podman")

    def stop(self) -> None:
        """Kill the service; containers go on."""
        if self._service is None:
            return
        self._service.kill()
        self._service.wait()
        self._service = None
        self.socket.unlink(missing_ok=True)

    def podman(self, *arguments: str, given: bytes | None = None) -> str:
        """Run the command line beside the service; return what it prints."""
        done = subprocess.run(["podman", *arguments], env=self._env, input=given, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def containers(self) -> list[str]:
        """Return the labels of all containers, running or not."""
        listed = self.podman("ps", "--all", "--format", '{{index .Labels "watchkeeper.job"}}')
        return listed.split()


def _image() -> bytes:
    """Return a root file system as a tar: busybox, the names that tests use, and some folders."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for folder in ("bin", "tmp", "etc", "data", "proc", "sys", "dev"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        tar.add(BUSYBOX.resolve(), "bin/busybox")
        for name in COMMANDS:
            entry = tarfile.TarInfo(f"bin/{name}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(entry)
    return packed.getvalue()


def podman_or_skip() -> Podman:
    """Return a service that is not started yet; skips the test where there is none."""
    why = Podman.missing()
    if why is not None:
        pytest.skip(why)
    return Podman()
