"""Tells the master what became of runs, until it has heard it."""

import asyncio
import contextlib
import logging
from typing import Final

import msgspec

from worker.protocol.bases import Done
from worker.protocol.codec import ProtocolError
from worker.protocol.job_messages import JobEnded, JobReported, JobStarted
from worker.protocol.states import ErrorCode
from worker.runtime.link import LinkDownError, Master
from worker.runtime.tasks import Tasks

logger = logging.getLogger(__name__)

BREATH_SECONDS: Final = 0.02
"""A start waits so long for its end: short jobs are told in one message."""
RETRY_SECONDS: Final = 1.0
SEND_SECONDS: Final = 15.0


class Report:
    """What is to be told of one run."""

    def __init__(self, job_id: str, run: int) -> None:
        self.job_id = job_id
        self.run = run
        self.started: JobStarted | None = None
        self.ended: JobEnded | None = None
        self.never_began = False
        self._news = asyncio.Event()
        self._heard = False

    def start(self, started: JobStarted) -> None:
        """Its process runs."""
        self.started = started
        self._news.set()

    def end(self, ended: JobEnded) -> None:
        """It has ended; nothing more happens to it."""
        self.ended = ended
        self._news.set()

    def abandon(self) -> None:
        """It never began."""
        self.never_began = True
        self._news.set()

    @property
    def final(self) -> bool:
        """Nothing more is to be told after this."""
        return self.ended is not None or self.never_began

    async def next(self) -> JobReported:
        """Wait for something that was not heard yet."""
        while True:
            await self._news.wait()
            self._news.clear()
            if not self.final and not self._heard:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(BREATH_SECONDS):
                        await self._news.wait()
                self._news.clear()
            if self.final or not self._heard:
                return JobReported(
                    job_id=self.job_id,
                    run=self.run,
                    started=self.started,
                    ended=self.ended,
                    never_began=self.never_began,
                )

    def heard(self, said: JobReported) -> bool:
        """Note that the master has it; True when that was all."""
        self._heard = True
        return said.ended is not None or said.never_began


class Reports:
    """Sends reports, each until it is acknowledged; those of one run in order."""

    def __init__(self, link: Master, tasks: Tasks) -> None:
        self._link = link
        self._tasks = tasks

    def open(self, job_id: str, run: int) -> tuple[Report, "asyncio.Task[None]"]:
        """Begin to tell of a run; the task ends when all was heard."""
        report = Report(job_id, run)
        return report, self._tasks.spawn(self._tell(report), f"job {job_id}")

    async def _tell(self, report: Report) -> None:
        while True:
            said = await report.next()
            while not await self._send(said):  # noqa: ASYNC110 (tried again, not waited for)
                await asyncio.sleep(RETRY_SECONDS)
            if report.heard(said):
                return

    async def _send(self, said: JobReported) -> bool:
        await self._link.up()
        try:
            await self._link.request(said, Done, SEND_SECONDS)
        except LinkDownError:
            return False
        except ProtocolError as error:
            if error.code is ErrorCode.TOO_LARGE and said.ended is not None and said.ended.result is not None:
                ended = msgspec.structs.replace(said.ended, error=None, result=None)
                return await self._send(msgspec.structs.replace(said, ended=ended))
            if error.code in (ErrorCode.JOB_NOT_FOUND, ErrorCode.INVALID_PAYLOAD):
                logger.warning("what became of the job %s is not wanted: %s", said.job_id, error.message)
                return True
            logger.warning("what became of the job %s is told again: %s", said.job_id, error.message)
            return False
        return True
