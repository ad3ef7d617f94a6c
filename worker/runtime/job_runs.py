"""One run of a job as its worker sees it: the keeper that runs, and what it left in the folder."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import psutil

from worker.protocol.job_folders import (
    CONTROL,
    JOB_VARIABLE,
    KEEPER,
    PROCESS,
    ExitRecord,
    KeeperRecord,
    ProcessRecord,
    read_exit,
)
from worker.protocol.states import JobState
from worker.runtime.threads import Threads
from worker.sdk.runner import Run
from worker.shim.processes import boot_id, created

T = TypeVar("T")

LOOK_SECONDS: Final = 0.1
"""So often a keeper is looked at where the system does not tell of its end."""
READ_SECONDS: Final = 10.0


class GoneError(Exception):
    """The keeper has ended."""


class KeptRun(Run):
    """A run that a keeper was made for. Nothing here is remembered but in the folder: it works for whoever comes."""

    def __init__(self, job_id: str, number: int, folder: Path, threads: Threads) -> None:
        self.job_id = job_id
        self.number = number
        self.folder = folder
        self._threads = threads

    async def stop(self) -> None:
        self._tell("stop")

    async def kill(self) -> None:
        self._tell("kill")

    async def set_timeout(self, seconds: float | None) -> None:
        self._tell(f"limit {'none' if seconds is None else seconds}")

    async def status(self) -> JobState:
        ended = await self.result()
        if ended is None:
            return JobState.RUNNING
        if ended.end in ("stopped", "killed"):
            return JobState.CANCELLED
        return JobState.COMPLETED if ended.end == "exited" and ended.code == 0 else JobState.FAILED

    async def result(self) -> ExitRecord | None:
        return await self._threads.run_blocking(lambda: read_exit(self.folder), READ_SECONDS)

    async def clean_up(self) -> None:
        try:
            keeper = await self._threads.run_blocking(lambda: read_keeper(self.folder), READ_SECONDS)
        except msgspec.MsgspecError:
            return  # it names nobody any more
        if keeper is not None:
            await self._threads.run_blocking(lambda: end_leftovers(self.marker(keeper.nonce)), READ_SECONDS)

    def marker(self, nonce: str) -> str:
        """Return what all processes of this run have in their environment."""
        return f"{self.job_id}/{self.number}/{nonce}"

    async def process(self) -> ProcessRecord | None:
        """Return the process that was started, None when none is known."""
        return await self._threads.run_blocking(lambda: _read(self.folder / PROCESS, ProcessRecord), READ_SECONDS)

    async def keeper(self) -> KeeperRecord | None:
        """Return who keeps it, None when nobody ever did."""
        return await self._threads.run_blocking(lambda: read_keeper(self.folder), READ_SECONDS)

    async def gone(self, keeper: KeeperRecord) -> None:
        """Wait until the keeper has ended, at once if it is not there any more."""
        await _gone(keeper)

    def _tell(self, line: str) -> None:
        """Send a command to the keeper. Nothing happens where it has ended: its record says how."""
        with contextlib.suppress(GoneError):
            tell_keeper(self.folder, line)


def read_keeper(folder: Path) -> KeeperRecord | None:
    """Return who keeps a run, None when nobody ever did. Raises ``OSError``, ``msgspec.MsgspecError``."""
    return _read(folder / KEEPER, KeeperRecord)


def is_alive(keeper: KeeperRecord) -> bool:
    """Whether the very process that took the folder still runs: same boot, same number, made at the same moment.

    Raises ``OSError`` when it cannot be looked at now.
    """
    return keeper.pid > 0 and same_boot(keeper) and created(keeper.pid) == keeper.created != ""


def same_boot(keeper: KeeperRecord) -> bool:
    """Whether the machine was not started again since; so, too, where that cannot be told."""
    now = boot_id()
    return not now or not keeper.boot_id or keeper.boot_id == now


def tell_keeper(folder: Path, line: str) -> None:
    """Send one line to the keeper of a run. Raises :class:`GoneError` when nobody listens."""
    if sys.platform == "win32":
        from worker.shim.windows import tell

        keeper = read_keeper(folder)
        if keeper is None or not tell(keeper.nonce, line):
            raise GoneError
        return
    try:
        # Fails unless somebody has it open for reading: no number is asked, so nobody else can be meant.
        control = os.open(folder / CONTROL, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        raise GoneError from error
    try:
        os.write(control, f"{line}\n".encode())
    finally:
        os.close(control)


def end_leftovers(marker: str) -> int:
    """Kill what still runs of a run whose keeper is gone, known by its environment; return how many. Blocks."""
    count = 0
    for process in psutil.process_iter():
        try:
            if process.environ().get(JOB_VARIABLE) == marker:
                process.kill()  # psutil compares creation times first
                count += 1
        except (psutil.Error, OSError):
            continue
    return count


if sys.platform == "linux":

    async def _gone(keeper: KeeperRecord) -> None:
        if not same_boot(keeper):
            return
        try:
            handle = os.pidfd_open(keeper.pid)
        except ProcessLookupError:
            return
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        try:
            # Asked with the handle open: from here on its number belongs to it.
            if created(keeper.pid) == keeper.created:
                loop.add_reader(handle, ended.set)
                await ended.wait()
        finally:
            loop.remove_reader(handle)
            os.close(handle)

else:

    async def _gone(keeper: KeeperRecord) -> None:
        while is_alive(keeper):  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(LOOK_SECONDS)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
