"""Quiet hours of one account, or of a group: inherited, none at all, or hours of its own."""

from typing import Final, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.dialogs.error_lines import ErrorLine
from desktop.dialogs.fields import WheelGuard
from desktop.dialogs.quiet_windows import NIGHT, WindowList
from master.api.rules import QuietPlan

Choice = Literal["leave", "inherit", "never", "own"]
LOCAL: Final = "local"


class QuietPlanBox(QWidget):
    """``inherit`` says what counts where nothing is chosen here; ``leave`` is offered where many are edited."""

    edited = Signal()

    def __init__(self, context: Context, inherit: str, parent: QWidget | None = None, *, leave: str = "") -> None:
        super().__init__(parent)
        self._zone = LOCAL
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        label = PlainLabel(self.tr("Quiet hours"), self)
        label.setProperty("kind", "label")
        self.choice = QComboBox(self)
        self.choice.setAccessibleName(label.text())
        self.choice.installEventFilter(WheelGuard(self.choice))
        if leave:
            self.choice.addItem(leave, "leave")
        self.choice.addItem(inherit, "inherit")
        self.choice.addItem(self.tr("Never quiet"), "never")
        self.choice.addItem(self.tr("Hours of its own"), "own")
        label.setBuddy(self.choice)
        self.windows = WindowList(context, self)
        self.windows.setContentsMargins(0, 8, 0, 0)
        self.windows.hide()
        self.fault = ErrorLine(context.theme, self)
        for widget in (label, self.choice, self.windows, self.fault):
            layout.addWidget(widget)
        self.choice.currentIndexChanged.connect(lambda _position: self._on_chosen())
        self.windows.edited.connect(self._on_edited)

    @property
    def chosen(self) -> Choice:
        """What is chosen."""
        found: Choice = self.choice.currentData()
        return found

    def value(self) -> QuietPlan | None:
        """Return the plan; None inherits. Ask :meth:`check` first."""
        if self.chosen == "never":
            return QuietPlan(time_zone=self._zone)
        if self.chosen == "own":
            return QuietPlan(windows=self.windows.values(), time_zone=self._zone)
        return None

    def set_value(self, plan: QuietPlan | None) -> None:
        """Show a plan; None: inherited."""
        self.windows.clear()
        self._zone = plan.time_zone if plan is not None else LOCAL
        for window in plan.windows if plan is not None else []:
            self.windows.add(window)
        wanted = "inherit" if plan is None else "own" if plan.windows else "never"
        self.choice.setCurrentIndex(self.choice.findData(wanted))

    def check(self) -> bool:
        """Say at its place what is wrong, and whether nothing is."""
        words = ""
        if self.chosen == "own":
            if not self.windows.rows:
                words = self.tr("Add hours, or choose that it is never quiet.")
            elif any(not row.days for row in self.windows.values()):
                words = self.tr("Choose at least one day for each of these hours.")
        self.fault.say(words)
        return not words

    def _on_chosen(self) -> None:
        own = self.chosen == "own"
        if own and not self.windows.rows:
            self.windows.add(NIGHT)
        self.windows.setVisible(own)
        self._on_edited()

    def _on_edited(self) -> None:
        self.fault.say("")
        self.edited.emit()
