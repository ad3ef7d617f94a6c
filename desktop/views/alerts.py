"""The Alerts page: what is wrong now, what was, who has seen it, and what is kept quiet."""

from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QMenu, QVBoxLayout, QWidget

from desktop.delegates.cells import CellDelegate
from desktop.delegates.states import StateDelegate
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.models import alerts as columns
from desktop.models.alerts import ALL, HISTORY, OPEN, WORKER_KINDS, is_open
from desktop.views.actions import Action
from desktop.views.alert_panel import SPANS, AlertPanel
from desktop.views.page import Page
from desktop.views.tables import RowTable, make_card
from desktop.views.undo_offers import undo_by
from master.api.schema import Alert

NARROW = 900
"""Below this width a column gives way."""


class AlertsPage(Page):
    """One table, the chosen alert below."""

    name = "alerts"
    worker_wanted = Signal(str)
    account_wanted = Signal(str)
    workers_wanted = Signal()
    offer = Signal(str, str, str, object)
    """Title, body and level of a short message, and its button: its words, and what it does."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Alerts"))
        self.model = context.models.alerts
        self.add_search(self.tr("Search alerts"))
        self.shown = QComboBox(self)
        self.shown.setAccessibleName(self.tr("Which alerts"))
        self.shown.setAccessibleDescription(self.shown.accessibleName())  # where the name is what is chosen
        for title, shown in ((self.tr("Going on"), OPEN), (self.tr("History"), HISTORY), (self.tr("All"), ALL)):
            self.shown.addItem(title, shown)
        self.add_to_head(self.shown)
        self.acknowledge_button = self.add_action(self.tr("Acknowledge"))
        self.table = RowTable(self.model, context.theme, self)
        self.table.setAccessibleName(self.tr("Alerts"))
        self.first_focus = self.table
        theme, wording = context.theme, context.wording
        self.table.setItemDelegateForColumn(columns.LEVEL, StateDelegate(theme, wording.alert_face, self.table))
        self.table.setItemDelegateForColumn(columns.STATE, CellDelegate(theme, self.table, muted=True))
        self.table.set_widths([116, 300, 180, 90, 170], columns.TITLE)
        self.panel = AlertPanel(context, self)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(make_card(self.table, self.content), 1)
        layout.addWidget(self.panel)
        self.shown.currentIndexChanged.connect(self._on_shown)
        self.acknowledge_button.clicked.connect(self.acknowledge)
        self.table.chosen_changed.connect(self._on_chosen)
        self.table.menu_wanted.connect(self._open_menu)
        self.table.opened.connect(lambda _key: self.open_subject())
        self.panel.acknowledge_wanted.connect(self.acknowledge)
        self.panel.silence_wanted.connect(self.silence)
        self.panel.subject_wanted.connect(self.open_subject)
        self.model.settled.connect(self.refresh)
        context.models.workers.settled.connect(self.refresh)
        context.settings.changed.connect(self._on_settings)
        self.watch(self.model.load_status, context.models.reload_alerts)
        self._on_settings()
        self.refresh()

    # -- what the page says

    def is_empty(self) -> bool:
        """Nothing fits."""
        return self.model.rowCount() == 0

    def empty_notice(self) -> tuple[str, str, str, str]:
        """Nothing open is good news, unless there is nothing that could notice."""
        if self.model.filter_text:
            return "search", self.tr("No alert fits this search"), "", self.tr("Clear the search")
        if self.model.shown == OPEN:
            if self._unwatched():
                words = self.tr("Without a worker no account is checked, and nothing that goes wrong is noticed.")
                return "warning", self.tr("Nothing is watched"), words, self.tr("Open Workers")
            words = self.tr("Alerts appear here as soon as something is.")
            return "done", self.tr("Nothing is wrong"), words, self.tr("Show the history")
        return "alerts", self.tr("There has been no alert yet"), "", self.tr("Show what goes on")

    def on_empty_clicked(self) -> None:
        """Clear the search; without one, go where a worker can be added, or to the other alerts."""
        if self.model.filter_text:
            self._clear_search()
        elif self.model.shown != OPEN:
            self.shown.setCurrentIndex(self.shown.findData(OPEN))
        elif self._unwatched():
            self.workers_wanted.emit()
        else:
            self.shown.setCurrentIndex(self.shown.findData(HISTORY))

    def _clear_search(self) -> None:
        if self.search is not None:
            self.search.clear()
            self.model.set_filter("")

    def _unwatched(self) -> bool:
        workers = self.context.models.workers
        return workers.load_status.state == "ready" and workers.total == 0

    def actions_here(self) -> list[Action]:
        """What the buttons and the keys of the table do."""
        return [
            Action(
                name="alerts.acknowledge",
                title=self.tr("Acknowledge the chosen alert"),
                act=self.acknowledge,
                enabled=self.acknowledge_button.isEnabled,
            ),
            Action(
                name="alerts.open",
                title=self.tr("Open what the chosen alert tells of"),
                act=self.open_subject,
                keys=("Return",),
                where=(self.table,),
                by_widget=True,
                enabled=lambda: bool(self.table.chosen),
            ),
        ]

    def on_search(self, text: str) -> None:
        """Filter."""
        self.model.set_filter(text)
        self.refresh()

    def refresh(self) -> None:
        """Count what is open."""
        if self.model.load_status.state == "ready":
            going, unseen = self.model.counts()
            calm = (
                self.tr("Nothing is watched: there is no worker") if self._unwatched() else self.tr("Nothing is wrong")
            )
            parts = [self.tr("%n open", "", going) if going else calm]
            if unseen:
                parts.append(self.tr("%n not acknowledged", "", unseen))
            over = self.model.total - going
            if over:
                parts.append(self.tr("%n over", "", over))
            self.set_sentence(" · ".join(parts))
        self._on_chosen()
        super().refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the sentence is worth more than whom it names once more."""
        super().resizeEvent(event)
        self.table.setColumnHidden(columns.SUBJECT, event.size().width() < NARROW)

    def tick(self) -> None:
        """Ages run on."""
        if self.panel.alert is not None:
            self.panel.show_alert(self.model.get(str(self.panel.alert.id)))

    def _on_settings(self) -> None:
        self.table.set_compact(self.context.settings.values.compact_rows)

    def _on_shown(self) -> None:
        self.model.show(self.shown.currentData())
        self.refresh()

    def chosen(self) -> list[Alert]:
        """Return the chosen alerts."""
        return [row for key in self.table.chosen if (row := self.model.get(key)) is not None]

    def choose(self, alert_id: int) -> None:
        """Show one alert, whatever is filtered."""
        row = self.model.get(str(alert_id))
        if row is not None and self.model.position_of(str(alert_id)) is None:
            self._clear_search()
            self.shown.setCurrentIndex(self.shown.findData(OPEN if is_open(row) else HISTORY))
        self.table.choose(str(alert_id))

    def _on_chosen(self) -> None:
        chosen = self.chosen()
        self.panel.show_alert(chosen[0] if len(chosen) == 1 else None)
        self.acknowledge_button.setEnabled(any(is_open(row) and row.acknowledged_at is None for row in chosen))

    # -- what the person does

    def acknowledge(self) -> None:
        """Note that the chosen ones were seen."""
        ids = [row.id for row in self.chosen() if is_open(row) and row.acknowledged_at is None]
        if ids:
            working(self.context, self, self._acknowledge(ids))

    async def _acknowledge(self, ids: list[int]) -> None:
        bridge, done = self.context.bridge, list[int]()
        try:
            for alert_id in ids:
                self._take(await bridge.call(bridge.client.acknowledge_alert(alert_id)))
                done.append(alert_id)
        finally:
            if done:
                undo = undo_by(self.context, self, lambda: self._withdraw(done))
                self.offer.emit(self.tr("%n alert(s) acknowledged", "", len(done)), "", "info", undo)

    async def _withdraw(self, ids: list[int]) -> None:
        bridge = self.context.bridge
        for alert_id in ids:
            self._take(await bridge.call(bridge.client.unacknowledge_alert(alert_id)))

    def silence(self, seconds: int) -> None:
        """Keep those of the chosen ones that go on quiet for so many seconds; 0 ends that."""
        ids = [row.id for row in filter(is_open, self.chosen())]
        if ids:
            working(self.context, self, self._silence(ids, seconds))

    async def _silence(self, ids: list[int], seconds: int) -> None:
        bridge = self.context.bridge
        for alert_id in ids:
            self._take(await bridge.call(bridge.client.silence_alert(alert_id, seconds)))
        if seconds:
            undo = undo_by(self.context, self, lambda: self._silence(ids, 0))
            self.offer.emit(self.tr("%n alert(s) silenced", "", len(ids)), "", "info", undo)

    def _take(self, alert: Alert) -> None:
        self.model.upsert(alert)
        self.model.settle()

    def open_subject(self) -> None:
        """Show the worker or account that the chosen one is about."""
        chosen = self.chosen()
        if len(chosen) != 1 or not chosen[0].subject:
            return
        if chosen[0].kind in WORKER_KINDS:
            self.worker_wanted.emit(chosen[0].subject)
        elif chosen[0].kind in columns.ACCOUNT_KINDS:
            self.account_wanted.emit(chosen[0].subject)

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(self.tr("Acknowledge"), self.acknowledge).setEnabled(self.acknowledge_button.isEnabled())
        going = any(map(is_open, self.chosen()))
        titles = (self.tr("Silence for 1 hour"), self.tr("Silence for 8 hours"), self.tr("Silence for 1 week"))
        for title, seconds in zip(titles, SPANS, strict=True):
            menu.addAction(title, partial(self.silence, seconds)).setEnabled(going)
        menu.addAction(self.tr("End the silence"), lambda: self.silence(0)).setEnabled(going)
        menu.popup(at)
