"""Asks before the window is quit while jobs run."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.quit_dialog import QuitDialog
from desktop.models.endings import known_running


class Quitting(QObject):
    """``decided``: quit now. A window of a master that goes on without it asks nothing."""

    decided = Signal()
    shown = Signal()
    """There is something to ask: the window comes forward."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        self.asks = False
        """The master ends together with this window."""
        self._looking = False
        self._dialog: QuitDialog | None = None

    def ask(self) -> None:
        """Quit, after a question where jobs run."""
        if self._dialog is not None and not self._dialog.gone:
            self.shown.emit()
            self._dialog.raise_()
        elif not self.asks or not self._context.models.connected:
            self.decided.emit()
        elif not self._looking:
            self._looking = True
            self._context.run(self._look())

    async def _look(self) -> None:
        try:
            jobs = await known_running(self._context.bridge)
        finally:
            self._looking = False
        if not jobs:
            self.decided.emit()
            return
        self.shown.emit()
        self._dialog = QuitDialog(self._context, jobs, self._window)
        self._dialog.accepted.connect(self.decided)
        self._dialog.open()
