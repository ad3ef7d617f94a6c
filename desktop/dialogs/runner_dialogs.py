"""The base of dialogs about a job: first a runner is chosen, then its fields are filled."""

from PySide6.QtWidgets import QPushButton, QWidget

from desktop.dialogs.chooser_dialogs import ChooserDialog
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.dialogs.job_form import JobForm


class RunnerDialog(ChooserDialog):
    """Subclasses say what is asked, and which fields stand before and behind those of the runner."""

    def __init__(self, context: Context, title: str, verb: str, parent: QWidget | None = None) -> None:
        """``verb``: the button that ends it well."""
        super().__init__(context, title, parent)
        self.fields: JobForm | None = None
        self._title = title
        self.ready_button: QPushButton = self.add_button(verb, kind="primary")

    # -- for subclasses

    def question(self) -> str:
        """Ask for a runner."""
        raise NotImplementedError

    def title_of(self, runner: str) -> str:
        """Return what is over the fields of a runner; ``runner`` is its title. Empty: what is there stays."""
        raise NotImplementedError

    def fields_before(self) -> list[Field]:
        """Return the fields above those of the runner."""
        return []

    def fields_behind(self) -> list[Field]:
        """Return the fields below those of the runner."""
        return []

    def on_fields(self, fields: JobForm) -> None:
        """The fields of a runner are shown."""

    # -- steps

    def begin(self) -> None:
        """Show the runners there are."""
        if self.fields is not None:
            self.fields.hide()
            self.fields.deleteLater()
            self.fields = None
        offered = self.context.models.work.runners
        self.heading.setText(self._title)
        none = self.tr("No runner is known yet. The list comes from the workers; try again in a moment.")
        self.offer(offered, self.question() if offered else none, self.choose)
        self.ready_button.hide()

    def choose(self, runner: str) -> JobForm:
        """Show the fields of a runner, and return them."""
        work = self.context.models.work
        self.drop_cards()
        title = self.title_of(work.jobs.runner_title(runner))
        self.heading.setText(title or self._title)
        known = work.runner(runner) is not None
        self.hint.setText("" if known else self.tr("No worker knows the runner {runner}.").format(runner=runner))
        self.hint.setVisible(not known)
        self.fields = JobForm(self.context, runner, self.fields_before(), self.fields_behind(), self)
        self.fields.wrong.connect(self.reveal)
        self.body.addWidget(self.fields)
        self._back.setVisible(bool(title))
        self.ready_button.setVisible(known)
        self.fields.form.focus_first()
        self.on_fields(self.fields)
        self.fit()
        return self.fields
