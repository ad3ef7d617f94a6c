"""What people and schedules do with jobs: submit, cancel, submit again, change, delete."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar, cast

import msgspec
from msgspec import UNSET

from master.api.jobs import Job, JobCreate, JobPatch, JobTemplate
from master.errors import Conflict, Invalid, ServiceError, Unavailable
from master.services.catalog import CatalogService
from master.services.job_books import Also, Change, Entry, JobBook
from master.services.job_checks import check_job, name_of, time_limit_fault
from master.services.job_deliveries import JobDeliveries
from master.services.job_dispatches import JobDispatcher, Workers
from master.services.job_lists import JobLists
from master.services.job_outputs import JobOutputs
from master.services.job_reports import JobReports
from master.services.job_retention import JobRetention
from master.services.job_rows import FORCED, Record
from master.services.settings import SettingsService
from master.store.engine import Database, DatabaseError
from master.store.jobs import JobRecord
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.states import JobReason, JobState
from worker.protocol.texts import text

T = TypeVar("T")


class Credentials(Protocol):
    """What is asked of the free-standing credentials."""

    def has(self, credential_id: str) -> bool: ...

    async def read(self, credential_id: str) -> dict[str, Any]: ...


class JobCommands(JobLists):
    """Part of :class:`~master.services.jobs.JobService`. Each command is done to its end or not at all."""

    def __init__(
        self,
        *,
        database: Database,
        tasks: Tasks,
        catalog: CatalogService,
        settings: SettingsService,
        workers: Workers,
        credentials: Credentials,
        book: JobBook,
        dispatcher: JobDispatcher,
        outputs: JobOutputs,
        deliveries: JobDeliveries,
        reports: JobReports,
        retention: JobRetention,
    ) -> None:
        super().__init__(database=database, book=book, dispatcher=dispatcher, outputs=outputs)
        self._tasks = tasks
        self._catalog = catalog
        self._settings = settings
        self._workers = workers
        self._credentials = credentials
        self._deliveries = deliveries
        self._reports = reports
        self._retention = retention
        self._last_id = 0

    async def submit(
        self,
        body: JobCreate,
        *,
        schedule_id: str | None = None,
        resubmit_of: str | None = None,
        also: Also | None = None,
    ) -> Job:
        """Submit a job: written, with slots if there are any free. Raises :class:`Invalid` by field.

        ``also(conn, job_id)`` writes in the same transaction; the :class:`ServiceError` that it raises undoes the job.
        """
        if self._dispatcher.closed:
            raise Unavailable(text("request_not_ready"))
        fields = msgspec.structs.asdict(body)
        name = fields.pop("name")
        template = JobTemplate(**fields)
        default = await self.check(template)
        record: Record = JobRecord(
            id=self._new_id(),
            name=default if name is None else name,
            template=template,
            runner=template.runner,
            state=JobState.PENDING,
            submitted_at=now_ms(),
            resubmit_of=resubmit_of,
            schedule_id=schedule_id,
            credential_id=template.credential_id,
        )
        return await self._whole(self._submit(Entry(record=record), also), "submit")

    async def _submit(self, entry: Entry, also: Also | None) -> Job:
        async with entry.lock:
            # Known at once: a slot that becomes free while it is being written may be its own.
            self._book.add(entry)
            self._dispatcher.place(entry)
            try:
                await self._book.insert(entry, also)
            except BaseException:
                self._dispatcher.withdraw(entry)
                self._book.forget(entry)
                self._dispatcher.kick()
                raise
        if entry.given:
            self._deliveries.run(entry, adopt=False)
        return self._book.row(entry)

    async def check(self, template: JobTemplate) -> str:
        """Return the name of a job that is given none. Raises :class:`Invalid` by field."""
        manifest = await self._catalog.wait_runner(template.runner)
        if manifest is None:
            choices = ", ".join(self._catalog.runners())
            raise Invalid(fields={"runner": text("field_choice", choices=choices)})
        faults = check_job(template, manifest, self._settings.current, self._workers.configs())
        credential = template.credential_id
        if credential is not None and not self._credentials.has(credential):
            faults["credential_id"] = text("credential_unknown", id=credential[:100])
        if faults:
            raise Invalid(fields=faults)
        return name_of(template, manifest)

    async def cancel(self, job_id: str, *, force: bool = False, reason: JobReason = JobReason.CANCELLED) -> Job:
        """Cancel a job: at once where no worker has it, else through its keeper. One that ended stays as it is.

        Raises :class:`NotFound`.
        """
        entry = self._book.entries.get(job_id)
        if entry is not None:
            await self._whole(self._cancel(entry, force, reason), f"cancel job {job_id}")
        return await self.get(job_id)

    async def _cancel(self, entry: Entry, force: bool, reason: JobReason) -> None:
        async with entry.lock:
            if entry.record.id not in self._book.entries:
                return
            before = entry.record.cancelling
            asked = before.removesuffix(FORCED) or reason.value
            wish = asked + FORCED if force or before.endswith(FORCED) else asked
            if not entry.given:
                await self._cancel_waiting(entry, wish)
            elif wish != before:
                await self._book.write(entry, Change(job={"cancelling": wish}))
                self._deliveries.cancel(entry)
        self._dispatcher.kick()

    async def _cancel_waiting(self, entry: Entry, wish: str) -> None:
        record = entry.record
        self._dispatcher.withdraw(entry)
        entry.record = msgspec.structs.replace(record, cancelling=wish)
        try:
            await self._reports.cancelled(entry)
        except BaseException:
            entry.record = record
            self._dispatcher.enqueue(entry)
            raise

    async def resubmit(self, job_id: str) -> Job:
        """Submit the same once more, linked to the first. Raises :class:`NotFound`, :class:`Invalid`."""
        record = await self._record(job_id)
        body = JobCreate(**msgspec.structs.asdict(record.template), name=record.name)
        return await self.submit(body, resubmit_of=job_id)

    async def patch(self, job_id: str, body: JobPatch) -> Job:
        """Set another time limit, counted from the start.

        Raises :class:`NotFound`, :class:`Invalid`, :class:`Conflict` (it ended, or the version is stale).
        """
        entry = self._book.entries.get(job_id)
        if entry is None:
            raise Conflict(text("job_ended", name=(await self._record(job_id)).name))
        if (fault := time_limit_fault(body.time_limit)) is not None:
            raise Invalid(fields={"time_limit": fault})
        await self._whole(self._patch(entry, body), f"patch job {job_id}")
        return await self.get(job_id)

    async def _patch(self, entry: Entry, body: JobPatch) -> None:
        async with entry.lock:
            if body.version is not UNSET and body.version != entry.record.version:
                raise Conflict(text("version_stale"))
            if entry.record.id not in self._book.entries:
                raise Conflict(text("job_ended", name=entry.record.name))
            template = msgspec.structs.replace(entry.record.template, time_limit=body.time_limit)
            await self._book.write(entry, Change(job={"template": template}))
            if entry.given:
                self._deliveries.limit(entry)

    async def delete(self, job_id: str) -> None:
        """Delete a job that has ended, with its output. Raises :class:`NotFound`, :class:`Conflict`."""
        record = await self._record(job_id)
        if job_id in self._book.entries:
            raise Conflict(text("job_open", name=record.name))
        if not await self._whole(self._retention.delete([job_id]), f"delete job {job_id}"):
            raise Conflict(text("job_open", name=record.name))

    # ------------------------------------------------------------ inside

    def _new_id(self) -> str:
        """Return an id that is higher than all before: also by name the oldest job comes first."""
        self._last_id = max(now_ms(), self._last_id + 1)
        return f"{self._last_id:012x}"

    async def _whole(self, work: Coroutine[Any, Any, T], name: str) -> T:
        """Do it to its end, even if whoever asked goes away: half of it would be a lie in memory."""
        refused: list[Exception] = []

        async def outcome() -> T | None:
            try:
                return await work
            except (ServiceError, DatabaseError) as error:
                refused.append(error)  # told to whoever asked; any other is a fault of ours, and logged
                return None

        task: asyncio.Task[T | None] = self._tasks.spawn(outcome(), name=name)
        result = await asyncio.shield(task)
        if refused:
            raise refused[0]
        return cast("T", result)
