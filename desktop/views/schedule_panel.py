"""The chosen schedule: when and what it runs, its next runs, and what became of the earlier ones."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QHeaderView, QSizePolicy, QVBoxLayout, QWidget

from desktop.delegates.cells import CellDelegate
from desktop.delegates.labels import PlainLabel
from desktop.delegates.plain_tables import plain_table
from desktop.delegates.states import StateDelegate
from desktop.dialogs.context import Context
from desktop.dialogs.schedule_dialog import system_zone
from desktop.models.rows import ObjectRole
from desktop.models.tables import Row, SmallTableModel
from desktop.views.detail_panels import DetailPanel
from desktop.views.page_notices import Notice
from master.api.client import ApiError
from master.api.schema import Job, Schedule, ScheduleRun

HISTORY = 50
PLANNED, OUTCOME, WHY = range(3)
SIDE = 300


class SchedulePanel(DetailPanel):
    """Asks for history and next runs when another schedule is shown, or this one has run."""

    command = Signal(str)
    """One of ``run edit switch delete``, for the schedule that is shown."""
    job_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._model = context.models.schedules
        self.schedule: Schedule | None = None
        self._runs: list[ScheduleRun] = []
        self._failed = False
        self.column.setSpacing(0)
        titles = {
            "run": self.tr("Run now"),
            "edit": self.tr("Edit…"),
            "switch": self.tr("Switch off"),
            "delete": self.tr("Delete…"),
        }
        self.add_head(titles, ("delete",))
        self.column.addSpacing(8)
        self.add_rule()
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self._side())
        line = QFrame(self)
        line.setProperty("kind", "column")
        below.addWidget(line)
        columns = (self.tr("Planned"), self.tr("Outcome"), self.tr("Job"))
        self.history = SmallTableModel(columns, frozenset(), self)
        self.table = plain_table(self.history, context.theme, self)
        self.table.setAccessibleName(self.tr("History"))
        words = context.models.jobs.words
        self.table.setItemDelegateForColumn(
            OUTCOME, StateDelegate(context.theme, lambda run: words.outcome(run.outcome), self.table)
        )
        self.table.setItemDelegateForColumn(WHY, CellDelegate(context.theme, self.table, muted=True))
        self.table.setColumnWidth(PLANNED, 178)
        self.table.setColumnWidth(OUTCOME, 120)
        self.table.horizontalHeader().setSectionResizeMode(WHY, QHeaderView.ResizeMode.Stretch)
        self.table.doubleClicked.connect(self._on_opened)
        self.table.activated.connect(self._on_opened)
        self.notice = Notice(context, self)
        self.notice.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.notice.button.clicked.connect(lambda _checked=False: self._on_step())
        self.nothing = self.notice.words
        below.addWidget(self.table, 1)
        below.addWidget(self.notice, 1)
        self.column.addLayout(below, 1)
        context.models.work.changed.connect(self._on_job_changed)
        self.hide()

    def obey(self, command: str) -> None:
        """Ask for it."""
        self.command.emit(command)

    def _side(self) -> QWidget:
        side = QWidget(self)
        side.setFixedWidth(SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        self._when = self._label(side, "")
        self._what = self._label(side, "small")
        self._next_title = self._label(side, "label")
        self._next_title.setText(self.tr("Next runs"))
        self._next_title.setContentsMargins(0, 8, 0, 0)
        self.next_runs = self._label(side, "muted")
        for widget in (self._when, self._what, self._next_title, self.next_runs):
            column.addWidget(widget)
        column.addStretch(1)
        return side

    def _label(self, parent: QWidget, kind: str) -> PlainLabel:
        label = PlainLabel(parent)
        label.setProperty("kind", kind)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    # -- what is shown

    def show_schedule(self, schedule: Schedule | None) -> None:
        """Show a schedule as it is now; None hides."""
        before, self.schedule = self.schedule, schedule
        self.setVisible(schedule is not None)
        if schedule is None:
            return
        self.set_name(schedule.name)
        self.pill.set_face(self._model.face(schedule))
        self.buttons["switch"].setText(self.tr("Switch off") if schedule.enabled else self.tr("Switch on"))
        self._when.setText(self._model.when(schedule))
        self._what.setText(self._line(schedule))
        if before is None or before.id != schedule.id:
            self._runs = []
            self.history.show([])
            self._failed = False
            self.notice.set("schedules", "muted", "", self.tr("Loading…"), "")
            self._show_nothing(True)
            self.next_runs.setText("")
        if before != schedule:
            self.reload()

    def reload(self) -> None:
        """Ask for next runs and history again."""
        if self.schedule is not None:
            self.context.run(self._load(self.schedule))

    async def _load(self, schedule: Schedule) -> None:
        bridge = self.context.bridge
        try:
            page = await bridge.call(bridge.client.schedule_runs(schedule.id, HISTORY))
            found = await bridge.call(bridge.client.preview_schedule(schedule.cron, schedule.time_zone, 5))
        except ApiError as error:
            if self.schedule is not None and self.schedule.id == schedule.id:
                self._failed = True
                words = self.context.wording.refusal(error)
                self.notice.set("warning", "warn", "", words, self.tr("Try again"))
                self._show_nothing(True)
            return
        if self.schedule is None or self.schedule.id != schedule.id:
            return
        moments = [self.context.wording.weekday_moment(at) for at in found.next_at]
        here = schedule.time_zone in ("local", system_zone())
        title = self.tr("Next runs") if schedule.enabled else self.tr("Switched on, it would run")
        self._next_title.setText(title if here else self.tr("{title} (time of this computer)").format(title=title))
        self.next_runs.setText("\n".join(moments) or self.tr("It never comes true."))
        self._runs = page.rows
        self._show_history()

    def _show_history(self) -> None:
        runs = self._runs
        if self.schedule is None:
            return
        self.history.show([self._row(run) for run in runs])
        self._failed = False
        if not runs:
            self.notice.set("schedules", "muted", "", self.tr("It has not run yet."), self.buttons["run"].text())
        self._show_nothing(not runs)

    def _on_job_changed(self, job: object) -> None:
        if isinstance(job, Job) and any(run.job_id == job.id for run in self._runs):
            self._show_history()

    def _show_nothing(self, nothing: bool) -> None:
        self.notice.setVisible(nothing)
        self.table.setVisible(not nothing)

    def _on_step(self) -> None:
        """Ask again; when it has only not run yet: run it."""
        if self._failed:
            self.reload()
        else:
            self.command.emit("run")

    def _row(self, run: ScheduleRun) -> Row:
        wording, jobs = self.context.wording, self.context.models.jobs
        why = wording.say(run.text)
        job = jobs.get(run.job_id) if run.job_id is not None else None
        if job is not None:
            result = jobs.words.result(job)
            state = jobs.words.face(job).word
            why = " · ".join(part for part in (state, result, why) if part)
        elif run.job_id is not None:
            why = why or run.job_id
        return Row((wording.moment(run.planned_at), jobs.words.outcome(run.outcome).word, why), run, why)

    def _line(self, schedule: Schedule) -> str:
        parts = [
            schedule.cron,
            schedule.time_zone if schedule.time_zone != "local" else "",
            self.context.models.jobs.runner_title(schedule.job.runner),
            self.tr("up to {seconds} s later by chance").format(seconds=schedule.jitter_seconds)
            if schedule.jitter_seconds
            else "",
        ]
        return " · ".join(part for part in parts if part)

    def _on_opened(self, index: QModelIndex) -> None:
        run = index.data(ObjectRole)
        if isinstance(run, ScheduleRun) and run.job_id is not None:
            self.job_wanted.emit(run.job_id)
