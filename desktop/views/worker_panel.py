"""The chosen worker in detail: how it is, what can be done, and tabs with all that is known of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.models.workers import starts_elsewhere
from desktop.views.detail_panels import DetailPanel
from desktop.views.worker_accounts import AccountsTab
from desktop.views.worker_charts import ChartsTab
from desktop.views.worker_events import EventsTab
from desktop.views.worker_health import HealthTab
from desktop.views.worker_logs import LogTab
from desktop.views.worker_tabs import WorkerTab
from desktop.views.worker_words import WorkerWords
from desktop.words import Face
from master.api.schema import Worker
from worker.protocol.states import WorkerState


class WorkerPanel(DetailPanel):
    """Knows its worker by id, and goes on showing log and events of one that was deleted meanwhile."""

    command = Signal(str, str)
    account_wanted = Signal(str)
    assignments_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._say = WorkerWords(context, self)
        self.worker_id = ""
        titles = {
            "start": self.tr("Start"),
            "stop": self.tr("Stop"),
            "restart": self.tr("Restart"),
            "kill": self.tr("Kill"),
            "join": self.tr("How it joins…"),
            "edit": self.tr("Edit…"),
            "delete": self.tr("Delete…"),
        }
        self.add_head(titles, ("kill", "delete"), name_first=True)
        self.add_facts()
        self.add_bar(self.tr("Details of the worker"))
        accounts = AccountsTab(context, self)
        accounts.account_wanted.connect(self.account_wanted)
        accounts.assignments_wanted.connect(self.assignments_wanted)
        self.tabs: dict[str, WorkerTab] = {
            "accounts": accounts,
            "log": LogTab(context, self),
            "events": EventsTab(context, self),
            "charts": ChartsTab(context, self),
            "health": HealthTab(context, self),
        }
        titles_of = (self.tr("Accounts"), self.tr("Log"), self.tr("Events"), self.tr("Charts"), self.tr("Health"))
        self.add_tabs(dict(zip(titles_of, self.tabs.values(), strict=True)))
        self.hide()

    def obey(self, command: str) -> None:
        """Ask for it, for the worker that is shown."""
        self.command.emit(self.worker_id, command)

    def show_worker(self, worker_id: str) -> None:
        """Show a worker; empty hides."""
        if worker_id != self.worker_id:
            self.worker_id = worker_id
            for tab in self.tabs.values():
                tab.show_worker(worker_id)
        self.setVisible(bool(worker_id))
        self.refresh()

    def show_tab(self, name: str) -> None:
        """Show ``accounts``, ``log``, ``events``, ``charts`` or ``health``."""
        self.bar.setCurrentIndex(list(self.tabs).index(name))

    def refresh(self) -> None:
        """Show the worker as it is now."""
        if not self.worker_id:
            return
        worker = self.context.models.workers.get(self.worker_id)
        if worker is None:
            self.pill.set_face(Face("square", self.tr("Deleted"), "idle"))
            self.set_name(self.worker_id)
            self.set_facts(self.tr("It was deleted. Its log and its events are still here."))
            self.buttons["join"].hide()
            for button in self.buttons.values():
                button.setEnabled(False)
                button.setToolTip("")
            return
        self.set_name(worker.name)
        self.pill.set_face(self.context.wording.worker_face(worker, now_ms()))
        self.set_facts(self._words(worker))
        able = self._say.able(worker)
        for name, button in self.buttons.items():
            button.setEnabled(able.get(name, True))
            button.setToolTip(self._say.why_not(worker, name))
        self.buttons["join"].setVisible(starts_elsewhere(worker))
        gave_up = worker.status is WorkerState.ERROR
        start = self.buttons["start"]
        start.setText(self.tr("Start again") if gave_up else self.tr("Start"))
        if (start.property("kind") == "primary") is not gave_up:
            start.setProperty("kind", "primary" if gave_up else "")
            start.style().unpolish(start)
            start.style().polish(start)

    def tick(self) -> None:
        """A second went by while the page is shown."""
        if self.isVisible():
            self.refresh()
            tab = self.stack.currentWidget()
            if isinstance(tab, WorkerTab):
                tab.tick()

    def _words(self, worker: Worker) -> str:
        wording, now = self.context.wording, now_ms()
        parts = [self._say.sentence(worker, now)]
        if worker.pid is not None:
            parts.append(self.tr("process {pid}").format(pid=worker.pid))
        parts.append(
            self.tr("{taken} of {places} places").format(
                taken=wording.number(worker.assigned_accounts), places=wording.number(worker.max_accounts)
            )
        )
        if worker.restart_count:
            parts.append(self.tr("%n restart(s)", "", worker.restart_count))
        ending = self._say.ending(worker, now)
        said = worker.status in (WorkerState.CRASHED, WorkerState.ERROR)
        if ending and not (said and parts[0].startswith(ending.rpartition(" · ")[0])):
            parts.append(self.tr("last exit: {how}").format(how=ending))
        if worker.round_trip_ms is not None and worker.online:
            parts.append(self.tr("round trip {count} ms").format(count=wording.number(worker.round_trip_ms, 1)))
        return " · ".join(part for part in parts if part)
