"""What workers are told of jobs: said again until it is acknowledged, or the worker is gone."""

import asyncio
import itertools
import logging
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from master.errors import Unavailable
from master.services.deliveries import Send
from master.services.job_books import Entry
from master.services.job_rows import FORCED, limit_seconds
from master.services.settings import SettingsService
from master.store.jobs import ReservationRecord
from master.tasks import Tasks
from worker.protocol.bases import Message
from worker.protocol.codec import ProtocolError
from worker.protocol.job_messages import CancelJob, ForgetJob, JobPolicy, LimitJob, RunJob
from worker.protocol.states import ErrorCode

logger = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 5.0
PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds until a worker that is there and did not answer is told again; the last for ever."""
ANSWER_BYTES: Final = 512 * 1024
"""Of the jobs in the answer to a registration; the rest follow it."""
_MEGABYTE: Final = 1_048_576


class JobDeliveries:
    """Sends to one worker never wait for another."""

    def __init__(self, *, send: Send, tasks: Tasks, settings: SettingsService, present: Callable[[str], bool]) -> None:
        """``present(worker_id)``: it is connected and takes messages."""
        self._send = send
        self._tasks = tasks
        self._settings = settings
        self._present = present

    def message(self, entry: Entry, *, adopt: bool) -> RunJob:
        """Return what a worker is told of the run that counts."""
        record, template = entry.record, entry.record.template
        settings = self._settings.current
        return RunJob(
            job_id=record.id,
            run=record.attempts,
            runner=record.runner,
            spec=template.spec,
            env=template.env,
            working_directory=template.working_directory,
            time_limit_seconds=limit_seconds(template),
            output_limit_bytes=settings.job_output_mb * _MEGABYTE,
            has_credential=record.credential_id is not None,
            policy=JobPolicy(commands=settings.job_commands, shell=settings.job_shell, mounts=settings.job_mounts),
            adopt=adopt,
            given_at=entry.held.reserved_at if entry.held is not None else 0,
        )

    def run(self, entry: Entry, *, adopt: bool) -> None:
        """Have its worker begin the run that counts, or take up what is left of it."""
        entry.noted = False
        self._tasks.spawn(self._run(entry, adopt), name=f"give job {entry.record.id}")

    def cancel(self, entry: Entry) -> None:
        """Have its worker stop the run."""
        self._tasks.spawn(self._cancel(entry), name=f"cancel job {entry.record.id}")

    def limit(self, entry: Entry) -> None:
        """Tell its worker of another time limit."""
        self._tasks.spawn(self._limit(entry), name=f"limit job {entry.record.id}")

    def forget(self, worker_id: str, entry: Entry) -> None:
        """Tell a worker that another one looks after the run."""
        held = entry.held
        if held is None:
            return
        message = ForgetJob(job_id=held.job_id, run=held.run)

        def wanted() -> bool:
            # It may be this worker's again by the time that it hears.
            now = entry.held
            return now is not None and now.run == held.run and now.worker_id != worker_id

        self._tasks.spawn(self._until_told(worker_id, message, wanted), name=f"forget job {held.job_id}")

    async def _run(self, entry: Entry, adopt: bool) -> None:
        held = entry.held
        if held is None:
            return

        def wanted() -> bool:
            return _same(entry, held) and not entry.noted

        first = self.message(entry, adopt=adopt)
        if not await self._once(held.worker_id, first):
            # It may have begun: from now on it is only asked what became of it.
            ask = msgspec.structs.replace(first, adopt=True)
            if not self._present(held.worker_id) or not await self._later(held.worker_id, ask, wanted):
                return
        if _same(entry, held):
            entry.noted = True

    async def _cancel(self, entry: Entry) -> None:
        held = entry.held
        if held is not None:
            force = entry.record.cancelling.endswith(FORCED)
            message = CancelJob(job_id=held.job_id, run=held.run, force=force)
            told = await self._once(held.worker_id, message)
            for pause in itertools.chain(PAUSES, itertools.repeat(PAUSES[-1])):
                if told or not self._present(held.worker_id):
                    return  # who is away is told when it comes back
                await asyncio.sleep(pause)
                if not _same(entry, held):
                    return
                # One that does not know of the run looks for what is left of it.
                await self._once(held.worker_id, self.message(entry, adopt=True))
                told = await self._once(held.worker_id, message)

    async def _limit(self, entry: Entry) -> None:
        held, template = entry.held, entry.record.template
        if held is not None:
            message = LimitJob(job_id=held.job_id, run=held.run, time_limit_seconds=limit_seconds(template))
            await self._until_told(
                held.worker_id, message, lambda: _same(entry, held) and entry.record.template == template
            )

    async def _until_told(self, worker_id: str, message: Message, wanted: Callable[[], bool]) -> bool:
        if not wanted():
            return False
        if await self._once(worker_id, message):
            return True
        return self._present(worker_id) and await self._later(worker_id, message, wanted)

    async def _later(self, worker_id: str, message: Message, wanted: Callable[[], bool]) -> bool:
        """Say it again until it is acknowledged (True), or nobody wants it any more, or the worker is gone."""
        for pause in itertools.chain(PAUSES, itertools.repeat(PAUSES[-1])):
            await asyncio.sleep(pause)
            if not wanted() or not self._present(worker_id):
                return False
            if await self._once(worker_id, message):
                return True
        return False  # never: it goes on for ever

    async def _once(self, worker_id: str, message: Message) -> bool:
        try:
            await self._send(worker_id, message, ANSWER_SECONDS)
        except Unavailable as error:
            logger.info("%s was not told %s: %s", worker_id, type(message).__name__, error.text.message)
            return False
        except ProtocolError as error:
            level = logging.INFO if error.code is ErrorCode.JOB_NOT_FOUND else logging.WARNING
            logger.log(level, "%s refused %s: %s", worker_id, type(message).__name__, error.message)
            return False
        return True


def _same(entry: Entry, held: ReservationRecord) -> bool:
    """The run still counts, and is still this worker's."""
    now = entry.held
    return now is not None and now.run == held.run and now.worker_id == held.worker_id


def fitting(messages: Sequence[RunJob]) -> list[RunJob]:
    """Return as many of the first as the answer to a registration holds."""
    size = 0
    for number, message in enumerate(messages):
        size += len(msgspec.json.encode(message))
        if size > ANSWER_BYTES:
            return list(messages[:number])
    return list(messages)
