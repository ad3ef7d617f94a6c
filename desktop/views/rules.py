"""The Rules page: what of all that is found is told, in which order that is decided, and when it is quiet."""

from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QVBoxLayout, QWidget

from desktop.delegates.cells import CellDelegate
from desktop.delegates.states import StateDelegate
from desktop.delegates.switches import SwitchDelegate
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.dialogs.quiet_dialog import QuietDialog
from desktop.dialogs.rule_dialog import RuleDialog
from desktop.models import rules as columns
from desktop.models.accounts import now_ms
from desktop.models.palettes import Verb
from desktop.views.actions import NEW, Action, Undo, key_words, show_keys
from desktop.views.page import Page
from desktop.views.tables import RowTable, make_card
from master.api.rules import Rule, RuleCreate, RulePatch

NARROW = 820


class RuleTable(RowTable):
    """Space turns the switch, Alt with Up and Down moves the chosen rule."""

    switched = Signal()
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
        """Space and Alt+arrows; the rest moves and opens."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() == Qt.Key.Key_Space and self.chosen:
            self.switched.emit()
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.moved.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


class RulesPage(Page):
    """One table, the first rule on top: of those that fit, the first decides."""

    name = "rules"
    offer = Signal(str, str, str, object)
    """Title, body and level of a short message, and its button: its words, and what it does."""
    notice = Signal(str, str, str)
    """Title, body and level of a short message."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Rules"))
        self.telling = context.models.telling
        self.model = self.telling.rules
        self.add_search(self.tr("Search rules"))
        self.quiet_button = self.add_action(self.tr("Quiet hours…"), icon="snooze")
        self.new_button = self.add_action(self.tr("New rule"), icon="plus", primary=True, tip=key_words(NEW))
        self.table = self._make_table()
        self.first_focus = self.table
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(make_card(self.table, self.content))
        self.quiet_button.clicked.connect(lambda _checked=False: self.open_quiet())
        self.new_button.clicked.connect(lambda _checked=False: self.new_rule())
        self.table.menu_wanted.connect(self._open_menu)
        self.table.opened.connect(lambda _key: self.edit())
        self.table.delete_wanted.connect(self.delete)
        self.model.settled.connect(self.refresh)
        self.telling.quiet_changed.connect(self.refresh)
        context.settings.changed.connect(self._on_settings)
        self.watch(self.model.load_status, self.telling.reload_rules)
        self._on_settings()
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
        table.clicked.connect(self._on_clicked)
        table.switched.connect(lambda: self._switch(self.chosen()))
        table.moved.connect(self.move_chosen)
        table.dropped.connect(self._on_dropped)
        table.let_drag()
        return table

    # -- what the page says

    def is_empty(self) -> bool:
        """None fits."""
        return self.model.rowCount() == 0

    def empty_notice(self) -> tuple[str, str, str, str]:
        """There is none, or none fits the search."""
        if self.model.filter_text:
            return "search", self.tr("No rule fits this search"), "", self.tr("Clear the search")
        words = self.tr("Everything new is told. A rule makes some of it urgent, silent, or leaves it out.")
        return "rules", self.tr("There is no rule yet"), words, self.tr("New rule")

    def on_empty_clicked(self) -> None:
        """Clear the search, or make one."""
        if self.model.filter_text and self.search is not None:
            self.search.clear()
            self.on_search("")
        else:
            self.new_rule()

    def on_search(self, text: str) -> None:
        """Filter."""
        self.model.set_filter(text)
        self.refresh()

    def refresh(self) -> None:
        """Count, and say when it is quiet."""
        if self.model.load_status.state == "ready":
            self.set_sentence(self._sentence_words())
        super().refresh()

    def tick(self) -> None:
        """Quiet hours come nearer."""
        if self.model.load_status.state == "ready":
            self.set_sentence(self._sentence_words())

    def _sentence_words(self) -> str:
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

    def add(self) -> bool:
        """A new rule."""
        self.new_rule()
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the last hit gives way."""
        super().resizeEvent(event)
        self.table.setColumnHidden(columns.LAST, event.size().width() < NARROW)

    def _on_settings(self) -> None:
        self.table.set_compact(self.context.settings.values.compact_rows)

    # -- for the palette

    def choose(self, rule_id: str) -> None:
        """Show one rule, whatever is searched."""
        if self.model.position_of(rule_id) is None and self.search is not None:
            self.search.clear()
            self.on_search("")
        self.table.choose(rule_id)

    def actions_here(self) -> list[Action]:
        """What the buttons and the keys of the table do."""
        table = (self.table,)
        return [
            Action(name="rules.new", title=self.tr("New rule"), act=self.new_rule),
            Action(name="rules.quiet", title=self.tr("Quiet hours…"), act=self.open_quiet),
            Action(
                name="rules.edit", title=self.tr("Edit the chosen rule"), act=self.edit, keys=("Return",),
                where=table, by_widget=True, enabled=lambda: len(self.chosen()) == 1,
            ),
            Action(
                name="rules.switch", title=self.tr("Switch the chosen rules on or off"),
                act=lambda: self._switch(self.chosen()), keys=("Space",), where=table, by_widget=True,
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
        switch = self.tr("Switch off") if row.enabled else self.tr("Switch on")
        return [
            Verb(title=self.tr("Edit…"), act=partial(self._open_dialog, row), name="edit"),
            Verb(title=switch, act=partial(self._switch, [row]), name="disable" if row.enabled else "enable"),
        ]

    # -- what the person does

    def chosen(self) -> list[Rule]:
        """Return the chosen rules."""
        return [row for key in self.table.chosen if (row := self.model.get(key)) is not None]

    def new_rule(self) -> None:
        """Open *New rule*."""
        self._open_dialog(None)

    def edit(self) -> None:
        """Edit the chosen one."""
        chosen = self.chosen()
        if len(chosen) == 1:
            self._open_dialog(chosen[0])

    def open_quiet(self) -> None:
        """Open the quiet hours."""
        QuietDialog(self.context, self.window()).open()

    def _open_dialog(self, rule: Rule | None) -> None:
        dialog = RuleDialog(self.context, rule, self.window())
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

    def _on_clicked(self, index: QModelIndex) -> None:
        key = self.model.key_at(index.row())
        row = self.model.get(key) if key is not None else None
        if index.column() == columns.ENABLED and row is not None:
            self._switch([row])

    def _switch(self, rules: list[Rule]) -> None:
        for rule in rules:
            working(self.context, self, self._switch_one(rule))

    async def _switch_one(self, rule: Rule) -> None:
        bridge = self.context.bridge
        on = not rule.enabled or rule.disabled_reason is not None
        self.telling.take(await bridge.call(bridge.client.patch_rule(rule.id, RulePatch(enabled=on))))

    def delete(self) -> None:
        """Ask, then delete the chosen ones."""
        rules = self.chosen()
        if not rules:
            return
        one = len(rules) == 1
        ConfirmDialog(
            self.context,
            self.tr("Delete {name}?").format(name=rules[0].name)
            if one
            else self.tr("Delete %n rules?", "", len(rules)),
            self.tr("What it decided so far stays as it is."),
            self.tr("Delete rule") if one else self.tr("Delete rules"),
            lambda: self._delete(rules),
            self.window(),
        ).open()

    async def _delete(self, rules: list[Rule]) -> None:
        bridge = self.context.bridge
        for rule in rules:
            await bridge.call(bridge.client.delete_rule(rule.id))
        undo = Undo(self.tr("Undo"), lambda: working(self.context, self, self._restore(rules)))
        self.offer.emit(self.tr("%n rule(s) deleted", "", len(rules)), "", "info", undo)

    async def _restore(self, rules: list[Rule]) -> None:
        """Make them again where they stood, the first one first: so each finds those before it there."""
        bridge = self.context.bridge
        for rule in sorted(rules, key=lambda row: row.position):
            body = RuleCreate(
                name=rule.name,
                enabled=rule.enabled,
                position=rule.position,
                conditions=rule.conditions,
                action=rule.action,
            )
            self.telling.take(await bridge.call(bridge.client.create_rule(body)))

    def _open_menu(self, at: QPoint) -> None:
        chosen = self.chosen()
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        if len(chosen) == 1:
            show_keys(menu.addAction(self.tr("Edit…"), self.edit), "Return")
            up = show_keys(menu.addAction(self.tr("Move up"), lambda: self.move_chosen(-1)), "Alt+Up")
            up.setEnabled(chosen[0].position > 0)
            down = show_keys(menu.addAction(self.tr("Move down"), lambda: self.move_chosen(1)), "Alt+Down")
            down.setEnabled(chosen[0].position < self.model.total - 1)
        on = any(row.enabled for row in chosen)
        menu.addAction(self.tr("Switch off") if on else self.tr("Switch on"), lambda: self._switch(chosen))
        menu.addSeparator()
        show_keys(menu.addAction(self.tr("Delete…"), self.delete), "Del")
        menu.popup(at)
