"""The jobs of this worker: begun, taken up again, ended when told, and told of until the master knows."""

import asyncio
import contextlib
import json
import logging
from pathlib import Path
from typing import Final

import msgspec
import psutil

from worker.protocol.bases import Done
from worker.protocol.codec import ProtocolError
from worker.protocol.credential_messages import CredentialGranted, CredentialRequest
from worker.protocol.job_folders import KeeperRecord, run_folder
from worker.protocol.job_messages import CancelJob, ForgetJob, JobStarted, LimitJob, RunJob
from worker.protocol.states import ErrorCode, JobReason
from worker.protocol.texts import Text, text
from worker.runtime.credentials import HeldSecret
from worker.runtime.job_ends import ended_of, read_result, refused
from worker.runtime.job_folders import abandon, read_job, write_folder
from worker.runtime.job_keepers import KeeperError, Nursery, runner_command
from worker.runtime.job_prints import Printer
from worker.runtime.job_reports import Report, Reports
from worker.runtime.job_runs import READ_SECONDS, KeptRun, is_alive, same_boot
from worker.runtime.link import LinkDownError, Master
from worker.runtime.redactions import Redactor
from worker.runtime.registry import Registry
from worker.runtime.runner_leftovers import clean_up
from worker.runtime.runners import Runners
from worker.runtime.tasks import Tasks, end
from worker.runtime.threads import Threads
from worker.sdk.runner import RunnerError

logger = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 0.5
LONGEST: Final = 500
"""Characters of what is told of a fault."""


class Entry:
    """One run that this worker looks after."""

    def __init__(self, command: RunJob, run: KeptRun, report: Report) -> None:
        self.command = command
        self.run = run
        self.report = report
        self.kept = False
        """A keeper runs, or ran."""
        self.cancelled: CancelJob | None = None
        """It is to end as soon as it has begun."""
        self.limited: LimitJob | None = None
        """It has another time limit than that of the command."""
        self.tasks: list[asyncio.Task[None]] = []


class Jobs:
    """All runs of this worker. ``root`` has one folder a job, the same for all workers of this machine."""

    def __init__(
        self, registry: Registry, link: Master, threads: Threads, tasks: Tasks, redactor: Redactor, root: Path
    ) -> None:
        self._runners = Runners(registry)
        self._link = link
        self._threads = threads
        self._tasks = tasks
        self._redactor = redactor
        self._root = root
        self._nursery = Nursery(tasks)
        self._reports = Reports(link, tasks)
        self._entries: dict[tuple[str, int], Entry] = {}

    def count(self) -> int:
        """Return how many runs are looked after."""
        return len(self._entries)

    # ------------------------------------------------------------ commands

    async def run(self, command: RunJob) -> Done:
        """Begin a run, or take it up again. One that is looked after already is left alone."""
        key = command.job_id, command.run
        if key not in self._entries:
            report, telling = self._reports.open(*key)
            folder = run_folder(self._root, *key)
            entry = Entry(command, KeptRun(*key, folder, self._threads), report)
            self._entries[key] = entry
            entry.tasks = [telling, self._tasks.spawn(self._look_after(entry), f"run of {command.job_id}")]
            telling.add_done_callback(lambda _: self._told(key, entry))
        elif command.adopt:
            await self._relimit(self._entries[key], command)
        return Done()

    async def cancel(self, command: CancelJob) -> Done:
        """End a run. Refused when it is none of this worker's."""
        entry = self._entry(command.job_id, command.run)
        if not entry.kept:
            forced = entry.cancelled is not None and entry.cancelled.force
            entry.cancelled = msgspec.structs.replace(command, force=command.force or forced)
        elif command.force:
            await entry.run.kill()
        else:
            await entry.run.stop()
        return Done()

    async def limit(self, command: LimitJob) -> Done:
        """Give a run another time limit."""
        entry = self._entry(command.job_id, command.run)
        entry.limited = command
        if entry.kept:
            await entry.run.set_timeout(command.time_limit_seconds)
        return Done()

    async def forget(self, command: ForgetJob) -> Done:
        """Leave a run to somebody else; it goes on."""
        entry = self._entries.pop((command.job_id, command.run), None)
        for task in entry.tasks if entry is not None else ():
            await end(task)
        return Done()

    async def adopt(self, commands: list[RunJob]) -> None:
        """Take up again what this worker, or one before it, began."""
        for command in commands:
            await self.run(command)

    async def close(self) -> None:
        """Look after nothing any more. What runs goes on under its keepers."""
        await self._nursery.close()

    async def _relimit(self, entry: Entry, command: RunJob) -> None:
        """Keep to the limit that holds by now: it may have been changed while nobody could be told."""
        known = entry.command if entry.limited is None else entry.limited
        if known.time_limit_seconds != command.time_limit_seconds:
            seconds = command.time_limit_seconds
            await self.limit(LimitJob(job_id=command.job_id, run=command.run, time_limit_seconds=seconds))

    # ------------------------------------------------------------ one run

    async def _look_after(self, entry: Entry) -> None:
        try:
            begun = entry.command.adopt or await self._begin(entry)
        except RunnerError as error:
            self._refuse(entry, error.reason, error.text)
            return
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            logger.error("the folder of the job %s cannot be used: %s", entry.command.job_id, error)
            self._refuse(entry, JobReason.START_FAILED, text("job_folder_unusable", detail=str(error)[:LONGEST]))
            return
        except Exception as error:
            # A runner's call: whatever it raises is an end of this run, and of nothing else.
            logger.exception("the runner %s failed", entry.command.runner)
            detail = self._redactor.redact(f"{type(error).__name__}: {error}")[:LONGEST]
            words = text("runner_failed", runner=entry.command.runner, detail=detail)
            self._refuse(entry, JobReason.START_FAILED, words)
            return
        while begun:
            # From here on it may run: what cannot be read now says nothing of that.
            try:
                await self._keep(entry)
            except OSError as error:
                logger.warning("the job %s cannot be looked at now: %s", entry.command.job_id, error)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return

    async def _begin(self, entry: Entry) -> bool:
        """Ask for its start; False: it ended before that."""
        job, folder = entry.command, entry.run.folder
        request, command = self._runners.parse(job)
        arguments = runner_command(job.runner, folder) if command.python else command.arguments
        secret = await self._secret(entry)
        try:
            if entry.cancelled is not None:
                self._refuse(entry, _cancel_reason(entry.cancelled), None)
                return False
            await self._threads.run_blocking(
                lambda: write_folder(folder, job, command, arguments, request.working_directory), READ_SECONDS
            )
            stdin = json.dumps(secret.secret.reveal()) if secret is not None else None
        except FileExistsError:
            # This command came before, to a process of this worker that ended since.
            return True
        finally:
            if secret is not None:
                secret.wipe()
        try:
            await self._nursery.keep(folder, stdin)
        except KeeperError as error:
            if error.kind == "folder" and await self._threads.run_blocking(lambda: abandon(folder), READ_SECONDS):
                self._refuse(entry, JobReason.START_FAILED, text("job_folder_unusable", detail=str(error)[:LONGEST]))
                return False
            if error.kind != "kept":
                logger.warning("whether the job %s began is not known yet: %s", job.job_id, error)
                await asyncio.sleep(AGAIN_SECONDS)
        return True

    async def _keep(self, entry: Entry) -> None:
        """Tell of its process, and of its end. Raises ``OSError`` when it cannot be looked at now."""
        run = entry.run
        try:
            keeper = await run.keeper()
            if keeper is None:
                if await self._threads.run_blocking(lambda: abandon(run.folder), READ_SECONDS):
                    self._never_began(entry)
                    return
                keeper = await run.keeper()
        except msgspec.MsgspecError:
            # What a loss of power left of it: whoever it named is gone.
            keeper = KeeperRecord(pid=1, created="", boot_id="", nonce="", at=0)
        if keeper is None or keeper.pid == 0:
            self._never_began(entry)
            return
        entry.kept = True
        if entry.limited is not None:
            await self.limit(entry.limited)
        elif entry.command.adopt:
            await run.set_timeout(entry.command.time_limit_seconds)
        if entry.cancelled is not None:
            await self.cancel(entry.cancelled)
        while is_alive(keeper):
            await self._watch(entry, keeper)
        await self._end(entry, keeper)

    async def _watch(self, entry: Entry, keeper: KeeperRecord) -> None:
        watching = [
            self._tasks.spawn(self._tell_start(entry), f"start of {entry.command.job_id}"),
            self._tasks.spawn(Printer(entry.run, self._link, self._threads).run(), f"output of {entry.command.job_id}"),
        ]
        entry.tasks += watching
        try:
            await entry.run.gone(keeper)
        finally:
            for task in watching:
                await end(task)
                entry.tasks.remove(task)

    async def _tell_start(self, entry: Entry) -> None:
        """Tell of its process as soon as that is known."""
        while True:
            with contextlib.suppress(OSError, msgspec.MsgspecError):
                process = await entry.run.process()
                if process is not None:
                    if await entry.run.result() is None:
                        entry.report.start(JobStarted(pid=process.pid, at=process.started_at))
                    return
            await asyncio.sleep(AGAIN_SECONDS)

    async def _end(self, entry: Entry, keeper: KeeperRecord) -> None:
        folder = entry.run.folder
        try:
            record = await entry.run.result()
        except msgspec.MsgspecError:
            record = None  # what a loss of power left of it
        if record is None:
            await self._lost(entry, keeper)
            return
        job = await self._threads.run_blocking(lambda: read_job(folder), READ_SECONDS)
        result = await self._threads.run_blocking(lambda: read_result(folder), READ_SECONDS)
        if result is None:
            # No Python runner that came to its end leaves none.
            await clean_up(self._runners, entry.command, folder)
        what, directory = (job.arguments[0], job.directory) if job is not None else (entry.command.runner, "")
        entry.report.end(ended_of(record, result, what[:LONGEST], directory[:LONGEST]))

    async def _lost(self, entry: Entry, keeper: KeeperRecord) -> None:
        """Its keeper is gone and left no record: nobody knows how it ended. What it left running is ended."""
        if not same_boot(keeper) or _before_boot(entry.command):
            self._refuse(entry, JobReason.HOST_RESTART, text("job_host_restart"))
            return
        await entry.run.clean_up()
        await clean_up(self._runners, entry.command, entry.run.folder)
        self._refuse(entry, JobReason.LOST, text("job_lost"))

    def _never_began(self, entry: Entry) -> None:
        if _before_boot(entry.command):
            # What the disk had of it when the power went is not known: it may have run.
            self._refuse(entry, JobReason.HOST_RESTART, text("job_host_restart"))
        else:
            entry.report.abandon()

    def _refuse(self, entry: Entry, reason: JobReason, error: Text | None) -> None:
        entry.report.end(refused(reason, error))

    async def _secret(self, entry: Entry) -> HeldSecret | None:
        """Return the secret of a job, None where it has none. Raises :class:`RunnerError` when it is refused."""
        job = entry.command
        question = CredentialRequest(job_id=job.job_id, run=job.run)
        while job.has_credential and entry.cancelled is None:
            await self._link.up()
            try:
                return HeldSecret(await self._link.request(question, CredentialGranted), self._redactor)
            except LinkDownError:
                await asyncio.sleep(AGAIN_SECONDS)  # nothing runs yet: it is asked for again
            except ProtocolError as error:
                words = text("job_credential", reason=error.message[:LONGEST])
                raise RunnerError(JobReason.CREDENTIAL, words) from error
        return None

    def _entry(self, job_id: str, run: int) -> Entry:
        entry = self._entries.get((job_id, run))
        if entry is None:
            raise ProtocolError(ErrorCode.JOB_NOT_FOUND, f"run {run} of the job {job_id[:40]!r} is not here")
        return entry

    def _told(self, key: tuple[str, int], entry: Entry) -> None:
        if self._entries.get(key) is entry:
            del self._entries[key]


def _cancel_reason(command: CancelJob) -> JobReason:
    return JobReason.KILLED if command.force else JobReason.CANCELLED


def _before_boot(command: RunJob) -> bool:
    """It was given to a worker before this machine was started."""
    return bool(0 < command.given_at < psutil.boot_time() * 1000)
