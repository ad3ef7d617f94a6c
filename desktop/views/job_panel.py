"""The chosen job: how it is, what can be done, its output and all that is known of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.elided import ElidedLabel
from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.models.job_words import JobWords, has_ended
from desktop.theme import IconBinding
from desktop.views.job_actions import job_folder
from desktop.views.job_details import DetailsTab
from desktop.views.job_output import OutputTab
from desktop.words import plain_tip
from master.api.schema import Job
from worker.protocol.states import JobState

ACTIONS = ("cancel", "force", "resubmit", "folder", "delete")


class JobPanel(QFrame):
    """Keeps its job even when the table shows another selection of jobs by now."""

    command = Signal(str)
    """One of ``cancel force resubmit folder delete``, for the job that is shown."""
    job_wanted = Signal(str)
    schedule_wanted = Signal(str)
    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._context = context
        self._words = JobWords(context.wording)
        self.job: Job | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 12, 1, 1)
        layout.setSpacing(4)
        layout.addLayout(self._head())
        self._facts = PlainLabel(self)
        self._facts.setProperty("kind", "small")
        self._facts.setWordWrap(True)
        self._facts.setContentsMargins(16, 0, 16, 0)
        layout.addWidget(self._facts)
        self.bar = QTabBar(self)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setAccessibleName(self.tr("Output or details"))
        self._stack = QStackedWidget(self)
        self.output = OutputTab(context, self)
        self.details = DetailsTab(context, self)
        for title, tab in ((self.tr("Output"), self.output), (self.tr("Details"), self.details)):
            self.bar.addTab(title)
            self._stack.addWidget(tab)
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.addWidget(self.bar)
        row.addStretch(1)
        layout.addLayout(row)
        rule = QFrame(self)
        rule.setProperty("kind", "rule")
        layout.addWidget(rule)
        layout.addWidget(self._stack, 1)
        self.bar.currentChanged.connect(self._stack.setCurrentIndex)
        self.details.job_wanted.connect(self.job_wanted)
        self.details.schedule_wanted.connect(self.schedule_wanted)
        self.hide()

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 12, 0)
        head.setSpacing(8)
        self._name = ElidedLabel(self)
        self._name.setProperty("kind", "strong")
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.pill = StatePill(self._context.theme, self)
        head.addWidget(self.pill)
        head.addWidget(self._name, 1)
        self.buttons: dict[str, QPushButton] = {}
        titles = (
            self.tr("Cancel job"),
            self.tr("Force"),
            self.tr("Run again"),
            self.tr("Open folder"),
            self.tr("Delete…"),
        )
        for name, title in zip(ACTIONS, titles, strict=True):
            button = QPushButton(title, self)
            if name in ("force", "delete"):
                button.setProperty("kind", "danger")
            button.clicked.connect(lambda _checked=False, name=name: self.command.emit(name))
            self.buttons[name] = button
            head.addWidget(button)
        self.buttons["cancel"].setToolTip(
            self.tr("Asks it to end; a few seconds later it is ended with all it started")
        )
        self.buttons["force"].setToolTip(self.tr("Ends it at once, with all it started"))
        self.buttons["resubmit"].setToolTip(self.tr("Submits the same once more, as a new job"))
        self.close_button = QToolButton(self)
        self.close_button.setAccessibleName(self.tr("Close the details"))
        IconBinding(self._context.theme, self.close_button, "close", "muted")
        self.close_button.clicked.connect(self.closed)
        head.addWidget(self.close_button)
        return head

    @property
    def facts(self) -> str:
        """The line under the name."""
        return self._facts.text()

    def show_job(self, job: Job | None) -> None:
        """Show a job as it is now; None hides."""
        self.job = job
        self.setVisible(job is not None)
        self.output.show_job(job)
        self.details.show_job(job)
        if job is None:
            return
        self._name.setText(job.name)
        self._name.setToolTip(plain_tip(job.name))
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
            "folder": bool(job.attempts) and job_folder(self._context, job) is not None,
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
        self._facts.setText(self._line(job))
        self.output.tick()

    def _line(self, job: Job) -> str:
        models, now = self._context.models, now_ms()
        ago = self._context.wording.ago
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
            parts.append(self.tr("run {number}").format(number=self._context.wording.number(job.attempts)))
        return " · ".join(part for part in parts if part)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)
