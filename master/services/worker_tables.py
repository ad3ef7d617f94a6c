"""The table of all workers: what is known of each now, shown as a row, and written for the next master."""

from collections.abc import Iterator
from typing import Final

import msgspec

from master.api.schema import LastExit, Worker, WorkerConfig, WorkerEventKind
from master.api.workers import EXTERNAL
from master.errors import NotFound
from master.services.events import Publisher
from master.services.settings import SettingsService
from master.services.worker_journals import WorkerJournal
from master.services.worker_runtimes import WorkerRuntime
from master.store.workers import RuntimeRecord
from master.supervision.supervisor import Supervisor
from worker.protocol.codec import now_ms
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text, text


class WorkerTable:
    """One runtime a worker. Whoever changes one of them publishes it."""

    def __init__(self, *, journal: WorkerJournal, publisher: Publisher, settings: SettingsService) -> None:
        self._journal = journal
        self.publisher: Final = publisher
        self.settings: Final = settings
        self.runtimes: dict[str, WorkerRuntime] = {}
        self.supervisor: Supervisor
        """Attached once both are made."""

    async def load(self, configs: list[WorkerConfig]) -> dict[str, tuple[int, int]]:
        """Take over the configurations, and what the master before knew of their processes.

        Return process id and creation time, by worker, of what a master that was killed may have left here.
        """
        leftovers: dict[str, tuple[int, int]] = {}
        for config in configs:
            self.add(config)
        for worker_id, record in (await self._journal.load()).items():
            runtime = self.runtimes.get(worker_id)
            if runtime is None:
                continue
            process = self.supervisor.process(worker_id)
            process.epoch, process.restarts, process.failures = record.epoch, record.restarts, record.failures
            if record.last_exit is not None:
                runtime.last_exit = msgspec.json.decode(record.last_exit, type=LastExit)
            if runtime.foreign:
                if runtime.config.enabled and record.status in (WorkerState.RUNNING, WorkerState.ERROR):
                    runtime.expect()
            elif record.pid is not None and record.process_created_ms is not None:
                leftovers[worker_id] = (record.pid, record.process_created_ms)
        return leftovers

    def add(self, config: WorkerConfig) -> WorkerRuntime:
        """Add a worker that was never seen."""
        runtime = WorkerRuntime(config=config, foreign=config.deployment_type == EXTERNAL)
        self.runtimes[config.worker_id] = runtime
        return runtime

    def find(self, worker_id: str) -> WorkerRuntime | None:
        """Return what is known of a worker, None when there is no such worker."""
        return self.runtimes.get(worker_id)

    def get(self, worker_id: str) -> WorkerRuntime:
        """Return what is known of a worker. Raises :class:`NotFound`."""
        runtime = self.runtimes.get(worker_id)
        if runtime is None:
            raise NotFound(text("worker_unknown", worker=worker_id))
        return runtime

    def configs(self) -> Iterator[WorkerConfig]:
        """Return all configurations, oldest first."""
        return (runtime.config for runtime in self.runtimes.values())

    def row(self, runtime: WorkerRuntime) -> Worker:
        """Return a worker as it is now."""
        process = self.supervisor.process(runtime.config.worker_id)
        return runtime.row(process, self.settings.current.offline_after_seconds)

    def publish(self, worker_id: str) -> None:
        """Tell how a worker is now."""
        runtime = self.runtimes.get(worker_id)
        if runtime is not None:
            self.publisher.publish("worker.changed", self.row(runtime))

    def note(self, worker_id: str, kind: WorkerEventKind, what: Text) -> None:
        """Keep what happened to a worker: told as ``worker.logged`` and in its events."""
        self._journal.note(worker_id, kind, what)

    def remember(self, worker_id: str) -> None:
        """Write what the next master must know of this worker's process."""
        runtime = self.runtimes.get(worker_id)
        if runtime is None:
            return
        process = self.supervisor.process(worker_id)
        # The number of a process on another machine is that of any process on this one.
        handle = process.handle if process.handle is not None and not process.handle.foreign else None
        self._journal.remember(
            RuntimeRecord(
                worker_id=worker_id,
                status=process.state,
                epoch=process.epoch,
                restarts=process.restarts,
                failures=process.failures,
                pid=handle.pid if handle else None,
                process_created_ms=round(handle.create_time * 1000) if handle else None,
                started_at=runtime.started_at,
                last_exit=msgspec.json.encode(runtime.last_exit).decode() if runtime.last_exit else None,
                updated_at=now_ms(),
            )
        )
