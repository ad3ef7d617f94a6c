"""Workers that are started elsewhere: who is let in, who comes, who goes."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from master.services.worker_tables import WorkerTable
from master.supervision.supervisor import Joined
from master.tasks import Tasks
from worker.protocol.states import ErrorCode
from worker.protocol.texts import Text, text
from worker.protocol.worker_messages import RegisterWorker

logger = logging.getLogger(__name__)

HOST_LENGTH: Final = 100


class JoinTokens(Protocol):
    """Tokens by which workers join."""

    def worker_of(self, token: str) -> str | None:
        """Return the worker that a token lets join; None: it is not valid, or opens something else."""

    def worker_deleted(self, worker_id: str) -> None:
        """Forget the tokens of a worker, which ended with it."""


class Refusal(NamedTuple):
    """Why a process may not join now."""

    code: ErrorCode
    text: Text


class WorkerJoins:
    """Decides in memory, without waiting: two that come at once are told apart."""

    def __init__(self, *, table: WorkerTable, tasks: Tasks) -> None:
        self._table = table
        self._tasks = tasks
        self.remaining: Callable[[str], float] = lambda _worker_id: 0.0
        """Seconds for which a worker may still begin checks, though nobody hears of it."""
        self.at_work: Callable[[str], float] = lambda _worker_id: 0.0
        """The same, but 0 for one that has no accounts, nor any that it may not have let go of yet."""
        self.outlived: Callable[[str], bool] = lambda _worker_id: False
        """Whether a process that joined the master before this one, and had accounts, may still be at them."""
        self.begin: Callable[[str], object] = lambda _worker_id: None
        """Begins the lease of a worker."""
        self.opened: Final = asyncio.Event()
        """Set once it is known whose the accounts are: nobody who lives longer than a master may register before."""

    def closed_to(self, worker_id: str) -> Refusal | None:
        """Say why nobody may join as this worker now, whoever it is."""
        runtime = self._table.find(worker_id)
        if runtime is None:
            return Refusal(ErrorCode.AUTH_FAILED, text("worker_refused_token"))
        if not runtime.foreign:
            return None
        if not runtime.config.enabled:
            return Refusal(ErrorCode.WORKER_DISABLED, text("worker_refused_off", worker=worker_id))
        if self._table.supervisor.parting(worker_id):
            return Refusal(ErrorCode.WORKER_DISABLED, text("worker_refused_stopping", worker=worker_id))
        return None

    def refusal(self, worker_id: str, message: RegisterWorker) -> Refusal | None:
        """Say why this very process may not register now.

        One that joined before it, and may still be at work, stays: whoever comes is told who that is. A process that
        only made a new connection is the same.
        """
        present = self._table.supervisor.present(worker_id)
        if present is not None and present.instance != _instance(message) and self.remaining(worker_id) > 0:
            used = text("worker_refused_used", worker=worker_id, host=present.host, pid=present.pid)
            return Refusal(ErrorCode.WORKER_IN_USE, used)
        if present is None and not message.holding and self.outlived(worker_id):
            return Refusal(ErrorCode.WORKER_IN_USE, text("worker_refused_awaited", worker=worker_id))
        return self.closed_to(worker_id)

    def joined(self, worker_id: str, message: RegisterWorker, cut: Callable[[], None]) -> None:
        """A process was let in: if it is another one than before, it counts from now on. ``cut()`` disconnects it."""
        runtime, supervisor = self._table.get(worker_id), self._table.supervisor
        present = supervisor.present(worker_id)
        if not runtime.foreign or (present is not None and present.instance == _instance(message)):
            return
        joined = Joined(pid=message.pid, host=message.host[:HOST_LENGTH], instance=_instance(message))
        logger.info("%s joined from %s, pid %d", worker_id, joined.host, joined.pid)
        supervisor.joined(worker_id, joined, cut=cut, remaining=lambda: self.at_work(worker_id))
        # It is told of its lease later, and counts as here from now on: whoever comes meanwhile is a second one.
        self.begin(worker_id)
        runtime.joined(joined.host)
        self._table.note(worker_id, "lifecycle", text("worker_joined", host=joined.host, pid=joined.pid))

    def left(self, worker_id: str) -> None:
        """A process said that it ends in order. Of those that were started here the system tells."""
        self._table.supervisor.left(worker_id)

    def token_revoked(self, worker_id: str) -> None:
        """The token by which the present process came is not valid any more: it goes at once."""
        self._send_away(worker_id, text("worker_token_revoked"), hand_over=False)

    def switched_off(self, worker_id: str) -> None:
        """The worker is not wanted any more: others take its accounts, then it goes."""
        self._send_away(worker_id, text("worker_sent_away"), hand_over=True)

    def _send_away(self, worker_id: str, why: Text, *, hand_over: bool) -> None:
        parting = self._table.supervisor.send_away(worker_id, why, hand_over=hand_over)
        self._tasks.spawn(parting, name=f"send {worker_id} away")


def _instance(message: RegisterWorker) -> str:
    return message.instance or f"{message.host} {message.pid}"
