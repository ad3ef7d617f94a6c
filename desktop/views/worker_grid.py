"""The cards of all workers, as many beside each other as fit, with a selection of one or several."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.dialogs.context import Context
from desktop.theme import IconBinding
from desktop.views.worker_card import HEIGHT, WorkerCard
from master.api.schema import Worker

CARD_WIDTH = 290
GAP = 12
MOST_COLUMNS = 8
MORE_HEIGHT = 64


class WorkerGrid(QWidget):
    """Cards by id. A click chooses one, with Ctrl one more, with Shift all between."""

    chosen_changed = Signal()
    command = Signal(str, str)
    add_wanted = Signal()
    placed = Signal()
    """Cards came, went or stand in other columns."""

    def __init__(self, context: Context, after: QWidget, parent: QWidget | None = None) -> None:
        """Tab comes from ``after`` to the first card: what is made later goes on behind the last one."""
        super().__init__(parent)
        self._after = after
        self._compact = False
        self.setProperty("kind", "scrolled")
        self._context = context
        self.cards: dict[str, WorkerCard] = {}
        self._chosen: set[str] = set()
        self._anchor = ""
        self._columns = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        column.addLayout(self._grid)
        column.addStretch(1)
        self.more = QPushButton(self.tr("Add a worker"), self)
        self.more.setProperty("kind", "ghost")
        self.more.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.more.setMinimumHeight(MORE_HEIGHT)
        IconBinding(context.theme, self.more, "plus", "muted")
        self.more.clicked.connect(self.add_wanted)

    @property
    def chosen(self) -> list[str]:
        """Ids of the chosen workers, in the order shown."""
        return [one for one in self.cards if one in self._chosen]

    def choose(self, ids: list[str]) -> None:
        """Choose exactly these."""
        wanted = {one for one in ids if one in self.cards}
        if wanted != self._chosen:
            self._chosen = wanted
            for worker_id, card in self.cards.items():
                card.set_chosen(worker_id in wanted)
            self.chosen_changed.emit()

    def show_workers(self, workers: list[Worker]) -> None:
        """Show these, in this order, as they are now."""
        ids = [worker.worker_id for worker in workers]
        if ids != list(self.cards):
            self._lay_out(ids)
        model = self._context.models.workers
        for worker in workers:
            card = self.cards[worker.worker_id]
            card.show_worker(worker, model.beats.beats(worker.worker_id), model.figures.figures(worker.worker_id))

    def _lay_out(self, ids: list[str]) -> None:
        for worker_id in [one for one in self.cards if one not in ids]:
            card = self.cards.pop(worker_id)
            card.hide()
            card.deleteLater()
        for worker_id in ids:
            if worker_id not in self.cards:
                card = WorkerCard(self._context, worker_id, self)
                card.command.connect(self.command)
                card.pressed.connect(self._on_pressed)
                card.opened.connect(self._on_opened)
                card.moved.connect(self._on_moved)
                card.set_compact(self._compact)
                self.cards[worker_id] = card
        self.cards = {worker_id: self.cards[worker_id] for worker_id in ids}
        self._place()
        gone = self._chosen - set(ids)
        if gone:
            self._chosen -= gone
            self.chosen_changed.emit()

    def _place(self) -> None:
        self._columns = self._fitting()
        widgets: list[QWidget] = [*self.cards.values(), self.more]
        for widget in widgets:
            self._grid.removeWidget(widget)
        before: QWidget = self._after
        for position, widget in enumerate(widgets):
            self._grid.addWidget(widget, position // self._columns, position % self._columns)
            widget.show()
            QWidget.setTabOrder(before.menu_button if isinstance(before, WorkerCard) else before, widget)
            if isinstance(widget, WorkerCard):
                QWidget.setTabOrder(widget, widget.again_button)
                QWidget.setTabOrder(widget.again_button, widget.menu_button)
            before = widget
        for column in range(MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
        self.placed.emit()

    def _fitting(self) -> int:
        return min(MOST_COLUMNS, max(1, (self.width() + GAP) // (CARD_WIDTH + GAP)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many cards beside each other as fit."""
        super().resizeEvent(event)
        if self.cards and self._fitting() != self._columns:
            self._place()

    def fit(self, height: int | None) -> None:
        """Leave figures and sparklines out of the cards where whole ones need more than ``height`` pixels.

        None: there is all the room that is wanted.
        """
        rows = -(-len(self.cards) // max(1, self._columns))
        compact = height is not None and rows * (HEIGHT + GAP) - GAP > height
        if compact != self._compact:
            self._compact = compact
            for card in self.cards.values():
                card.set_compact(compact)

    # -- choosing

    def _on_pressed(self, worker_id: str, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            wanted = self._chosen ^ {worker_id}
        elif modifiers & Qt.KeyboardModifier.ShiftModifier and self._anchor in self.cards:
            order = list(self.cards)
            first, last = sorted((order.index(self._anchor), order.index(worker_id)))
            self.choose(order[first : last + 1])
            return
        else:
            wanted = {worker_id}
        self._anchor = worker_id
        self.choose([one for one in self.cards if one in wanted])

    def _on_opened(self, worker_id: str) -> None:
        self._anchor = worker_id
        self.choose([worker_id])

    def _on_moved(self, worker_id: str, step: int) -> None:
        order = list(self.cards)
        distance = {-1: -1, 1: 1, -2: -self._columns, 2: self._columns}[step]
        position = order.index(worker_id) + distance
        if 0 <= position < len(order):
            self.cards[order[position]].setFocus()
