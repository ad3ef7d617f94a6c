"""The jobs of a worker without its process: a link without a network, real keepers."""

import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from tests.helpers.deadlines import until
from tests.helpers.worker_parts import FakeLink
from worker.protocol.job_folders import KEEPER, read_output, run_folder
from worker.protocol.job_messages import JobEnded, JobReported, JobStarted, RunJob
from worker.runtime.job_runs import is_alive, read_keeper
from worker.runtime.jobs import Jobs
from worker.runtime.redactions import Redactor
from worker.runtime.registry import find
from worker.runtime.tasks import Tasks
from worker.runtime.threads import Threads


class JobParts:
    """One worker's jobs in ``root``; what it reports is in ``link.master.heard``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.link = FakeLink()
        self.tasks = Tasks()
        self.threads = Threads()
        self.redactor = Redactor()
        self.jobs = Jobs(find(False), self.link, self.threads, self.tasks, self.redactor, root)

    async def close(self) -> None:
        """End as a worker ends: what runs goes on."""
        await self.jobs.close()
        await self.tasks.close()
        self.threads.close()

    async def run(self, *arguments: str, job_id: str = "j1", run: int = 1, **more: Any) -> None:
        """Have a command run."""
        spec = {"command": arguments[0], "args": list(arguments[1:])} if arguments else more.pop("spec")
        given = {"runner": "command", "working_directory": "/", **more}
        await self.jobs.run(RunJob(job_id=job_id, run=run, spec=spec, **given))

    def reports(self, job_id: str = "j1") -> list[JobReported]:
        """Return what the master heard of a job."""
        return [one for one in self.link.master.of(JobReported) if one.job_id == job_id]

    async def started(self, job_id: str = "j1") -> JobStarted:
        """Wait until the master was told that it runs."""
        found = await until(lambda: [one.started for one in self.reports(job_id) if one.started], what="a start")
        return found[0]

    async def ended(self, job_id: str = "j1") -> JobEnded:
        """Wait until the master was told that it ended."""
        found = await until(lambda: [one.ended for one in self.reports(job_id) if one.ended], what="an end")
        assert len(found) == 1
        return found[0]

    def folder(self, job_id: str = "j1", run: int = 1) -> Path:
        """Return the folder of a run."""
        return run_folder(self.root, job_id, run)

    def output(self, stream: Any = "stdout", job_id: str = "j1") -> str:
        """Return what it printed."""
        return read_output(self.folder(job_id), stream, 0, 10_000_000).text


@contextlib.asynccontextmanager
async def job_parts(root: Path) -> AsyncIterator[JobParts]:
    """A worker's jobs, closed at the end."""
    parts = JobParts(root)
    try:
        yield parts
    finally:
        await parts.close()


async def again(parts: JobParts) -> JobParts:
    """End this worker, and be the next one on the same folders."""
    await parts.close()
    return JobParts(parts.root)


@contextlib.asynccontextmanager
async def job_parts_without_trace(root: Path) -> AsyncIterator[JobParts]:
    """As :func:`job_parts`; keepers that are left are killed."""
    async with job_parts(root) as parts:
        try:
            yield parts
        finally:
            for path in root.rglob(KEEPER):
                with contextlib.suppress(msgspec.MsgspecError, ProcessLookupError):
                    keeper = read_keeper(path.parent)
                    if keeper is not None and is_alive(keeper):
                        os.kill(keeper.pid, signal.SIGKILL)
