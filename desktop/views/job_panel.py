"""The chosen job: how it is, what can be done, its output and all that is known of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.models.job_words import JobWords, has_ended
from desktop.views.detail_panels import DetailPanel
from desktop.views.job_actions import job_folder
from desktop.views.job_details import DetailsTab
from desktop.views.job_output import OutputTab
from master.api.schema import Job
from worker.protocol.states import JobState


class JobPanel(DetailPanel):
    """Keeps its job even when the table shows another selection of jobs by now."""

    command = Signal(str)
    """One of ``cancel force resubmit folder delete``, for the job that is shown."""
    job_wanted = Signal(str)
    schedule_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._words = JobWords(context.wording)
        self.job: Job | None = None
        titles = {
            "cancel": self.tr("Cancel job"),
            "force": self.tr("Force"),
            "resubmit": self.tr("Run again"),
            "folder": self.tr("Open folder"),
            "delete": self.tr("Delete…"),
        }
        self.add_head(titles, ("force", "delete"))
        self.buttons["cancel"].setToolTip(
            self.tr("Asks it to end; a few seconds later it is ended with all it started")
        )
        self.buttons["force"].setToolTip(self.tr("Ends it at once, with all it started"))
        self.buttons["resubmit"].setToolTip(self.tr("Submits the same once more, as a new job"))
        self.add_facts()
        self.add_bar(self.tr("Output or details"))
        self.output = OutputTab(context, self)
        self.details = DetailsTab(context, self)
        self.add_tabs({self.tr("Output"): self.output, self.tr("Details"): self.details})
        self.details.job_wanted.connect(self.job_wanted)
        self.details.schedule_wanted.connect(self.schedule_wanted)
        self.hide()

    def obey(self, command: str) -> None:
        """Ask for it."""
        self.command.emit(command)

    def show_job(self, job: Job | None) -> None:
        """Show a job as it is now; None hides."""
        self.job = job
        self.setVisible(job is not None)
        self.output.show_job(job)
        self.details.show_job(job)
        if job is None:
            return
        self.set_name(job.name)
        able = self.able(job)
        for name, button in self.buttons.items():
            button.setVisible(able[name])
        self.tick()

    def able(self, job: Job) -> dict[str, bool]:
        """Return what can be done with a job now."""
        going = not has_ended(job)
        return {
            "cancel": going and not job.cancelling,
            "force": going and job.cancelling and job.state is JobState.RUNNING,
            "resubmit": not going,
            "folder": bool(job.attempts) and job_folder(self.context, job) is not None,
            "delete": not going,
        }

    def show_output(self) -> None:
        """Show the output, and go into it."""
        self.bar.setCurrentIndex(0)
        self.output.view.setFocus()

    def tick(self) -> None:
        """A second went by while the page is shown."""
        job = self.job
        if job is None:
            return
        self.pill.set_face(self._words.face(job))
        self.set_facts(self._line(job))
        self.output.tick()

    def _line(self, job: Job) -> str:
        models, now = self.context.models, now_ms()
        ago = self.context.wording.ago
        parts = [models.jobs.runner_title(job.runner)]
        if job.state is JobState.PENDING:
            parts.append(self.tr("submitted {age} ago").format(age=ago(job.submitted_at, now)))
            parts.append(self._words.result(job))
        elif job.state is JobState.RUNNING:
            parts.append(self.tr("runs for {span}").format(span=self._words.duration(job, now)))
            parts.append(self.tr("on {worker}").format(worker=job.worker_id) if job.worker_id else "")
            parts.append(self.tr("process {pid}").format(pid=job.pid) if job.pid is not None else "")
            limit = self._words.limit(job.time_limit_seconds)
            parts.append(self.tr("at most {limit}").format(limit=limit) if limit else "")
        else:
            if job.started_at is not None:
                parts.append(self.tr("ran for {span}").format(span=self._words.duration(job, now)))
            parts.append(self.tr("ended {age} ago").format(age=ago(job.ended_at, now)))
            parts.append(self._words.ended(job) or self._words.result(job))
        if job.attempts > 1:
            parts.append(self.tr("run {number}").format(number=self.context.wording.number(job.attempts)))
        return " · ".join(part for part in parts if part)
