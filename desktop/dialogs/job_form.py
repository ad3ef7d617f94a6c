"""The fields of what is to be run, for a job and a schedule: those of the runner's manifest, and what all have."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.credential_dialog import CredentialDialog
from desktop.dialogs.fields import ChoiceInput, Field, from_manifest
from desktop.dialogs.form import Form
from desktop.models.job_words import JobWords
from desktop.models.workers import starts_elsewhere
from master.api.client import ApiError
from master.api.jobs import Retry
from master.api.schema import Credential, Job, JobTemplate
from worker.protocol.manifest import Manifest
from worker.protocol.states import JobReason

SPEC = "spec."
RETRIED = (
    JobReason.SCRIPT_ERROR,
    JobReason.SIGNAL,
    JobReason.TIMEOUT,
    JobReason.UNAVAILABLE,
    JobReason.START_FAILED,
    JobReason.LOST,
    JobReason.HOST_RESTART,
)
"""Ends that may go better the next time."""
NUMBERS = 2**24


class JobForm(QWidget):
    """Fields named as the master names them in its errors: ``spec.<name>``, ``time_limit``, ``retry.attempts`` …"""

    wrong = Signal(QWidget)
    """The row of the first field that something is wrong with."""

    def __init__(
        self, context: Context, runner: str, before: list[Field], after: list[Field], parent: QWidget | None = None
    ) -> None:
        """``before`` stands above the runner's fields, ``after`` below them; advanced ones first of *More options*."""
        super().__init__(parent)
        self._context = context
        self._words = JobWords(context.wording)
        self.runner = runner
        self.manifest = context.models.work.runner(runner)
        spec = self._spec_fields(self.manifest)
        plain = [field for field in spec if not field.advanced]
        more = [field for field in spec if field.advanced]
        self.form = Form([*before, *plain, *after, *self._common(), *more, *self._options()], context.theme, self)
        self.form.wrong.connect(self.wrong)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.form)
        self._add_credential_button()
        context.models.work.credentials_changed.connect(self._offer_credentials)

    # -- the fields

    def _spec_fields(self, manifest: Manifest | None) -> list[Field]:
        fields = []
        for one in manifest.fields if manifest is not None else []:
            if one.secret:
                continue  # comes from a credential
            field = from_manifest(one, self._context.wording.pick)
            kind = "lines" if field.type == "list" else field.type
            hint = (
                self.tr("One a line.")
                if kind == "lines"
                else self.tr("One a line: Name: value")
                if kind == "map"
                else ""
            )
            fields.append(
                replace(
                    field,
                    name=SPEC + field.name,
                    type=kind,
                    help=field.help if kind == "lines" and field.help else " ".join(filter(None, (hint, field.help))),
                    tall=kind == "multiline",
                )
            )
        return fields

    def _common(self) -> list[Field]:
        return [
            Field(
                name="time_limit",
                type="text",
                label=self.tr("Time limit"),
                placeholder=self.tr("none"),
                help=self.tr("Minutes (30), or 2:30, 1:30:00, 2-12:00:00. Beyond it the job is ended."),
            )
        ]

    def _options(self) -> list[Field]:
        return [*self._process(), *self._place(), *self._again()]

    def _process(self) -> list[Field]:
        return [
            Field(
                name="working_directory",
                type="folder",
                label=self.tr("Working directory"),
                placeholder=self.tr("the job's own folder"),
                advanced=True,
            ),
            Field(
                name="env",
                type="env",
                label=self.tr("Environment"),
                placeholder="LANG=C.UTF-8",
                help=self.tr("One variable a line: NAME=value. Nothing secret: use a credential."),
                advanced=True,
            ),
            Field(
                name="credential_id",
                type="choice",
                label=self.tr("Credential"),
                choices=self._credentials(),
                default="",
                help=self.tr("The job reads it as one JSON object on its standard input; it is stored nowhere else."),
                advanced=True,
            ),
        ]

    def _place(self) -> list[Field]:
        known = self._context.models.workers.ordered()
        workers = [(row.worker_id, row.name) for row in known if not starts_elsewhere(row)]  # those take no jobs
        return [
            Field(
                name="worker_id",
                type="choice",
                label=self.tr("Worker"),
                choices=(("", self.tr("Any that has room")), *workers),
                default="",
                advanced=True,
            ),
            Field(
                name="worker_label",
                type="text",
                label=self.tr("Label of the worker"),
                help=self.tr("Only a worker that has this label runs it."),
                advanced=True,
            ),
            self._number("cpus", self.tr("Slots"), self.tr("How many of a worker's slots it takes."), 1, 1024, 1),
            self._number(
                "memory_mb", self.tr("Memory"), self.tr("Counted against what the worker may use for jobs."), 1, NUMBERS
            ),
            Field(name="exclusive", type="boolean", label=self.tr("Alone on its worker"), default=False, advanced=True),
            self._number("priority", self.tr("Priority"), self.tr("0 to 9; a higher one starts first."), 0, 9, 0),
        ]

    def _number(self, name: str, label: str, words: str, least: int, most: int, default: int | None = None) -> Field:
        suffix = "MB" if name == "memory_mb" else self.tr("s") if name == "retry.delay_seconds" else ""
        return Field(
            name=name, type="number", label=label, help=words, minimum=least, maximum=most, default=default,
            suffix=suffix, advanced=True,
        )  # fmt: skip

    def _again(self) -> list[Field]:
        return [
            self._number(
                "retry.attempts",
                self.tr("Run again after a failure, runs in all"),
                self.tr("Empty: never. Only for what may safely run twice."),
                1,
                100,
            ),
            self._number(
                "retry.delay_seconds",
                self.tr("Pause before the second run"),
                self.tr("Twice as long before each later one."),
                0,
                3600,
                5,
            ),
            Field(
                name="retry.reasons",
                type="checks",
                label=self.tr("Failures after which it runs again"),
                choices=tuple((str(one), self._words.reason(one)) for one in RETRIED),
                default=[str(one) for one in Retry().reasons],
                advanced=True,
            ),
        ]

    # -- credentials

    def _credentials(self) -> tuple[tuple[str, str], ...]:
        known = sorted(self._context.models.work.credentials.values(), key=lambda one: one.name.casefold())
        return (("", self.tr("none")), *((one.id, one.name) for one in known))

    def _add_credential_button(self) -> None:
        row = self.form.rows["credential_id"]
        self.credential_button = QPushButton(self.tr("Add credential…"), row)
        self.credential_button.setProperty("kind", "link")
        self.credential_button.setAutoDefault(False)
        self.credential_button.clicked.connect(lambda _checked=False: self._add_credential())
        layout = row.layout()
        if layout is not None:
            layout.addWidget(self.credential_button)

    def _add_credential(self) -> None:
        dialog = CredentialDialog(self._context, self.manifest, self.window())
        dialog.stored.connect(self._on_stored)
        dialog.open()

    def _on_stored(self, credential: object) -> None:
        if isinstance(credential, Credential):
            self._context.models.work.credentials[credential.id] = credential
            self._offer_credentials()
            self.form.rows["credential_id"].input.set_value(credential.id)

    def _offer_credentials(self) -> None:
        chooser = self.form.rows["credential_id"].input
        if isinstance(chooser, ChoiceInput):
            chooser.set_choices(self._credentials())

    # -- values

    def show_template(self, job: Job | JobTemplate) -> None:
        """Show the values of a job, or of the template of a schedule."""
        values: dict[str, Any] = {SPEC + name: value for name, value in job.spec.items()}
        for name in ("working_directory", "env", "cpus", "memory_mb", "exclusive", "priority", "worker_label"):
            values[name] = getattr(job, name)
        if isinstance(job, Job):
            values["time_limit"] = self._words.limit(job.time_limit_seconds)
            worker_id = job.wanted_worker_id
        else:
            values["time_limit"] = job.time_limit
            worker_id = job.worker_id
        self._offer_worker(worker_id)
        values["worker_id"] = worker_id or ""
        values["credential_id"] = job.credential_id or ""
        if job.retry is not None:
            values["retry.attempts"] = job.retry.attempts
            values["retry.delay_seconds"] = job.retry.delay_seconds
            values["retry.reasons"] = [str(one) for one in job.retry.reasons]
        self.form.set_values(values)

    def _offer_worker(self, worker_id: str | None) -> None:
        row = self.form.rows["worker_id"]
        known = [value for value, _title in row.field.choices]
        if worker_id and worker_id not in known and isinstance(row.input, ChoiceInput):
            row.input.set_choices((*row.field.choices, (worker_id, worker_id)))

    def complete(self) -> bool:
        """Check what can be checked here; show what is wrong at its field."""
        errors = self.form.missing(self.tr("Fill this in.")) | self.form.wrong_values(self._context.wording)
        self.form.set_errors(errors)
        return not errors

    def template(self) -> JobTemplate:
        """Return what was typed; after :meth:`complete`."""
        values = self.form.values()
        attempts = values.get("retry.attempts")
        retry = None
        if attempts is not None:
            retry = Retry(
                attempts=int(attempts),
                delay_seconds=float(values.get("retry.delay_seconds", 5)),
                reasons=[JobReason(one) for one in values["retry.reasons"]],
            )
        spec = {name.removeprefix(SPEC): value for name, value in values.items() if name.startswith(SPEC)}
        return JobTemplate(
            runner=self.runner,
            spec={name: value for name, value in spec.items() if value not in ([], {})},
            time_limit=values.get("time_limit"),
            cpus=int(values.get("cpus", 1)),
            memory_mb=values.get("memory_mb"),
            exclusive=values["exclusive"],
            priority=int(values.get("priority", 0)),
            env=values["env"],
            working_directory=values.get("working_directory"),
            worker_id=values["worker_id"] or None,
            worker_label=values.get("worker_label"),
            credential_id=values["credential_id"] or None,
            retry=retry,
        )

    def show_errors(self, error: ApiError, prefix: str = "") -> dict[str, str]:
        """Show a refusal at its fields, whose names may begin with ``prefix``; return what belongs to none."""
        found = dict(error.fields or {})
        found |= {name: self._context.wording.say(said) for name, said in (error.texts or {}).items()}
        placed = {self._place_of(name.removeprefix(prefix)): message for name, message in found.items()}
        return self.form.set_errors(placed)

    def _place_of(self, name: str) -> str:
        """Return the field that an error speaks of: ``spec.headers.X`` and ``spec.args[2]`` belong to their field."""
        while name not in self.form.rows:
            shorter = name[: max(name.rfind("."), name.rfind("["))]
            if not shorter or shorter == name or len(shorter) >= len(name):
                return name
            name = shorter
        return name
