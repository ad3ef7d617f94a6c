"""Runs the built program as a stranger would, with no Python of this machine, and proves that all of it works."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from makers.contexts import Context, PackagingError, say
from makers.pictures import colours

SECONDS: Final = 180.0
DEMO_SECONDS: Final = 8
LEAST_COLOURS: Final = 40
"""A window with data has hundreds; an empty one has a handful."""
KEPT: Final = ("SYSTEMROOT", "WINDIR", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS", "PROGRAMDATA")
"""Without these no program starts on Windows."""
SESSION: Final = (
    "printf 'pw\\n' | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1; "
    'exec "$@" 2>"$0"'
)
"""For a shell: opens a Secret Service, then becomes the program."""
BUS: Final = ("dbus-run-session", "gnome-keyring-daemon", "dbus-daemon")


class Ran(NamedTuple):
    """How a run of the program ended."""

    code: int
    out: str
    err: str


class Stranger:
    """Somebody who has the program and nothing else: an empty home, and an environment without our tools."""

    def __init__(self, program: Path, home: Path, *, keyring: bool) -> None:
        """``keyring``: runs in a session of its own with an open Secret Service (Linux)."""
        self._program = program
        self._home = home
        self._keyring = keyring
        self.env = environment(home)

    def run(self, *arguments: str, code: int = 0) -> Ran:
        """Run the program. Raises :class:`PackagingError` when it ends otherwise, or says anything on stderr."""
        command = [str(self._program), *arguments]
        complaints = self._home / "complaints.txt"
        if self._keyring:
            # What the bus and the keyring say there is not the program's.
            command = ["dbus-run-session", "--", "sh", "-c", SESSION, str(complaints), *command]
        done = run_bounded(command, self.env, self._home)
        if self._keyring:
            done = done._replace(err=complaints.read_text(encoding="utf-8", errors="replace"))
        if done.code != code:
            raise PackagingError(f"{' '.join(arguments)} ended with code {done.code}:\n{done.out}\n{done.err}")
        if done.err.strip():
            raise PackagingError(f"{' '.join(arguments)} complained:\n{done.err}")
        return done


def make(context: Context) -> list[Path]:
    """Run every proof; one line each. Raises :class:`PackagingError` at the first that fails. Makes no file."""
    program = console_program(context)
    keyring = sys.platform == "linux" and all(shutil.which(name) for name in BUS)
    # A short path: sockets lie below it.
    with tempfile.TemporaryDirectory(prefix="wk-", ignore_cleanup_errors=True) as folder:
        stranger = Stranger(program, Path(folder), keyring=False)
        with_keyring = Stranger(program, Path(folder), keyring=keyring)
        proofs: dict[str, Callable[[], str]] = {
            "tells its version": lambda: version(context, stranger),
            "knows all plug-ins": lambda: catalogue(context, stranger),
            "proves itself": lambda: selftest(with_keyring, "keyring" if keyring else ""),
            "judges the machine": lambda: doctor(stranger),
            "shows its window": lambda: window(stranger, Path(folder) / "window.png"),
            "leaves nothing behind": lambda: remains(Path(folder)),
            "weighs": lambda: weight(context.demand_bundle()),
        }
        for name, prove in proofs.items():
            began = time.perf_counter()
            said = prove()
            say(f"✓ {name}: {said} ({time.perf_counter() - began:.1f} s)")
    return []


def console_program(context: Context) -> Path:
    """Return the executable that has standard streams."""
    if sys.platform == "darwin":
        return context.app / "Contents" / "MacOS" / "watchkeeper"
    return context.demand_bundle() / ("watchkeeper-cli.exe" if sys.platform == "win32" else "watchkeeper")


def environment(home: Path) -> dict[str, str]:
    """Return what a fresh account of the system has, and nothing else."""
    if sys.platform == "win32":
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        places = {name: home / name.lower() for name in ("APPDATA", "LOCALAPPDATA", "TEMP", "TMP")}
        for place in places.values():
            place.mkdir(exist_ok=True)
        root = kept.get("SYSTEMROOT", "C:\\Windows")
        return {
            **kept,
            **{name: str(place) for name, place in places.items()},
            "USERPROFILE": str(home),
            "PATH": f"{root}\\System32;{root}",
        }
    runtime = home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return {
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": str(runtime),
        "TMPDIR": str(home),
    }


def run_bounded(command: list[str], env: Mapping[str, str], folder: Path) -> Ran:
    """Run a command to its end, or end it and all that it started."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=sys.platform != "win32",
    ) as process:
        try:
            out, err = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            end(process)
            out, err = process.communicate()
            raise PackagingError(f"{command[-1]} did not end within {SECONDS:g} s:\n{out}\n{err}") from error
        return Ran(process.returncode, out, err)


def end(process: subprocess.Popen[str]) -> None:
    """End a process, and its session where there are such."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def version(context: Context, stranger: Stranger) -> str:
    """It says the version of the source."""
    said = stranger.run("--version").out.strip()
    if said != f"watchkeeper {context.version}":
        raise PackagingError(f"The program says {said!r}; the source is {context.version}.")
    return said


def catalogue(context: Context, stranger: Stranger) -> str:
    """Its workers offer exactly what those of the source do, and have the libraries for it."""
    built: dict[str, Any] = json.loads(stranger.run("worker", "--describe", "--load", "--demo").out)
    python = context.work / "bundle" / "environment" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if python.is_file():
        source = json.loads(context.run(python, "-m", "worker", "--describe", "--demo", env={"PYTHONUTF8": "1"}))
        if built != source:
            raise PackagingError("The plug-ins of the program are not those of the source.")
    for kind in ("platform", "runner"):
        wanted = sum(1 for _ in (context.root / "worker" / f"{kind}s").glob("*/manifest.toml"))
        if len(built[f"{kind}s"]) != wanted:
            raise PackagingError(f"The program has {len(built[f'{kind}s'])} {kind}s; the source has {wanted}.")
    return f"{len(built['platforms'])} platforms and {len(built['runners'])} runners as the source, all loaded"


def selftest(stranger: Stranger, vault: str) -> str:
    """Its own self-test passes: master, worker, account, item, credential, sign-in, backup, job, clean stop.

    ``vault``: where credentials must have been kept; empty: wherever this machine lets it.
    """
    told = json.loads(stranger.run("selftest", "--json").out)
    failed = [f"{step['name']}: {step['message']}" for step in told["steps"] if not step["passed"]]
    if failed or not told["passed"]:
        raise PackagingError(f"The self-test failed: {'; '.join(failed)}")
    if not told["packaged"] or vault not in ("", told["vault"]):
        raise PackagingError(f"The self-test was of something else: packaged {told['packaged']}, {told['vault']}.")
    return f"{len(told['steps'])} steps: {', '.join(step['name'] for step in told['steps'])}; {told['vault']}"


def doctor(stranger: Stranger) -> str:
    """It says what is right and wrong here; a worker starts in every case."""
    done = run_bounded([str(stranger._program), "doctor", "--json"], stranger.env, stranger._home)
    if done.err.strip():
        raise PackagingError(f"doctor complained:\n{done.err}")
    checks = {check["name"]: check["level"] for check in json.loads(done.out)}
    if checks.get("worker") != "ok" or checks.get("libraries") != "ok":
        raise PackagingError(f"doctor found the program wanting: {done.out}")
    return ", ".join(f"{name} {level}" for name, level in checks.items() if level != "ok") or "all is well"


def window(stranger: Stranger, picture: Path) -> str:
    """The window of the demo opens and has something in it."""
    stranger.run("demo", "--offscreen", "--seconds", str(DEMO_SECONDS), "--screenshot", str(picture))
    found = colours(picture)
    if found < LEAST_COLOURS:
        raise PackagingError(f"The picture of the window has {found} colours: it is empty.")
    return f"{found} colours"


def remains(home: Path) -> str:
    """No process of it runs any more."""
    left = list(processes(home))
    if left:
        raise PackagingError(f"Still running: {left}")
    return "no process"


def processes(home: Path) -> Iterator[str]:
    """Yield the command lines of all processes that were started with ``home`` as theirs (Linux)."""
    for place in Path("/proc").glob("[0-9]*") if sys.platform == "linux" else ():
        with contextlib.suppress(OSError):
            if f"HOME={home}".encode() in place.joinpath("environ").read_bytes().split(b"\0"):
                yield place.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")


def weight(bundle: Path) -> str:
    """Return how large it is."""
    files = [path for path in bundle.rglob("*") if path.is_file() and not path.is_symlink()]
    return f"{sum(path.stat().st_size for path in files) / 1e6:.0f} MB in {len(files)} files"
