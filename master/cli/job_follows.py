"""Follows a job: what it prints as it prints it, byte for byte, until its end; over restarts of the master too."""

import asyncio
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, Literal, TextIO, TypeVar

import click

from master.api.client import ApiError, MasterClient
from master.api.schema import Job, JobOutput
from master.cli.connection import find_master
from master.cli.job_tables import has_ended, why
from master.cli.options import Common
from worker.protocol.states import JobReason, JobState

T = TypeVar("T")
Stream = Literal["stdout", "stderr"]

SHORTEST_PAUSE: Final = 0.02
LONGEST_PAUSE: Final = 0.2
"""Between two questions while nothing is new."""
AWAY_SECONDS: Final = 60.0
"""A master that is away for longer is not waited for; the job goes on."""
WAIT_SECONDS: Final = 2.0
"""A job that waits for longer says why."""
CANCELS, KILLS = 1, 2
"""What so many Ctrl-C mean; one more leaves."""
_AWAY: Final = frozenset((0, 401, 502, 503))
"""What a master that is stopping, starting, or another one by now answers with."""


class Reach:
    """The running master of a profile; one that is started again is found again."""

    def __init__(self, common: Common, client: MasterClient) -> None:
        self._common = common
        self._client = client
        self._own: MasterClient | None = None
        self.away = False
        """It did not answer the last question."""

    async def ask(self, question: Callable[[MasterClient], Awaitable[T]]) -> T:
        """Return the answer; while no master is there, ask again. Raises :class:`ApiError`."""
        deadline = time.monotonic() + AWAY_SECONDS
        while True:
            try:
                answer = await question(self._client)
            except ApiError as error:
                if error.status not in _AWAY or time.monotonic() > deadline:
                    raise
            else:
                self.away = False
                return answer
            self.away = True
            await asyncio.sleep(LONGEST_PAUSE)
            await self._look_again()

    async def close(self) -> None:
        """End what it opened."""
        if self._own is not None:
            await self._own.close()

    async def _look_again(self) -> None:
        try:
            url, token = find_master(self._common)
        except click.ClickException:
            return
        await self.close()
        self._client = self._own = MasterClient(url, token)


class Interrupts:
    """Counts Ctrl-C instead of being ended by it, up to the last that means anything."""

    def __init__(self) -> None:
        self.count = 0
        self.tell: Callable[[int], None] | None = None
        """Called with the count at each one, whatever is waited for meanwhile."""

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count for the length of a block of the current task, on the main thread. Raises ``click.Abort``."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(self._hear, task))
        try:
            yield
        except asyncio.CancelledError:
            if self.count <= KILLS:
                raise
            raise click.Abort from None
        finally:
            signal.signal(signal.SIGINT, before)

    def _hear(self, task: asyncio.Task[Any]) -> None:
        self.count += 1
        if self.tell is not None:
            self.tell(self.count)
        if self.count > KILLS:
            # It may wait for a master that will never answer.
            task.cancel()


class Follower:
    """Prints both streams of a job to those of this process. With ``interrupts`` a Ctrl-C cancels the job."""

    def __init__(
        self,
        reach: Reach,
        job_id: str,
        streams: tuple[Stream, ...] = ("stdout", "stderr"),
        interrupts: Interrupts | None = None,
    ) -> None:
        self._reach = reach
        self._job_id = job_id
        self._streams = streams
        self._interrupts = interrupts
        if interrupts is not None:
            interrupts.tell = self._tell_interrupt
        self._heeded = 0
        self._pause = SHORTEST_PAUSE
        self._lost = 0

    async def run(self, attempt: int = 1) -> Job:
        """Follow from a run on; return the job as it ended. Raises :class:`ApiError`, ``BrokenPipeError``."""
        while True:
            await self._heed()
            job = await self._next_run(attempt)
            if job.attempts >= attempt:
                await self._print_run(attempt)
                attempt += 1
            elif has_ended(job):
                self._tell_lost()
                return job

    async def print_now(self, attempt: int) -> bool:
        """Print what is there by now; return whether that is all there will ever be."""
        complete = True
        for stream in self._streams:
            offset = 0
            while True:
                piece = await self._read(attempt, stream, offset)
                offset = piece.next_offset
                if piece.complete or not piece.text:
                    complete = complete and piece.complete
                    break
        self._tell_lost()
        return complete

    async def _next_run(self, attempt: int) -> Job:
        """Wait until that run was begun, or none will be any more."""
        begun = time.monotonic()
        told = ""
        while True:
            job = await self._reach.ask(lambda client: client.job(self._job_id))
            if job.attempts >= attempt or has_ended(job):
                return job
            if job.state is JobState.PENDING and time.monotonic() - begun > WAIT_SECONDS and why(job) != told:
                told = why(job)
                say(f"job {job.id} waits: {told}")
            await self._rest()

    async def _print_run(self, attempt: int) -> None:
        offsets: dict[Stream, int] = dict.fromkeys(self._streams, 0)
        while offsets:
            moved = False
            for stream, offset in list(offsets.items()):
                piece = await self._read(attempt, stream, offset)
                offsets[stream] = piece.next_offset
                if piece.complete:
                    del offsets[stream]
                moved = moved or bool(piece.text)
            if moved:
                self._pause = SHORTEST_PAUSE
                await self._heed()
            elif offsets:
                await self._rest()

    async def _read(self, attempt: int, stream: Stream, offset: int) -> JobOutput:
        piece = await self._reach.ask(
            lambda client: client.job_output(self._job_id, stream, offset, attempt, encoding="latin-1")
        )
        self._lost += piece.skipped
        # A stream that is closed (``>&-``) is None.
        target: TextIO | None = sys.stdout if stream == "stdout" else sys.stderr
        if piece.text and target is not None:
            target.buffer.write(piece.text.encode("latin-1"))
            target.buffer.flush()
        return piece

    async def _rest(self) -> None:
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 1.5, LONGEST_PAUSE)
        await self._heed()

    async def _heed(self) -> None:
        """Do what Ctrl-C means by now: cancel, then kill."""
        while self._interrupts is not None and self._interrupts.count > self._heeded:
            self._heeded = self._interrupts.count
            await self._reach.ask(partial(self._cancel, force=self._heeded >= KILLS))

    async def _cancel(self, client: MasterClient, force: bool) -> None:
        await client.cancel_job(self._job_id, force=force)

    def _tell_interrupt(self, count: int) -> None:
        if count > KILLS:
            say(f"job {self._job_id} is left to itself")
            return
        when = " when the master is there again" if self._reach.away else ""
        say(f"killing it{when}; again to leave it" if count == KILLS else f"cancelling it{when}; again to kill it")

    def _tell_lost(self) -> None:
        if self._lost:
            say(f"{self._lost} bytes of its output were not kept")


def tell_end(job: Job) -> None:
    """Say on stderr why a job did not end by itself; what a command says by its exit code is not said again."""
    if job.state is not JobState.COMPLETED and job.reason is not JobReason.SCRIPT_ERROR:
        say(why(job) or f"job {job.id} ended: {job.reason}")


def say(words: str) -> None:
    """Print a line of ours on stderr, beside what the job prints there; nowhere when that is closed."""
    if sys.stderr is not None:
        print(f"watchkeeper: {words}", file=sys.stderr, flush=True)
