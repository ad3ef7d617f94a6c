"""What runs and what comes next: jobs with what they have taken and *Cancel*, then the next runs of schedules."""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.elided import ElidedLink
from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.models.job_words import JobWords
from desktop.models.overviews import OverviewModel
from desktop.views.overview_cards import OverviewCard
from master.api.schema import Job, Schedule

TIME = 68
MOST = 4
"""Running jobs with a line of their own."""
BAR = 4


class JobLine(QWidget):
    """A job that runs."""

    wanted = Signal(str)
    cancelled = Signal(object, object)
    """The job and the button."""

    def __init__(self, words: JobWords, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.job: Job | None = None
        self._time = PlainLabel(self)
        self._time.setProperty("kind", "small")
        self._time.setFixedWidth(TIME)
        self.link = ElidedLink(self)
        self.link.clicked.connect(lambda _checked=False: self.wanted.emit(self.job.id if self.job else ""))
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(BAR)
        self.button = QPushButton(self.tr("Cancel"), self)
        self.button.setProperty("kind", "link")
        self.button.clicked.connect(lambda _checked=False: self.cancelled.emit(self.job, self.button))
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(self.link)
        text.addWidget(self.bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(8)
        layout.addWidget(self._time)
        layout.addLayout(text, 1)
        layout.addWidget(self.button)

    def show_job(self, job: Job, now: int) -> None:
        """Show it as it is now (UTC ms)."""
        self.job = job
        spent = self._words.milliseconds(job, now) or 0
        self._time.setText(self._words.duration(job, now))
        self.link.set_words(job.name)
        face = self._words.face(job)
        self.link.setAccessibleName(f"{job.name}, {face.word}, {self._words.duration(job, now)}")
        limit = job.time_limit_seconds
        self.bar.setVisible(limit is not None)
        if limit is not None:
            share = min(1000, round(spent / max(1.0, limit)))
            self.bar.setRange(0, 1000)
            self.bar.setValue(share)
            words = self.tr("{spent} of at most {limit}").format(
                spent=self._words.duration(job, now), limit=self._words.span(round(limit * 1000))
            )
            self.bar.setToolTip(words)
            self.bar.setAccessibleName(words)
        self.button.setText(self.tr("Cancelling") if job.cancelling else self.tr("Cancel"))
        self.button.setEnabled(not job.cancelling)
        self.button.setAccessibleName(self.tr("Cancel {name}").format(name=job.name))


class RunLine(QWidget):
    """The next run of a schedule."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id = ""
        self._time = PlainLabel(self)
        self._time.setProperty("kind", "small")
        self._time.setFixedWidth(TIME)
        self.link = ElidedLink(self)
        self.link.clicked.connect(lambda _checked=False: self.wanted.emit(self._id))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(8)
        layout.addWidget(self._time)
        layout.addWidget(self.link)
        layout.addStretch(1)

    def show_run(self, schedule: Schedule, when: str, moment: str) -> None:
        """Show when it runs; ``moment`` is the whole time."""
        self._id = schedule.id
        self._time.setText(when)
        self._time.setToolTip(moment)
        self.link.set_words(schedule.name)
        self.link.setAccessibleName(f"{schedule.name}, {when}")


class RunsCard(OverviewCard):
    """Running jobs, then the next runs."""

    job_wanted = Signal(str)
    jobs_wanted = Signal()
    schedule_wanted = Signal(str)
    schedules_wanted = Signal()
    cancel_wanted = Signal(object, object)

    def __init__(self, context: Context, model: OverviewModel, parent: QWidget | None = None) -> None:
        super().__init__(context, "", parent)
        self.setObjectName("runs")
        self._model, self._words = model, JobWords(context.wording)
        self.set_title(self.tr("Next jobs"))
        self.title_link.clicked.connect(lambda _checked=False: self.schedules_wanted.emit())
        self.jobs: list[JobLine] = []
        self.runs: list[RunLine] = []
        self._column = QVBoxLayout(self.content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.more = QPushButton(self.content)
        self.more.setProperty("kind", "link")
        self.more.clicked.connect(lambda _checked=False: self.jobs_wanted.emit())
        self.nothing = PlainLabel(self.tr("Nothing is planned."), self.content)
        self.nothing.setProperty("kind", "muted")
        self.make = QPushButton(self.tr("Open Schedules"), self.content)
        self.make.setProperty("kind", "link")
        self.make.clicked.connect(lambda _checked=False: self.schedules_wanted.emit())
        for widget in (self.more, self.nothing, self.make):
            self._column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)

    def show_runs(self, now: int) -> None:
        """Show what runs and what comes next (UTC ms)."""
        jobs, runs = self._model.running(), self._model.next_runs()
        total = max(len(jobs), self._total())
        jobs = jobs[:MOST]
        if len(jobs) != len(self.jobs) or len(runs) != len(self.runs):
            self._arrange(len(jobs), len(runs))
        for line, job in zip(self.jobs, jobs, strict=True):
            line.show_job(job, now)
        for run, schedule in zip(self.runs, runs, strict=True):
            when = self.context.models.schedules.next_words(schedule, now)
            run.show_run(schedule, when, self.context.wording.moment(schedule.next_at))
        rest = total - len(jobs)
        self.more.setText(self.tr("%n more running", "", rest))
        self.more.setVisible(rest > 0)
        self.nothing.setVisible(not jobs and not runs)
        self.make.setVisible(not runs)
        parts = [self.tr("%n running", "", total)] if total else []
        waiting = self._waiting()
        if waiting:
            parts.append(self.tr("%n waiting", "", waiting))
        self.aside.set_words(" · ".join(parts))

    def _total(self) -> int:
        status = self.context.models.status
        return status.jobs.running if status is not None else 0

    def _waiting(self) -> int:
        status = self.context.models.status
        return status.jobs.pending if status is not None else 0

    def _arrange(self, jobs: int, runs: int) -> None:
        while len(self.jobs) > jobs:
            self._drop(self.jobs.pop())
        while len(self.runs) > runs:
            self._drop(self.runs.pop())
        while len(self.jobs) < jobs:
            job = JobLine(self._words, self.content)
            job.wanted.connect(self.job_wanted)
            job.cancelled.connect(self.cancel_wanted)
            self._column.insertWidget(len(self.jobs), job)
            job.show()
            self.jobs.append(job)
        while len(self.runs) < runs:
            run = RunLine(self.content)
            run.wanted.connect(self.schedule_wanted)
            self._column.insertWidget(len(self.jobs) + 1 + len(self.runs), run)
            run.show()
            self.runs.append(run)
        chain: list[QWidget] = [self.title_link]
        for line in self.jobs:
            chain += [line.link, line.button]
        chain += [self.more, *(one.link for one in self.runs), self.make]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _drop(self, line: QWidget) -> None:
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()
