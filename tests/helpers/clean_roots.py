"""A Debian that has nothing of ours, for packages: a folder tree with a distribution in it, and what runs there.

The distribution is made once and kept (``WATCHKEEPER_TEST_ROOTS``, else the user's cache folder); each test works on a
layer of its own above it, which goes with the test. Needs root, debootstrap, and a kernel that lets mount overlays.
"""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest

from tests.helpers.deadlines import wait_until

TOOLS = ("debootstrap", "chroot", "setpriv", "mount", "umount")
USER = "ann"
SUITE = "bookworm"
WITH_IT = ("ca-certificates", "dbus-daemon", "gnome-keyring", "fonts-wqy-microhei")
"""What a desktop has anyway, besides what the package asks for."""
SCREENS = Path("/tmp/.X11-unix")


def demand_tools() -> None:
    """Skip the test where a root cannot be made."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a root of its own needs Linux and the rights of root")
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} are not installed")


def base_root(packages: Sequence[str]) -> Path:
    """Return the folder of a Debian with ``packages`` and an ordinary user; made when it is not there yet."""
    key = hashlib.sha256("\n".join([SUITE, *WITH_IT, *sorted(packages)]).encode()).hexdigest()[:12]
    given = os.environ.get("WATCHKEEPER_TEST_ROOTS", "")
    cache = Path(given) if given else Path.home() / ".cache" / "watchkeeper-tests"
    done = cache / f"{SUITE}-{key}"
    if done.is_dir():
        return done
    cache.mkdir(parents=True, exist_ok=True)
    draft = cache / f"{done.name}.{os.getpid()}"
    try:
        _quiet("debootstrap", "--variant=minbase", SUITE, draft)
        policy = draft / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        shutil.copy("/etc/resolv.conf", draft / "etc/resolv.conf")
        with _mounted(["-t", "proc", "proc"], draft / "proc"):
            apt = ("chroot", draft, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y")
            _quiet(*apt, "update")
            _quiet(*apt, "install", "--no-install-recommends", *WITH_IT, *packages)
            _quiet(*apt, "clean")
            _quiet("chroot", draft, "useradd", "--create-home", "--shell", "/bin/bash", USER)
        draft.rename(done)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(draft, ignore_errors=True)
        if done.is_dir():  # others were making it too, and were faster
            return done
        said = error.stdout[-500:] if isinstance(error, subprocess.CalledProcessError) else ""
        pytest.skip(f"no Debian can be made here: {error} {said}")
    return done


class CleanRoot:
    """One layer above ``lower``; everything in it ends and goes with :meth:`close`."""

    def __init__(self, lower: Sequence[Path], place: Path) -> None:
        self.place = place
        self.root = place / "root"
        self.upper = place / "upper"
        self._mounts: list[Path] = []
        self._started: list[subprocess.Popen[bytes]] = []
        for name in ("root", "upper", "work"):
            (place / name).mkdir(parents=True)
        layers = f"lowerdir={':'.join(map(str, lower))},upperdir={self.upper},workdir={place / 'work'}"
        try:
            self._mount(["-t", "overlay", "-o", layers, "overlay"], self.root)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"overlays cannot be mounted here: {error.stdout[-300:]}")
        self._mount(["-t", "proc", "proc"], self.root / "proc")
        folder = self.root / "run/user/1000"
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        os.chown(folder, 1000, 1000)
        # Nobody needs what is unpacked here after a loss of power.
        (self.root / "etc/dpkg/dpkg.cfg.d/unsafe").write_text("force-unsafe-io\n")
        if SCREENS.is_dir():
            (self.root / "tmp/.X11-unix").mkdir(exist_ok=True)
            self._mount(["--bind", SCREENS], self.root / "tmp/.X11-unix")

    def run(self, *command: str | Path, user: str = "root", seconds: float = 60, **env: str) -> str:
        """Run it to its end and return what it printed. Fails the test when it fails."""
        code, said, faults = self.end_of(*command, user=user, seconds=seconds, **env)
        assert code == 0, f"{command} ended with {code}:\n{said}{faults}"
        return said

    def end_of(self, *command: str | Path, user: str = "root", seconds: float = 60, **env: str) -> tuple[int, str, str]:
        """Run it to its end; return its exit code and what it printed, on both streams."""
        done = subprocess.run(
            self._words(command, user),
            env=self._environment(user, env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def start(self, *command: str, user: str = USER, **env: str) -> "subprocess.Popen[bytes]":
        """Start it in a session of its own; what it prints goes to ``started.log`` beside the root."""
        with (self.place / "started.log").open("ab") as log:
            process = subprocess.Popen(
                self._words(command, user),
                env=self._environment(user, env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def install(self, package: Path, *options: str, seconds: float = 120) -> str:
        """Have apt install a package, with all that it asks for, resolved there."""
        target = self.root / "tmp" / package.name
        shutil.copyfile(package, target)
        try:
            return self.apt("install", "--no-install-recommends", *options, f"/tmp/{package.name}", seconds=seconds)
        finally:
            target.unlink()

    def apt(self, *arguments: str, seconds: float = 120) -> str:
        """Run apt-get, which never asks."""
        return self.run("apt-get", "-q", "-y", *arguments, seconds=seconds, DEBIAN_FRONTEND="noninteractive")

    def log(self) -> str:
        """Return what started programs printed."""
        path = self.place / "started.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def processes(self) -> Iterator[int]:
        """Yield everything that runs in here."""
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if folder.name.isdecimal() and (folder / "root").readlink() == self.root:
                    yield int(folder.name)

    def close(self) -> None:
        """End what runs in here, and take the layer away."""

        def none_left() -> bool:
            left = list(self.processes())
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return not left

        wait_until(none_left, what="the end of what runs in the root")
        for process in self._started:
            process.wait(60)
        while self._mounts:
            target = self._mounts.pop()
            # What was killed a moment ago may hold it for another one.
            wait_until(partial(_unmounted, target), what=f"the end of the mount {target}")

    def _mount(self, options: Sequence[str | Path], target: Path) -> None:
        _quiet("mount", *options, target)
        self._mounts.append(target)

    def _words(self, command: Sequence[str | Path], user: str) -> list[str | Path]:
        become = ("setpriv", "--reuid", user, "--regid", user, "--init-groups") if user != "root" else ()
        # By its path: an ordinary user's PATH does not lead to it.
        return [shutil.which("chroot") or "chroot", self.root, *become, *command]

    def _environment(self, user: str, added: Mapping[str, str]) -> dict[str, str]:
        home = "/root" if user == "root" else f"/home/{user}"
        standard = {
            "PATH": "/usr/bin:/bin" if user != "root" else "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": home,
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": "/run/user/1000" if user != "root" else "/run",
        }
        return standard | dict(added)


def _unmounted(place: Path) -> bool:
    done = subprocess.run(["umount", place], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0


@contextlib.contextmanager
def _mounted(options: Sequence[str], target: Path) -> Iterator[None]:
    _quiet("mount", *options, target)
    try:
        yield
    finally:
        _quiet("umount", target)


def _quiet(*command: str | Path) -> None:
    subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        timeout=600,
    )
