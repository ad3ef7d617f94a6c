"""Workers with their heartbeats: rows of the cards on the Workers page."""

import msgspec
from PySide6.QtCore import QObject

from desktop.models.accounts import BeatKeeper, now_ms
from desktop.models.figures import Figure, FigureKeeper
from desktop.models.rows import Column, RowTableModel, natural_key
from desktop.words import Wording
from master.api.events import HeartbeatSeen
from master.api.schema import Worker
from master.api.workers import EXTERNAL
from worker.protocol.states import WorkerState

PROBLEMS = frozenset({WorkerState.CRASHED, WorkerState.ERROR})


def starts_elsewhere(row: Worker) -> bool:
    """Somebody else starts it: it joins by itself, and takes no jobs."""
    return row.deployment_type == EXTERNAL


class WorkerTableModel(RowTableModel[Worker]):
    """All workers, by name."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        self.beats = BeatKeeper()
        self.figures = FigureKeeper()
        super().__init__([], parent)
        self.columns = [
            Column(title=self.tr("Worker"), text=lambda row: row.name, sort=lambda row: natural_key(row.worker_id)),
            Column(title=self.tr("State"), text=lambda row: wording.worker_face(row, now_ms()).word),
            Column(
                title=self.tr("Accounts"),
                text=lambda row: f"{row.assigned_accounts} / {row.max_accounts}",
                sort=lambda row: row.assigned_accounts,
                right=True,
            ),
        ]

    def key_of(self, row: Worker) -> str:
        """The worker's id."""
        return row.worker_id

    def search_text(self, row: Worker) -> str:
        """Name and id."""
        return f"{row.name}\n{row.worker_id}".casefold()

    def apply_heartbeat(self, event: HeartbeatSeen) -> None:
        """A heartbeat arrived: new figures, one more tick."""
        self.beats.add(event.worker_id, event.beat)
        self.figures.add(event.worker_id, Figure(event.at, event.cpu_percent, event.memory_mb))
        row = self.get(event.worker_id)
        if row is None:
            return
        self.upsert(
            msgspec.structs.replace(
                row,
                cpu_usage=event.cpu_percent,
                memory_usage_mb=event.memory_mb,
                active_tasks=event.active_tasks,
                error_count=event.errors,
                round_trip_ms=event.round_trip_ms,
                last_heartbeat_at=event.at,
                uptime=(event.at - row.started_at) / 1000 if row.started_at else row.uptime,
            )
        )

    def forget(self, worker_id: str) -> None:
        """A worker was deleted."""
        self.beats.forget(worker_id)
        self.figures.forget(worker_id)
        self.remove(worker_id)

    def ordered(self) -> list[Worker]:
        """Return all workers by id."""
        return sorted(self.values(), key=lambda row: natural_key(row.worker_id))

    def running(self) -> int:
        """Return how many run."""
        return sum(row.status is WorkerState.RUNNING for row in self.values())

    def problems(self) -> int:
        """Return how many have crashed, were given up or do not answer."""
        return sum(row.status in PROBLEMS or row.health == "dead" for row in self.values())

    def places(self) -> tuple[int, int]:
        """Return places taken and places in all, of enabled workers."""
        rows = [row for row in self.values() if row.enabled]
        return sum(row.assigned_accounts for row in rows), sum(row.max_accounts for row in rows)
