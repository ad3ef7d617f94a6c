"""A restore, or a file that moved in, makes the master start anew: what it came to is said when it is back."""

from PySide6.QtCore import QObject, Signal

from desktop.dialogs.context import Context
from master.api.backups import BackupState
from master.api.client import ApiError


class Restarts(QObject):
    """Asks once the master is back, whoever wanted the restore."""

    notice = Signal(str, str, str)
    """Title, body and level of a short message."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._lost = False
        self._start = 0
        """When the master that was lost had started."""
        context.models.connection_changed.connect(self._on_connection)

    def _on_connection(self) -> None:
        models = self._context.models
        back, self._lost = models.connected and self._lost, not models.connected
        if not models.connected and models.recovery is not None:
            self._start = models.recovery.at
        if back:
            wanted, models.restart_words = models.restart_words, ""
            self._context.run(self._ask(wanted=bool(wanted)))

    async def _ask(self, *, wanted: bool) -> None:
        bridge = self._context.bridge
        try:
            state: BackupState = await bridge.call(bridge.client.backup_state())
            recovery = await bridge.call(bridge.client.recovery())
        except ApiError:
            return  # the list of backups says it too
        outcome = state.last_restore
        if recovery.at == self._start:
            return  # only the line was away
        if outcome is None or outcome.at < self._start:
            if wanted:
                self.notice.emit(self.tr("The master has started anew, and watches again"), "", "info")
            return
        title = self.tr("The backup is restored") if outcome.success else self.tr("The backup was not restored")
        self.notice.emit(title, self._context.wording.say(outcome.text), "info" if outcome.success else "bad")
