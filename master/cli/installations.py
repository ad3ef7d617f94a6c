"""All that runs from one installation, whatever its profile: a setup program ends it before it replaces the files.

Keepers of jobs are not of it: they have a folder of their own, and go on.
"""

import asyncio
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec
import psutil

from master.api.client import ApiError, MasterClient
from master.master_files import MASTER_FILE, MasterFile

KEEPERS: Final = "keeper-"
"""How the folder of a keeper begins."""
END_SECONDS: Final = 5.0
"""For what is ended without being asked."""


def processes_of(folder: Path, apart: Iterable[int] = ()) -> list[psutil.Process]:
    """Return the processes whose program lies in ``folder``, without keepers of jobs and the ids in ``apart``."""
    apart = set(apart)
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid in apart:
                continue
            program = _program(process)
            if program.is_relative_to(folder) and not program.relative_to(folder).parts[0].startswith(KEEPERS):
                found.append(process)
    return found


def own_ids() -> set[int]:
    """Return the ids of this process and of those that started it, as far as the system tells."""
    this = psutil.Process()
    ids = {this.pid}
    with suppress(psutil.Error, OSError):
        ids.update(parent.pid for parent in this.parents())
    return ids


def profile_of(process: psutil.Process, usual: Path) -> Path | None:
    """Return the profile that a process was given, or ``usual``; None where it cannot be told."""
    try:
        words, environment, place = process.cmdline(), process.environ(), Path(process.cwd())
    except (psutil.Error, OSError):
        return None
    given = environment.get("WATCHKEEPER_PROFILE", "")
    for at, word in enumerate(words):
        if word.startswith("--profile="):
            given = word.partition("=")[2]
        elif word == "--profile" and at + 1 < len(words):
            given = words[at + 1]
    return place / Path(given).expanduser() if given else usual


async def end_all(folder: Path, usual: Path, wait: float, apart: Iterable[int] = ()) -> list[psutil.Process]:
    """Ask every master of ``folder`` to stop, wait, then end what is no master; return what still runs.

    A master that was asked is never ended by force: it may be writing. What remains when they are gone has nothing to
    lose: windows of masters elsewhere, demos, workers started by hand (what they found is on disk), commands that wait.
    """
    processes = processes_of(folder, apart)
    known = {profile for process in processes if (profile := profile_of(process, usual)) is not None}
    by_id = {process.pid: process for process in processes}
    files = [file for file in map(_read, sorted(known)) if file is not None and file.pid in by_id]
    asked = [by_id[file.pid] for file in files]
    await asyncio.gather(*map(_ask, files))
    await _ended(asked, wait)
    still = [process for process in asked if _runs(process)]
    others = [process for process in processes_of(folder, apart) if process not in still]
    if not still:
        for process in others:
            with suppress(psutil.Error, OSError):
                process.terminate()
        await _ended(others, END_SECONDS)
    return [process for process in (*still, *others) if _runs(process)]


def installation() -> Path | None:
    """Return the folder of this package; None when this runs from source."""
    return Path(sys.executable).resolve().parent if getattr(sys, "frozen", False) else None


def _program(process: psutil.Process) -> Path:
    """Return the program of a process, or how it was called where the system does not tell. ``OSError``, psutil's."""
    with suppress(psutil.Error, OSError):
        return Path(process.exe())
    words = process.cmdline()
    return Path(process.cwd(), words[0]) if words else Path()


def _read(profile: Path) -> MasterFile | None:
    try:
        return msgspec.json.decode((profile / MASTER_FILE).read_bytes(), type=MasterFile)
    except (OSError, msgspec.DecodeError):
        return None


async def _ask(file: MasterFile) -> None:
    client = MasterClient(file.url, file.token)
    try:
        await client.shutdown()
    except ApiError:
        return  # it stops already, or cannot be reached: whether it ends is looked at
    finally:
        await client.close()


async def _ended(processes: Sequence[psutil.Process], seconds: float) -> None:
    await asyncio.to_thread(psutil.wait_procs, list(processes), timeout=seconds)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def told(processes: Sequence[psutil.Process]) -> list[dict[str, Any]]:
    """Return id and name of processes, for whoever asked."""
    found: list[dict[str, Any]] = []
    for process in processes:
        found.append({"pid": process.pid, "name": ""})
        with suppress(psutil.Error, OSError):
            found[-1]["name"] = process.name()
    return found
