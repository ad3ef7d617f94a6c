"""Tells those who look on what a job prints. The files are what counts: nothing here is repeated or waited for."""

import asyncio
import logging
from typing import Final

from worker.protocol.bases import Done
from worker.protocol.codec import ProtocolError
from worker.protocol.job_folders import Stream, printed, read_output
from worker.protocol.job_messages import JobPrinted
from worker.runtime.job_runs import READ_SECONDS, KeptRun
from worker.runtime.link import LinkDownError, Master
from worker.runtime.threads import Threads

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.2
LONGEST_SECONDS: Final = 2.0
MOST_BYTES: Final = 32 * 1024
"""What is printed beyond this between two looks is only told of, not sent along."""


class Printer:
    """Follows both streams of one run."""

    def __init__(self, run: KeptRun, link: Master, threads: Threads) -> None:
        self._run = run
        self._link = link
        self._threads = threads
        self._offsets: dict[Stream, int] = {"stdout": -1, "stderr": -1}

    async def run(self) -> None:
        """Follow until cancelled."""
        pause = LOOK_SECONDS
        while True:
            try:
                totals = await self._threads.run_blocking(
                    lambda: [(stream, printed(self._run.folder, stream)) for stream in self._offsets], READ_SECONDS
                )
                news = [await self._tell(stream, total) for stream, total in totals]
            except OSError as error:
                logger.debug("what the job %s prints cannot be looked at now: %s", self._run.job_id, error)
                news = []
            # One that prints nothing is looked at more seldom.
            pause = LOOK_SECONDS if any(news) else min(pause * 1.5, LONGEST_SECONDS)
            await asyncio.sleep(pause)

    async def _tell(self, stream: Stream, total: int) -> bool:
        """Tell of what is new; False when nothing is."""
        before, self._offsets[stream] = self._offsets[stream], total
        if total <= max(before, 0):
            return False
        if not self._link.connected:
            return True
        # At first only how much there is: what was printed until now, whoever looks on asks for.
        offset, words = (total if before < 0 else before), ""
        if 0 < total - offset <= MOST_BYTES:
            piece = await self._threads.run_blocking(
                lambda: read_output(self._run.folder, stream, offset, MOST_BYTES), READ_SECONDS
            )
            words, total = piece.text, piece.next_offset
            self._offsets[stream] = total
        said = JobPrinted(
            job_id=self._run.job_id, run=self._run.number, stream=stream, offset=offset, text=words, next_offset=total
        )
        try:
            await self._link.request(said, Done)
        except (LinkDownError, ProtocolError) as error:
            logger.debug("what the job %s printed was not heard: %s", self._run.job_id, error)
        return True
