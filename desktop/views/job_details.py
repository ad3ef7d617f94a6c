"""All that is known of one job, in two columns: what was asked for, when it ran, how it ended."""

from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.models.job_words import JobWords, has_ended
from desktop.words import cut_line
from master.api.schema import Job

LONGEST = 4000
"""Characters of a value."""


class DetailsTab(QWidget):
    """Lines of name and value; only what there is to say of this job."""

    job_wanted = Signal(str)
    schedule_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._words = JobWords(context.wording)
        self._shown: list[tuple[str, str, str]] = []
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("Details"))
        self._inside = QWidget(area)
        self._inside.setProperty("kind", "scrolled")
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(16, 12, 16, 12)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        area.setWidget(self._inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    @property
    def lines(self) -> dict[str, str]:
        """What is shown, by its name."""
        return {name: value for name, value, _link in self._shown}

    def show_job(self, job: Job | None) -> None:
        """Show a job as it is now."""
        wanted = [] if job is None else self._lines(job)
        if wanted != self._shown:
            self._shown = wanted
            self._draw()

    def _draw(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, (name, value, link) in enumerate(self._shown):
            label = PlainLabel(name, self._inside)
            label.setProperty("kind", "muted")
            label.setMinimumWidth(130)
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(self._link(value, link) if link else self._value(value), row, 1)
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def _value(self, value: str) -> PlainLabel:
        label = PlainLabel(cut_line(value, LONGEST), self._inside)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        if "\n" in value:
            label.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        return label

    def _link(self, value: str, link: str) -> QPushButton:
        button = QPushButton(value.replace("&", "&&"), self._inside)
        button.setProperty("kind", "link")
        kind, _sign, key = link.partition(":")
        wanted = self.job_wanted if kind == "job" else self.schedule_wanted
        button.clicked.connect(lambda _checked=False: wanted.emit(key))
        return button

    # -- what there is to say

    def _lines(self, job: Job) -> list[tuple[str, str, str]]:
        plain = [*self._ends(job), *self._times(job), *self._asked(job), *self._spec(job)]
        lines = [(name, value, "") for name, value in plain if value]
        models = self._context.models
        if job.resubmit_of is not None:
            lines.append((self.tr("Submitted again from"), self._job_name(job.resubmit_of), f"job:{job.resubmit_of}"))
        if job.schedule_id is not None:
            schedule = models.schedules.get(job.schedule_id)
            name = schedule.name if schedule is not None else job.schedule_id
            lines.append((self.tr("Schedule"), name, f"schedule:{job.schedule_id}"))
        lines.append((self.tr("Id"), job.id, ""))
        if job.result:
            lines.append((self.tr("Result"), written(job.result), ""))
        return lines

    def _job_name(self, job_id: str) -> str:
        known = self._context.models.jobs.get(job_id)
        return f"{known.name} ({job_id})" if known is not None else job_id

    def _ends(self, job: Job) -> list[tuple[str, str]]:
        words, number = self._words, self._context.wording.number
        return [
            (self.tr("Waits because"), self._context.wording.say(job.waiting)),
            (self.tr("Reason"), words.reason(job.reason) if has_ended(job) else ""),
            (self.tr("What happened"), self._context.wording.say(job.error)),
            (self.tr("Exit code"), " · ".join(one for one in (job.exit_code, words.exit_words(job)) if one)),
            (self.tr("Left processes behind"), number(job.stragglers) if job.stragglers else ""),
        ]

    def _times(self, job: Job) -> list[tuple[str, str]]:
        words, wording, moment = self._words, self._context.wording, self._moment
        wait = "" if job.started_at is None else words.span(max(0, job.started_at - job.submitted_at))
        return [
            (self.tr("Submitted"), moment(job.submitted_at)),
            (self.tr("Not before"), moment(job.not_before_at) if not has_ended(job) else ""),
            (self.tr("Started"), moment(job.started_at)),
            (self.tr("Waited"), wait),
            (self.tr("Ended"), moment(job.ended_at)),
            (self.tr("Ran for"), words.duration(job, job.ended_at) if job.ended_at is not None else ""),
            (self.tr("Runs"), wording.number(job.attempts) if job.attempts > 1 else ""),
            (
                self.tr("Peak memory"),
                f"{wording.number(job.peak_memory_mb, 1)} MB" if job.peak_memory_mb is not None else "",
            ),
            (self.tr("Output"), self._printed(job)),
        ]

    def _moment(self, at: int | None) -> str:
        return self._context.wording.moment(at) if at is not None else ""

    def _printed(self, job: Job) -> str:
        if not job.stdout_bytes and not job.stderr_bytes:
            return ""
        size = self._words.size
        parts = [f"stdout {size(job.stdout_bytes)}", f"stderr {size(job.stderr_bytes)}"]
        if job.left_bytes:
            parts.append(self.tr("{size} were not kept").format(size=size(job.left_bytes)))
        return " · ".join(parts)

    def _asked(self, job: Job) -> list[tuple[str, str]]:
        number = self._context.wording.number
        credential = self._context.models.work.credentials.get(job.credential_id or "")
        slots = " · ".join([number(job.cpus), *([self.tr("alone on its worker")] if job.exclusive else [])])
        retry = job.retry
        return [
            (self.tr("Worker"), job.worker_id or ""),
            (self.tr("Wanted worker"), job.wanted_worker_id or ""),
            (self.tr("Label"), job.worker_label or ""),
            (self.tr("Process"), str(job.pid) if job.pid is not None else ""),
            (self.tr("Slots"), slots),
            (self.tr("Memory"), f"{number(job.memory_mb)} MB" if job.memory_mb is not None else ""),
            (self.tr("Priority"), number(job.priority) if job.priority else ""),
            (self.tr("Time limit"), self._words.limit(job.time_limit_seconds)),
            (self.tr("Working directory"), job.working_directory or ""),
            (self.tr("Environment"), "\n".join(f"{name}={value}" for name, value in job.env.items())),
            (self.tr("Credential"), credential.name if credential is not None else job.credential_id or ""),
            (
                self.tr("Run again"),
                self.tr("up to {count} runs, after {seconds} s").format(
                    count=number(retry.attempts), seconds=number(retry.delay_seconds)
                )
                if retry is not None
                else "",
            ),
        ]

    def _spec(self, job: Job) -> list[tuple[str, str]]:
        work = self._context.models.work
        manifest = work.runner(job.runner)
        lines = [(self.tr("Runner"), work.jobs.runner_title(job.runner))]
        for name, value in job.spec.items():
            field = manifest.field(name) if manifest is not None else None
            if field is not None and field.secret:
                continue
            lines.append((self._context.wording.pick(field.title) if field is not None else name, written(value)))
        return lines


def written(value: Any) -> str:
    """Return a value of a spec or result as it is read best: texts as they are, lists and maps a line each."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "\n".join(value)
    if isinstance(value, dict) and value and all(isinstance(one, str | int | float | bool) for one in value.values()):
        return "\n".join(f"{name}: {written(one)}" for name, one in value.items())
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() if value not in (None, {}, []) else ""
