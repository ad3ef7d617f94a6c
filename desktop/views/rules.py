"""The Rules page: what of all that is found is told, in which order that is decided, and when it is quiet."""

from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QVBoxLayout, QWidget

from desktop.delegates.cells import CellDelegate
from desktop.delegates.states import StateDelegate
from desktop.delegates.switches import SwitchDelegate
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.dialogs.quiet_dialog import QuietDialog
from desktop.dialogs.rule_dialog import RuleDialog
from desktop.models import rules as columns
from desktop.models.accounts import now_ms
from desktop.models.palettes import Verb
from desktop.models.rules import RuleTableModel
from desktop.views.actions import NEW, Action, key_words, show_keys
from desktop.views.list_pages import DeleteWords, ListPage, SwitchTable
from desktop.views.tables import make_card
from master.api.rules import Rule, RuleCreate, RulePatch


class RuleTable(SwitchTable):
    """Alt with Up and Down moves the chosen rule."""

    moved = Signal(int)
    """By so many places."""
    dropped = Signal(str, int)
    """The rule with this id belongs at this position."""

    def let_drag(self) -> None:
        """Rows may be dragged to another place."""
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(True)
        self.setDragDropOverwriteMode(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell where the dragged rule was dropped; the master decides, then the rows move."""
        chosen, index = self.chosen, self.indexAt(event.position().toPoint())
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if len(chosen) == 1:
            self.dropped.emit(chosen[0], self.place_of(index, event.position().toPoint()))

    def place_of(self, index: QModelIndex, at: QPoint) -> int:
        """Return the position that a point between rows means for the chosen rule."""
        if not index.isValid():
            return self.rows.rowCount()
        below = at.y() > self.visualRect(index).center().y()
        place = index.row() + below
        moved = self.rows.position_of(self.chosen[0])
        return place - 1 if moved is not None and moved < place else place

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+arrows; the rest moves, opens and switches."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.moved.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


class RulesPage(ListPage[Rule]):
    """One table, the first rule on top: of those that fit, the first decides."""

    name = "rules"
    model: RuleTableModel
    table: RuleTable
    switch_column, last_column = columns.ENABLED, columns.LAST

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.telling = context.models.telling
        super().__init__(context, self.telling.rules, parent)
        self.set_title(self.tr("Rules"))
        self.add_search(self.tr("Search rules"))
        self.quiet_button = self.add_action(self.tr("Quiet hours…"), icon="snooze")
        self.new_button = self.add_action(self.tr("New rule"), icon="plus", primary=True, tip=key_words(NEW))
        self.table = self._make_table()
        self.first_focus = self.table
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(make_card(self.table, self.content))
        self.quiet_button.clicked.connect(lambda _checked=False: self.open_quiet())
        self.new_button.clicked.connect(lambda _checked=False: self.add())
        self.follow(self.table)
        self.telling.quiet_changed.connect(self.refresh)
        self.watch(self.model.load_status, self.telling.reload_rules)
        self.refresh()

    def _make_table(self) -> RuleTable:
        model, theme = self.model, self.context.theme
        table = RuleTable(model, theme, self)
        table.setAccessibleName(self.tr("Rules"))
        table.setSortingEnabled(False)  # their order is what decides
        model.sort(columns.POSITION)
        table.setItemDelegateForColumn(columns.WHEN, CellDelegate(theme, table, muted=True))
        table.setItemDelegateForColumn(columns.ACTION, StateDelegate(theme, model.face, table))
        table.setItemDelegateForColumn(
            columns.ENABLED,
            SwitchDelegate(
                theme, lambda row: (row.enabled and row.disabled_reason is None, model.switch_word(row)), table
            ),
        )
        table.set_widths([56, 180, 300, 116, 80, 76, 96], columns.WHEN)
        table.moved.connect(self.move_chosen)
        table.dropped.connect(self._on_dropped)
        table.let_drag()
        return table

    # -- what the page says

    def empty_notice(self) -> tuple[str, str, str, str]:
        """There is none, or none fits the search."""
        if self.model.filter_text:
            return "search", self.tr("No rule fits this search"), "", self.tr("Clear the search")
        words = self.tr("Everything new is told. A rule makes some of it urgent, silent, or leaves it out.")
        return "rules", self.tr("There is no rule yet"), words, self.tr("New rule")

    def sentence_words(self) -> str:
        """How many are on, and when it is quiet."""
        number, rows = self.context.wording.number, list(self.model.values())
        on = sum(row.enabled for row in rows)
        parts = [
            self.tr("{on} of {total} switched on").format(on=number(on), total=number(len(rows)))
            if rows
            else self.tr("Everything new is told")
        ]
        stopped = sum(row.disabled_reason is not None for row in rows)
        if stopped:
            parts.append(self.tr("%n stopped by itself", "", stopped))
        quiet = self.telling.quiet
        if quiet is not None:
            parts.append(self.telling.words.quiet(quiet, now_ms()))
            if quiet.held:
                parts.append(self.tr("%n held", "", quiet.held))
        if self.telling.snoozes:
            parts.append(self.tr("%n snoozed", "", len(self.telling.snoozes)))
        return " · ".join(parts)

    # -- for the palette

    def actions_here(self) -> list[Action]:
        """What the buttons and the keys of the table do."""
        table = (self.table,)
        return [
            Action(name="rules.new", title=self.tr("New rule"), act=self.add),
            Action(name="rules.quiet", title=self.tr("Quiet hours…"), act=self.open_quiet),
            Action(
                name="rules.edit", title=self.tr("Edit the chosen rule"), act=self.edit, keys=("Return",),
                where=table, by_widget=True, enabled=lambda: len(self.chosen()) == 1,
            ),
            Action(
                name="rules.switch", title=self.tr("Switch the chosen rules on or off"),
                act=self.switch, keys=("Space",), where=table, by_widget=True,
                enabled=lambda: bool(self.chosen()),
            ),
            Action(
                name="rules.up", title=self.tr("Move the chosen rule up"), act=lambda: self.move_chosen(-1),
                keys=("Alt+Up",), where=table, by_widget=True, enabled=lambda: len(self.chosen()) == 1,
            ),
            Action(
                name="rules.down", title=self.tr("Move the chosen rule down"), act=lambda: self.move_chosen(1),
                keys=("Alt+Down",), where=table, by_widget=True, enabled=lambda: len(self.chosen()) == 1,
            ),
            Action(
                name="rules.delete", title=self.tr("Delete the chosen rules"), act=self.delete, keys=("Del",),
                where=table, by_widget=True, enabled=lambda: bool(self.chosen()),
            ),
        ]  # fmt: skip

    def verbs_of(self, key: str) -> list[Verb]:
        """What the menu of one rule offers."""
        row = self.model.get(key)
        if row is None:
            return []
        return [
            Verb(title=self.tr("Edit…"), act=partial(self.open_dialog, row), name="edit"),
            self.switch_verb(row),
        ]

    # -- what the person does

    def open_quiet(self) -> None:
        """Open the quiet hours."""
        QuietDialog(self.context, self.window()).open()

    def open_dialog(self, row: Rule | None) -> None:
        """Edit a rule; None makes one."""
        dialog = RuleDialog(self.context, row, self.window())
        dialog.saved.connect(lambda saved: self.table.choose(saved.id))
        dialog.open()

    def move_chosen(self, places: int) -> None:
        """Move the chosen rule up or down."""
        chosen = self.chosen()
        if len(chosen) == 1 and 0 <= chosen[0].position + places < self.model.total:
            working(self.context, self, self.telling.move(chosen[0].id, chosen[0].position + places))

    def _on_dropped(self, rule_id: str, position: int) -> None:
        rule = self.model.get(rule_id)
        if rule is not None and rule.position != position and not self.model.filter_text:
            working(self.context, self, self.telling.move(rule_id, position))

    async def switch_one(self, row: Rule) -> None:
        """One that was switched off by itself is switched on."""
        bridge = self.context.bridge
        on = not row.enabled or row.disabled_reason is not None
        self.telling.take(await bridge.call(bridge.client.patch_rule(row.id, RulePatch(enabled=on))))

    def delete_words(self, rows: Sequence[Rule]) -> DeleteWords:
        """What was told stays told."""
        many = len(rows)
        return DeleteWords(
            several=self.tr("Delete %n rules?", "", many),
            body=self.tr("What it decided so far stays as it is."),
            verb=self.tr("Delete rule") if many == 1 else self.tr("Delete rules"),
            done=self.tr("%n rule(s) deleted", "", many),
        )

    def delete_one(self, row: Rule) -> Coroutine[Any, Any, Any]:
        """Delete a rule."""
        return self.context.bridge.client.delete_rule(row.id)

    async def restore(self, rows: Sequence[Rule]) -> None:
        """Make them again where they stood, the first one first: so each finds those before it there."""
        bridge = self.context.bridge
        for rule in sorted(rows, key=lambda row: row.position):
            body = RuleCreate(
                name=rule.name,
                enabled=rule.enabled,
                position=rule.position,
                conditions=rule.conditions,
                action=rule.action,
            )
            self.telling.take(await bridge.call(bridge.client.create_rule(body)))

    def fill_menu(self, menu: QMenu, row: Rule) -> None:
        """Edit and move it."""
        show_keys(menu.addAction(self.tr("Edit…"), self.edit), "Return")
        up = show_keys(menu.addAction(self.tr("Move up"), lambda: self.move_chosen(-1)), "Alt+Up")
        up.setEnabled(row.position > 0)
        down = show_keys(menu.addAction(self.tr("Move down"), lambda: self.move_chosen(1)), "Alt+Down")
        down.setEnabled(row.position < self.model.total - 1)
