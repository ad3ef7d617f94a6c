"""Add or edit a worker: its id, name, places, and when it starts by itself."""

from PySide6.QtWidgets import QWidget

from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.dialogs.form import Form
from master.api.client import ApiError
from master.api.schema import WorkerConfig, WorkerConfigCreate, WorkerConfigPatch

CONFLICT = 409
PLACES = 500


class WorkerDialog(BaseDialog):
    """With ``config`` it edits that one; its id never changes."""

    def __init__(self, context: Context, config: WorkerConfig | None = None, parent: QWidget | None = None) -> None:
        title = self.tr("Add worker") if config is None else self.tr("Edit {name}").format(name=config.name)
        super().__init__(context, title, parent)
        self._config = config
        self.form = Form(self._fields(), context.theme, self)
        self.body.addWidget(self.form)
        if config is not None:
            self._show(config)
        else:
            self.form.set_values({"worker_id": self._free_id()})
        self.add_cancel()
        self.save_button = self.add_button(self.tr("Add worker") if config is None else self.tr("Save"), kind="primary")
        self.save_button.clicked.connect(self.save)
        self.form.focus_first()
        self.fit()

    def _fields(self) -> list[Field]:
        fields = [
            Field(
                name="worker_id",
                type="text",
                label=self.tr("Id"),
                required=True,
                help=self.tr("Letters, digits, dots, dashes. It never changes."),
            ),
            Field(name="name", type="text", label=self.tr("Name"), help=self.tr("Empty: the same as the id.")),
            Field(
                name="max_accounts",
                type="number",
                label=self.tr("Most accounts"),
                minimum=1,
                maximum=100_000,
                default=PLACES,
            ),
            Field(name="auto_start", type="boolean", label=self.tr("Start together with Watchkeeper"), default=True),
            Field(name="auto_restart", type="boolean", label=self.tr("Start again after a crash"), default=True),
        ]
        return fields if self._config is None else fields[1:]

    def _free_id(self) -> str:
        taken = {worker.worker_id for worker in self.context.models.workers.values()}
        return next(name for number in range(1, len(taken) + 2) if (name := f"local-{number}") not in taken)

    def _show(self, config: WorkerConfig) -> None:
        self.form.set_values(
            {
                "name": config.name,
                "max_accounts": config.max_accounts,
                "auto_start": config.auto_start,
                "auto_restart": config.auto_restart,
            }
        )

    def save(self) -> None:
        """Add the worker, or save what was edited."""
        errors = self.form.missing(self.tr("Fill this in."))
        self.form.set_errors(errors)
        if not errors:
            self.start(self._add() if self._config is None else self._save(self._config))

    async def _add(self) -> None:
        values = self.form.values()
        values.setdefault("name", values["worker_id"])
        client = self.context.bridge.client
        await self.context.bridge.call(client.create_worker_config(WorkerConfigCreate(**values)))
        if not self.gone:
            self.accept()

    async def _save(self, config: WorkerConfig) -> None:
        values = self.form.values()
        values.setdefault("name", config.worker_id)
        body = WorkerConfigPatch(**values, version=config.version)
        await self.context.bridge.call(self.context.bridge.client.patch_worker_config(config.worker_id, body))
        if not self.gone:
            self.accept()

    def on_refused(self, error: ApiError) -> None:
        """Errors of fields at their fields, the rest above the buttons."""
        errors = self.context.field_errors(error)
        rest = self.form.set_errors(errors)
        if error.status == CONFLICT and not errors:
            if self._config is None:
                self.form.set_errors({"worker_id": error.message})
            else:
                self.show_problem(self.tr("This worker was changed elsewhere in the meantime. Nothing was saved."))
        elif rest or not errors:
            self.show_problem("\n".join(rest.values()) or error.message)
