"""One worker as a card: state, how it has been, its heartbeat bar, its figures."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.heartbeats import HeartbeatBar
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.theme import IconBinding
from master.api.schema import Beat, Worker
from worker.protocol.states import WorkerState

BUSY = (WorkerState.STARTING, WorkerState.STOPPING)
ALIVE = (WorkerState.RUNNING, WorkerState.STARTING, WorkerState.STOPPING)


class WorkerCard(QFrame):
    """Emits ``command`` with the worker's id and ``start stop restart kill edit delete logs``."""

    command = Signal(str, str)

    def __init__(self, context: Context, worker_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(164)
        self._context = context
        self.worker_id = worker_id
        layout = QVBoxLayout(self)
        layout.setContentsMargins(15, 10, 10, 12)
        layout.setSpacing(6)
        head = QHBoxLayout()
        self._name = QLabel(self)
        self._name.setProperty("kind", "strong")
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self.pill = StatePill(context.theme, self)
        self.menu_button = QToolButton(self)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        IconBinding(context.theme, self.menu_button, "more", "muted")
        self._menu = QMenu(self)
        self.menu_button.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill_menu)
        head.addWidget(self._name, 1)
        head.addWidget(self.pill)
        head.addWidget(self.menu_button)
        layout.addLayout(head)
        self._words = QLabel(self)
        self._words.setProperty("kind", "small")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setFixedHeight(30)
        layout.addWidget(self._words)
        self._bar = HeartbeatBar(context.theme, self._beat_words, self)
        self._pace = QLabel(self)
        self._pace.setProperty("kind", "small")
        beat = QHBoxLayout()
        beat.addWidget(self._bar)
        beat.addStretch(1)
        beat.addWidget(self._pace)
        beat.addSpacing(6)
        layout.addLayout(beat)
        layout.addLayout(self._figures())

    def _figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(1)
        self._values: list[QLabel] = []
        for column, title in enumerate((self.tr("accounts"), self.tr("restarts"), self.tr("CPU"), self.tr("memory"))):
            value = QLabel("–", self)
            value.setProperty("kind", "figure")
            below = QLabel(title, self)
            below.setProperty("kind", "small")
            grid.addWidget(value, 0, column)
            grid.addWidget(below, 1, column)
            grid.setColumnStretch(column, 1)
            self._values.append(value)
        return grid

    @property
    def words(self) -> str:
        """The sentence under the name."""
        return self._words.text()

    def show_worker(self, worker: Worker, beats: list[Beat]) -> None:
        """Show the worker as it is."""
        wording, now = self._context.wording, now_ms()
        self._name.setText(worker.name)
        self.menu_button.setAccessibleName(self.tr("Actions for {worker}").format(worker=worker.name))
        self.pill.set_face(wording.worker_face(worker, now))
        words = self._sentence(worker, now)
        self._words.setText(words)
        self._words.setToolTip(words)
        self._bar.set_beats(beats)
        settings = self._context.models.settings
        self._pace.setText(wording.span(settings.heartbeat_seconds) if settings else "")
        self._pace.setToolTip(self.tr("A heartbeat every {span}").format(span=self._pace.text()))
        alive = worker.status in ALIVE
        texts = (
            wording.number(worker.assigned_accounts),
            wording.number(worker.restart_count),
            self.tr("{percent} %").format(percent=wording.number(worker.cpu_usage, 1))
            if alive and worker.cpu_usage is not None
            else "–",
            self.tr("{size} MB").format(size=wording.number(worker.memory_usage_mb))
            if alive and worker.memory_usage_mb is not None
            else "–",
        )
        for label, text in zip(self._values, texts, strict=True):
            label.setText(text)
        self._values[0].setToolTip(
            self.tr("{taken} of {places} places").format(taken=texts[0], places=wording.number(worker.max_accounts))
        )

    def _sentence(self, worker: Worker, now: int) -> str:
        wording = self._context.wording
        if worker.status in (WorkerState.CRASHED, WorkerState.ERROR) and worker.last_exit is not None:
            return self.tr("{how} · {age} ago").format(
                how=wording.say(worker.last_exit.text), age=wording.ago(worker.last_exit.at, now)
            )
        if worker.status_text is not None:
            return wording.say(worker.status_text)
        if worker.status is WorkerState.RUNNING and worker.started_at is not None:
            parts = [self.tr("up {span}").format(span=wording.span((now - worker.started_at) / 1000))]
            if worker.active_tasks:
                parts.append(self.tr("%n check(s) under way", "", worker.active_tasks))
            return " · ".join(parts)
        if worker.last_exit is not None and worker.status is WorkerState.STOPPED:
            return wording.say(worker.last_exit.text)
        return ""

    def _beat_words(self, beat: Beat) -> str:
        words = {
            "ok": self.tr("on time"),
            "warn": self.tr("late"),
            "bad": self.tr("missed"),
            "idle": self.tr("not running"),
        }
        return f"{self._context.wording.moment(beat.at)}\n{words.get(beat.level, beat.level)}"

    def _fill_menu(self) -> None:
        self._menu.clear()
        worker = self._context.models.workers.get(self.worker_id)
        if worker is None:
            return
        alive = worker.status in ALIVE or worker.status is WorkerState.CRASHED
        for name, text, able in (
            ("start", self.tr("Start"), worker.status not in ALIVE),
            ("stop", self.tr("Stop"), alive and worker.status is not WorkerState.STOPPING),
            ("restart", self.tr("Restart"), alive and worker.status not in BUSY),
            ("kill", self.tr("Kill"), worker.pid is not None),
            ("", "", True),
            ("logs", self.tr("Show logs"), True),
            ("edit", self.tr("Edit…"), True),
            ("delete", self.tr("Delete…"), True),
        ):
            if not name:
                self._menu.addSeparator()
                continue
            action = self._menu.addAction(text)
            action.setObjectName(name)
            action.setEnabled(able)
            action.triggered.connect(lambda _checked=False, name=name: self.command.emit(self.worker_id, name))
