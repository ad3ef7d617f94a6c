"""Filters as small buttons, each with a menu of what it can be; one that restricts is in accent."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from desktop.dialogs.flows import FlowLayout

Choice = tuple[str, Any]
"""What stands in the menu, and the value that it means; None does not restrict."""


class FilterChip(QPushButton):
    """The first choice is the one at first, and does not restrict: then its title stands on it, else the value."""

    chosen = Signal(object)
    """The person chose this value."""

    def __init__(
        self, title: str, choices: Iterable[Choice], parent: QWidget | None = None, *, always: bool = False
    ) -> None:
        """``always``: the value stands on it also where it is the first."""
        super().__init__(parent)
        self._always = always
        self.setProperty("kind", "chip")
        self._title = title
        self._value: Any = None
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._on_triggered)
        self.setMenu(self._menu)
        self.set_choices(choices)

    @property
    def value(self) -> Any:
        """What is chosen."""
        return self._value

    @property
    def restricts(self) -> bool:
        """It is not as it is at first."""
        actions = self._group.actions()
        return bool(actions) and actions[0].data() != self._value

    @property
    def actions_shown(self) -> list[QAction]:
        """The entries of its menu."""
        return self._group.actions()

    def set_choices(self, choices: Iterable[Choice]) -> None:
        """Offer these; what was chosen stays so if it is among them."""
        for old in self._group.actions():
            self._group.removeAction(old)
            self._menu.removeAction(old)
            old.deleteLater()
        for text, value in choices:
            action = self._menu.addAction(text.replace("&", "&&"))
            action.setCheckable(True)
            action.setData(value)
            self._group.addAction(action)
        self.set_value(self._value)

    def set_value(self, value: Any, text: str = "") -> None:
        """Show a value without telling anybody. ``text`` stands for one that is not in the menu."""
        actions = self._group.actions()
        found = next((one for one in actions if one.data() == value), None)
        if found is None and not text and actions:
            found = actions[0]
        self._value = value if found is None else found.data()
        if found is not None:
            found.setChecked(True)
        words = text or (found.text() if found is not None else "")
        self.setText(words if self._always or self.restricts else self._title.replace("&", "&&"))
        self.setAccessibleName(f"{self._title}: {words.replace('&&', '&')}")
        self.setToolTip(self._title)
        if self.property("on") != (lit := self.restricts and not self._always):
            self.setProperty("on", lit)
            self.style().unpolish(self)
            self.style().polish(self)

    def _on_triggered(self, action: QAction) -> None:
        before, wanted = self._value, action.data()
        self.set_value(wanted)
        if wanted != before:
            self.chosen.emit(wanted)


class ChipRow(QWidget):
    """Chips side by side; ``breaks``: at the right end, on more lines where one is not wide enough."""

    def __init__(self, parent: QWidget | None = None, *, breaks: bool = False) -> None:
        super().__init__(parent)
        self._row: QHBoxLayout | FlowLayout = FlowLayout(8, self, right=True) if breaks else QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)

    def stretch(self) -> None:
        """What is added after this stands at the right end."""
        if isinstance(self._row, QHBoxLayout):
            self._row.addStretch(1)

    def add(self, widget: QWidget) -> None:
        """Put one at the right."""
        self._row.addWidget(widget)
        self._row.setAlignment(widget, Qt.AlignmentFlag.AlignVCenter)
