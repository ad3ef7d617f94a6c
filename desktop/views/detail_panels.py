"""The base of panels below a table that show the chosen row: its name and state, what can be done, and tabs."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.elided import ElidedLabel
from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.context import Context
from desktop.theme import IconBinding
from desktop.words import plain_tip


class DetailPanel(QFrame):
    """A card; subclasses add its parts from top to bottom, and hide it while nothing is chosen."""

    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.context = context
        self.buttons: dict[str, QPushButton] = {}
        self.pill = StatePill(context.theme, self)
        self._name = ElidedLabel(self)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 12, 0, 0)
        self.column.setSpacing(4)

    # -- for subclasses

    def obey(self, command: str) -> None:
        """The button with this name was pressed."""
        raise NotImplementedError

    def add_head(self, titles: Mapping[str, str], danger: tuple[str, ...], *, name_first: bool = False) -> None:
        """Add name, state and a button for each of ``titles`` by its name, and what closes the panel."""
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 12, 0)
        head.setSpacing(8)
        self._name.setProperty("kind", "strong")
        wide = QSizePolicy.Policy.Maximum if name_first else QSizePolicy.Policy.Ignored
        self._name.setSizePolicy(wide, QSizePolicy.Policy.Preferred)
        if name_first:
            head.addWidget(self._name)
            head.addWidget(self.pill)
            head.addStretch(1)
        else:
            head.addWidget(self.pill)
            head.addWidget(self._name, 1)
        for name, title in titles.items():
            button = QPushButton(title, self)
            if name in danger:
                button.setProperty("kind", "danger")
            button.clicked.connect(lambda _checked=False, name=name: self.obey(name))
            self.buttons[name] = button
            head.addWidget(button)
        self.close_button = QToolButton(self)  # after the buttons: Tab goes by the order of making
        self.close_button.setAccessibleName(self.tr("Close the details"))
        IconBinding(self.context.theme, self.close_button, "close", "muted")
        self.close_button.clicked.connect(self.closed)
        head.addWidget(self.close_button)
        self.column.addLayout(head)

    def add_facts(self) -> None:
        """Add the line under the name."""
        self._facts = PlainLabel(self)
        self._facts.setProperty("kind", "small")
        self._facts.setWordWrap(True)
        self._facts.setContentsMargins(16, 0, 16, 0)
        self.column.addWidget(self._facts)

    def add_bar(self, name: str) -> None:
        """Add the bar of the tabs, before these are made: Tab goes by the order of making.

        ``name`` is for those who do not see the bar.
        """
        self.bar = QTabBar(self)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setAccessibleName(name)
        self.stack = QStackedWidget(self)
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 8, 0)  # the words of the first tab stand below the name
        row.addWidget(self.bar)
        row.addStretch(1)
        self.column.addLayout(row)
        self.add_rule()
        self.column.addWidget(self.stack, 1)
        self.bar.currentChanged.connect(self.stack.setCurrentIndex)

    def add_tabs(self, tabs: Mapping[str, QWidget]) -> None:
        """Add widgets by their titles."""
        for title, tab in tabs.items():
            self.bar.addTab(title)
            self.stack.addWidget(tab)

    def add_rule(self) -> None:
        """Add a line over the whole width."""
        rule = QFrame(self)
        rule.setProperty("kind", "rule")
        self.column.addWidget(rule)

    def set_name(self, name: str) -> None:
        """Name what is shown."""
        self._name.setText(name)
        self._name.setToolTip(plain_tip(name))

    def set_facts(self, words: str) -> None:
        """Say under the name how it is."""
        self._facts.setText(words)

    @property
    def facts(self) -> str:
        """The line under the name."""
        return self._facts.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)
