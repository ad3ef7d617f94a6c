"""The windows of quiet hours: a row each, with days of the week, from when and until when."""

from typing import Any

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTimeEdit, QToolButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.dialogs.fields import WheelGuard
from desktop.dialogs.tab_orders import tab_before
from desktop.models.rule_words import DAYS
from desktop.theme import IconBinding
from master.api.rules import QuietWindow

CLOCK = "HH:mm"
NIGHT = QuietWindow(start="22:00", end="07:00")
MOST = 50
BEFORE = 6
"""Before a time: the style sheet's padding does not reach into a field without buttons."""


class WindowRow(QWidget):
    """One window; it ends on the next day where its end is not later than its begin."""

    edited = Signal()
    removed = Signal()

    def __init__(self, context: Context, window: QuietWindow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = context.models.telling.words
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        days = QHBoxLayout()
        days.setSpacing(4)
        self.days: dict[str, QPushButton] = {}
        for day in DAYS:
            button = QPushButton(words.day(day), self)
            button.setCheckable(True)
            button.setChecked(day in window.days)
            button.setProperty("kind", "day")
            button.setMinimumWidth(48)
            self.days[day] = button
            days.addWidget(button)
        days.addStretch(1)
        times = QHBoxLayout()
        times.setSpacing(8)
        self.start = self._time(window.start, self.tr("From"))
        self.end = self._time(window.end, self.tr("Until"))
        self.next_day = PlainLabel(self)
        self.next_day.setProperty("kind", "small")
        remove = QToolButton(self)
        remove.setAccessibleName(self.tr("Remove these hours"))
        remove.setToolTip(self.tr("Remove these hours"))
        IconBinding(context.theme, remove, "trash", "muted")
        remove.clicked.connect(lambda _checked=False: self.removed.emit())
        for widget in (PlainLabel(self.tr("From"), self), self.start, PlainLabel(self.tr("until"), self), self.end):
            times.addWidget(widget)
        times.addWidget(self.next_day, 1)
        times.addWidget(remove)
        layout.addLayout(days)
        layout.addLayout(times)
        for button in self.days.values():
            button.toggled.connect(lambda _on: self._on_edited())
        for edit in (self.start, self.end):
            edit.timeChanged.connect(lambda _time: self._on_edited())
        self._on_edited()

    def _time(self, clock: str, name: str) -> QTimeEdit:
        edit = QTimeEdit(QTime.fromString(clock, CLOCK), self)
        edit.setDisplayFormat(CLOCK)
        edit.setAccessibleName(name)
        edit.lineEdit().setTextMargins(BEFORE, 0, 0, 0)
        edit.installEventFilter(WheelGuard(edit))
        return edit

    def value(self) -> QuietWindow:
        """Return the window; without days it cannot be sent."""
        chosen: Any = [day for day, button in self.days.items() if button.isChecked()]
        return QuietWindow(days=chosen, start=self.start.time().toString(CLOCK), end=self.end.time().toString(CLOCK))

    def _on_edited(self) -> None:
        over = self.end.time() <= self.start.time()
        self.next_day.setText(self.tr("of the next day") if over else "")
        self.edited.emit()


class WindowList(QWidget):
    """All windows, and a button for another."""

    edited = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.rows: list[WindowRow] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        self._column = QVBoxLayout()
        self._column.setSpacing(16)
        layout.addLayout(self._column)
        self.add_button = QPushButton(self.tr("Add hours"), self)
        self.add_button.clicked.connect(lambda _checked=False: self.add(NIGHT))
        line = QHBoxLayout()
        line.addWidget(self.add_button)
        line.addStretch(1)
        layout.addLayout(line)

    def add(self, window: QuietWindow) -> WindowRow:
        """Add a window, and return its row."""
        row = WindowRow(self._context, window, self)
        row.edited.connect(self.edited)
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._column.addWidget(row)
        tab_before(row, self.add_button)
        self.add_button.setEnabled(len(self.rows) < MOST)
        self.edited.emit()
        return row

    def clear(self) -> None:
        """Take all windows away."""
        for row in list(self.rows):
            self._remove(row, focus=False)

    def values(self) -> list[QuietWindow]:
        """Return all windows."""
        return [row.value() for row in self.rows]

    def _remove(self, row: WindowRow, *, focus: bool = True) -> None:
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        self.add_button.setEnabled(True)
        if focus:
            self.add_button.setFocus()
        self.edited.emit()
