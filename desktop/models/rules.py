"""Rules, quiet hours and snoozes in the window: loaded over the bridge, then patched from events."""

from collections.abc import Callable
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Qt, Signal

from desktop.bridge import Bridge
from desktop.models.accounts import now_ms
from desktop.models.job_loads import Guard
from desktop.models.loads import Loads
from desktop.models.rows import AnyIndex, Column, RowTableModel
from desktop.models.rule_words import RuleWords
from desktop.words import Face, Wording
from master.api.rules import QuietHours, Rule, SnoozeRow

POSITION, NAME, WHEN, ACTION, HITS, LAST, ENABLED = range(7)
"""Columns."""


class RuleTableModel(RowTableModel[Rule]):
    """All rules, in the order in which they are asked."""

    def __init__(self, wording: Wording, words: RuleWords, parent: QObject | None = None) -> None:
        self.wording, self.words = wording, words
        super().__init__([], parent)
        self.columns = [
            Column(
                title="#", text=lambda row: wording.number(row.position + 1), sort=lambda row: row.position, right=True
            ),
            Column(title=self.tr("Rule"), text=lambda row: row.name),
            Column(title=self.tr("When"), text=lambda row: words.conditions(row.conditions)),
            Column(title=self.tr("What happens"), text=lambda row: self.face(row).word),
            Column(title=self.tr("Decided"), text=lambda row: wording.number(row.hits), right=True),
            Column(
                title=self.tr("Last"),
                text=lambda row: wording.clock(row.last_hit_at, now_ms()) if row.last_hit_at is not None else "–",
                right=True,
            ),
            Column(title=self.tr("Active"), text=self.switch_word),
        ]

    def key_of(self, row: Rule) -> str:
        """The rule's id."""
        return row.id

    def search_text(self, row: Rule) -> str:
        """Its name and its conditions."""
        return f"{row.name}\n{self.words.conditions(row.conditions)}".casefold()

    def face(self, row: Rule) -> Face:
        """Return how what it does shows."""
        return self.words.action(row.action)

    def switch_word(self, row: Rule) -> str:
        """Return how its switch stands."""
        if row.disabled_reason is not None:
            return self.tr("Stopped")
        return self.tr("On") if row.enabled else self.tr("Off")

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Rows can be dragged; what they are dropped on is the table itself, between them."""
        both = Qt.ItemFlag.ItemIsDropEnabled
        return super().flags(index) | (Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else both)

    def supportedDropActions(self) -> Qt.DropAction:
        """Rows are moved."""
        return Qt.DropAction.MoveAction

    def in_order(self) -> list[Rule]:
        """Return all rules, the first first."""
        return sorted(self.values(), key=lambda row: row.position)

    def tool_tip(self, row: Rule, column: int) -> str:
        """Whole texts, and why one was switched off by itself."""
        if column == ENABLED and row.disabled_reason is not None:
            return self.wording.say(row.disabled_reason)
        if column == LAST and row.last_hit_at is not None:
            return self.wording.moment(row.last_hit_at)
        return {NAME: row.name, WHEN: self.words.conditions(row.conditions)}.get(column, "")


class RuleLoads(QObject):
    """The part of the window's picture that speaks of what is told."""

    quiet_changed = Signal()
    """Quiet hours or snoozes are others now."""

    def __init__(
        self,
        bridge: Bridge,
        wording: Wording,
        loads: Loads,
        guard: Guard,
        words: RuleWords,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._loads, self._guard = bridge, loads, guard
        self.words = words
        self.rules = RuleTableModel(wording, words, self)
        self.quiet: QuietHours | None = None
        self.snoozes: dict[str, SnoozeRow] = {}

    def handlers(self) -> dict[str, Callable[[Any], object]]:
        """Return what is done with each kind of event."""
        return {
            "rule.changed": self._kept_for("rules", self._on_rule),
            "rule.deleted": self._kept_for("rules", lambda data: self._on_deleted(data.id)),
            "rules.ordered": self._kept_for("rules", lambda data: self._on_ordered(data.rule_ids)),
            "quiet_hours.changed": self._kept_for("quiet", self._set_quiet),
            "snooze.changed": self._kept_for("quiet", self._on_snooze),
            "snooze.ended": self._kept_for("quiet", lambda data: self._on_snooze_ended(data.id)),
        }

    # -- loading

    async def load(self) -> None:
        """Load everything, each noun by itself."""
        await self.reload_rules()
        await self.reload_quiet()

    async def reload_rules(self) -> None:
        """Load all rules."""
        self.rules.load_status.set_loading()
        with self._loads.loading("rules"):
            rows = await self._guard(self._bridge.client.rules(), self.rules.load_status)
            if rows is not None:
                self.rules.replace_all(rows)

    async def reload_quiet(self) -> None:
        """Load the quiet hours and what is snoozed."""
        with self._loads.loading("quiet"):
            quiet = await self._guard(self._bridge.client.quiet_hours())
            snoozes = await self._guard(self._bridge.client.snoozes())
            if snoozes is not None:
                self.snoozes = {row.id: row for row in snoozes}
            if quiet is not None:
                self._set_quiet(quiet)

    # -- what the person does

    async def move(self, rule_id: str, position: int) -> None:
        """Put a rule at another position, 0 the first. Raises ``ApiError``."""
        order = [row.id for row in self.rules.in_order() if row.id != rule_id]
        order.insert(max(0, min(position, len(order))), rule_id)
        for row in await self._bridge.call(self._bridge.client.order_rules(order)):
            self.take(row)

    def take(self, rule: Rule) -> None:
        """Show a rule that an answer carried."""
        self.rules.upsert(rule)
        self.rules.settle()

    # -- events

    def _kept_for(self, noun: str, act: Callable[[Any], object]) -> Callable[[Any], None]:
        return lambda data: self._loads.apply(noun, lambda: act(data))

    def _on_rule(self, rule: Rule) -> None:
        known = self.rules.get(rule.id)
        if known is None or known.position != rule.position:
            self.take(rule)
        else:
            self.rules.upsert(rule)

    def _on_deleted(self, rule_id: str) -> None:
        self.rules.remove(rule_id)
        self.rules.settle()

    def _on_ordered(self, rule_ids: list[str]) -> None:
        for position, rule_id in enumerate(rule_ids):
            rule = self.rules.get(rule_id)
            if rule is not None and rule.position != position:
                self.rules.upsert(msgspec.structs.replace(rule, position=position))
        self.rules.settle()

    def _set_quiet(self, quiet: QuietHours) -> None:
        self.quiet = quiet
        self.quiet_changed.emit()

    def _on_snooze(self, row: SnoozeRow) -> None:
        self.snoozes[row.id] = row
        self.quiet_changed.emit()

    def _on_snooze_ended(self, snooze_id: str) -> None:
        self.snoozes.pop(snooze_id, None)
        self.quiet_changed.emit()
