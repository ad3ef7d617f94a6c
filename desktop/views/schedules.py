"""The Schedules page: what runs again and again, when it does next, and how it went."""

from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from desktop.delegates.ages import AgeDelegate
from desktop.delegates.badges import BadgeDelegate
from desktop.delegates.cells import CellDelegate
from desktop.delegates.states import StateDelegate
from desktop.delegates.switches import SwitchDelegate
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.dialogs.schedule_dialog import ScheduleDialog
from desktop.models import schedules as columns
from desktop.models.accounts import Badge, now_ms
from desktop.models.palettes import Verb
from desktop.views.actions import NEW, Action, Undo, key_words, show_keys
from desktop.views.page import Page
from desktop.views.schedule_panel import SchedulePanel
from desktop.views.tables import RowTable, make_card
from master.api.schema import Job, Schedule, ScheduleCreate
from worker.protocol.states import JobState

NARROW = 820


class ScheduleTable(RowTable):
    """Space turns the switch of the chosen rows."""

    switched = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space; the rest moves and opens."""
        if event.key() == Qt.Key.Key_Space and self.chosen:
            self.switched.emit()
        else:
            super().keyPressEvent(event)


class SchedulesPage(Page):
    """One table, the chosen schedule below."""

    name = "schedules"
    job_wanted = Signal(str)
    offer = Signal(str, str, str, object)
    """Title, body and level of a short message, and its button: its words, and what it does."""
    notice = Signal(str, str, str)
    """Title, body and level of a short message."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Schedules"))
        self.work = context.models.work
        self.model = self.work.schedules
        self.add_search(self.tr("Search schedules"))
        self.new_button = self.add_action(self.tr("New schedule"), icon="plus", primary=True, tip=key_words(NEW))
        self.table = self._make_table()
        self.first_focus = self.table
        self.panel = SchedulePanel(context, self)
        splitter = QSplitter(Qt.Orientation.Vertical, self.content)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(8)
        splitter.setProperty("kind", "open")
        splitter.addWidget(make_card(self.table, splitter))
        splitter.addWidget(self.panel)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([280, 260])
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self._connect()
        self.watch(self.model.load_status, self.work.reload_schedules)
        self._on_settings()
        self.refresh()

    def _make_table(self) -> RowTable:
        model, theme = self.model, self.context.theme
        table = ScheduleTable(model, theme, self)
        table.setAccessibleName(self.tr("Schedules"))
        table.setItemDelegateForColumn(columns.NAME, BadgeDelegate(theme, self._badge, table))
        table.setItemDelegateForColumn(columns.WHEN, CellDelegate(theme, table, muted=True))
        table.setItemDelegateForColumn(
            columns.NEXT, AgeDelegate(theme, lambda row: model.next_words(row, now_ms()), table)
        )
        table.setItemDelegateForColumn(columns.STATE, StateDelegate(theme, model.last_face, table))
        table.setItemDelegateForColumn(
            columns.ENABLED, SwitchDelegate(theme, lambda row: (row.enabled, model.face(row).word), table)
        )
        table.set_widths([200, 260, 96, 92, 124, 92], columns.WHEN)
        table.clicked.connect(self._on_clicked)
        table.switched.connect(self.switch)
        return table

    def _badge(self, row: Schedule) -> Badge:
        return self.work.jobs.runner_badge(row.job.runner)

    def _connect(self) -> None:
        self.new_button.clicked.connect(lambda _checked=False: self.new_schedule())
        self.table.chosen_changed.connect(self._on_chosen)
        self.table.menu_wanted.connect(self._open_menu)
        self.table.opened.connect(lambda _key: self.edit())
        self.table.delete_wanted.connect(self.delete)
        self.panel.command.connect(self._on_command)
        self.panel.job_wanted.connect(self.job_wanted)
        self.panel.closed.connect(self._on_closed)
        self.model.settled.connect(self.refresh)
        self.work.schedule_changed.connect(self._on_schedule_changed)
        self.context.settings.changed.connect(self._on_settings)

    # -- what the page says

    def is_empty(self) -> bool:
        """None fits."""
        return self.model.rowCount() == 0

    def empty_notice(self) -> tuple[str, str, str, str]:
        """There is none, or none fits the search."""
        if self.model.filter_text:
            return "search", self.tr("No schedule fits this search"), "", self.tr("Clear the search")
        words = self.tr("It runs a job again and again: every night, every ten minutes, on the first of a month.")
        return "schedules", self.tr("There is no schedule yet"), words, self.tr("New schedule")

    def on_empty_clicked(self) -> None:
        """Clear the search, or make one."""
        if self.model.filter_text and self.search is not None:
            self.search.clear()
            self.on_search("")
        else:
            self.new_schedule()

    def on_search(self, text: str) -> None:
        """Filter."""
        self.model.set_filter(text)
        self.refresh()

    def refresh(self) -> None:
        """Count, and name the next one."""
        if self.model.load_status.state == "ready":
            self.set_sentence(self._sentence_words())
        self._on_chosen()
        super().refresh()

    def _sentence_words(self) -> str:
        total, active = self.model.total, self.model.active()
        if not total:
            return self.tr("Nothing is planned.")
        number = self.context.wording.number
        parts = [self.tr("{on} of {total} switched on").format(on=number(len(active)), total=number(total))]
        coming = [row for row in active if row.next_at is not None]
        if coming:
            first = min(coming, key=lambda row: row.next_at or 0)
            parts.append(
                self.tr("next: {name}, {when}").format(name=first.name, when=self.model.next_words(first, now_ms()))
            )
        failed = sum(row.last_state is JobState.FAILED for row in active)
        if failed:
            parts.append(self.tr("%n failed the last time", "", failed))
        elif any(row.last_state is not None for row in active):
            parts.append(self.tr("the last runs went well"))
        return " · ".join(parts)

    def tick(self) -> None:
        """Moments come nearer."""
        self.table.viewport().update()
        if self.model.load_status.state == "ready":
            self.set_sentence(self._sentence_words())

    def add(self) -> bool:
        """A new schedule."""
        self.new_schedule()
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the last run gives way: its result stays."""
        super().resizeEvent(event)
        self.table.setColumnHidden(columns.LAST, event.size().width() < NARROW)

    def _on_settings(self) -> None:
        self.table.set_compact(self.context.settings.values.compact_rows)

    # -- choosing

    def chosen(self) -> list[Schedule]:
        """Return the chosen schedules."""
        return [row for key in self.table.chosen if (row := self.model.get(key)) is not None]

    def choose(self, schedule_id: str) -> None:
        """Show one schedule, whatever is searched."""
        if self.model.position_of(schedule_id) is None and self.search is not None:
            self.search.clear()
            self.model.set_filter("")
        self.table.choose(schedule_id)

    def _on_chosen(self) -> None:
        chosen = self.chosen()
        self.panel.show_schedule(chosen[0] if len(chosen) == 1 else None)

    def _on_closed(self) -> None:
        self.table.clearSelection()
        self.table.setFocus()

    def _on_schedule_changed(self, schedule_id: str) -> None:
        if self.panel.schedule is not None and self.panel.schedule.id == schedule_id:
            self.panel.show_schedule(self.model.get(schedule_id))

    def _on_clicked(self, index: QModelIndex) -> None:
        key = self.model.key_at(index.row())
        row = self.model.get(key) if key is not None else None
        if index.column() == columns.ENABLED and row is not None:
            self._switch([row])

    # -- for the palette

    def actions_here(self) -> list[Action]:
        """What the button and the keys of the table do."""
        table = (self.table,)
        return [
            Action(name="schedules.new", title=self.tr("New schedule"), act=self.new_schedule),
            Action(
                name="schedules.edit", title=self.tr("Edit the chosen schedule"), act=self.edit, keys=("Return",),
                where=table, by_widget=True, enabled=lambda: len(self.chosen()) == 1,
            ),
            Action(
                name="schedules.switch", title=self.tr("Switch the chosen schedules on or off"), act=self.switch,
                keys=("Space",), where=table, by_widget=True, enabled=lambda: bool(self.chosen()),
            ),
            Action(
                name="schedules.delete", title=self.tr("Delete the chosen schedules"), act=self.delete, keys=("Del",),
                where=table, by_widget=True, enabled=lambda: bool(self.chosen()),
            ),
        ]  # fmt: skip

    def verbs_of(self, key: str) -> list[Verb]:
        """What the menu of one schedule offers."""
        row = self.model.get(key)
        if row is None:
            return []
        switch = self.tr("Switch off") if row.enabled else self.tr("Switch on")
        return [
            Verb(title=self.tr("Run now"), act=partial(self.run_now, row), name="run"),
            Verb(title=switch, act=partial(self._switch, [row]), name="disable" if row.enabled else "enable"),
            Verb(title=self.tr("Edit…"), act=partial(self._open_dialog, row), name="edit"),
            Verb(title=self.tr("Delete…"), act=partial(self._confirm_delete, [row]), name="delete"),
        ]

    # -- what the person does

    def new_schedule(self) -> None:
        """Open *New schedule*."""
        self._open_dialog(None)

    def edit(self) -> None:
        """Edit the chosen one."""
        chosen = self.chosen()
        if len(chosen) == 1:
            self._open_dialog(chosen[0])

    def _open_dialog(self, schedule: Schedule | None) -> None:
        dialog = ScheduleDialog(self.context, schedule, self.window())
        dialog.saved.connect(self._on_saved)
        dialog.open()

    def _on_saved(self, schedule: object) -> None:
        if isinstance(schedule, Schedule):
            self._take(schedule)
            self.choose(schedule.id)

    def _on_command(self, command: str) -> None:
        schedule = self.panel.schedule
        if schedule is None:
            return
        if command == "run":
            self.run_now(schedule)
        elif command == "edit":
            self._open_dialog(schedule)
        elif command == "switch":
            self._switch([schedule])
        else:
            self._confirm_delete([schedule])

    def run_now(self, schedule: Schedule) -> None:
        """Run its job now."""
        working(self.context, self, self._run_now(schedule))

    async def _run_now(self, schedule: Schedule) -> None:
        bridge = self.context.bridge
        job: Job = await bridge.call(bridge.client.run_schedule(schedule.id))
        self.work.take(job)
        self.notice.emit(self.tr("{name} was started").format(name=schedule.name), "", "info")
        self.panel.reload()

    def switch(self) -> None:
        """Turn the switch of the chosen ones."""
        self._switch(self.chosen())

    def _switch(self, schedules: list[Schedule]) -> None:
        for schedule in schedules:
            working(self.context, self, self._switch_one(schedule))

    async def _switch_one(self, schedule: Schedule) -> None:
        bridge, client = self.context.bridge, self.context.bridge.client
        call = client.disable_schedule(schedule.id) if schedule.enabled else client.enable_schedule(schedule.id)
        self._take(await bridge.call(call))

    def _take(self, schedule: Schedule) -> None:
        known = self.model.get(schedule.id)
        if known is None or known.version <= schedule.version:
            self.model.upsert(schedule)
            self.model.settle()

    def delete(self) -> None:
        """Ask, then delete the chosen ones."""
        self._confirm_delete(self.chosen())

    def _confirm_delete(self, schedules: list[Schedule]) -> None:
        if not schedules:
            return
        one = len(schedules) == 1
        ConfirmDialog(
            self.context,
            self.tr("Delete {name}?").format(name=schedules[0].name)
            if one
            else self.tr("Delete %n schedules?", "", len(schedules)),
            self.tr("It runs no more. Jobs that it has run stay."),
            self.tr("Delete schedule") if one else self.tr("Delete schedules"),
            lambda: self._delete(list(schedules)),
            self.window(),
        ).open()

    async def _delete(self, schedules: list[Schedule]) -> None:
        bridge = self.context.bridge
        for schedule in schedules:
            await bridge.call(bridge.client.delete_schedule(schedule.id))
        undo = Undo(self.tr("Undo"), lambda: working(self.context, self, self._restore(schedules)))
        self.offer.emit(self.tr("%n schedule(s) deleted", "", len(schedules)), "", "info", undo)

    async def _restore(self, schedules: list[Schedule]) -> None:
        """Make them again; what became of their moments so far is not known to the new ones."""
        bridge = self.context.bridge
        for schedule in schedules:
            same = {name: getattr(schedule, name) for name in ScheduleCreate.__struct_fields__}
            self._take(await bridge.call(bridge.client.create_schedule(ScheduleCreate(**same))))

    def _open_menu(self, at: QPoint) -> None:
        chosen = self.chosen()
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        if len(chosen) == 1:
            menu.addAction(self.tr("Run now"), lambda: self.run_now(chosen[0]))
            show_keys(menu.addAction(self.tr("Edit…"), self.edit), "Return")
            last = chosen[0].last_job_id
            if last is not None:
                menu.addAction(self.tr("Open the last run"), lambda: self.job_wanted.emit(last))
        on = any(row.enabled for row in chosen)
        show_keys(menu.addAction(self.tr("Switch off") if on else self.tr("Switch on"), self.switch), "Space")
        menu.addSeparator()
        show_keys(menu.addAction(self.tr("Delete…"), self.delete), "Del")
        menu.popup(at)
