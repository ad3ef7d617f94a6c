"""What jobs printed: read from the folders that their keepers write."""

import asyncio
import logging
import shutil
from pathlib import Path
from typing import Final

import msgspec

from master.api.jobs import JobOutput
from master.errors import NotFound, Unavailable
from master.services.job_rows import Record
from master.supervision.job_transitions import FINAL
from worker.protocol.job_folders import Encoding, Stream, read_output, run_folder
from worker.protocol.texts import text

logger = logging.getLogger(__name__)

PIECE_BYTES: Final = 256 * 1024
"""Most that one answer has."""


class JobOutputs:
    """The folders of all jobs. Ids of jobs are ours: no path is made of anything else."""

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder

    async def read(
        self, record: Record, stream: Stream, offset: int, attempt: int | None, encoding: Encoding = "utf-8"
    ) -> JobOutput:
        """Return a piece of a stream from byte ``offset`` on, of the last run or of that ``attempt``.

        Raises :class:`NotFound` when there was no such run, :class:`Unavailable` when its folder cannot be read.
        """
        run = attempt if attempt is not None else max(record.attempts, 1)
        if run > max(record.attempts, 1):
            raise NotFound(text("job_no_run", name=record.name, attempt=run))
        over = record.state in FINAL or run < record.attempts
        try:
            found = await asyncio.to_thread(
                read_output, run_folder(self.folder, record.id, run), stream, offset, PIECE_BYTES, encoding
            )
        except (OSError, msgspec.MsgspecError) as error:
            raise Unavailable(text("request_refused", detail=str(error)), code="ERR_OUTPUT") from error
        # One that was lost left no record of its end: what is there is all there is.
        complete = found.complete or (over and not found.text and found.next_offset == offset)
        return JobOutput(text=found.text, next_offset=found.next_offset, complete=complete, skipped=found.skipped)

    async def remove(self, ids: list[str]) -> list[str]:
        """Remove the folders of jobs; return the ids of those that are gone."""
        return await asyncio.to_thread(self._remove, ids)

    async def sizes(self) -> dict[str, int]:
        """Return the bytes that each folder takes, by the id of its job."""
        return await asyncio.to_thread(self._sizes)

    def names(self) -> list[str]:
        """Return the ids of which there are folders; blocks."""
        if not self.folder.is_dir():
            return []
        return [path.name for path in self.folder.iterdir() if is_job_id(path.name)]

    def _remove(self, ids: list[str]) -> list[str]:
        gone = []
        for job_id in ids:
            try:
                shutil.rmtree(self.folder / job_id)
            except FileNotFoundError:
                pass
            except OSError as error:
                logger.warning("the folder of job %s cannot be removed: %s", job_id, error)
                continue
            gone.append(job_id)
        return gone

    def _sizes(self) -> dict[str, int]:
        return {name: _size(self.folder / name) for name in self.names()}


def is_job_id(name: str) -> bool:
    """Tell whether a name is that of a job: 12 hexadecimal digits."""
    return len(name) == 12 and all(sign in "0123456789abcdef" for sign in name)


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:
            continue  # it went away
    return total
