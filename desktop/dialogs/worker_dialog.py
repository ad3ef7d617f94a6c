"""Add, edit or delete a worker: every field of its configuration, in groups."""

import re
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.conflicts import Conflicts, form_parts
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.dialogs.form import FieldRow, Form
from desktop.integration.returns import Back, delete_worker
from master.api.client import ApiError
from master.api.schema import WorkerConfig, WorkerConfigCreate, WorkerConfigPatch
from worker.protocol.states import WorkerState

CONFLICT = 409
PLACES = 500
LOCAL = "local"
WORKER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LINES = ("env", "command_args")
"""Fields with one entry a line."""


def parse_env(text: str) -> tuple[dict[str, str], list[int]]:
    """Return the variables of ``KEY=value`` lines, and the numbers (from 1) of the lines that are none."""
    env: dict[str, str] = {}
    wrong: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, sign, value = line.partition("=")
        if sign and VARIABLE.fullmatch(name.strip()):
            env[name.strip()] = value
        else:
            wrong.append(number)
    return env, wrong


def format_env(env: dict[str, str]) -> str:
    """Return variables as ``KEY=value`` lines."""
    return "\n".join(f"{name}={value}" for name, value in env.items())


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
        for heading, fields in self._groups():
            self._add_group(heading, fields)
        self.body.addStretch(1)
        self.form = self.forms[0]
        if config is not None:
            self._show(config)
            self.delete_button = self.add_button(self.tr("Delete…"), kind="danger")
            self.delete_button.clicked.connect(self._delete)
        else:
            self.form.set_values({"worker_id": self._free_id()})
        self.add_cancel()
        self.save_button = self.add_button(self.tr("Add worker") if config is None else self.tr("Save"), kind="primary")
        self.save_button.clicked.connect(self.save)
        self.conflicts = self._follow(config) if config is not None else None
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

    def _groups(self) -> list[tuple[str, list[Field]]]:
        basics = self._basics()
        return [
            ("", basics if self._config is None else basics[1:]),
            (self.tr("Limits"), self._limits()),
            (self.tr("Start and restart"), self._restarts()),
            (self.tr("Process"), self._process()),
        ]

    def _basics(self) -> list[Field]:
        catalog = self.context.models.catalog
        say = self.context.wording.say
        kinds = tuple((one.id, say(one.title)) for one in (catalog.deployments if catalog else []))
        return [
            Field(
                name="worker_id",
                type="text",
                label=self.tr("Id"),
                required=True,
                help=self.tr("Letters, digits, dots, dashes. It never changes."),
            ),
            Field(name="name", type="text", label=self.tr("Name"), help=self.tr("Empty: the same as the id.")),
            Field(name="description", type="text", label=self.tr("Description")),
            Field(
                name="deployment_type",
                type="choice",
                label=self.tr("Where it runs"),
                choices=kinds or ((LOCAL, self.tr("On this computer")),),
                default=LOCAL,
            ),
        ]

    def _limits(self) -> list[Field]:
        return [
            Field(
                name="max_accounts",
                type="number",
                label=self.tr("Most accounts"),
                minimum=1,
                maximum=100_000,
                default=PLACES,
                required=True,
            ),
            Field(
                name="max_memory_mb",
                type="number",
                label=self.tr("Most memory (MB)"),
                minimum=32,
                maximum=1_048_576,
                placeholder=self.tr("no limit"),
                help=self.tr("Near it the worker is renewed between two checks; above it, at once."),
            ),
            Field(
                name="cpu_cores",
                type="number",
                label=self.tr("Slots for jobs"),
                minimum=1,
                maximum=1024,
                placeholder=self.tr("one per core"),
                help=self.tr("So many jobs of one slot each run on it at the same time."),
            ),
            Field(
                name="job_memory_mb",
                type="number",
                label=self.tr("Memory for jobs (MB)"),
                minimum=1,
                maximum=16_777_216,
                placeholder=self.tr("not counted"),
                help=self.tr("What its jobs ask for together stays within it."),
            ),
            Field(
                name="labels",
                type="list",
                label=self.tr("Labels"),
                help=self.tr("Divided by commas. Jobs may ask for a worker that has one of them."),
            ),
        ]

    def _restarts(self) -> list[Field]:
        return [
            Field(
                name="enabled",
                type="boolean",
                label=self.tr("Enabled"),
                default=True,
                help=self.tr("One that is not enabled cannot be started and gets no accounts."),
            ),
            Field(name="auto_start", type="boolean", label=self.tr("Start together with Watchkeeper"), default=True),
            Field(name="auto_restart", type="boolean", label=self.tr("Start again after a crash"), default=True),
            Field(
                name="restart_delay_ms",
                type="number",
                label=self.tr("First delay"),
                minimum=0,
                maximum=3_600_000,
                default=1000,
                suffix=self.tr("ms"),
                required=True,
                help=self.tr("It doubles with every crash in a row."),
            ),
            Field(
                name="max_restart_attempts",
                type="number",
                label=self.tr("Most crashes in a row"),
                minimum=0,
                maximum=1_000_000,
                default=3,
                required=True,
                help=self.tr("After one more the worker is given up, until it is started again by hand."),
            ),
        ]

    def _process(self) -> list[Field]:
        return [
            Field(
                name="working_directory",
                type="folder",
                label=self.tr("Working directory"),
                placeholder=self.tr("the worker's own folder"),
            ),
            Field(
                name="env",
                type="multiline",
                label=self.tr("Environment"),
                placeholder="HTTPS_PROXY=http://127.0.0.1:8080",
                help=self.tr("One variable a line: NAME=value."),
            ),
            Field(
                name="command_args",
                type="multiline",
                label=self.tr("Arguments"),
                help=self.tr("One argument a line, as it is: no quotes."),
            ),
            Field(name="host", type="text", label=self.tr("Host"), default="localhost", advanced=True),
            Field(
                name="port",
                type="number",
                label=self.tr("Port"),
                minimum=1,
                maximum=65_535,
                advanced=True,
                help=self.tr("Only for workers on other computers."),
            ),
        ]

    def _add_group(self, heading: str, fields: list[Field]) -> None:
        if heading:
            label = PlainLabel(heading, self)
            label.setProperty("kind", "heading")
            label.setContentsMargins(0, 12, 0, 0)
            self.body.addWidget(label)
        form = Form(fields, self.context.theme, self)
        form.wrong.connect(self.reveal)
        self.forms.append(form)
        self.body.addWidget(form)

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
        if body.enabled and body.auto_start:
            # A task of its own: the worker is there, so a start that is refused is nothing to send the form again for.
            run(bridge.call(bridge.client.start_worker(body.worker_id)))
        if not self.gone:
            self.accept()

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
