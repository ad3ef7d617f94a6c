"""The slots of all workers, and which job holds which."""

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.labels import PlainLabel
from desktop.delegates.plain_tables import plain_table
from desktop.delegates.slot_bars import SlotBar
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.models.job_words import JobWords
from desktop.models.rows import ObjectRole, natural_key
from desktop.models.tables import Row, SmallTableModel
from desktop.views.loaded_views import LoadedView
from desktop.views.tables import make_card
from desktop.words import Face
from master.api.jobs import Reservation, WorkerSlots
from master.api.schema import JobResources

FIELDS = 5


class ResourcesView(LoadedView):
    """One line a worker; below, the reservations."""

    icon = "workers"
    poll_seconds = 2
    job_wanted = Signal(str)
    worker_wanted = Signal(str)
    workers_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._words = JobWords(context.wording)
        self.lines: dict[str, tuple[QPushButton, StatePill, SlotBar, PlainLabel, PlainLabel]] = {}
        area = QScrollArea(self.content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self.tr("Slots of the workers"))
        area.setSizeAdjustPolicy(QScrollArea.SizeAdjustPolicy.AdjustToContents)
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        inside = QWidget(area)
        inside.setProperty("kind", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 16, 12)
        self.sentence = PlainLabel(inside)
        self.sentence.setProperty("kind", "muted")
        self.sentence.setWordWrap(True)
        column.addWidget(self.sentence)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(FIELDS, 1)
        column.addLayout(self._grid)
        column.addStretch(1)
        area.setWidget(inside)
        self._inside = inside
        titles = (
            self.tr("Job"), self.tr("Worker"), self.tr("Slots"), self.tr("Memory"), self.tr("State"), self.tr("Since"),
        )  # fmt: skip
        self.holds = SmallTableModel(titles, frozenset({2, 3, 5}), self)
        self.table = plain_table(self.holds, context.theme, self.content)
        self.table.setAccessibleName(self.tr("Reservations"))
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for position, width in ((1, 150), (2, 80), (3, 100), (4, 120), (5, 100)):
            self.table.setColumnWidth(position, width)
        self.table.doubleClicked.connect(self._on_opened)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(make_card(area, self.content))
        self._card = make_card(self.table, self.content)
        self.nothing = PlainLabel(self.tr("No job holds a slot."), self._card)
        self.nothing.setProperty("kind", "muted")
        self.nothing.setContentsMargins(16, 12, 16, 12)
        inside_card = self._card.layout()
        if inside_card is not None:
            inside_card.addWidget(self.nothing)
        layout.addWidget(self._card, 1)

    async def load(self) -> None:
        """Ask who holds what."""
        bridge = self.context.bridge
        self._show(await bridge.call(bridge.client.job_resources()))

    def _show(self, found: JobResources) -> None:
        if not found.workers:
            step = self.tr("Open Workers"), self.workers_wanted.emit
            self.say(self.tr("There is no worker, and so no slot for a job."), step=step)
            return
        self.say("")
        number = self.context.wording.number
        rows = sorted(found.workers, key=lambda row: natural_key(row.worker_id))
        there = [row for row in rows if row.online]
        parts = [
            self.tr("{used} of {total} slots in use").format(
                used=number(sum(row.used_cpus for row in there)), total=number(sum(row.cpus for row in there))
            )
        ]
        if found.pending:
            parts.append(self.tr("%n job(s) waiting", "", found.pending))
        self.sentence.setText(" · ".join(parts))
        for worker_id in [one for one in self.lines if one not in {row.worker_id for row in rows}]:
            for widget in self.lines.pop(worker_id):
                widget.deleteLater()
        for position, row in enumerate(rows):
            self._show_line(position, row)
        self.holds.show([self._row(one) for one in found.reservations])
        self.table.setVisible(bool(found.reservations))
        self.nothing.setVisible(not found.reservations)

    def _show_line(self, position: int, row: WorkerSlots) -> None:
        number, theme = self.context.wording.number, self.context.theme
        if row.worker_id not in self.lines:
            name = QPushButton(self._inside)
            name.setProperty("kind", "link")
            name.clicked.connect(lambda _checked=False, one=row.worker_id: self.worker_wanted.emit(one))
            memory, note = PlainLabel(self._inside), PlainLabel(self._inside)
            memory.setProperty("kind", "muted")
            self.lines[row.worker_id] = (
                name, StatePill(theme, self._inside), SlotBar(theme, self._inside), note, memory,
            )  # fmt: skip
        for column, widget in enumerate(self.lines[row.worker_id]):
            self._grid.addWidget(widget, position, column)
        name, pill, bar, note, memory = self.lines[row.worker_id]
        worker = self.context.models.workers.get(row.worker_id)
        name.setText((worker.name if worker is not None else row.worker_id).replace("&", "&&"))
        pill.set_face(
            Face("dot", self.tr("Online"), "ok") if row.online else Face("square", self.tr("Offline"), "idle")
        )
        words = self.tr("{used} of {total} slots").format(used=number(row.used_cpus), total=number(row.cpus))
        bar.set_slots(row.used_cpus, row.cpus, words, full=row.exclusive)
        note.setText(" · ".join([words, self.tr("one job alone")]) if row.exclusive else words)
        if row.memory_mb is not None:
            memory.setText(
                self.tr("{used} of {total} MB").format(used=number(row.used_memory_mb), total=number(row.memory_mb))
            )
        else:
            memory.setText(self.tr("memory not counted"))

    def _row(self, one: Reservation) -> Row:
        wording = self.context.wording
        job = self.context.models.jobs.get(one.job_id)
        slots = wording.number(one.cpus)
        if one.exclusive:
            slots = self.tr("{count} (alone)").format(count=slots)
        return Row(
            (
                job.name if job is not None else one.job_id,
                one.worker_id,
                slots,
                f"{wording.number(one.memory_mb)} MB" if one.memory_mb is not None else "–",
                self._words.hold(one.state).word,
                wording.clock(one.reserved_at, now_ms()),
            ),
            one.job_id,
            wording.moment(one.reserved_at),
        )

    def _on_opened(self, index: QModelIndex) -> None:
        job_id = index.data(ObjectRole)
        if isinstance(job_id, str):
            self.job_wanted.emit(job_id)
