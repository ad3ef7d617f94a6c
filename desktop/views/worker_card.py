"""One worker as a card: state, how it has been, its heartbeat bar, its figures, CPU and memory of ten minutes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.elided import ElidedLabel
from desktop.delegates.heartbeats import HeartbeatBar
from desktop.delegates.labels import PlainLabel
from desktop.delegates.sparklines import Sparkline
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.models.figures import SPAN_MS, Figure
from desktop.models.workers import starts_elsewhere
from desktop.theme import IconBinding
from desktop.views.worker_words import WorkerWords
from desktop.words import plain_tip
from master.api.schema import Beat, Worker
from worker.protocol.states import WorkerState

HEIGHT = 220
HEIGHT_COMPACT = 104
LEAST_CPU, LEAST_MEMORY = 5.0, 8.0
"""Smallest scales of the sparklines: percent and megabytes."""
MISSED = 3.5
"""Heartbeats that may be missing before a sparkline breaks."""
KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -2, Qt.Key.Key_Down: 2}


class WorkerCard(QFrame):
    """Emits ``command`` with the worker's id and ``start stop restart kill join edit delete logs``."""

    command = Signal(str, str)
    pressed = Signal(str, object)
    """It was clicked, or Space was pressed, with these keyboard modifiers."""
    opened = Signal(str)
    """Enter or a double click."""
    moved = Signal(str, int)
    """An arrow key: -1 left, 1 right, -2 up, 2 down."""

    def __init__(self, context: Context, worker_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # all columns are equally wide
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._context = context
        self._say = WorkerWords(context, self)
        self.worker_id = worker_id
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(self._head())
        self._words = PlainLabel(self)
        self._words.setProperty("kind", "small")
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setFixedHeight(30)
        layout.addWidget(self._words)
        self._bar = HeartbeatBar(context.theme, self._say.beat, self)
        self._pace = PlainLabel(self)
        self._pace.setProperty("kind", "small")
        beat = QHBoxLayout()
        beat.addWidget(self._bar)
        beat.addStretch(1)
        beat.addWidget(self._pace)
        beat.addSpacing(8)
        layout.addLayout(beat)
        self._more = QWidget(self)
        more = QVBoxLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(4)
        more.addLayout(self._figures())
        more.addLayout(self._sparklines())
        layout.addWidget(self._more)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        self._name = ElidedLabel(self)
        self._name.setProperty("kind", "strong")
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.pill = StatePill(self._context.theme, self)
        self.again_button = QPushButton(self.tr("Start again"), self)
        self.again_button.setProperty("kind", "link")
        self.again_button.hide()
        self.again_button.clicked.connect(lambda _checked=False: self.command.emit(self.worker_id, "start"))
        self.menu_button = QToolButton(self)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        IconBinding(self._context.theme, self.menu_button, "more", "muted")
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.menu_button.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill_menu)
        head.addWidget(self._name, 1)
        head.addWidget(self.again_button)
        head.addWidget(self.pill)
        head.addWidget(self.menu_button)
        return head

    def _figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(1)
        self._values: list[PlainLabel] = []
        for column, title in enumerate((self.tr("accounts"), self.tr("restarts"), self.tr("CPU"), self.tr("memory"))):
            value = PlainLabel("–", self)
            value.setProperty("kind", "figure")
            below = PlainLabel(title, self)
            below.setProperty("kind", "small")
            grid.addWidget(value, 0, column)
            grid.addWidget(below, 1, column)
            grid.setColumnStretch(column, 1)
            self._values.append(value)
        return grid

    def _sparklines(self) -> QGridLayout:
        wording, theme = self._context.wording, self._context.theme
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        self.cpu = Sparkline(
            theme,
            self.tr("CPU, 10 min"),
            lambda at, value: f"{wording.moment(at)}\n{self._say.percent(value)}",
            LEAST_CPU,
            self,
        )
        self.memory = Sparkline(
            theme,
            self.tr("Memory, 10 min"),
            lambda at, value: f"{wording.moment(at)}\n{self._say.megabytes(value)}",
            LEAST_MEMORY,
            self,
        )
        for column, line in enumerate((self.cpu, self.memory)):
            below = PlainLabel(line.accessibleName(), self)
            below.setProperty("kind", "small")
            grid.addWidget(line, 0, column)
            grid.addWidget(below, 1, column)
            grid.setColumnStretch(column, 1)
        return grid

    @property
    def words(self) -> str:
        """The sentence under the name."""
        return self._words.text()

    @property
    def chosen(self) -> bool:
        """Whether it belongs to the selection."""
        return bool(self.property("chosen"))

    def set_chosen(self, chosen: bool) -> None:
        """Mark it."""
        if chosen != self.chosen:
            self.setProperty("chosen", chosen)
            self.style().unpolish(self)
            self.style().polish(self)
            self._set_name()

    def set_compact(self, compact: bool) -> None:
        """Leave figures and sparklines out, or show them."""
        self._more.setVisible(not compact)
        self.setFixedHeight(HEIGHT_COMPACT if compact else HEIGHT)

    def show_worker(self, worker: Worker, beats: list[Beat], figures: list[Figure]) -> None:
        """Show the worker as it is."""
        wording, now = self._context.wording, now_ms()
        self._name.setText(worker.name)
        self._name.setToolTip(plain_tip(f"{worker.name} ({worker.worker_id})"))
        self.menu_button.setAccessibleName(self.tr("Actions for {worker}").format(worker=worker.name))
        self.pill.set_face(wording.worker_face(worker, now))
        self.again_button.setVisible(worker.status is WorkerState.ERROR and not starts_elsewhere(worker))
        self.again_button.setAccessibleName(self.tr("Start {worker} again").format(worker=worker.name))
        words = self._say.sentence(worker, now)
        self._words.setText(words)
        self._words.setToolTip(plain_tip(words))
        self._set_name()
        self._bar.set_beats(beats)
        settings = self._context.models.settings
        self._pace.setText(wording.span(settings.heartbeat_seconds) if settings else "")
        self._pace.setToolTip(self.tr("A heartbeat every {span}").format(span=self._pace.text()))
        texts = (
            wording.number(worker.assigned_accounts),
            wording.number(worker.restart_count),
            self._say.cpu(worker),
            self._say.memory(worker),
        )
        for label, text in zip(self._values, texts, strict=True):
            label.setText(text)
        self._values[0].setToolTip(
            self.tr("{taken} of {places} places").format(taken=texts[0], places=wording.number(worker.max_accounts))
        )
        gap = (settings.heartbeat_seconds if settings else 10.0) * 1000 * MISSED
        since = now - SPAN_MS
        if figures and figures[-1].at > now:
            since, now = figures[-1].at - SPAN_MS, figures[-1].at
        self.cpu.set_points([(one.at, one.cpu) for one in figures], since, now, gap)
        self.memory.set_points([(one.at, one.memory) for one in figures], since, now, gap)

    def _set_name(self) -> None:
        parts = [self._name.text(), self.pill.accessibleName(), self.words]
        if self.chosen:
            parts.append(self.tr("chosen"))
        self.setAccessibleName(", ".join(part for part in parts if part))

    def _fill_menu(self) -> None:
        self._menu.clear()
        worker = self._context.models.workers.get(self.worker_id)
        if worker is None:
            return
        able = self._say.able(worker)
        for name, text in (
            ("start", self.tr("Start again") if worker.status is WorkerState.ERROR else self.tr("Start")),
            ("stop", self.tr("Stop")),
            ("restart", self.tr("Restart")),
            ("kill", self.tr("Kill")),
            ("", ""),
            ("open", self.tr("Details")),
            ("logs", self.tr("Show logs")),
            ("join", self.tr("How it joins…")),
            ("edit", self.tr("Edit…")),
            ("delete", self.tr("Delete…")),
        ):
            if not name:
                self._menu.addSeparator()
            if not name or (name == "join" and not starts_elsewhere(worker)):
                continue
            action = self._menu.addAction(text)
            action.setObjectName(name)
            action.setEnabled(able.get(name, True))
            action.setToolTip(self._say.why_not(worker, name) or text)
            action.triggered.connect(lambda _checked=False, name=name: self.command.emit(self.worker_id, name))

    # -- Qt's own

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose it, alone or with others."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(self.worker_id, event.modifiers())
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        self.opened.emit(self.worker_id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with it, and it is chosen; the menu key has its own."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            return
        if not self.chosen:
            self.pressed.emit(self.worker_id, Qt.KeyboardModifier.NoModifier)
        self._menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space chooses, Enter opens, Delete asks to delete, arrows walk."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space:
            self.pressed.emit(self.worker_id, event.modifiers() | Qt.KeyboardModifier.ControlModifier)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.worker_id)
        elif key == Qt.Key.Key_Delete:
            self.command.emit(self.worker_id, "delete")
        elif key in KEYS:
            self.moved.emit(self.worker_id, KEYS[key])
        elif key == Qt.Key.Key_Menu:
            self.menu_button.showMenu()
        else:
            super().keyPressEvent(event)
