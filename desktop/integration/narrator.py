"""Says what happens as lines: what a demo without a display shows."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from desktop.bridge import Bridge
from master.api.events import Event


def count_of(count: int, noun: str) -> str:
    """Return ``1 worker``, ``2 workers``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class Narrator(QObject):
    """Prints one line an event that a person would see; states are said only when they change."""

    def __init__(
        self, bridge: Bridge, name_of: Callable[[str], str], say: Callable[[str], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._name_of = name_of
        self._say = say
        self._states: dict[str, str] = {}
        self._tellers: dict[str, Callable[[Any], None]] = {
            "account.changed": self._tell_account,
            "worker.changed": self._tell_worker,
            "item.detected": self._tell_item,
            "job.changed": self._tell_job,
        }
        bridge.event_arrived.connect(self._on_event)

    def tell_ready(self, accounts: int, workers: int) -> None:
        """All is loaded."""
        self._say(f"ready      the window shows {count_of(accounts, 'account')} and {count_of(workers, 'worker')}")

    def tell_notification(self, title: str) -> None:
        """A notification was shown."""
        self._say(f"notified   {title}")

    def _on_event(self, event: Event) -> None:
        teller = self._tellers.get(event.type)
        if teller is not None:
            teller(event.data)

    def _tell_account(self, account: Any) -> None:
        where = f"on {account.worker_id}" if account.worker_id else "unassigned"
        state = f"{account.state}, {where}"
        if self._states.get(account.id) != state:
            self._states[account.id] = state
            why = f": {account.state_reason.message}" if account.state_reason else ""
            self._say(f"account    {account.name} is {state}{why}")

    def _tell_worker(self, worker: Any) -> None:
        if self._states.get(worker.worker_id) != worker.status:
            self._states[worker.worker_id] = worker.status
            self._say(f"worker     {worker.worker_id} is {worker.status}")

    def _tell_item(self, item: Any) -> None:
        self._say(f"{item.kind:<10} {self._name_of(item.account_id)}: {item.title}")

    def _tell_job(self, job: Any) -> None:
        if self._states.get(job.id) != job.state:
            self._states[job.id] = job.state
            why = f": {job.error.message}" if job.error else ""
            self._say(f"job        {job.name} is {job.state}{why}")
