"""Jobs, schedules and their credentials in the window: loaded over the bridge, then patched from events."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.bridge import Bridge
from desktop.models.accounts import now_ms
from desktop.models.job_removals import JobRemovals
from desktop.models.job_words import has_ended
from desktop.models.jobs import JobTableModel
from desktop.models.loads import Loads
from desktop.models.rows import LoadStatus
from desktop.models.schedules import ScheduleTableModel
from desktop.words import Wording
from master.api.client import ApiError
from master.api.schema import CatalogAnswer, Credential, Job, JobStats
from worker.protocol.manifest import Manifest
from worker.protocol.states import JobState

PAGE = 200
DAY_MS = 86_400_000
FIGURES_MS = 3000
"""Ends of jobs are gathered this long before the figures of the day are asked for."""

Run = Callable[[Coroutine[Any, Any, Any]], object]


class Guard(Protocol):
    """Awaits a call; an error is told to the load states and comes back as None."""

    async def __call__(self, call: Coroutine[Any, Any, Any], *states: LoadStatus) -> Any:
        """Return its answer."""


class JobLoads(QObject):
    """The part of the window's picture that speaks of jobs."""

    printed = Signal(object)
    """One :class:`~master.api.events.JobPrinted`."""
    changed = Signal(object)
    """One :class:`~master.api.jobs.Job`, as it is now."""
    deleted = Signal(str)
    """The job with this id is gone."""
    schedule_changed = Signal(str)
    """The schedule with this id changed, or ran."""
    figures_changed = Signal()
    credentials_changed = Signal()

    def __init__(
        self, bridge: Bridge, wording: Wording, run: Run, loads: Loads, guard: Guard, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._run, self._loads, self._guard = bridge, run, loads, guard
        self._wording = wording
        self.jobs = JobTableModel(wording, self)
        self.removals = JobRemovals(bridge, run, self.jobs, self)
        self.removals.hidden.connect(self.deleted)
        self.schedules = ScheduleTableModel(wording, self)
        self.credentials: dict[str, Credential] = {}
        self.runners: list[Manifest] = []
        self.figures: JobStats | None = None
        """Of the last 24 hours."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FIGURES_MS)
        self._timer.timeout.connect(self._on_figures_wanted)
        self.jobs.more_wanted.connect(self._on_more_wanted)

    def handlers(self) -> dict[str, Callable[[Any], object]]:
        """Return what is done with each kind of event."""
        return {
            "job.changed": self._kept_for("jobs", self._on_job),
            "job.deleted": self._kept_for("jobs", self._on_job_deleted),
            "job.printed": self.printed.emit,
            "schedule.changed": self._kept_for("schedules", self._on_schedule),
            "schedule.deleted": self._kept_for("schedules", lambda data: self.schedules.remove(data.id)),
            "credential.changed": self._kept_for("credentials", self._on_credential),
            "credential.deleted": self._kept_for("credentials", self._on_credential_deleted),
        }

    def close(self) -> None:
        """Ask for nothing more, and delete what is still to be."""
        self._timer.stop()
        self.removals.close()

    def learn(self, catalog: CatalogAnswer) -> None:
        """Take in the runners."""
        title = self._wording.pick
        self.runners = sorted(catalog.runners, key=lambda one: title(one.title).casefold())
        self.jobs.learn(catalog.runners)

    def runner(self, runner: str) -> Manifest | None:
        """Return the manifest of a runner."""
        return next((one for one in self.runners if one.id == runner), None)

    # -- loading

    async def load(self) -> None:
        """Load everything, each noun by itself."""
        await self.reload_jobs()
        await self.reload_schedules()
        await self._load_credentials()
        await self._load_figures()

    async def reload_jobs(self, state: JobState | None = None, query: str | None = None) -> None:
        """Load the first page again; with ``query`` not None, of another filter."""
        jobs = self.jobs
        if query is not None:
            jobs.narrow(state, query)
        jobs.load_status.set_loading()
        wanted = (jobs.wanted_state, jobs.query)
        with self._loads.loading("jobs"):
            page = await self._guard(
                self._bridge.client.jobs(state=jobs.wanted_state, q=jobs.query or None, limit=PAGE), jobs.load_status
            )
            if wanted != (jobs.wanted_state, jobs.query):
                return  # a later filter overtook it
            if page is None:
                jobs.page_failed()
            else:
                jobs.replace_page(page.rows, page.next_cursor)

    async def load_more_jobs(self) -> None:
        """Load the next page."""
        jobs = self.jobs
        wanted, cursor = (jobs.wanted_state, jobs.query), jobs.next_cursor
        call = self._bridge.client.jobs(state=jobs.wanted_state, q=jobs.query or None, limit=PAGE, cursor=cursor)
        with self._loads.loading("jobs"):
            try:
                page = await self._bridge.call(call)
            except ApiError:
                jobs.page_failed()
                raise
            if (jobs.wanted_state, jobs.query) == wanted and jobs.next_cursor == cursor:
                jobs.append_page(page.rows, page.next_cursor)

    async def reload_schedules(self) -> None:
        """Load all schedules."""
        self.schedules.load_status.set_loading()
        with self._loads.loading("schedules"):
            rows = await self._guard(self._bridge.client.schedules(), self.schedules.load_status)
            if rows is not None:
                self.schedules.replace_all(rows)

    async def _load_credentials(self) -> None:
        with self._loads.loading("credentials"):
            rows = await self._guard(self._bridge.client.credentials())
            if rows is not None:
                self.credentials = {row.id: row for row in rows}
                self.credentials_changed.emit()

    async def _load_figures(self) -> None:
        figures = await self._guard(self._bridge.client.job_stats(since=now_ms() - DAY_MS))
        if figures is not None:
            self.figures = figures
            self.figures_changed.emit()

    # -- events

    def _kept_for(self, noun: str, act: Callable[[Any], object]) -> Callable[[Any], None]:
        return lambda data: self._loads.apply(noun, lambda: act(data))

    def take(self, job: Job) -> None:
        """Show what the master answered; an event that is newer stays."""
        known = self.jobs.get(job.id)
        if known is None or known.version <= job.version:
            self._on_job(job)

    def _on_job(self, job: Job) -> None:
        known = self.jobs.get(job.id)
        self.jobs.upsert(job)
        if has_ended(job) and (known is None or not has_ended(known)):
            self._timer.start()
        self.changed.emit(job)

    def _on_job_deleted(self, data: Any) -> None:
        self.jobs.forget(data.id)
        self.jobs.remove(data.id)
        self._timer.start()
        self.deleted.emit(data.id)

    def _on_schedule(self, data: Any) -> None:
        self.schedules.upsert(data)
        self.schedule_changed.emit(data.id)

    def _on_credential(self, data: Any) -> None:
        self.credentials[data.id] = data
        self.credentials_changed.emit()

    def _on_credential_deleted(self, data: Any) -> None:
        self.credentials.pop(data.id, None)
        self.credentials_changed.emit()

    def _on_figures_wanted(self) -> None:
        self._run(self._load_figures())

    def _on_more_wanted(self) -> None:
        self._run(self.load_more_jobs())
