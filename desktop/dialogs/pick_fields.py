"""Any of many values, such as accounts: a low list with boxes, and a search above it where it is long."""

from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.dialogs.fields import Input
from desktop.theme import ROW_COMPACT

LONG: Final = 8
"""More values than this can be searched."""
MOST_ROWS: Final = 5
AROUND: Final = 10
"""Room above and below the rows, with both lines."""


class PicksInput(Input):
    """None chosen means any: that is what its help should say."""

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        whole = QWidget(parent)
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._search = QLineEdit(whole)
        self._search.setPlaceholderText(self.tr("Search"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._on_search)
        self._search.setVisible(len(self.field.choices) > LONG)
        self._list = QListWidget(whole)
        self._list.setProperty("kind", "picks")
        self._list.setUniformItemSizes(True)
        self._list.setTabKeyNavigation(False)
        self._list.setFixedHeight(ROW_COMPACT * max(1, min(MOST_ROWS, len(self.field.choices))) + AROUND)
        for value, title in self.field.choices:
            item = QListWidgetItem(title, self._list)
            item.setData(Qt.ItemDataRole.UserRole, value)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Unchecked)
        self._list.itemChanged.connect(lambda _item: self.edited.emit())
        layout.addWidget(self._search)
        layout.addWidget(self._list)
        return whole, self._list

    def value(self) -> Any:
        found = []
        for position in range(self._list.count()):
            item = self._list.item(position)
            if item.checkState() is Qt.CheckState.Checked:
                found.append(item.data(Qt.ItemDataRole.UserRole))
        return found

    def set_value(self, value: Any) -> None:
        chosen = set(value or [])
        self._list.blockSignals(True)
        for position in range(self._list.count()):
            item = self._list.item(position)
            on = item.data(Qt.ItemDataRole.UserRole) in chosen
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self._list.blockSignals(False)

    def _on_search(self, text: str) -> None:
        wanted = text.casefold().split()
        for position in range(self._list.count()):
            item = self._list.item(position)
            name = item.text().casefold()
            item.setHidden(not all(word in name for word in wanted))
