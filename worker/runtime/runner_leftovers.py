"""What a Python runner left outside of its process when that was killed: undone by the worker that sees the end."""

import asyncio
import logging
from pathlib import Path
from typing import Final, Literal

from worker.protocol.job_messages import RunJob
from worker.protocol.secret import Secret
from worker.runtime.runners import Runners
from worker.sdk.runner import Execution, Request, Runner

logger = logging.getLogger(__name__)

CLEAN_SECONDS: Final = 15.0


class EndedExecution(Execution):
    """A run whose process is gone. What is printed now goes to the log of the worker: the output is closed."""

    def __init__(self, request: Request, folder: Path) -> None:
        self.request = request
        self.secret = Secret({})
        self.folder = folder
        self.stopping = asyncio.Event()
        self.stopping.set()

    def write(self, data: bytes, stream: Literal["stdout", "stderr"] = "stdout") -> None:
        logger.info("after its end the job in %s said: %s", self.folder, data.decode("utf-8", "replace")[:1000])


async def clean_up(runners: Runners, command: RunJob, folder: Path) -> None:
    """Let the runner of a run undo what that left. A failure is logged: the run has ended all the same."""
    try:
        runner = runners.create(command.runner)
        if type(runner).clean_up is Runner.clean_up:
            return
        async with asyncio.timeout(CLEAN_SECONDS):
            await runner.clean_up(EndedExecution(runners.request(command), folder))
    except Exception:
        # A plug-in's call: whatever it raises must not take the report of the end along.
        logger.exception("what the job %s left could not be cleared away", command.job_id)
