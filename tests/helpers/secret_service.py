"""A real Secret Service for tests: gnome-keyring on a D-Bus session of its own, with a home of its own.

``SecretService(folder)`` keeps one home; every :meth:`SecretService.run` is a new session on it, as after a new
sign-in: what one run stored is there in the next.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

import psutil
import pytest

from tests.helpers.deadlines import PATIENCE_SECONDS

ROOT: Final = Path(__file__).resolve().parents[2]

Condition = Literal["unlocked", "locked", "hung", "bare"]

PROGRAMS: Final = ("dbus-run-session", "dbus-send", "gnome-keyring-daemon")

NAME: Final = "org.freedesktop.secrets"

SCRIPT: Final = f"""
set -eu
password=$KEYRING_PASSWORD condition=$KEYRING_CONDITION
unset KEYRING_PASSWORD KEYRING_CONDITION
if [ "$condition" = bare ]; then
    eval "$(gnome-keyring-daemon --start --components=secrets --daemonize)"
else
    eval "$(printf '%s\\n' "$password" | gnome-keyring-daemon --unlock --components=secrets --daemonize)"
fi
unset password
ask() {{ dbus-send --session --print-reply --dest="$@"; }}
if [ "$condition" = locked ]; then
    ask {NAME} /org/freedesktop/secrets org.freedesktop.Secret.Service.Lock \\
        array:objpath:/org/freedesktop/secrets/collection/login >/dev/null
fi
if [ "$condition" = hung ]; then
    ask {NAME} /org/freedesktop/secrets org.freedesktop.DBus.Peer.Ping >/dev/null
    daemon=$(ask org.freedesktop.DBus / org.freedesktop.DBus.GetConnectionUnixProcessID string:{NAME} \\
        | sed -n 's/.*uint32 //p')
    kill -STOP "$daemon"
    trap 'kill -KILL "$daemon"' EXIT
fi
status=0
"$@" || status=$?
exit $status
"""


class Finished(NamedTuple):
    """How a run ended: exit code, and both outputs as text."""

    returncode: int
    stdout: str
    stderr: str


class SecretService:
    """One person's keyring. Programs run in it with an environment of its own: nothing of the real session leaks in."""

    def __init__(self, folder: Path, password: str = "pw") -> None:
        """``folder``: an empty one for the home. Skips the test where the programs are not installed."""
        require_secret_service()
        self.home = folder / "home"
        self._runtime = folder / "run"
        self._password = password
        for path in (self.home, self._runtime):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def keyring_files(self) -> list[Path]:
        """The files in which gnome-keyring keeps everything."""
        return sorted((self.home / ".local/share/keyrings").glob("*"))

    async def run(
        self,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        condition: Condition = "unlocked",
        timeout: float = PATIENCE_SECONDS,
    ) -> Finished:
        """Run a program in a new session on this keyring.

        ``condition``: ``locked``: nobody is there to unlock it; ``hung``: the service takes calls and never answers;
        ``bare``: it has no keyring yet, and nobody is there to make one.
        """
        control = {"KEYRING_PASSWORD": self._password, "KEYRING_CONDITION": condition}
        session = ["dbus-run-session", "--", "sh", "-c", SCRIPT, "sh", *argv]
        return await _run(session, {**self._environment(), **(env or {}), **control}, stdin, timeout)

    async def run_without_dbus(
        self,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout: float = PATIENCE_SECONDS,
    ) -> Finished:
        """Run a program where no D-Bus session exists."""
        return await _run(argv, {**self._environment(), **(env or {})}, stdin, timeout)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self._runtime),
            "PYTHONPATH": str(ROOT),
            "LC_ALL": "C.UTF-8",
        }


async def run_in_secret_service(
    argv: Sequence[str | Path],
    folder: Path,
    env: Mapping[str, str] | None = None,
    *,
    password: str = "pw",
    condition: Condition = "unlocked",
) -> Finished:
    """Run a program once in a Secret Service whose home is ``folder``."""
    return await SecretService(folder, password).run(argv, env=env, condition=condition)


def require_secret_service() -> None:
    """Skip the test, with the reason, where a real Secret Service cannot be had."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)} (packages gnome-keyring, dbus)")


async def _run(argv: Sequence[str | Path], env: Mapping[str, str], stdin: str, timeout: float) -> Finished:
    # Files, not pipes: a service that the session started may hold its end for ever, and nobody would see the end.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = await asyncio.create_subprocess_exec(
            *argv, env=dict(env), stdin=asyncio.subprocess.PIPE, stdout=out, stderr=errors, start_new_session=True
        )
        try:
            async with asyncio.timeout(timeout):
                await process.communicate(stdin.encode())
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
            _end_services(env["XDG_RUNTIME_DIR"])
        for file in (out, errors):
            file.seek(0)
        return Finished(process.returncode or 0, out.read().decode(), errors.read().decode())


def _end_services(runtime: str) -> None:
    """Kill what a session left: a keyring that was stopped before it knew its bus does not see the bus end."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("XDG_RUNTIME_DIR") == runtime:
                process.kill()
