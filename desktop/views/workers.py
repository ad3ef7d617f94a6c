"""The Workers page: a card for each worker with its details below, and a tab of who holds what and why."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.dialogs.assign_dialog import AssignDialog
from desktop.dialogs.context import Context
from desktop.dialogs.rebalance_dialog import RebalanceDialog
from desktop.dialogs.worker_dialog import WorkerDialog
from desktop.models.palettes import Verb
from desktop.views.account_moves import AccountMoves
from desktop.views.actions import NEW, Action, key_words
from desktop.views.assignments import AssignmentsView
from desktop.views.list_panes import Words
from desktop.views.page import Page
from desktop.views.page_notices import Notice
from desktop.views.worker_actions import WorkerActions
from desktop.views.worker_card import HEIGHT_COMPACT, WorkerCard
from desktop.views.worker_grid import GAP, WorkerGrid
from desktop.views.worker_heads import ASSIGNMENTS, CARDS, WorkersHead
from desktop.views.worker_notices import WorkerNotices
from desktop.views.worker_panel import WorkerPanel
from desktop.views.worker_verbs import WorkerVerbs

PANEL = 300
SHORT_BELOW = 600


class WorkersPage(Page):
    """Two tabs: the cards with the chosen worker's details below them; the assignments."""

    name = "workers"
    logs_wanted = Signal(str)
    account_wanted = Signal(str)
    add_account_wanted = Signal()
    notice = Signal(str, str, str)
    """Title, body and level of a short message."""
    offer = Signal(str, str, str, object)
    """The same with a button: its words, and what it does."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Workers"))
        self.model = context.models.workers
        self._verbs = WorkerVerbs(self, self)
        self._needle = ""
        self._said: Words | None = None
        self.add_search(self.tr("Search workers and accounts"))
        self.rebalance_button = self.add_action(self.tr("Rebalance…"))
        self.rebalance_button.clicked.connect(self.rebalance)
        self.add_button = self.add_action(self.tr("Add worker"), icon="plus", primary=True, tip=key_words(NEW))
        self.add_button.clicked.connect(self.add_worker)
        self.head = WorkersHead(context, self.content)
        self.tabs, self.move_button = self.head.tabs, self.head.move_button
        self.batch_buttons, self.deleted_button = self.head.batch_buttons, self.head.deleted_button
        self._notices_of = WorkerNotices(context, self)
        self._views = QStackedWidget(self.content)
        self.grid = WorkerGrid(context, self.deleted_button, self)
        self.panel = WorkerPanel(context, self)
        self._views.addWidget(self._cards_view())
        self.assignments = AssignmentsView(context, self._views)
        self.table = self.assignments.table
        self._views.addWidget(self.assignments)
        self.nothing = Notice(context, self._views)
        self._views.addWidget(self.nothing)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.head)
        layout.addWidget(self._views, 1)
        self.worker_actions = WorkerActions(context, self)
        self.moves = AccountMoves(context, self)
        self._connect()
        self.watch(self.model.load_status, context.models.reload_workers)
        self._on_tab(CARDS)
        self._on_chosen()
        self.refresh()

    def _cards_view(self) -> QSplitter:
        area = QScrollArea(self._views)
        area.setProperty("kind", "flush")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.grid)
        area.setMinimumHeight(HEIGHT_COMPACT + GAP)
        self._area = area
        area.installEventFilter(self)
        splitter = QSplitter(Qt.Orientation.Vertical, self._views)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(8)
        splitter.setProperty("kind", "open")
        splitter.addWidget(area)
        splitter.addWidget(self.panel)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([240, PANEL])
        return splitter

    def _connect(self) -> None:
        models = self.context.models
        self.tabs.currentChanged.connect(self._on_tab)
        self.head.batch_wanted.connect(self.batch)
        self.head.move_wanted.connect(self.move_accounts)
        self.head.deleted_wanted.connect(lambda worker_id: self.open_worker(worker_id, "log"))
        self.grid.chosen_changed.connect(self._on_chosen)
        self.grid.placed.connect(self._fit)
        self.grid.command.connect(self.command)
        self.grid.add_wanted.connect(self.add_worker)
        self.panel.command.connect(self.command)
        self.panel.account_wanted.connect(self.account_wanted)
        self.panel.assignments_wanted.connect(lambda: self.tabs.setCurrentIndex(ASSIGNMENTS))
        self.panel.closed.connect(self._on_closed)
        self.assignments.account_wanted.connect(self.account_wanted)
        self.assignments.dropped.connect(self.moves.move_to)
        self.table.menu_wanted.connect(self._open_menu)
        self.table.chosen_changed.connect(self._on_chosen)
        self.worker_actions.notice.connect(self.notice)
        self.worker_actions.offer.connect(self.offer)
        self.moves.notice.connect(self.notice)
        self.moves.offer.connect(self.offer)
        self.nothing.button.clicked.connect(lambda _checked=False: self._on_nothing_clicked())
        self.model.settled.connect(self.refresh)
        models.assignments.settled.connect(self._on_assignments)
        models.assignments.load_status.changed.connect(self._show_view)
        models.settings_changed.connect(self._show_cards)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two rows of cards stay seen above the details; in the shortest windows one."""
        rows = 2 if event.size().height() >= SHORT_BELOW else 1
        self._area.setMinimumHeight(rows * (HEIGHT_COMPACT + GAP))
        super().resizeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cards are whole or small as they fit above the details."""
        if watched is self._area and event.type() is QEvent.Type.Resize:
            self._fit()
        return False

    def _fit(self) -> None:
        self.grid.fit(self._area.height() if self.panel.isVisibleTo(self) else None)

    # -- what the page says

    @property
    def cards(self) -> dict[str, WorkerCard]:
        """The cards by id, in the order shown."""
        return self.grid.cards

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
        """Filter the cards and the assignments."""
        self.context.models.assignments.set_filter(text)
        self._needle = text.casefold().strip()
        self._show_cards()

    def refresh(self) -> None:
        """Count, and show every card anew."""
        if self.model.load_status.state == "ready":
            self._say()
        self._show_cards()
        self._enable()
        super().refresh()

    def tick(self) -> None:
        """Ages run on."""
        self._show_cards()
        self.panel.tick()
        if self.assignments.isVisible():
            self.assignments.targets.viewport().update()

    def focus_first(self) -> None:
        """The chosen card, or the first one; the table on its tab."""
        if self.tabs.currentIndex() == ASSIGNMENTS:
            self.first_focus = self.table
        else:
            wanted = [*self.grid.chosen, *self.cards]
            self.first_focus = self.cards[wanted[0]] if wanted else self.grid.more
        super().focus_first()

    def _say(self) -> None:
        self.set_sentence(self._verbs.sentence())

    def _show_cards(self) -> None:
        rows = self.model.ordered()
        if self._needle:
            rows = [row for row in rows if self._needle in self.model.search_text(row)]
        self.grid.show_workers(rows)
        self.panel.refresh()
        self._show_view()

    def _show_view(self) -> None:
        """Show what the tab has, or why that is nothing."""
        if self.tabs.currentIndex() == CARDS:
            shown = bool(self.cards or self.panel.worker_id)
            words = self._notices_of.of_cards(searched=bool(self._needle), shown=shown)
        else:
            words = self._notices_of.of_assignments()
        if words is None:
            self._views.setCurrentIndex(self.tabs.currentIndex())
        elif words != self._said or self._views.currentWidget() is not self.nothing:
            self.nothing.set(words[0], "muted", *words[1:])
            self._views.setCurrentWidget(self.nothing)
        self._said = words

    def _on_nothing_clicked(self) -> None:
        rows = self.context.models.assignments
        if rows.load_status.state == "failed":
            self.context.run(self.context.models.reload_accounts())
        elif rows.total == 0 and not self._needle:
            self.add_account_wanted.emit()
        elif self.search is not None:
            self.search.clear()
            self.on_search("")

    def _on_assignments(self) -> None:
        if self.model.load_status.state == "ready":
            self._say()
        self._show_view()

    # -- choosing

    def open_worker(self, worker_id: str, tab: str = "") -> None:
        """Show one worker in detail; one that was deleted too."""
        self.tabs.setCurrentIndex(CARDS)
        self.grid.choose([worker_id])
        self.panel.show_worker(worker_id)
        if tab:
            self.panel.show_tab(tab)
        self._fit()
        if worker_id in self.cards:
            self._area.ensureWidgetVisible(self.cards[worker_id], 0, 0)

    def _on_tab(self, position: int) -> None:
        self._show_view()
        self._on_chosen()

    def _on_closed(self) -> None:
        focus = self.grid.chosen
        self.grid.choose([])
        self.panel.show_worker("")
        if focus:
            self.cards[focus[0]].setFocus()
        self._fit()

    def _on_chosen(self) -> None:
        chosen = self.grid.chosen
        if len(chosen) == 1:
            self.panel.show_worker(chosen[0])
        elif chosen or self.model.get(self.panel.worker_id) is not None:
            self.panel.show_worker("")
        self._fit()
        self._enable()

    def _enable(self) -> None:
        rows = [row for one in self.grid.chosen if (row := self.model.get(one)) is not None]
        self.head.show_for(rows, movable=bool(self.table.chosen))

    # -- for the palette

    def add(self) -> bool:
        """A new worker."""
        self.add_worker()
        return True

    def actions_here(self) -> list[Action]:
        """What the buttons do."""
        return self._verbs.actions()

    def verbs_of(self, key: str) -> list[Verb]:
        """What the menu of one worker offers."""
        return self._verbs.of(key)

    # -- what the person does

    def add_worker(self) -> None:
        """Open *Add worker*."""
        WorkerDialog(self.context, None, self.window()).open()

    def rebalance(self) -> None:
        """Show what would move, and move it when confirmed."""
        RebalanceDialog(self.context, self.window()).open()

    def batch(self, command: str) -> None:
        """Do the same with all chosen workers."""
        self.worker_actions.batch(command, self.grid.chosen, self.batch_buttons.get(command, self))

    def command(self, worker_id: str, command: str) -> None:
        """Do one of ``open logs start stop restart kill join edit delete`` with one worker."""
        card = self.cards.get(worker_id)
        if command == "open":
            self.open_worker(worker_id)
        elif command == "logs":
            self.logs_wanted.emit(worker_id)
        else:
            self.worker_actions.obey(worker_id, command, card.menu_button if card is not None else self)

    # -- moving accounts

    def move_accounts(self) -> None:
        """Open *Assign* for the chosen rows."""
        if rows := self.moves.accounts(self.table.chosen):
            AssignDialog(self.context, rows, self.window()).open()

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(self.tr("Move…"), self.move_accounts)
        chosen = self.table.chosen
        if len(chosen) == 1:
            menu.addAction(self.tr("Open account"), lambda: self.account_wanted.emit(chosen[0]))
            row = self.context.models.accounts.get(chosen[0])
            if row is not None and row.worker_id is not None:
                worker_id = row.worker_id
                menu.addAction(self.tr("Open worker"), lambda: self.open_worker(worker_id))
        menu.popup(at)
