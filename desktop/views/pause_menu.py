"""Until when accounts pause: an hour, until tomorrow, or until a moment of one's own."""

from PySide6.QtCore import QDate, QDateTime, QTime, Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.moment_dialog import MomentDialog
from desktop.models.accounts import now_ms

HOUR_MS = 3_600_000
MORNING = QTime(9, 0)


class PauseMenu(QMenu):
    """Says until when; without a moment *Pause* is there."""

    chosen = Signal(object)
    """UTC milliseconds: more than a C integer holds."""

    def __init__(self, context: Context, parent: QWidget, title: str = "") -> None:
        super().__init__(title, parent)
        self._context, self._over = context, parent
        self.addAction(self.tr("For 1 hour"), lambda: self.chosen.emit(now_ms() + HOUR_MS))
        self.addAction(self.tr("Until tomorrow, 9:00"), lambda: self.chosen.emit(tomorrow()))
        self.addSeparator()
        self.addAction(self.tr("Until…"), self.ask)

    def ask(self) -> None:
        """Ask for a moment."""
        title, verb = self.tr("Pause until"), self.tr("Pause")
        dialog = MomentDialog(self._context, title, verb, tomorrow(), self._over.window())
        dialog.chosen.connect(self.chosen)
        dialog.open()


def tomorrow() -> int:
    """Return 9:00 of tomorrow in the person's own time, in UTC milliseconds."""
    return QDateTime(QDate.currentDate().addDays(1), MORNING).toMSecsSinceEpoch()
