"""The Schedules page: what runs again and again, when it does next, and how it went."""

from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from desktop.delegates.ages import AgeDelegate
from desktop.delegates.badges import BadgeDelegate
from desktop.delegates.cells import CellDelegate
from desktop.delegates.states import StateDelegate
from desktop.delegates.switches import SwitchDelegate
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.dialogs.schedule_dialog import ScheduleDialog
from desktop.models import schedules as columns
from desktop.models.accounts import Badge, now_ms
from desktop.models.palettes import Verb
from desktop.models.schedules import ScheduleTableModel
from desktop.views.actions import NEW, Action, key_words, show_keys
from desktop.views.list_pages import DeleteWords, ListPage, SwitchTable
from desktop.views.schedule_panel import SchedulePanel
from desktop.views.tables import make_card
from master.api.schema import Job, Schedule, ScheduleCreate
from worker.protocol.states import JobState


class SchedulesPage(ListPage[Schedule]):
    """One table, the chosen schedule below."""

    name = "schedules"
    job_wanted = Signal(str)
    model: ScheduleTableModel
    switch_column, last_column = columns.ENABLED, columns.LAST

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.work = context.models.work
        super().__init__(context, self.work.schedules, parent)
        self.set_title(self.tr("Schedules"))
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
        self.refresh()

    def _make_table(self) -> SwitchTable:
        model, theme = self.model, self.context.theme
        table = SwitchTable(model, theme, self)
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
        return table

    def _badge(self, row: Schedule) -> Badge:
        return self.work.jobs.runner_badge(row.job.runner)

    def _connect(self) -> None:
        self.new_button.clicked.connect(lambda _checked=False: self.add())
        self.follow(self.table)
        self.table.chosen_changed.connect(self._on_chosen)
        self.panel.command.connect(self._on_command)
        self.panel.job_wanted.connect(self.job_wanted)
        self.panel.closed.connect(self._on_closed)
        self.work.schedule_changed.connect(self._on_schedule_changed)

    # -- what the page says

    def empty_notice(self) -> tuple[str, str, str, str]:
        """There is none, or none fits the search."""
        if self.model.filter_text:
            return "search", self.tr("No schedule fits this search"), "", self.tr("Clear the search")
        words = self.tr("It runs a job again and again: every night, every ten minutes, on the first of a month.")
        return "schedules", self.tr("There is no schedule yet"), words, self.tr("New schedule")

    def refresh(self) -> None:
        """The chosen one changes with all of them."""
        self._on_chosen()
        super().refresh()

    def sentence_words(self) -> str:
        """How many are on, which comes next, and how the last ones went."""
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
        super().tick()

    # -- choosing

    def _on_chosen(self) -> None:
        chosen = self.chosen()
        self.panel.show_schedule(chosen[0] if len(chosen) == 1 else None)

    def _on_closed(self) -> None:
        self.table.clearSelection()
        self.table.setFocus()

    def _on_schedule_changed(self, schedule_id: str) -> None:
        if self.panel.schedule is not None and self.panel.schedule.id == schedule_id:
            self.panel.show_schedule(self.model.get(schedule_id))

    # -- for the palette

    def actions_here(self) -> list[Action]:
        """What the button and the keys of the table do."""
        table = (self.table,)
        return [
            Action(name="schedules.new", title=self.tr("New schedule"), act=self.add),
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
        return [
            Verb(title=self.tr("Run now"), act=partial(self.run_now, row), name="run"),
            self.switch_verb(row),
            Verb(title=self.tr("Edit…"), act=partial(self.open_dialog, row), name="edit"),
            Verb(title=self.tr("Delete…"), act=partial(self.confirm_delete, [row]), name="delete"),
        ]

    # -- what the person does

    def open_dialog(self, row: Schedule | None) -> None:
        """Edit a schedule; None makes one."""
        dialog = ScheduleDialog(self.context, row, self.window())
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
            self.open_dialog(schedule)
        elif command == "switch":
            self.switch_rows([schedule])
        else:
            self.confirm_delete([schedule])

    def run_now(self, schedule: Schedule) -> None:
        """Run its job now."""
        working(self.context, self, self._run_now(schedule))

    async def _run_now(self, schedule: Schedule) -> None:
        bridge = self.context.bridge
        job: Job = await bridge.call(bridge.client.run_schedule(schedule.id))
        self.work.take(job)
        self.notice.emit(self.tr("{name} was started").format(name=schedule.name), "", "info")
        self.panel.reload()

    async def switch_one(self, row: Schedule) -> None:
        """Switch it off or on."""
        bridge, client = self.context.bridge, self.context.bridge.client
        call = client.disable_schedule(row.id) if row.enabled else client.enable_schedule(row.id)
        self._take(await bridge.call(call))

    def _take(self, schedule: Schedule) -> None:
        known = self.model.get(schedule.id)
        if known is None or known.version <= schedule.version:
            self.model.upsert(schedule)
            self.model.settle()

    def delete_words(self, rows: Sequence[Schedule]) -> DeleteWords:
        """Its jobs stay."""
        many = len(rows)
        return DeleteWords(
            several=self.tr("Delete %n schedules?", "", many),
            body=self.tr("It runs no more. Jobs that it has run stay."),
            verb=self.tr("Delete schedule") if many == 1 else self.tr("Delete schedules"),
            done=self.tr("%n schedule(s) deleted", "", many),
        )

    def delete_one(self, row: Schedule) -> Coroutine[Any, Any, Any]:
        """Delete a schedule."""
        return self.context.bridge.client.delete_schedule(row.id)

    async def restore(self, rows: Sequence[Schedule]) -> None:
        """Make them again; what became of their moments so far is not known to the new ones."""
        bridge = self.context.bridge
        for schedule in rows:
            same = {name: getattr(schedule, name) for name in ScheduleCreate.__struct_fields__}
            self._take(await bridge.call(bridge.client.create_schedule(ScheduleCreate(**same))))

    def fill_menu(self, menu: QMenu, row: Schedule) -> None:
        """Run and edit it, and open its last run."""
        menu.addAction(self.tr("Run now"), lambda: self.run_now(row))
        show_keys(menu.addAction(self.tr("Edit…"), self.edit), "Return")
        last = row.last_job_id
        if last is not None:
            menu.addAction(self.tr("Open the last run"), lambda: self.job_wanted.emit(last))
