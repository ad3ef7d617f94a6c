"""The jobs of this worker: begun, taken up again, ended when told, and told of until the master knows."""

import asyncio
import json
import logging
from pathlib import Path

import msgspec
import psutil

from worker.protocol.codec import ProtocolError
from worker.protocol.job_folders import KeeperRecord, run_folder
from worker.protocol.job_messages import CancelJob, ForgetJob, JobStarted, LimitJob, RunJob
from worker.protocol.messages import CredentialGranted, CredentialRequest, Done
from worker.protocol.states import ErrorCode, JobReason
from worker.protocol.texts import Text, text
from worker.runtime.credentials import HeldSecret
from worker.runtime.job_ends import ended_of, read_result, refused
from worker.runtime.job_folders import abandon, read_job, write_folder
from worker.runtime.job_keepers import KeeperError, Nursery, runner_command
from worker.runtime.job_prints import Printer
from worker.runtime.job_reports import Report, Reports
from worker.runtime.job_runs import READ_SECONDS, KeptRun, is_alive
from worker.runtime.link import LinkDownError, Master
from worker.runtime.redactions import Redactor
from worker.runtime.registry import Registry
from worker.runtime.runner_leftovers import clean_up
from worker.runtime.runners import Runners
from worker.runtime.tasks import Tasks, end
from worker.runtime.threads import Threads
from worker.sdk.runner import RunnerError
from worker.shim.processes import boot_id

logger = logging.getLogger(__name__)


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
        return Done()

    async def cancel(self, command: CancelJob) -> Done:
        """End a run. Refused when it is none of this worker's."""
        entry = self._entry(command.job_id, command.run)
        if not entry.kept:
            entry.cancelled = command
        elif command.force:
            await entry.run.kill()
        else:
            await entry.run.stop()
        return Done()

    async def limit(self, command: LimitJob) -> Done:
        """Give a run another time limit."""
        entry = self._entry(command.job_id, command.run)
        if entry.kept:
            await entry.run.set_timeout(command.time_limit_seconds)
        else:
            entry.command = msgspec.structs.replace(entry.command, time_limit_seconds=command.time_limit_seconds)
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

    # ------------------------------------------------------------ one run

    async def _look_after(self, entry: Entry) -> None:
        try:
            begun = entry.command.adopt or await self._begin(entry)
            if begun:
                await self._keep(entry)
        except RunnerError as error:
            self._refuse(entry, error.reason, error.text)
        except (OSError, ValueError, TimeoutError, msgspec.MsgspecError) as error:
            logger.error("the folder of the job %s cannot be used: %s", entry.command.job_id, error)
            self._refuse(entry, JobReason.START_FAILED, text("job_folder_unusable", detail=str(error)))
        except Exception as error:
            # A runner's call: whatever it raises is an end of this run, and of nothing else.
            logger.exception("the runner %s failed", entry.command.runner)
            detail = self._redactor.redact(f"{type(error).__name__}: {error}")
            words = text("runner_failed", runner=entry.command.runner, detail=detail)
            self._refuse(entry, JobReason.START_FAILED, words)

    async def _begin(self, entry: Entry) -> bool:
        """Have it started; False: it ended before that."""
        job, folder = entry.command, entry.run.folder
        request, command = self._runners.parse(job)
        arguments = runner_command(job.runner, folder) if command.python else command.arguments
        secret = await self._secret(job)
        try:
            if entry.cancelled is not None:
                self._refuse(entry, _cancel_reason(entry.cancelled), None)
                return False
            job = entry.command
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
            if not error.kept and await self._threads.run_blocking(lambda: abandon(folder), READ_SECONDS):
                self._refuse(entry, JobReason.START_FAILED, text("job_folder_unusable", detail=str(error)))
                return False
        return True

    async def _keep(self, entry: Entry) -> None:
        """Tell of its process, and of its end."""
        run = entry.run
        keeper = await run.keeper()
        if keeper is None:
            if await self._threads.run_blocking(lambda: abandon(run.folder), READ_SECONDS):
                self._never_began(entry)
                return
            keeper = await run.keeper()
        if keeper is None or keeper.pid == 0:
            self._never_began(entry)
            return
        entry.kept = True
        if entry.cancelled is not None:
            await self.cancel(entry.cancelled)
        if is_alive(keeper):
            await self._watch(entry, keeper)
        await self._end(entry, keeper)

    async def _watch(self, entry: Entry, keeper: KeeperRecord) -> None:
        process = await entry.run.process()
        if process is not None and await entry.run.result() is None:
            entry.report.start(JobStarted(pid=process.pid, at=process.started_at))
        printer = Printer(entry.run, self._link, self._threads)
        printing = self._tasks.spawn(printer.run(), f"output of {entry.command.job_id}")
        entry.tasks.append(printing)
        try:
            await entry.run.gone(keeper)
        finally:
            await end(printing)

    async def _end(self, entry: Entry, keeper: KeeperRecord) -> None:
        record = await entry.run.result()
        if record is None:
            await self._lost(entry, keeper)
            return
        folder = entry.run.folder
        job = await self._threads.run_blocking(lambda: read_job(folder), READ_SECONDS)
        result = await self._threads.run_blocking(lambda: read_result(folder), READ_SECONDS)
        if result is None:
            # No Python runner that came to its end leaves none.
            await clean_up(self._runners, entry.command, folder)
        entry.report.end(ended_of(record, result, job.arguments[0], job.directory))

    async def _lost(self, entry: Entry, keeper: KeeperRecord) -> None:
        """Its keeper is gone and left no record: nobody knows how it ended. What it left running is ended."""
        if keeper.boot_id != boot_id():
            self._refuse(entry, JobReason.HOST_RESTART, text("job_host_restart"))
            return
        await entry.run.clean_up()
        await clean_up(self._runners, entry.command, entry.run.folder)
        self._refuse(entry, JobReason.LOST, text("job_lost"))

    def _never_began(self, entry: Entry) -> None:
        given = entry.command.given_at
        if given and given < psutil.boot_time() * 1000:
            # What the disk had of it when the power went is not known: it may have run.
            self._refuse(entry, JobReason.HOST_RESTART, text("job_host_restart"))
        else:
            entry.report.abandon()

    def _refuse(self, entry: Entry, reason: JobReason, error: Text | None) -> None:
        entry.report.end(refused(reason, error))

    async def _secret(self, job: RunJob) -> HeldSecret | None:
        if not job.has_credential:
            return None
        question = CredentialRequest(job_id=job.job_id, run=job.run)
        try:
            granted = await self._link.request(question, CredentialGranted)
        except (ProtocolError, LinkDownError) as error:
            raise RunnerError(JobReason.CREDENTIAL, text("job_credential", reason=str(error))) from error
        return HeldSecret(granted, self._redactor)

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
