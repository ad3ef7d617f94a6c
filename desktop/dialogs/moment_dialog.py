"""Ask for a moment, or for a span of days."""

from PySide6.QtCore import QDate, QDateTime, QTime, Signal
from PySide6.QtWidgets import QCalendarWidget, QDateEdit, QDateTimeEdit, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms

MOST_DAYS = 30
"""The longest that something can be snoozed."""


def _calendar(edit: QDateTimeEdit) -> None:
    """Let a day be chosen from a calendar, without the numbers of weeks that nobody asked for."""
    edit.setCalendarPopup(True)
    calendar = edit.calendarWidget()
    if calendar is not None:
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)


class MomentDialog(BaseDialog):
    """A moment in the time to come, in the person's own time."""

    chosen = Signal(object)
    """UTC milliseconds: more than a C integer holds."""

    def __init__(self, context: Context, title: str, verb: str, at: int, parent: QWidget | None = None) -> None:
        super().__init__(context, title, parent)
        label = PlainLabel(self.tr("Day and time"), self)
        label.setProperty("kind", "label")
        self.edit = QDateTimeEdit(QDateTime.fromMSecsSinceEpoch(at), self)
        self.edit.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.edit.setAccessibleName(label.text())
        _calendar(self.edit)
        label.setBuddy(self.edit)
        field = QVBoxLayout()
        field.setSpacing(4)
        field.addWidget(label)
        field.addWidget(self.edit)
        self.body.addLayout(field)
        self.body.addStretch(1)
        self.add_cancel()
        self.choose_button = self.add_button(verb, kind="primary")
        self.choose_button.clicked.connect(lambda _checked=False: self._choose())
        self.edit.setFocus()
        self.fit()

    def _choose(self) -> None:
        at, now = self.edit.dateTime().toMSecsSinceEpoch(), now_ms()
        if at < now + 60_000:
            self.show_problem(self.tr("This moment has passed. Choose a later one."))
        elif at > now + MOST_DAYS * 86_400_000:
            self.show_problem(self.tr("At most %n day(s) from now.", "", MOST_DAYS))
        else:
            self.chosen.emit(at)
            self.accept()


class DaysDialog(BaseDialog):
    """The first and the last day of a span."""

    chosen = Signal(QDate, QDate)

    def __init__(self, context: Context, first: QDate, last: QDate, parent: QWidget | None = None) -> None:
        super().__init__(context, self.tr("From which day to which?"), parent)
        self.first, self.last = QDateEdit(first, self), QDateEdit(last, self)
        for edit, name in ((self.first, self.tr("From")), (self.last, self.tr("To"))):
            edit.setDisplayFormat("yyyy-MM-dd")
            edit.setAccessibleName(name)
            _calendar(edit)
            label = PlainLabel(name, self)
            label.setProperty("kind", "label")
            label.setBuddy(edit)
            field = QVBoxLayout()
            field.setSpacing(4)
            field.addWidget(label)
            field.addWidget(edit)
            self.body.addLayout(field)
        self.body.addStretch(1)
        self.add_cancel()
        self.choose_button = self.add_button(self.tr("Show these days"), kind="primary")
        self.choose_button.clicked.connect(lambda _checked=False: self._choose())
        self.first.setFocus()
        self.fit()

    def _choose(self) -> None:
        if self.first.date() > self.last.date():
            self.show_problem(self.tr("The last day is before the first."))
            return
        self.chosen.emit(self.first.date(), self.last.date())
        self.accept()


def day_start(day: QDate) -> int:
    """Return the first moment of a day of the person's calendar, in UTC milliseconds."""
    return QDateTime(day, QTime(0, 0)).toMSecsSinceEpoch()
