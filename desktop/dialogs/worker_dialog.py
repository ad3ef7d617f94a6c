"""Add, edit or delete a worker: every field of its configuration, in groups."""

import re
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.conflict_parts import form_parts
from desktop.dialogs.conflicts import Conflicts
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.dialogs.form import FieldRow, Form
from desktop.dialogs.join_dialog import JoinDialog
from desktop.dialogs.worker_fields import ELSEWHERE, WorkerFields, format_env, parse_env
from desktop.integration.returns import Back, delete_worker
from master.api.client import ApiError
from master.api.schema import WorkerConfig, WorkerConfigCreate, WorkerConfigPatch
from master.api.workers import EXTERNAL
from worker.protocol.states import WorkerState

CONFLICT = 409
WORKER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class WorkerDialog(BaseDialog):
    """With ``config`` it edits that one; its id never changes.

    ``deleted`` is told its id and what makes it again; to stop it takes a while, and the dialog may be closed by then.
    """

    def __init__(
        self,
        context: Context,
        config: WorkerConfig | None = None,
        parent: QWidget | None = None,
        deleted: Callable[[str, Back], object] | None = None,
    ) -> None:
        title = self.tr("Add worker") if config is None else self.tr("Edit {name}").format(name=config.name)
        super().__init__(context, title, parent)
        self._config, self._deleted = config, deleted
        self.forms: list[Form] = []
        self._headings: list[PlainLabel] = []
        for heading, fields in WorkerFields(context, new=config is None).groups():
            self._add_group(heading, fields)
        self.body.addStretch(1)
        self.form = self.forms[0]
        self.form.edited.connect(self._on_edited)
        if config is not None:
            self._show(config)
            self.rows["deployment_type"].input.target.setEnabled(False)  # it stays what it is
            self.delete_button = self.add_button(self.tr("Delete…"), kind="danger")
            self.delete_button.clicked.connect(self._delete)
        else:
            self.form.set_values({"worker_id": self._free_id()})
        self.add_cancel()
        self.save_button = self.add_button(self.tr("Add worker") if config is None else self.tr("Save"), kind="primary")
        self.save_button.clicked.connect(self.save)
        self.conflicts = self._follow(config) if config is not None else None
        self._show_fitting()
        self.form.focus_first()
        self.fit()

    def _follow(self, config: WorkerConfig) -> Conflicts:
        bridge = self.context.bridge
        return Conflicts(
            self,
            config,
            noun="worker",
            parts=lambda: [part for form in self.forms for part in form_parts(form)],
            fetch=lambda: bridge.call(bridge.client.worker_config(config.worker_id)),
            show=self._show,
            take=self._take,
            save=self.save,
            is_same=lambda row: row.worker_id == config.worker_id,
            version_of=lambda row: int(row.config_version),
        )

    def _take(self, config: WorkerConfig) -> None:
        self._config = config

    # -- the fields

    def _add_group(self, heading: str, fields: list[Field]) -> None:
        if heading:
            label = PlainLabel(heading, self)
            label.setProperty("kind", "heading")
            label.setContentsMargins(0, 12, 0, 0)
            self.body.addWidget(label)
            self._headings.append(label)
        form = Form(fields, self.context.theme, self)
        form.wrong.connect(self.reveal)
        self.forms.append(form)
        self.body.addWidget(form)

    @property
    def elsewhere(self) -> bool:
        """Somebody else starts it."""
        return bool(self.rows["deployment_type"].input.value() == EXTERNAL)

    def _on_edited(self, name: str) -> None:
        if name == "deployment_type":
            self._show_fitting()
            self.fit()

    def _show_fitting(self) -> None:
        """Of one that runs elsewhere only what is decided here is asked."""
        for name, row in self.rows.items():
            row.setVisible(not self.elsewhere or name in ELSEWHERE)
        for heading in self._headings:
            heading.setVisible(not self.elsewhere)
        for form in self.forms:
            form.setVisible(not self.elsewhere or not ELSEWHERE.isdisjoint(form.rows))

    @property
    def rows(self) -> dict[str, FieldRow]:
        """All fields by name."""
        return {name: row for form in self.forms for name, row in form.rows.items()}

    def set_values(self, values: dict[str, Any]) -> None:
        """Show values; unknown names are skipped."""
        for form in self.forms:
            form.set_values(values)

    def _free_id(self) -> str:
        taken = {worker.worker_id for worker in self.context.models.workers.values()}
        return next(name for number in range(1, len(taken) + 2) if (name := f"local-{number}") not in taken)

    def _show(self, config: WorkerConfig) -> None:
        values = {name: getattr(config, name) for name in self.rows}
        values["env"] = format_env(config.env)
        values["command_args"] = "\n".join(config.command_args)
        self.set_values(values)

    # -- what was typed

    def _read(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the values as the master wants them, and what is wrong by field."""
        values: dict[str, Any] = {name: row.input.value() for name, row in self.rows.items()}
        errors: dict[str, str] = {}
        for form in self.forms:
            errors |= form.missing(self.tr("Fill this in."))
        for name, row in self.rows.items():
            if row.field.type == "number" and values[name] is not None and name not in errors:
                problem = self._number_problem(row.field, values[name])
                if problem:
                    errors[name] = problem
        values["env"], wrong = parse_env(values["env"] or "")
        if wrong:
            numbers = ", ".join(str(one) for one in wrong)
            errors["env"] = self.tr("Not NAME=value: line {numbers}.").format(numbers=numbers)
        values["command_args"] = [line for line in (values["command_args"] or "").splitlines() if line]
        worker_id = values.get("worker_id")
        if worker_id and not WORKER_ID.fullmatch(worker_id):
            errors["worker_id"] = self.tr("Letters, digits, dots and dashes only, beginning with a letter or digit.")
        values["name"] = values["name"] or worker_id or (self._config.worker_id if self._config else None)
        values["description"] = values["description"] or ""
        values["host"] = values["host"] or "localhost"
        if self.elsewhere:
            values = {name: value for name, value in values.items() if name in ELSEWHERE}
            errors = {name: message for name, message in errors.items() if name in ELSEWHERE}
        return values, errors

    def _number_problem(self, field: Field, value: Any) -> str:
        least, most = int(field.minimum or 0), int(field.maximum or 0)
        if isinstance(value, int) and least <= value <= most:
            return ""
        number = self.context.wording.number
        return self.tr("A whole number from {least} to {most}.").format(least=number(least), most=number(most))

    def set_errors(self, errors: dict[str, str]) -> dict[str, str]:
        """Show errors at their fields, go to the first, and return those that belong to no field."""
        for form in reversed(self.forms):  # each goes to its own first one: the last to do so wins
            form.set_errors(errors)
        return {name: message for name, message in errors.items() if name not in self.rows}

    def save(self) -> None:
        """Add the worker, or save what was edited."""
        values, errors = self._read()
        self.set_errors(errors)
        if not errors:
            self.start(self._add(values) if self._config is None else self._save(self._config, values))

    async def _add(self, values: dict[str, Any]) -> None:
        bridge, run = self.context.bridge, self.context.run
        body = WorkerConfigCreate(**values)
        await bridge.call(bridge.client.create_worker_config(body))
        elsewhere = body.deployment_type == EXTERNAL
        if body.enabled and body.auto_start and not elsewhere:
            # A task of its own: the worker is there, so a start that is refused is nothing to send the form again for.
            run(bridge.call(bridge.client.start_worker(body.worker_id)))
        if not self.gone:
            self.accept()
            if elsewhere:
                JoinDialog(self.context, body.worker_id, body.name, self.parentWidget()).open_with_token()

    async def _save(self, config: WorkerConfig, values: dict[str, Any]) -> None:
        body = WorkerConfigPatch(**values, version=config.version)
        await self.context.bridge.call(self.context.bridge.client.patch_worker_config(config.worker_id, body))
        if not self.gone:
            self.accept()

    def _delete(self) -> None:
        config = self._config
        if config is None:
            return
        ask = ConfirmDialog(
            self.context,
            self.tr("Delete {name}?").format(name=config.name),
            self.tr("It is stopped, and its accounts go to other workers. Nothing that was found is lost."),
            self.tr("Delete worker"),
            lambda: self._delete_now(config.worker_id),
            self,
        )
        ask.accepted.connect(self.accept)
        ask.open()

    async def _delete_now(self, worker_id: str) -> None:
        row = self.context.models.workers.get(worker_id)
        runs = row is not None and row.status not in (WorkerState.STOPPED, WorkerState.ERROR)
        back = await delete_worker(self.context.bridge, worker_id, runs=runs)
        if self._deleted is not None:
            self._deleted(worker_id, back)

    def on_refused(self, error: ApiError) -> None:
        """Errors of fields at their fields, the rest above the buttons."""
        errors = self.context.field_errors(error)
        rest = self.set_errors(errors)
        if self.conflicts is not None and self.conflicts.refused(error):
            return
        if error.status == CONFLICT and not errors:
            self.set_errors({"worker_id": self.context.wording.refusal(error)})
        elif rest or not errors:
            self.show_problem("\n".join(rest.values()) or self.context.wording.refusal(error))
