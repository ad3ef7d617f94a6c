"""A new job: choose a runner, fill its fields, run it; or the same as another one, with changes."""

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.dialogs.job_form import JobForm
from desktop.dialogs.runner_dialogs import RunnerDialog
from master.api.client import ApiError
from master.api.schema import Job, JobCreate


class JobDialog(RunnerDialog):
    """With ``runner`` that one is chosen; with ``like`` the values of a job stand in the fields."""

    submitted = Signal(object)
    """The :class:`Job` that was submitted."""

    def __init__(
        self, context: Context, runner: str = "", like: Job | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, self.tr("New job"), self.tr("Run job"), parent)
        self.run_button = self.ready_button
        self.run_button.clicked.connect(lambda _checked=False: self.submit())
        if like is not None:
            fields = self.choose(like.runner)
            fields.show_template(like)
            fields.form.set_values({"name": like.name})
        elif runner:
            self.choose(runner)
        else:
            self.begin()

    def question(self) -> str:
        """Ask for a runner."""
        return self.tr("What is to be run?")

    def title_of(self, runner: str) -> str:
        """A new job of it."""
        return self.tr("New job: {runner}").format(runner=runner)

    def fields_behind(self) -> list[Field]:
        """It may have a name."""
        words = self.tr("Empty: it is called after what it runs.")
        return [Field(name="name", type="text", label=self.tr("Name"), help=words)]

    def submit(self) -> None:
        """Submit the job."""
        if self.fields is not None and self.fields.complete():
            self.start(self._submit(self.fields))

    async def _submit(self, fields: JobForm) -> None:
        template = fields.template()
        body = JobCreate(**msgspec.structs.asdict(template), name=fields.form.values().get("name"))
        job: Job = await self.context.bridge.call(self.context.bridge.client.create_job(body))
        if not self.gone:
            self.submitted.emit(job)
            self.accept()

    def on_refused(self, error: ApiError) -> None:
        """Errors of fields at their fields, the rest above the buttons."""
        rest = self.fields.show_errors(error) if self.fields is not None else {}
        if rest or not (error.fields or error.texts):
            self.show_problem("\n".join(rest.values()) or self.context.wording.refusal(error))
