"""The chosen worker in detail: how it is, what can be done, and tabs with all that is known of it."""

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
from desktop.theme import IconBinding
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

ACTIONS = ("start", "stop", "restart", "kill", "edit", "delete")


class WorkerPanel(QFrame):
    """Knows its worker by id, and goes on showing log and events of one that was deleted meanwhile."""

    command = Signal(str, str)
    account_wanted = Signal(str)
    assignments_wanted = Signal()
    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._context = context
        self._say = WorkerWords(context, self)
        self.worker_id = ""
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
        self.bar.setAccessibleName(self.tr("Details of the worker"))
        self._stack = QStackedWidget(self)
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
        titles = (self.tr("Accounts"), self.tr("Log"), self.tr("Events"), self.tr("Charts"), self.tr("Health"))
        for tab, title in zip(self.tabs.values(), titles, strict=True):
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
        layout.setSpacing(4)
        layout.addWidget(self._stack, 1)
        self.bar.currentChanged.connect(self._on_tab)
        self.hide()

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 12, 0)
        head.setSpacing(8)
        self._name = ElidedLabel(self)
        self._name.setProperty("kind", "strong")
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.pill = StatePill(self._context.theme, self)
        head.addWidget(self._name)
        head.addWidget(self.pill)
        head.addStretch(1)
        self.buttons: dict[str, QPushButton] = {}
        titles = (
            self.tr("Start"),
            self.tr("Stop"),
            self.tr("Restart"),
            self.tr("Kill"),
            self.tr("Edit…"),
            self.tr("Delete…"),
        )
        for name, title in zip(ACTIONS, titles, strict=True):
            button = QPushButton(title, self)
            if name in ("kill", "delete"):
                button.setProperty("kind", "danger")
            button.clicked.connect(lambda _checked=False, name=name: self.command.emit(self.worker_id, name))
            self.buttons[name] = button
            head.addWidget(button)
        close = QToolButton(self)
        close.setAccessibleName(self.tr("Close the details"))
        IconBinding(self._context.theme, close, "close", "muted")
        close.clicked.connect(self.closed)
        head.addWidget(close)
        return head

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

    @property
    def facts(self) -> str:
        """The line under the name."""
        return self._facts.text()

    def refresh(self) -> None:
        """Show the worker as it is now."""
        if not self.worker_id:
            return
        worker = self._context.models.workers.get(self.worker_id)
        if worker is None:
            self.pill.set_face(Face("square", self.tr("Deleted"), "idle"))
            self._name.setText(self.worker_id)
            self._facts.setText(self.tr("It was deleted. Its log and its events are still here."))
            for button in self.buttons.values():
                button.setEnabled(False)
            return
        self._name.setText(worker.name)
        self.pill.set_face(self._context.wording.worker_face(worker, now_ms()))
        self._facts.setText(self._words(worker))
        able = self._say.able(worker)
        for name, button in self.buttons.items():
            button.setEnabled(able.get(name, True))
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
            tab = self._stack.currentWidget()
            if isinstance(tab, WorkerTab):
                tab.tick()

    def _words(self, worker: Worker) -> str:
        wording, now = self._context.wording, now_ms()
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

    def _on_tab(self, position: int) -> None:
        self._stack.setCurrentIndex(position)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)
