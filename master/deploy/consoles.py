"""The command line of this very installation, as a process of its own."""

import asyncio
import contextlib
import os
import signal
import sys
from typing import Final, NamedTuple

from master.deploy.base import StartFailedError
from master.deploy.local import detached, source_root
from worker.programs import console_program, packaged

GRACE_SECONDS: Final = 2.0


class Printed(NamedTuple):
    """What a command left."""

    code: int
    out: bytes
    err: bytes


async def run_console(*arguments: str, seconds: float) -> Printed:
    """Run ``watchkeeper ARGUMENTS`` to its end. Raises :class:`StartFailedError`, ``TimeoutError``.

    One that is given up is asked to end, so that it leaves nothing behind, then ended.
    """
    root = source_root()
    env = os.environ | ({"PYTHONPATH": str(root)} if root is not None else {}) | {"PYTHONUTF8": "1"}
    try:
        process = await asyncio.create_subprocess_exec(
            *([console_program()] if packaged() else [sys.executable, "-P", "-m", "master"]),
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=env,
            **detached(),  # type: ignore[arg-type] # a session of its own, or flags: they differ by system
        )
    except OSError as error:
        raise StartFailedError(str(error)) from error
    try:
        out, err = await asyncio.wait_for(process.communicate(), seconds)
    except BaseException:
        if process.returncode is None:
            await _end(process)
        raise
    return Printed(process.returncode or 0, out, err)


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        if sys.platform != "win32":
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), GRACE_SECONDS)
        if process.returncode is None:
            process.kill()
            await process.wait()
