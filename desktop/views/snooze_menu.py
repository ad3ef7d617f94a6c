"""For how long something is snoozed: 15 minutes, an hour, until tomorrow, or until a moment of one's own."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.moment_dialog import MomentDialog
from desktop.models.accounts import now_ms
from master.api.rules import Snooze

PROPOSED_MS = 3 * 3_600_000
"""From now: what the dialog proposes."""


class SnoozeMenu(QMenu):
    """Says until when; what is snoozed knows who shows it."""

    chosen = Signal(object)
    """Until when: a :class:`~master.api.rules.Snooze`."""

    def __init__(self, context: Context, parent: QWidget, title: str = "") -> None:
        super().__init__(title, parent)
        self._context, self._over = context, parent
        for words, until in (
            (self.tr("15 minutes"), Snooze(preset="15min")),
            (self.tr("1 hour"), Snooze(preset="1h")),
            (self.tr("Until tomorrow, 9:00"), Snooze(preset="tomorrow")),
        ):
            self.addAction(words, partial(self.chosen.emit, until))
        self.addSeparator()
        self.addAction(self.tr("Until…"), self.ask)

    def ask(self) -> None:
        """Ask for a moment."""
        dialog = MomentDialog(
            self._context, self.tr("Snooze until"), self.tr("Snooze"), now_ms() + PROPOSED_MS, self._over.window()
        )
        dialog.chosen.connect(lambda at: self.chosen.emit(Snooze(until_at=at)))
        dialog.open()
