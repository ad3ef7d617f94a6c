"""Has keepers of jobs made: by one small process that forks them, or, where there is no fork, by one process each."""

import asyncio
import contextlib
import json
import logging
import os
import sys
from pathlib import Path
from typing import Final

import msgspec

import worker
from worker.programs import console_program, keeper_program, packaged
from worker.runtime.job_runs import GoneError, tell_keeper
from worker.runtime.tasks import Tasks

logger = logging.getLogger(__name__)

START_SECONDS: Final = 20.0
GIVEN: Final = "stdin"
"""The pipe of a job's stdin in its folder."""
END_SECONDS: Final = 1.0
_RUNNER_CODE: Final = (
    "import sys; sys.path[:0] = [sys.argv.pop(1)]; from worker.__main__ import main; sys.exit(main(sys.argv[1:]))"
)
_CODE: Final = (
    "import sys; sys.path[:0] = [sys.argv.pop(1)]; from worker.shim.__main__ import main; sys.exit(main(sys.argv[1:]))"
)
"""Run in an interpreter without site-packages and environment: it starts in a third of the time."""
ON_WINDOWS: Final = sys.platform == "win32"
GIVE_SECONDS: Final = 0.05
_BREAKAWAY: Final = 0x01000000 | 0x00000008 | 0x00000200
"""CREATE_BREAKAWAY_FROM_JOB, DETACHED_PROCESS, CREATE_NEW_PROCESS_GROUP: it outlives this worker and the master."""


class KeeperError(Exception):
    """No keeper could be made, or none is known of.

    ``kind``: ``kept`` (the run has one already), ``folder`` (it cannot be used) or ``busy`` (one may be made yet).
    """

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


class _Answer(msgspec.Struct):
    folder: str
    keeper: int = 0
    error: str = ""
    detail: str = ""


class Nursery:
    """Makes keepers. Belongs to one event loop; its process is started with the first job."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: dict[str, asyncio.Future[_Answer]] = {}
        self._starting = asyncio.Lock()

    async def keep(self, folder: Path, stdin: str | None) -> None:
        """Have the job in ``folder`` started and kept; returns when its process runs, or has failed to start.

        Raises :class:`KeeperError`.
        """
        answered: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._waiting[str(folder)] = answered
        request = {"folder": str(folder), **({"stdin": stdin} if ON_WINDOWS else {"gives": stdin is not None})}
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._ask(json.dumps(request).encode() + b"\n")
                answer = await answered
        except (TimeoutError, OSError) as error:
            raise KeeperError("busy", str(error) or "it did not answer in time") from error
        finally:
            self._waiting.pop(str(folder), None)
        if answer.error:
            raise KeeperError(answer.error, answer.detail or answer.error)
        if stdin is not None and not ON_WINDOWS:
            self._tasks.spawn(give(folder, stdin.encode()), "stdin of a job")

    async def close(self) -> None:
        """Let the process that makes keepers end; those that it made live on."""
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    async def _ask(self, request: bytes) -> None:
        async with self._starting:
            if sys.platform == "win32":
                process = await self._start("once")
            else:
                if self._process is None or self._process.returncode is not None:
                    self._process = await self._start("serve")
                process = self._process
        assert process.stdin is not None
        process.stdin.write(request)
        await process.stdin.drain()

    async def _start(self, mode: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *keeper_command(mode),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            creationflags=_BREAKAWAY if sys.platform == "win32" else 0,
        )
        self._tasks.spawn(self._hear(process), "keepers")
        return process

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            try:
                answer = msgspec.json.decode(line, type=_Answer)
            except msgspec.MsgspecError:
                logger.error("what makes keepers said something else than it should: %r", line[:200])
                continue
            answered = self._waiting.get(answer.folder)
            if answered is not None and not answered.done():
                answered.set_result(answer)
        code = await process.wait()
        if process is self._process:
            self._process = None
            logger.log(logging.WARNING if code else logging.DEBUG, "what makes keepers ended with code %s", code)
            for answered in self._waiting.values():
                if not answered.done():
                    answered.set_exception(OSError("what makes keepers ended"))


def keeper_command(mode: str) -> list[str]:
    """Return the command of ``worker/shim``, from source and from a package."""
    if packaged():
        keeper = keeper_program()
        return [console_program(), "shim", mode] if keeper is None else [keeper, mode]
    root = Path(worker.__path__[0]).resolve().parent
    return [sys.executable, "-I", "-S", "-E", "-c", _CODE, str(root), mode]


def runner_command(runner: str, folder: Path) -> list[str]:
    """Return the command of a runner that does its work in Python."""
    if packaged():
        return [console_program(), "worker", "run-runner", runner, str(folder)]
    root = Path(worker.__path__[0]).resolve().parent
    # Nothing that lies about in the working directory is imported instead of what is meant.
    return [sys.executable, "-P", "-c", _RUNNER_CODE, str(root), "run-runner", runner, str(folder)]


async def give(folder: Path, data: bytes) -> None:
    """Write to the stdin of a job, as it reads, straight into its pipe; then let it find the end."""
    try:
        pipe = os.open(folder / GIVEN, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return  # it has ended
    try:
        while data:
            try:
                data = data[os.write(pipe, data) :]
            except BlockingIOError:
                await asyncio.sleep(GIVE_SECONDS)
    except OSError:
        return  # it does not read any more
    finally:
        os.close(pipe)
        with contextlib.suppress(GoneError):
            tell_keeper(folder, "given")
