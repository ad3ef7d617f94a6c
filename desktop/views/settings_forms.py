"""A section that is a column of settings, in groups."""

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.models.setting_stores import MasterStore, SettingStore, WindowStore
from desktop.views.actions import Undo
from desktop.views.setting_rows import SettingRow
from desktop.views.settings_bases import Group, Section


class SettingsSection(Section):
    """One row a setting. Above them stands why they cannot be changed, when the master does not answer."""

    def __init__(self, context: Context, groups: list[Group], parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.rows: dict[str, SettingRow] = {}
        self.stores: dict[str, SettingStore] = {
            "window": WindowStore(context.settings, self),
            "master": MasterStore(context.models, context.bridge, self),
        }
        self.why = PlainLabel(self.inside)
        self.why.setProperty("kind", "warn")
        self.why.setWordWrap(True)
        self.body.addWidget(self.why)
        for group in groups:
            self.add_group(group)
        context.models.connection_changed.connect(self._on_ready)
        context.models.settings_changed.connect(self._on_ready)
        self.finish()

    def finish(self) -> None:
        """All groups are there: know the first, and whether they can be changed."""
        self.first_focus = next((row.input.target for row in self.rows.values()), None)
        self._on_ready()

    def add_group(self, group: Group) -> QVBoxLayout:
        """Add its heading and a card with its settings; return the column in the card."""
        if group.title:
            self.add_heading(group.title, group.help)
        card = self.add_card()
        for setting in group.settings:
            row = SettingRow(self.context, setting, self.stores[setting.store], self.inside)
            self.rows[row.name] = row
            card.addWidget(row)
            if setting.undo:
                row.saved.connect(lambda before, after, row=row: self._on_saved(row, before, after))
        return card

    def show_setting(self, name: str) -> bool:
        row = self.rows.get(name)
        if row is None:
            return False
        row.input.target.setFocus()
        self.reveal(row)
        return True

    @property
    def unsaved(self) -> bool:
        """Something was typed here that is not saved."""
        return any(row.dirty for row in self.rows.values())

    def _on_saved(self, row: SettingRow, before: Any, after: Any) -> None:
        undo = Undo(self.tr("Undo"), lambda: row.take_back(before, after))
        self.offer.emit(self.tr("{name}: changed").format(name=row.setting.field.label), "", "info", undo)

    def _on_ready(self) -> None:
        master = any(row.store.name == "master" for row in self.rows.values())
        ready, reason = self.stores["master"].ready, self.context.models.connection_reason
        words = self.tr("The master does not answer: what it keeps can be changed once it does.")
        if reason:
            words = self.tr("The master does not answer ({reason}): what it keeps can be changed once it does.").format(
                reason=reason
            )
        self.why.setText(words)
        self.why.setVisible(master and not ready)
