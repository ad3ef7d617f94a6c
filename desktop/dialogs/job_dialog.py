"""A new job: choose a runner, fill its fields, run it; or the same as another one, with changes."""

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.dialogs.job_form import JobForm
from desktop.dialogs.platform_cards import PlatformCards
from master.api.client import ApiError
from master.api.schema import Job, JobCreate


class JobDialog(BaseDialog):
    """With ``runner`` that one is chosen; with ``like`` the values of a job stand in the fields."""

    submitted = Signal(object)
    """The :class:`Job` that was submitted."""

    def __init__(
        self, context: Context, runner: str = "", like: Job | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, self.tr("New job"), parent)
        self.fields: JobForm | None = None
        self.cards: PlatformCards | None = None
        self._back = self.add_button(self.tr("Back"))
        self._back.clicked.connect(lambda _checked=False: self._choose_runner())
        self.add_cancel()
        self.run_button = self.add_button(self.tr("Run job"), kind="primary")
        self.run_button.clicked.connect(lambda _checked=False: self.submit())
        self.hint = PlainLabel(self)
        self.hint.setWordWrap(True)
        self.hint.setProperty("kind", "muted")
        self.body.addWidget(self.hint)
        if like is not None:
            fields = self.choose(like.runner)
            fields.show_template(like)
            fields.form.set_values({"name": like.name})
        elif runner:
            self.choose(runner)
        else:
            self._choose_runner()

    def _choose_runner(self) -> None:
        if self.fields is not None:
            self.fields.hide()
            self.fields.deleteLater()
            self.fields = None
        offered = self.context.models.work.runners
        self.heading.setText(self.tr("New job"))
        self.hint.setText(
            self.tr("What is to be run?")
            if offered
            else self.tr("No runner is known yet. The list comes from the workers; try again in a moment.")
        )
        self.hint.show()
        self.cards = PlatformCards(offered, self.context.theme, self.context.wording, self)
        self.cards.chosen.connect(self.choose)
        self.body.addWidget(self.cards)
        self.cards.focus_first()
        self._back.hide()
        self.run_button.hide()
        self.show_problem("")
        self.fit()

    def choose(self, runner: str) -> JobForm:
        """Show the fields of a runner, and return them."""
        work = self.context.models.work
        if self.cards is not None:
            self.cards.hide()
            self.cards.deleteLater()
            self.cards = None
        self.heading.setText(self.tr("New job: {runner}").format(runner=work.jobs.runner_title(runner)))
        known = work.runner(runner) is not None
        self.hint.setText("" if known else self.tr("No worker knows the runner {runner}.").format(runner=runner))
        self.hint.setVisible(not known)
        name = Field(
            name="name", type="text", label=self.tr("Name"), help=self.tr("Empty: it is called after what it runs.")
        )
        self.fields = JobForm(self.context, runner, [], [name], self)
        self.fields.wrong.connect(self.reveal)
        self.body.addWidget(self.fields)
        self._back.show()
        self.run_button.setVisible(known)
        self.fields.form.focus_first()
        self.fit()
        return self.fields

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
