"""Workers of the overview: a line each with its heartbeat bar; those that need somebody first."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.elided import ElidedLink
from desktop.delegates.heartbeats import HeartbeatBar
from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.models.rows import natural_key
from desktop.theme import SMALL
from desktop.views.overview_cards import OverviewCard
from desktop.views.worker_words import ALIVE, WorkerWords
from desktop.words import plain_tip
from master.api.schema import Worker
from worker.protocol.states import WorkerState

MOST = 6
"""Workers with a line of their own."""
PILL, ACCOUNTS, CPU, MEMORY = 116, 56, 50, 56
NARROW = 560
"""Below this width the bars give way."""
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class WorkerLine(QWidget):
    """One worker."""

    wanted = Signal(str)

    def __init__(
        self, context: Context, worker_id: str, say: WorkerWords, widths: list[int], parent: QWidget | None = None
    ) -> None:
        """``widths``: of its figures, in pixels."""
        super().__init__(parent)
        self._context, self._say, self.worker_id = context, say, worker_id
        self._pill = StatePill(context.theme, self)
        place = QWidget(self)
        place.setMinimumWidth(PILL)
        pills = QHBoxLayout(place)
        pills.setContentsMargins(0, 0, 0, 0)
        pills.addWidget(self._pill)
        pills.addStretch(1)
        self.link = ElidedLink(self)
        self.link.clicked.connect(lambda _checked=False: self.wanted.emit(self.worker_id))
        self.bar = HeartbeatBar(context.theme, say.beat, self)
        names = QHBoxLayout()
        names.addWidget(self.link)
        names.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(8)
        layout.addWidget(place)
        layout.addLayout(names, 1)
        layout.addWidget(self.bar)
        self._figures: list[PlainLabel] = []
        for width in widths:
            label = PlainLabel(self)
            label.setFixedWidth(width)
            label.setAlignment(RIGHT)
            layout.addWidget(label)
            self._figures.append(label)

    def show_worker(self, worker: Worker, now: int) -> None:
        """Show it as it is now (UTC ms)."""
        number = self._context.wording.number
        face = self._context.wording.worker_face(worker, now)
        self._pill.set_face(face)
        self.link.set_words(worker.name)
        words = self._say.sentence(worker, now)
        self.link.setAccessibleName(", ".join(part for part in (worker.name, face.word, words) if part))
        self.link.setToolTip(plain_tip(words))
        self.bar.set_beats(self._context.models.workers.beats.beats(worker.worker_id))
        taken, places = number(worker.assigned_accounts), number(worker.max_accounts)
        for label, text in zip(self._figures, (taken, self._say.cpu(worker), self._say.memory(worker)), strict=True):
            if label.text() != text:
                label.setText(text)
        self._figures[0].setToolTip(self.tr("{taken} of {places} places").format(taken=taken, places=places))


class WorkersCard(OverviewCard):
    """All workers, a few by name."""

    worker_wanted = Signal(str)
    all_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "", parent)
        self.setObjectName("workers")
        self._say = WorkerWords(context, self)
        self.lines: dict[str, WorkerLine] = {}
        self.set_title(self.tr("Workers"))
        self.title_link.clicked.connect(lambda _checked=False: self.all_wanted.emit())
        self._column = QVBoxLayout(self.content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._make_titles())
        self.nobody = PlainLabel(self.tr("There is no worker. Without one nothing is watched."), self.content)
        self.nobody.setProperty("kind", "muted")
        self.nobody.setWordWrap(True)
        self._column.addWidget(self.nobody)
        self.more = QPushButton(self.content)
        self.more.setProperty("kind", "link")
        self.more.clicked.connect(lambda _checked=False: self.all_wanted.emit())
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)

    def _make_titles(self) -> QWidget:
        self._titles = QWidget(self.content)
        row = QHBoxLayout(self._titles)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        titles = (self.tr("accounts"), self.tr("CPU"), self.tr("memory"))
        metrics = QFontMetrics(self.context.theme.font(SMALL))
        least = (ACCOUNTS, CPU, MEMORY)
        self._widths = [
            max(width, metrics.horizontalAdvance(title) + 2) for title, width in zip(titles, least, strict=True)
        ]
        for title, width in zip(titles, self._widths, strict=True):
            label = PlainLabel(title, self._titles)
            label.setProperty("kind", "small")
            label.setFixedWidth(width)
            label.setAlignment(RIGHT)
            row.addWidget(label)
        return self._titles

    def show_workers(self) -> None:
        """Show them as they are."""
        models, now = self.context.models, now_ms()
        rows = sorted(models.workers.values(), key=lambda row: (_rank(row), natural_key(row.worker_id)))
        shown = rows[:MOST]
        if list(self.lines) != [row.worker_id for row in shown]:
            self._arrange([row.worker_id for row in shown])
        for row in shown:
            self.lines[row.worker_id].show_worker(row, now)
        self._titles.setVisible(bool(rows))
        self.nobody.setVisible(not rows)
        rest = len(rows) - len(shown)
        self.more.setText(self.tr("%n more worker(s)", "", rest))
        self.more.setVisible(rest > 0)
        self.aside.set_words(self._sums(rows))

    def _sums(self, rows: list[Worker]) -> str:
        number = self.context.wording.number
        taken, places = self.context.models.workers.places()
        alive = [row for row in rows if row.status in ALIVE]
        running = sum(row.status is WorkerState.RUNNING for row in rows)
        parts = [
            self.tr("{running} of {total} running").format(running=number(running), total=number(len(rows))),
            self.tr("{taken} of {places} places taken").format(taken=number(taken), places=number(places)),
        ]
        if alive:
            cpu = self._say.percent(sum(row.cpu_usage or 0.0 for row in alive))
            parts.append(self.tr("CPU {percent}").format(percent=cpu))
            parts.append(self._say.megabytes(sum(row.memory_usage_mb or 0.0 for row in alive)))
        return " · ".join(parts) if rows else ""

    def _arrange(self, ids: list[str]) -> None:
        for worker_id in [one for one in self.lines if one not in ids]:
            line = self.lines.pop(worker_id)
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        before: QWidget = self.title_link
        for position, worker_id in enumerate(ids, 1):
            line = self.lines.get(worker_id) or self._make_line(worker_id)
            self._column.insertWidget(position, line)
            line.show()
            QWidget.setTabOrder(before, line.link)
            before = line.link
        QWidget.setTabOrder(before, self.more)
        self.lines = {one: self.lines[one] for one in ids}
        self._fit()

    def _make_line(self, worker_id: str) -> WorkerLine:
        line = self.lines[worker_id] = WorkerLine(self.context, worker_id, self._say, self._widths, self.content)
        line.wanted.connect(self.worker_wanted)
        return line

    def _fit(self) -> None:
        for line in self.lines.values():
            line.bar.setVisible(self.width() >= NARROW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow card names and figures are worth more than bars."""
        super().resizeEvent(event)
        self._fit()


def _rank(row: Worker) -> int:
    if row.status is WorkerState.ERROR:
        return 0
    if row.status is WorkerState.CRASHED or row.health == "dead":
        return 1
    return 2
