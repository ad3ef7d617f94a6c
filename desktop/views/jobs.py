"""The Jobs page: what runs, waits and ran, the chosen job below; tabs of how it went and of what there is to run on."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.delegates.scroll_rooms import RING
from desktop.dialogs.context import Context
from desktop.dialogs.job_dialog import JobDialog
from desktop.models import jobs as columns
from desktop.models.accounts import now_ms
from desktop.models.job_words import has_ended
from desktop.models.palettes import Verb
from desktop.views.actions import NEW, Action, key_words
from desktop.views.job_actions import JobActions
from desktop.views.job_panel import JobPanel
from desktop.views.job_resources import ResourcesView
from desktop.views.job_statistics import StatisticsView
from desktop.views.job_tables import JobTable
from desktop.views.job_verbs import JobVerbs
from desktop.views.loaded_views import LoadedView
from desktop.views.page import BESIDE_SCROLLED, MARGIN, Page
from desktop.views.page_notices import Notice
from desktop.views.runners import RunnersView
from desktop.views.tables import make_card
from master.api.schema import Job
from worker.protocol.states import JobState

NARROW, NARROWER = 960, 800
"""Below these widths a column gives way."""
JOBS, STATISTICS, RESOURCES, RUNNERS = range(4)


class JobsPage(Page):
    """Filters and search ask the master; the table asks for older pages as it is scrolled."""

    name = "jobs"
    schedule_wanted = Signal(str)
    worker_wanted = Signal(str)
    workers_wanted = Signal()
    notice = Signal(str, str, str)
    """Title, body and level of a short message."""
    offer = Signal(str, str, str, object)
    """The same with a button: its words, and what it does."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Jobs"))
        self.work = context.models.work
        self.model = self.work.jobs
        self._verbs = JobVerbs(self, self)
        self._wanted: str | None = None
        self._looked = False
        self.add_search(self.tr("Search jobs"))
        self.shown = QComboBox(self)
        self.shown.setAccessibleName(self.tr("Which jobs"))
        self.shown.setAccessibleDescription(self.shown.accessibleName())  # where the name is what is chosen
        self.shown.addItem(self.tr("All states"), None)
        for state in columns.ORDER:
            self.shown.addItem(self.model.words.state(state).word, str(state))
        self.add_to_head(self.shown)
        self.new_button = self.add_action(self.tr("New job"), icon="plus", primary=True, tip=key_words(NEW))
        self.tabs = QTabBar(self.content)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Jobs, statistics, resources or runners"))
        for title in (self.tr("Jobs"), self.tr("Statistics"), self.tr("Resources"), self.tr("Runners")):
            self.tabs.addTab(title)
        self._views = QStackedWidget(self.content)
        self.table = JobTable(context, self)
        self.panel = JobPanel(context, self)
        self.nothing = Notice(context, self)
        self.job_actions = JobActions(context, self)
        self._views.addWidget(self._jobs_view())
        self.statistics = StatisticsView(context, self._views)
        self.resources = ResourcesView(context, self._views)
        self.resources.setContentsMargins(*BESIDE_SCROLLED)
        self.runners = RunnersView(context, self._views)
        for view in (self.statistics, self.resources, self.runners):
            self._views.addWidget(view)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.reach_edges()
        head = QHBoxLayout()
        head.setContentsMargins(RING, 4, MARGIN, 0)
        head.addWidget(self.tabs)
        head.addStretch(1)
        layout.addLayout(head)
        layout.addWidget(self._views, 1)
        self._connect()
        self.watch(self.model.load_status, self.work.reload_jobs)
        self._on_settings()
        self.refresh()

    def _jobs_view(self) -> QStackedWidget:
        self._split = splitter = QSplitter(Qt.Orientation.Vertical, self._views)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(8)
        splitter.setProperty("kind", "open")
        splitter.addWidget(make_card(self.table, splitter))
        splitter.addWidget(self.panel)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([230, 330])
        self.table.setMinimumHeight(120)
        self._jobs = QStackedWidget(self._views)
        self._jobs.setContentsMargins(*BESIDE_SCROLLED)
        self._jobs.addWidget(splitter)
        self._jobs.addWidget(self.nothing)
        return self._jobs

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab)
        self.shown.currentIndexChanged.connect(lambda _position: self._ask())
        self.new_button.clicked.connect(lambda _checked=False: self.new_job())
        self.nothing.button.clicked.connect(lambda _checked=False: self._on_nothing_clicked())
        self.table.chosen_changed.connect(self._on_chosen)
        self.table.menu_wanted.connect(self._open_menu)
        self.table.opened.connect(lambda _key: self.panel.show_output())
        self.table.delete_wanted.connect(self.delete)
        self.panel.command.connect(self._on_command)
        self.panel.closed.connect(self._on_closed)
        self.panel.job_wanted.connect(self.open_job)
        self.panel.schedule_wanted.connect(self.schedule_wanted)
        self.panel.output.notice.connect(self.notice)
        self.job_actions.notice.connect(self.notice)
        self.job_actions.offer.connect(self.offer)
        self.job_actions.made.connect(self.open_job)
        self.runners.runner_wanted.connect(self.new_job)
        self.runners.workers_wanted.connect(self.workers_wanted)
        self.resources.workers_wanted.connect(self.workers_wanted)
        self.statistics.new_job_wanted.connect(self.new_job)
        self.resources.job_wanted.connect(self.open_job)
        self.resources.worker_wanted.connect(self.worker_wanted)
        self.work.changed.connect(self._on_job_changed)
        self.work.deleted.connect(self._on_job_deleted)
        self.work.figures_changed.connect(self.refresh)
        self.model.settled.connect(self.refresh)
        self.model.modelReset.connect(self._on_reset)
        self.context.models.status_changed.connect(self.refresh)
        self.context.settings.changed.connect(self._on_settings)

    # -- what the page says

    def refresh(self) -> None:
        """Count what runs, waits and failed."""
        if self.model.load_status.state == "ready":
            self.set_sentence(self._verbs.sentence())
        self._say_nothing()
        super().refresh()

    def _say_nothing(self) -> None:
        """In place of an empty table stand one sentence and one button."""
        empty = self.model.rowCount() == 0 and self.panel.job is None and self.model.load_status.state == "ready"
        if empty and self.model.narrowed:
            self.nothing.set("search", "muted", self.tr("No job fits"), "", self.tr("Show all jobs"))
        elif empty:
            words = self.tr("A command, a script, a request or a container: it goes on even if Watchkeeper does not.")
            self.nothing.set("jobs", "muted", self.tr("No job has run yet"), words, self.tr("New job"))
        shown = self.nothing if empty else self._split
        before, focused = self._jobs.currentWidget(), self.window().focusWidget()
        if shown is not before:
            held = focused is not None and before is not None and before.isAncestorOf(focused)
            self._jobs.setCurrentWidget(shown)
            self._choose_first()
            if held:
                self.focus_first()

    def _on_nothing_clicked(self) -> None:
        if not self.model.narrowed:
            self.new_job()
            return
        self.shown.blockSignals(True)
        self.shown.setCurrentIndex(0)
        self.shown.blockSignals(False)
        if self.search is not None:
            self.search.clear()
        self._ask()

    def tick(self) -> None:
        """Spans run on."""
        self._looked = True
        if self.tabs.currentIndex() == JOBS:
            if self.model.running():
                self.table.viewport().update()
            self.panel.tick()
        elif isinstance(view := self._views.currentWidget(), LoadedView):
            view.tick()

    def on_search(self, text: str) -> None:
        """Ask the master."""
        if text.strip() != self.model.query:
            self._ask()

    def _ask(self) -> None:
        query = self.search.text() if self.search is not None else ""
        state = self.shown.currentData()
        self.context.run(self.work.reload_jobs(JobState(state) if state else None, query))

    def focus_first(self) -> None:
        """The table, or the button in its place."""
        self._choose_first()
        super().focus_first()

    def _choose_first(self) -> None:
        empty = self._jobs.currentWidget() is self.nothing
        here = {JOBS: self.nothing.button if empty else self.table}
        self.first_focus = here.get(self.tabs.currentIndex(), self.tabs)

    def add(self) -> bool:
        """A new job."""
        self.new_job()
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the name is worth more than the runner, whose square stands before it, and the worker."""
        super().resizeEvent(event)
        width = event.size().width()
        self.table.setColumnHidden(columns.RUNNER, width < NARROW)
        self.table.setColumnHidden(columns.WORKER, width < NARROWER)

    def _on_tab(self, position: int) -> None:
        self._views.setCurrentIndex(position)
        self._choose_first()
        for widget in (self.shown, self.search):
            if widget is not None:
                widget.setVisible(position == JOBS)

    def _on_settings(self) -> None:
        self.table.set_compact(self.context.settings.values.compact_rows)

    # -- choosing

    def chosen(self) -> list[Job]:
        """Return the chosen jobs."""
        return [row for key in self.table.chosen if (row := self.model.get(key)) is not None]

    def show_state(self, state: str) -> None:
        """Show the jobs of one state, whatever was searched."""
        self.tabs.setCurrentIndex(JOBS)
        if self.search is not None:
            self.search.clear()
        self.shown.blockSignals(True)
        self.shown.setCurrentIndex(max(0, self.shown.findData(state)))
        self.shown.blockSignals(False)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """What failed until now has been seen. A window that is only minimized comes back to it."""
        super().hideEvent(event)
        if self._looked and not event.spontaneous():
            self._looked = False
            self.context.settings.update(jobs_seen_at=now_ms())

    def open_job(self, job_id: str) -> None:
        """Show one job, whatever is filtered; one that is not loaded is asked for."""
        self.tabs.setCurrentIndex(JOBS)
        self._wanted = job_id
        job = self.model.get(job_id)
        if self.table.choose(job_id):
            self._wanted = None
            self.table.setFocus()
        elif job is not None:
            self._show(job)
        else:
            self.context.run(self._open_job(job_id))

    async def _open_job(self, job_id: str) -> None:
        bridge = self.context.bridge
        job: Job = await bridge.call(bridge.client.job(job_id))
        if self._wanted == job_id:
            self._show(job)

    def _show(self, job: Job) -> None:
        self._wanted = None
        self.table.clearSelection()
        self.panel.show_job(job)
        self.refresh()

    def _on_chosen(self) -> None:
        chosen = self.chosen()
        if len(chosen) == 1:
            self.panel.show_job(chosen[0])
        elif chosen:
            self.panel.show_job(None)
        self._say_nothing()

    def _on_closed(self) -> None:
        self.table.clearSelection()
        self.panel.show_job(None)
        self._say_nothing()
        self.focus_first()

    def _on_job_changed(self, job: object) -> None:
        if isinstance(job, Job) and self.panel.job is not None and job.id == self.panel.job.id:
            self.panel.show_job(job)

    def _on_reset(self) -> None:
        """After a gap no event may have told how the shown one went on, and it is not among the newest."""
        job = self.panel.job
        if job is not None and not has_ended(job) and self.model.get(job.id) is None:
            self._wanted = job.id
            self.context.run(self._open_job(job.id))

    def _on_job_deleted(self, job_id: str) -> None:
        if self.panel.job is not None and job_id == self.panel.job.id:
            self.panel.show_job(None)

    # -- for the palette

    def actions_here(self) -> list[Action]:
        """What the button and the keys of the table do."""
        return self._verbs.actions()

    def verbs_of(self, key: str) -> list[Verb]:
        """What the menu of one job offers."""
        return self._verbs.of(key)

    # -- what the person does

    def new_job(self, runner: str = "", like: Job | None = None) -> None:
        """Open *New job*, with a runner chosen, or with the values of a job."""
        dialog = JobDialog(self.context, runner, like, self.window())
        dialog.submitted.connect(self._on_submitted)
        dialog.open()

    def _on_submitted(self, job: object) -> None:
        if isinstance(job, Job):
            self.work.take(job)
            self.open_job(job.id)

    def _subjects(self) -> list[Job]:
        chosen = self.chosen()
        return chosen or ([self.panel.job] if self.panel.job is not None else [])

    def _on_command(self, command: str) -> None:
        job = self.panel.job
        if job is not None:
            self.job_actions.obey(command, [job])

    def delete(self) -> None:
        """Ask, then delete the chosen jobs that have ended."""
        self.job_actions.obey("delete", self._subjects())

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        self._verbs.fill(menu, self.chosen())
        menu.popup(at)
