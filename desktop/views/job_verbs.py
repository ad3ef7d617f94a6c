"""What can be done on the Jobs page and with jobs: for the palette, the keys, and the menu of the chosen ones."""

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from desktop.dialogs.context import Context
from desktop.models.job_loads import JobLoads
from desktop.models.job_words import has_ended
from desktop.models.jobs import JobTableModel
from desktop.models.palettes import Verb
from desktop.views.actions import Action, show_keys
from desktop.views.job_actions import JobActions
from desktop.views.job_panel import JobPanel
from desktop.views.tables import RowTable
from master.api.schema import Job
from worker.protocol.states import JobState


class JobsHost(Protocol):
    """The page, as far as these go."""

    context: Context
    work: JobLoads
    model: JobTableModel
    table: RowTable
    panel: JobPanel
    job_actions: JobActions

    def chosen(self) -> list[Job]: ...
    def new_job(self, runner: str = "", like: Job | None = None) -> None: ...
    def delete(self) -> None: ...


class JobVerbs(QObject):
    """Words it all as it stands now."""

    def __init__(self, page: JobsHost, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page

    def actions(self) -> list[Action]:
        """What the button and the keys of the table do."""
        page = self._page
        table = (page.table,)
        return [
            Action(name="jobs.new", title=self.tr("New job"), act=page.new_job),
            Action(
                name="jobs.open", title=self.tr("Go to the output of the chosen job"), act=page.panel.show_output,
                keys=("Return",), where=table, by_widget=True, listed=False,
            ),
            Action(
                name="jobs.delete", title=self.tr("Delete the chosen jobs"), act=page.delete, keys=("Del",),
                where=table, by_widget=True, enabled=lambda: bool(page.chosen()),
            ),
        ]  # fmt: skip

    def of(self, key: str) -> list[Verb]:
        """What the menu of one job offers."""
        page = self._page
        job = page.model.get(key)
        if job is None:
            return []
        if has_ended(job):
            commands = [("resubmit", "run", self.tr("Run again")), ("delete", "delete", self.tr("Delete…"))]
        else:
            commands = [("cancel", "cancel", self.tr("Cancel job"))]
        return [
            Verb(title=title, act=partial(page.job_actions.obey, command, [job]), name=name)
            for command, name, title in commands
        ]

    def fill(self, menu: QMenu, jobs: list[Job]) -> None:
        """Add what can be done with the chosen jobs."""
        page, obey = self._page, self._page.job_actions.obey
        going = any(not has_ended(job) for job in jobs)
        ended = any(has_ended(job) for job in jobs)
        menu.addAction(self.tr("Cancel job"), partial(obey, "cancel", jobs)).setEnabled(going)
        running = any(job.state is JobState.RUNNING for job in jobs)
        menu.addAction(self.tr("Force"), partial(obey, "force", jobs)).setEnabled(running)
        menu.addSeparator()
        menu.addAction(self.tr("Run again"), partial(obey, "resubmit", jobs)).setEnabled(ended)
        if len(jobs) == 1:
            menu.addAction(self.tr("Run again with changes…"), lambda: page.new_job(like=jobs[0]))
            folder = menu.addAction(self.tr("Open folder"), partial(obey, "folder", jobs))
            folder.setEnabled(page.panel.able(jobs[0])["folder"])
        menu.addSeparator()
        gone = show_keys(menu.addAction(self.tr("Delete…"), partial(obey, "delete", jobs)), "Del")
        gone.setEnabled(ended)

    def sentence(self) -> str:
        """Return how many run and wait, and how the last day went."""
        context, work = self._page.context, self._page.work
        status, figures = context.models.status, work.figures
        running = status.jobs.running if status is not None else 0
        pending = status.jobs.pending if status is not None else 0
        parts = [self.tr("%n running", "", running)] if running else []
        if pending:
            parts.append(self.tr("%n waiting", "", pending))
        if not parts:
            parts.append(self.tr("Nothing runs now"))
        if figures is not None:
            ended = figures.completed + figures.failed + figures.cancelled
            if figures.failed:
                parts.append(self.tr("%n failed in the last 24 hours", "", figures.failed))
            elif ended:
                parts.append(self.tr("nothing failed in the last 24 hours"))
            if figures.completed:
                parts.append(self.tr("%n completed", "", figures.completed))
        return " · ".join(parts)
