"""What the tray says: the worst of all that goes on, and everything that is wrong in one sentence."""

from collections import Counter
from collections.abc import Iterable

from PySide6.QtCore import QObject

from master.api.schema import Worker
from worker.protocol.states import AccountState, WorkerState

NAMED = 3
"""Workers that are named; the others are counted."""


class TrayStates(QObject):
    """Words the state of everything."""

    def tell(self, connected: bool, counts: Counter[AccountState], workers: Iterable[Worker]) -> tuple[str, str]:
        """Return the level (``ok warn bad idle``) and the sentence of the tray."""
        if not connected:
            return "warn", self.tr("The master does not answer")
        given_up = sorted(row.worker_id for row in workers if row.status is WorkerState.ERROR)
        needing = counts[AccountState.LOGIN_NEEDED]
        troubled = counts[AccountState.UNREACHABLE] + counts[AccountState.STALE]
        wrong: list[str] = []
        if given_up and len(given_up) <= NAMED:
            wrong.append(self.tr("Given up: {names}").format(names=", ".join(given_up)))
        elif given_up:
            wrong.append(self.tr("%n worker(s) given up", "", len(given_up)))
        if needing:
            wrong.append(self.tr("%n account(s) need sign-in", "", needing))
        if troubled:
            wrong.append(self.tr("%n account(s) cannot be reached", "", troubled))
        if wrong:
            return "bad" if given_up or needing else "warn", " · ".join(wrong)
        total = counts.total()
        if total and counts[AccountState.PAUSED] == total:
            return "idle", self.tr("All accounts are paused")
        return "ok", self.tr("%n account(s) watched", "", total)
