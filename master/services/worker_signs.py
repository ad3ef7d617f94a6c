"""What workers tell of themselves, and what their silence means."""

import time
from collections.abc import Mapping

from master.api.schema import WorkerEventKind
from master.services.leases import MARGIN_SECONDS, REMOTE_LONGEST_MS
from master.services.standstills import Standstills
from master.services.worker_memories import WorkerMemories
from master.services.worker_runtimes import WorkerRuntime
from master.services.worker_tables import WorkerTable
from master.tasks import Tasks
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text, text
from worker.protocol.worker_messages import Heartbeat, RegisterWorker


class WorkerSigns:
    """Notes signs of life and shows them."""

    def __init__(self, table: WorkerTable, tasks: Tasks) -> None:
        self._table = table
        self._memories = WorkerMemories(table=table, tasks=tasks)
        self._standstills = Standstills()

    def registered(self, worker_id: str, message: RegisterWorker) -> None:
        """Note that a worker's socket stands. Raises :class:`NotFound`."""
        self._table.get(worker_id).registered(message)
        self._table.supervisor.registered(worker_id)
        self._table.note(worker_id, "lifecycle", text("worker_registered", pid=message.pid))
        self._table.publish(worker_id)

    def disconnected(self, worker_id: str) -> None:
        """Note that its socket is gone; the process may live on and come back."""
        runtime = self._table.find(worker_id)
        if runtime is not None and runtime.connected:
            runtime.connected = False
            self._table.publish(worker_id)

    def is_connected(self, worker_id: str) -> bool:
        """Tell whether the socket of a worker's present process stands."""
        runtime = self._table.find(worker_id)
        return runtime is not None and runtime.connected

    def pulsed(self, worker_id: str, lease_ms: int) -> None:
        """Note a pulse and the lease that it renewed."""
        runtime = self._table.find(worker_id)
        if runtime is not None:
            runtime.lease_ms = lease_ms
            runtime.signed()

    def set_frozen(self, worker_id: str, frozen: bool) -> None:
        """Its lease ended though its process stands, or it is there again."""
        runtime = self._table.find(worker_id)
        if runtime is not None and runtime.frozen != frozen:
            runtime.frozen = frozen
            kind: WorkerEventKind = "error" if frozen else "lifecycle"
            self._table.note(worker_id, kind, text("worker_frozen" if frozen else "worker_thawed"))
            self._table.publish(worker_id)

    def heartbeat(self, worker_id: str, message: Heartbeat) -> None:
        """Note a heartbeat and show it."""
        runtime = self._table.find(worker_id)
        if runtime is not None:
            self._table.publisher.publish("heartbeat", runtime.beat(message), numbered=False)

    def set_assigned(self, counts: Mapping[str, int]) -> None:
        """Note how many accounts each worker has now; only those that changed are announced."""
        for worker_id, runtime in self._table.runtimes.items():
            count = counts.get(worker_id, 0)
            if runtime.assigned != count:
                runtime.assigned = count
                self._table.publish(worker_id)

    def tick(self) -> None:
        """Once a second: find workers that gave no sign of life, show it, and end those that hang."""
        now = time.monotonic()
        lag, judging = self._standstills.tick(now)
        for worker_id, runtime in self._table.runtimes.items():
            runtime.stood_still(lag)
            running = self._table.supervisor.state(worker_id) is WorkerState.RUNNING
            if running and not runtime.foreign:
                self._memories.watch(worker_id, runtime)
            if judging and (running or runtime.expected):
                self._judge(worker_id, runtime, now)

    def _judge(self, worker_id: str, runtime: WorkerRuntime, now: float) -> None:
        patience = self._table.settings.current.offline_after_seconds
        if runtime.expected:
            # What it has from the master before it may be at for so long.
            patience = max(patience, REMOTE_LONGEST_MS / 1000 + MARGIN_SECONDS)
        if now - runtime.alive_at <= patience:
            return
        if runtime.expected:
            runtime.expected = False
            self._table.supervisor.missed(worker_id, text("exit_not_back", seconds=round(patience)))
            return
        if now - runtime.missed_at < self._table.settings.current.heartbeat_seconds:
            return
        runtime.missed()
        self._table.publish(worker_id)
        self._table.supervisor.fail(worker_id, _words(runtime, patience), alive_at=runtime.alive_at)


def _words(runtime: WorkerRuntime, patience: float) -> Text:
    return text("exit_silent" if runtime.foreign else "exit_hung", seconds=round(patience))
