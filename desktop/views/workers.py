"""The Workers page: a card for each worker, and who watches what, and why."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.delegates.cells import CellDelegate
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.worker_dialog import WorkerDialog
from desktop.models import assignments as columns
from desktop.theme import IconBinding
from desktop.views.page import MARGIN, Page
from desktop.views.tables import RowTable, make_card
from desktop.views.worker_card import WorkerCard
from worker.protocol.states import AccountState, WorkerState

CARD_WIDTH = 290
GAP = 12
STOP_MS = 30_000
AT_REST = (AccountState.PAUSED, AccountState.LOGIN_NEEDED)
"""Accounts that need no worker."""
HEADER, ROWS_SHOWN, ROW_HEIGHT = 40, 6, 40


class WorkersPage(Page):
    """Cards above, assignments below, in one scrolled column."""

    name = "workers"
    logs_wanted = Signal(str)
    account_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Workers"))
        self.model = context.models.workers
        self.cards: dict[str, WorkerCard] = {}
        self._columns = 0
        self.add_search(self.tr("Search assignments"))
        self.add_button = self.add_action(self.tr("Add worker"), icon="plus", primary=True)
        self.add_button.clicked.connect(self.add_worker)
        area = QScrollArea(self.content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget(area)
        inside.setProperty("kind", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        column.addLayout(self._grid)
        self._more = QPushButton(self.tr("Add a worker"), inside)
        self._more.setProperty("kind", "ghost")
        self._more.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        IconBinding(context.theme, self._more, "plus", "muted")
        self._more.clicked.connect(self.add_worker)
        self.table = RowTable(context.models.assignments, context.theme, inside)
        self.table.setAccessibleName(self.tr("Assignments"))
        self.table.setItemDelegateForColumn(columns.WHY, CellDelegate(context.theme, self.table, muted=True))
        self.table.set_widths([280, 180, 120, 300], columns.WHY)
        self.table.setColumnWidth(columns.ACCOUNT, 300)
        self.table.opened.connect(self.account_wanted)
        self.first_focus = self.table
        self._table_card = make_card(self.table, inside)
        column.addWidget(self._table_card, 1)
        area.setWidget(inside)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.model.settled.connect(self.refresh)
        context.models.assignments.settled.connect(self._on_assignments)
        context.models.settings_changed.connect(self._show_cards)
        self.watch(self.model.load_status, context.models.reload_workers)
        self._on_assignments()
        self.refresh()

    # -- what the page says

    def is_empty(self) -> bool:
        """There is no worker."""
        return self.model.total == 0

    def empty_notice(self) -> tuple[str, str, str, str]:
        """Without a worker nothing is watched."""
        return (
            "workers",
            self.tr("There is no worker"),
            self.tr("Workers check the accounts. Without one nothing is watched."),
            self.tr("Add worker"),
        )

    def on_empty_clicked(self) -> None:
        """Add a worker."""
        self.add_worker()

    def on_search(self, text: str) -> None:
        """Filter the assignments."""
        self.context.models.assignments.set_filter(text)

    def refresh(self) -> None:
        """Count, and show every card anew."""
        if self.model.load_status.state == "ready":
            self._say()
        self._show_cards()
        super().refresh()

    def tick(self) -> None:
        """Ages run on."""
        self._show_cards()

    def _say(self) -> None:
        number = self.context.wording.number
        running, total = self.model.running(), self.model.total
        taken, places = self.model.places()
        parts = [
            self.tr("{running} of {total} running").format(running=number(running), total=number(total)),
            self.tr("{taken} of {places} places taken").format(taken=number(taken), places=number(places)),
        ]
        states = [row.status for row in self.model.values()]
        for state, words in (
            (WorkerState.CRASHED, self.tr("%n restarting", "", states.count(WorkerState.CRASHED))),
            (WorkerState.ERROR, self.tr("%n given up", "", states.count(WorkerState.ERROR))),
        ):
            if state in states:
                parts.append(words)
        rows = self.context.models.accounts.values()
        waiting = sum(row.worker_id is None and row.state not in AT_REST for row in rows)
        if waiting:
            parts.append(self.tr("%n account(s) without a worker", "", waiting))
        self.set_sentence(" · ".join(parts) if total else self.tr("Nothing is watched."))

    def _show_cards(self) -> None:
        wanted = sorted(self.model.values(), key=lambda row: row.worker_id.casefold())
        if [row.worker_id for row in wanted] != list(self.cards):
            self._lay_out([row.worker_id for row in wanted])
        for row in wanted:
            self.cards[row.worker_id].show_worker(row, self.model.beats.beats(row.worker_id))

    def _lay_out(self, ids: list[str]) -> None:
        for worker_id in [one for one in self.cards if one not in ids]:
            card = self.cards.pop(worker_id)
            card.hide()
            card.deleteLater()
        for worker_id in ids:
            if worker_id not in self.cards:
                card = WorkerCard(self.context, worker_id, self.content)
                card.command.connect(self._on_command)
                self.cards[worker_id] = card
        self.cards = {worker_id: self.cards[worker_id] for worker_id in ids}
        self._place()

    def _place(self) -> None:
        self._columns = self._fitting()
        widgets: list[QWidget] = [*self.cards.values(), self._more]
        for widget in widgets:
            self._grid.removeWidget(widget)
        for position, widget in enumerate(widgets):
            self._grid.addWidget(widget, position // self._columns, position % self._columns)
            widget.show()
        for column in range(8):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
        self._more.setMinimumHeight(60)

    def _fitting(self) -> int:
        return max(1, (self.width() - 2 * MARGIN + GAP) // (CARD_WIDTH + GAP))

    def _on_assignments(self) -> None:
        rows = min(ROWS_SHOWN, max(1, self.context.models.assignments.rowCount()))
        self._table_card.setMinimumHeight(HEADER + rows * ROW_HEIGHT)
        if self.model.load_status.state == "ready":
            self._say()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many cards beside each other as fit."""
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._place()

    # -- what the person does

    def add_worker(self) -> None:
        """Open *Add worker*."""
        WorkerDialog(self.context, None, self.window()).open()

    def _on_command(self, worker_id: str, command: str) -> None:
        client, call, run = self.context.bridge.client, self.context.bridge.call, self.context.run
        if command == "start":
            run(call(client.start_worker(worker_id)))
        elif command == "stop":
            run(call(client.stop_worker(worker_id, graceful=True, timeout_ms=STOP_MS)))
        elif command == "restart":
            run(call(client.restart_worker(worker_id, graceful=True, timeout_ms=STOP_MS)))
        elif command == "kill":
            run(call(client.stop_worker(worker_id, graceful=False, timeout_ms=STOP_MS)))
        elif command == "edit":
            run(self._edit(worker_id))
        elif command == "delete":
            self._delete(worker_id)
        else:
            self.logs_wanted.emit(worker_id)

    async def _edit(self, worker_id: str) -> None:
        config = await self.context.bridge.call(self.context.bridge.client.worker_config(worker_id))
        WorkerDialog(self.context, config, self.window()).open()

    def _delete(self, worker_id: str) -> None:
        bridge = self.context.bridge
        ConfirmDialog(
            self.context,
            self.tr("Delete {name}?").format(name=worker_id),
            self.tr("It is stopped, and its accounts go to other workers. Nothing that was found is lost."),
            self.tr("Delete worker"),
            lambda: bridge.call(bridge.client.delete_worker_config(worker_id)),
            self.window(),
        ).open()
