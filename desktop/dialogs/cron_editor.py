"""When something runs: chosen from a few plain kinds, or typed as a cron expression; its words and next runs below."""

from typing import Any

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.crons import (
    DAILY,
    HOURLY,
    KINDS,
    LAST,
    MINUTES,
    MONTHLY,
    OWN,
    STEPS,
    WEEKLY,
    Plan,
    read,
    write,
)
from desktop.dialogs.fields import Input, WheelGuard

WEEK = (1, 2, 3, 4, 5, 6, 0)
"""Days as they are shown, from Monday."""
DAY_WIDTH = 46


class CronInput(Input):
    """The value is the expression. Each kind shows the fields that it needs, and no other."""

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        whole = QWidget(parent)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.kind = self._combo(whole, self.tr("How often"))
        titles = {
            MINUTES: self.tr("Every few minutes"),
            HOURLY: self.tr("Every hour"),
            DAILY: self.tr("Every day"),
            WEEKLY: self.tr("Every week"),
            MONTHLY: self.tr("Every month"),
            OWN: self.tr("Own expression"),
        }
        for kind in KINDS:
            self.kind.addItem(titles[kind], kind)
        row.addWidget(self.kind)
        self._parts = QWidget(whole)
        self._fill(self._parts)
        row.addWidget(self._parts)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._days(whole))
        column.addWidget(self._own(whole))
        self.preview = PlainLabel(whole)
        self.preview.setProperty("kind", "small")
        self.preview.setWordWrap(True)
        column.addWidget(self.preview)
        self.kind.activated.connect(lambda _position: self._on_kind())
        self._arrange()
        return whole, self.kind

    def _combo(self, parent: QWidget, name: str) -> QComboBox:
        combo = QComboBox(parent)
        combo.setAccessibleName(name)
        combo.setAccessibleDescription(combo.accessibleName())  # where the name is what is chosen
        combo.installEventFilter(WheelGuard(combo))
        return combo

    def _fill(self, parent: QWidget) -> None:
        row = QHBoxLayout(parent)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.every = self._combo(parent, self.tr("Minutes"))
        for step in STEPS:
            self.every.addItem(self.tr("%n minute(s)", "", step), step)
        self.day = self._combo(parent, self.tr("Day of the month"))
        for day in range(1, 32):
            self.day.addItem(self.tr("day {day}").format(day=day), str(day))
        self.day.addItem(self.tr("the last day"), LAST)
        self._at = PlainLabel(self.tr("at"), parent)
        self.hour = self._combo(parent, self.tr("Hour"))
        for hour in range(24):
            self.hour.addItem(f"{hour:02}", hour)
        self._colon = PlainLabel(":", parent)
        self._past = PlainLabel(self.tr("at minute"), parent)
        self.minute = self._combo(parent, self.tr("Minute"))
        for minute in range(60):
            self.minute.addItem(f"{minute:02}", minute)
        for widget in (self.every, self.day, self._at, self.hour, self._colon, self._past, self.minute):
            row.addWidget(widget)
        for combo in (self.every, self.day, self.hour, self.minute):
            combo.activated.connect(lambda _position: self._on_part())

    def _days(self, parent: QWidget) -> QWidget:
        self._week = QWidget(parent)
        row = QHBoxLayout(self._week)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        locale = QLocale()
        self.weekdays: dict[int, QPushButton] = {}
        for day in WEEK:
            number = day or 7
            button = QPushButton(self._short(day), self._week)
            button.setAccessibleName(locale.standaloneDayName(number, QLocale.FormatType.LongFormat))
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("kind", "day")
            button.setFixedWidth(DAY_WIDTH)
            button.clicked.connect(lambda _on: self._on_day())
            self.weekdays[day] = button
            row.addWidget(button)
        row.addStretch(1)
        return self._week

    def _short(self, day: int) -> str:
        names = (
            self.tr("Sun"), self.tr("Mon"), self.tr("Tue"), self.tr("Wed"), self.tr("Thu"), self.tr("Fri"),
            self.tr("Sat"),
        )  # fmt: skip
        return names[day]

    def _own(self, parent: QWidget) -> QWidget:
        self.line = QLineEdit(parent)
        self.line.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.line.setPlaceholderText("*/5 8-18 * * MON-FRI")
        self.line.setAccessibleName(self.tr("Cron expression"))
        self.line.setToolTip(self.tr("Minute, hour, day of the month, month, day of the week; seconds may come first"))
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        return self.line

    # -- what is chosen

    def value(self) -> Any:
        return write(self._plan()) or None

    def set_value(self, value: Any) -> None:
        plan = read(str(value or ""))
        self._choose(self.kind, plan.kind)
        self._choose(self.every, plan.every)
        self._choose(self.hour, plan.hour)
        self._choose(self.minute, plan.minute)
        self._choose(self.day, plan.day)
        for day, button in self.weekdays.items():
            button.setChecked(day in plan.weekdays)
        self.line.setText(plan.expression)
        self._arrange()

    def _plan(self) -> Plan:
        return Plan(
            kind=self.kind.currentData(),
            every=self.every.currentData(),
            minute=self.minute.currentData(),
            hour=self.hour.currentData(),
            weekdays=tuple(day for day, button in self.weekdays.items() if button.isChecked()),
            day=self.day.currentData(),
            expression=self.line.text(),
        )

    def _choose(self, combo: QComboBox, value: object) -> None:
        combo.setCurrentIndex(max(0, combo.findData(value)))

    def _on_kind(self) -> None:
        if self.kind.currentData() != OWN:
            self.line.setText(write(self._plan()))  # whoever goes on to the own expression begins with this one
        self._arrange()
        if self.kind.currentData() == OWN:
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _on_day(self) -> None:
        if not any(button.isChecked() for button in self.weekdays.values()):
            self.weekdays[WEEK[0]].setChecked(True)  # a week without a day never comes
        self._on_part()

    def _on_part(self) -> None:
        self.line.setText(write(self._plan()))
        self.edited.emit()

    def _arrange(self) -> None:
        kind = self.kind.currentData()
        timed = kind in (DAILY, WEEKLY, MONTHLY)
        self.every.setVisible(kind == MINUTES)
        self.day.setVisible(kind == MONTHLY)
        for widget in (self._at, self.hour, self._colon):
            widget.setVisible(timed)
        self._past.setVisible(kind == HOURLY)
        self.minute.setVisible(timed or kind == HOURLY)
        self._week.setVisible(kind == WEEKLY)
        self.line.setVisible(kind == OWN)
        self._parts.setVisible(kind != OWN)
