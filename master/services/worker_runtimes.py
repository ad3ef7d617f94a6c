"""What is known of a worker while the master runs, and the row that shows it."""

import time
from collections import deque
from dataclasses import dataclass, field

from master.api.events import HeartbeatSeen
from master.api.schema import Beat, LastExit, Worker, WorkerConfig, WorkerHealthState
from master.supervision.balance import stretch
from master.supervision.processes import WorkerProcess
from worker.protocol.codec import now_ms
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text, text
from worker.protocol.worker_messages import Heartbeat, RegisterWorker

BEATS = 40
SLOW_ROUND_TRIP_MS = 500.0
"""A pulse that takes longer shows as a warning: the loop of the worker or of the master was busy."""


@dataclass(slots=True)
class WorkerRuntime:
    """One worker. Mutable, and seen by its service only."""

    config: WorkerConfig
    foreign: bool = False
    """Somebody starts it elsewhere."""
    expected: bool = False
    """It had joined the master before this one, and should be back soon."""
    host: str = ""
    """Where a foreign one runs, as it told."""
    token: str = ""
    """Of the present process; empty when there is none."""
    connected: bool = False
    lease_ms: int = 0
    frozen: bool = False
    """Its lease ended though its process stands."""
    assigned: int = 0
    started_at: int | None = None
    status_text: Text | None = None
    last_exit: LastExit | None = None
    version: str = ""
    heartbeat: Heartbeat | None = None
    heartbeat_at: int | None = None
    alive_at: float = 0.0
    """Monotonic seconds of the last sign of life; awake time only, so that waking up judges nobody."""
    missed_at: float = 0.0
    recycled_at: float | None = None
    """Monotonic seconds when its memory last ended a process of it."""
    beats: deque[Beat] = field(default_factory=lambda: deque(maxlen=BEATS))

    def began(self, token: str) -> None:
        """A new process is being made."""
        self.token = token
        self.connected = False
        self.frozen = False
        self.started_at = now_ms()
        self.heartbeat = None
        self.heartbeat_at = None
        self.status_text = None

    def expect(self) -> None:
        """A foreign one should join again soon: its patience begins now."""
        self.expected = True
        self.signed()

    def joined(self, host: str) -> None:
        """A process that was started elsewhere was let in."""
        self.began("")
        self.expected = False
        self.host = host

    def ended(self, last_exit: LastExit) -> None:
        """Its process is gone."""
        self.token = ""
        self.host = ""
        self.expected = False
        self.connected = False
        self.frozen = False
        self.started_at = None
        self.heartbeat = None
        self.last_exit = last_exit

    def registered(self, message: RegisterWorker) -> None:
        """It told the master who it is."""
        self.connected = True
        self.version = message.version
        self.signed()

    def signed(self) -> None:
        """Note a sign of life."""
        self.alive_at = time.monotonic()
        self.missed_at = self.alive_at

    def stood_still(self, seconds: float) -> None:
        """The master itself slept so long: time in which nobody could have been heard does not count."""
        now = time.monotonic()
        self.alive_at = min(now, self.alive_at + seconds)
        self.missed_at = min(now, self.missed_at + seconds)

    def beat(self, message: Heartbeat) -> HeartbeatSeen:
        """Note a heartbeat and return what is told of it."""
        self.signed()
        self.heartbeat = message
        self.heartbeat_at = now_ms()
        trip = message.round_trip_ms
        slow = trip is not None and trip > SLOW_ROUND_TRIP_MS
        tick = Beat(self.heartbeat_at, round(trip or 0), "warn" if slow else "ok")
        self.beats.append(tick)
        return HeartbeatSeen(
            worker_id=self.config.worker_id,
            at=tick.at,
            cpu_percent=message.cpu_percent,
            memory_mb=_megabytes(message.rss_bytes),
            active_tasks=message.active_checks,
            accounts=self.assigned,
            checks=message.checks,
            errors=message.errors,
            items=message.items,
            backlog=message.backlog,
            round_trip_ms=trip,
            beat=tick,
        )

    def missed(self) -> Beat:
        """Note that a heartbeat is overdue."""
        self.missed_at = time.monotonic()
        tick = Beat(now_ms(), 0, "bad")
        self.beats.append(tick)
        return tick

    def is_online(self, offline_after_seconds: float) -> bool:
        """Registered, its socket stands, and it gave a sign of life lately."""
        return self.connected and time.monotonic() - self.alive_at <= offline_after_seconds

    def health(self, offline_after_seconds: float) -> WorkerHealthState:
        """Say how a worker with a process is: ``dead`` when others took its accounts over or nobody hears of it."""
        silent = self.foreign and not self.connected
        if self.frozen or silent or (self.connected and not self.is_online(offline_after_seconds)):
            return "dead"
        trip = self.heartbeat.round_trip_ms if self.heartbeat else None
        return "degraded" if trip is not None and trip > SLOW_ROUND_TRIP_MS else "healthy"

    def row(self, process: WorkerProcess, offline_after_seconds: float) -> Worker:
        """Return the worker as it is now."""
        config, beat = self.config, self.heartbeat
        alive = process.handle is not None
        return Worker(
            worker_id=config.worker_id,
            name=config.name,
            deployment_type=config.deployment_type,
            status=process.state,
            online=self.is_online(offline_after_seconds),
            pid=process.pid,
            uptime=round(process.uptime, 3),
            cpu_usage=beat.cpu_percent if beat and alive else None,
            memory_usage_mb=_megabytes(beat.rss_bytes) if beat and alive else None,
            assigned_accounts=self.assigned,
            max_accounts=config.max_accounts,
            active_tasks=beat.active_checks if beat and alive else 0,
            started_at=self.started_at,
            last_heartbeat_at=self.heartbeat_at,
            round_trip_ms=beat.round_trip_ms if beat and alive else None,
            error_count=beat.errors if beat else 0,
            restart_count=process.restarts,
            failures=process.failures,
            restart_at=process.restart_at_ms if process.state is WorkerState.CRASHED else None,
            last_exit=self.last_exit,
            status_text=self.status_text or self._absence(process.state),
            worker_version=self.version,
            epoch=process.epoch,
            enabled=config.enabled,
            auto_start=config.auto_start,
            config_version=config.version,
            health=self.health(offline_after_seconds) if alive else "healthy",
            over_capacity=self.assigned > config.max_accounts,
            interval_factor=stretch(self.assigned, config.max_accounts),
            lease_ms=self.lease_ms if alive else 0,
            host=self.host,
        )

    def _absence(self, state: WorkerState) -> Text | None:
        """Say why a foreign one is not here."""
        if not self.foreign or state is not WorkerState.STOPPED:
            return None
        if self.expected:
            return text("worker_awaited")
        return self.last_exit.text if self.last_exit is not None else text("worker_not_joined")


def _megabytes(count: int) -> float:
    return round(count / 1_048_576, 1)
