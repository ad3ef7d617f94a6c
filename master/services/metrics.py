"""Figures over time: of each worker from its heartbeats, and of the master itself."""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final, Protocol

import psutil

from master.api.accounts import Account
from master.api.events import Deleted, Event, HeartbeatSeen
from master.api.items import Item
from master.api.notifications import Notification
from master.api.system import Client
from master.api.workers import Worker, WorkerConfig, WorkerHealth, WorkerMetricPoint, WorkerMetrics, WorkerOverview
from master.errors import NotFound
from master.services.events import Publisher
from master.services.expositions import Exposition, WorkerFigures, render
from master.services.latencies import Latencies
from master.services.metric_buffers import FINEST, Histogram, MetricBuffer, begin_of, downsample
from master.services.settings import SettingsService
from master.services.worker_health import Recent, assess
from master.services.worker_tallies import WorkerTally
from master.store.engine import Connection, Database, DatabaseError
from master.store.metrics import KEPT_MS, MetricStore, Sample
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.states import AccountState, WorkerState
from worker.protocol.texts import text
from worker.version import __version__

logger = logging.getLogger(__name__)

SAMPLE_MS: Final = 10_000
FLUSH_MS: Final = 60_000
DEFAULT_SPAN_MS: Final = 3_600_000
MOST_TOLD: Final = 2000
"""So many notifications wait for their first acknowledgement; the delivery of older ones is not measured."""
FIELDS: Final = ("cpu_percent", "memory_mb", "accounts", "active_tasks", "errors", "items", "round_trip_ms")
"""What a point of a worker has; each is a series ``worker:<id>:<field>``, as ``checks`` and ``backlog`` are."""
SHORT_BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
LONG_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Workers(Protocol):
    """What is asked of the workers."""

    def rows(self) -> Collection[Worker]: ...

    def get(self, worker_id: str) -> Worker: ...

    def exists(self, worker_id: str) -> bool: ...

    def configs(self) -> Collection[WorkerConfig]: ...

    def config(self, worker_id: str) -> WorkerConfig: ...


class Accounts(Protocol):
    """What is asked of the accounts."""

    def rows(self) -> Mapping[str, Account]: ...


class Notifications(Protocol):
    """What is asked of the notifications."""

    def pending_count(self) -> int: ...

    def clients(self) -> Collection[Client]: ...


class MetricService:
    """Hears events, keeps what they say in memory, and writes it once a minute in one transaction."""

    def __init__(
        self,
        *,
        database: Database,
        publisher: Publisher,
        settings: SettingsService,
        workers: Workers,
        accounts: Accounts,
        notifications: Notifications,
        tasks: Tasks,
    ) -> None:
        self._database = database
        self._settings = settings
        self._workers = workers
        self._accounts = accounts
        self._notifications = notifications
        self._tasks = tasks
        self._store = MetricStore()
        self._buffer = MetricBuffer()
        self._lock = asyncio.Lock()
        """Held while the buffer is written, or read together with the table."""
        self._tallies: dict[str, WorkerTally] = {}
        self._told: dict[int, int] = {}
        """Notification → when it was told first (UTC ms), until a client shows it."""
        self._latencies = Latencies(self._buffer.note)
        self._sampled_at = self._flushed_at = now_ms()
        self._restarts = self._queue_depth = 0
        self._process = psutil.Process()
        self._process.cpu_percent(None)
        self._round_trips = Histogram(SHORT_BOUNDS)
        self._detections = Histogram(LONG_BOUNDS)
        self._deliveries = Histogram(LONG_BOUNDS)
        self._writes = Histogram(SHORT_BOUNDS)
        self._unsubscribe = publisher.subscribe(self._hear)

    async def close(self) -> None:
        """Write what waits; nothing is heard any more."""
        self._unsubscribe()
        self._sample_master(now_ms())
        await self.flush(now_ms())

    # ------------------------------------------------------------ reading

    async def worker(self, worker_id: str, since: int | None = None) -> WorkerMetrics:
        """Return a worker's points from ``since`` (UTC ms; default: an hour ago) on.

        In the shortest step that is kept that long. Raises :class:`NotFound` for a worker that is not there, unless
        there are samples of a deleted one.
        """
        now = now_ms()
        since = now - DEFAULT_SPAN_MS if since is None else since
        step = next((step for step, kept in KEPT_MS.items() if now - since <= kept), max(KEPT_MS))
        since = begin_of(max(since, now - KEPT_MS[step]), step)
        series = {f"worker:{worker_id}:{field}": field for field in FIELDS}

        def read(conn: Connection) -> tuple[list[Sample], bool]:
            return self._store.read(conn, list(series), step, since), self._store.known(conn, list(series))

        async with self._lock:
            stored, known = await self._database.read(read)
            waiting = self._buffer.read(series, step, since)
        if not (known or waiting or self._workers.exists(worker_id)):
            raise NotFound(text("worker_unknown", worker=worker_id))
        points: dict[int, dict[str, float]] = {}
        for sample in downsample([*stored, *waiting], step):
            points.setdefault(sample.at, {})[series[sample.series]] = round(sample.mean, 3)
        rows = [WorkerMetricPoint(at=at, **points[at]) for at in sorted(points)]
        return WorkerMetrics(worker_id=worker_id, since=since, step_seconds=step, points=rows)

    async def samples(self, series: Collection[str], step: int, since: int) -> list[Sample]:
        """Return what was measured of series from ``since`` (UTC ms) on, in steps that are kept, oldest first."""
        async with self._lock:
            stored = await self._database.read(lambda conn: self._store.read(conn, series, step, since))
            waiting = self._buffer.read(series, step, since)
        return sorted(downsample([*stored, *waiting], step), key=lambda sample: sample.at)

    def health(self, worker_id: str) -> WorkerHealth:
        """Look at everything of a worker. Raises :class:`NotFound`."""
        row, limit = self._workers.get(worker_id), self._workers.config(worker_id).max_memory_mb
        settings, now = self._settings.current, now_ms()
        tally = self._tallies.get(worker_id)
        recent = tally.recent(now - settings.alert_minutes * 60_000) if tally is not None else Recent()
        return assess(row, tally.heartbeat if tally is not None else None, recent, limit, settings, now)

    def overview(self) -> WorkerOverview:
        """Return the sums over all workers."""
        rows = self._workers.rows()
        cpu = [row.cpu_usage for row in rows if row.cpu_usage is not None]
        return WorkerOverview(
            total=len(rows),
            states=dict(Counter(row.status for row in rows)),
            online=sum(row.online for row in rows),
            capacity=sum(config.max_accounts for config in self._workers.configs() if config.enabled),
            assigned_accounts=sum(row.assigned_accounts for row in rows),
            cpu_average_percent=round(sum(cpu) / len(cpu), 2) if cpu else None,
            memory_total_mb=round(sum(row.memory_usage_mb or 0.0 for row in rows), 1),
        )

    async def exposition(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        self._take_load(now_ms())
        rows = self._workers.rows()
        states = Counter(row.status for row in rows)
        accounts = Counter(row.state for row in self._accounts.rows().values())
        found = Exposition(
            version=__version__,
            worker_states={state.value: states[state] for state in WorkerState},
            account_states={state.value: accounts[state] for state in AccountState},
            workers={row.worker_id: self._figures(row) for row in rows},
            notifications_pending=self._notifications.pending_count(),
            clients_online=sum(client.online for client in self._notifications.clients()),
            master_memory_bytes=self._process.memory_info().rss,
            queue_depth=self._queue_depth,
            round_trips=self._round_trips.read(),
            detections=self._detections.read(),
            deliveries=self._deliveries.read(),
            writes=self._writes.read(),
        )
        return await asyncio.to_thread(render, found)

    def _figures(self, row: Worker) -> WorkerFigures:
        tally = self._tallies.get(row.worker_id) or WorkerTally()
        memory = row.memory_usage_mb
        return WorkerFigures(
            checks=tally.totals.checks,
            errors=tally.totals.errors,
            items=tally.totals.items,
            restarts=tally.restarts,
            lease_expiries=tally.expiries,
            memory_bytes=round(memory * 1_048_576) if memory is not None else None,
            cpu_percent=row.cpu_usage,
            accounts=row.assigned_accounts,
        )

    # ------------------------------------------------------------ while it runs

    def tick(self, now: int) -> None:
        """Once a second: look at the master every 10 s, write every minute. ``now`` in UTC ms."""
        if abs(now - self._sampled_at) >= SAMPLE_MS:
            self._sample_master(now)
        if abs(now - self._flushed_at) >= FLUSH_MS:
            self._flushed_at = now
            self._tasks.spawn(self.flush(now), name="metrics")

    def acknowledged(self, notification_id: int) -> None:
        """A client shows a notification; the first one counts."""
        self._latencies.acknowledged(notification_id, now_ms())
        told_at = self._told.pop(notification_id, None)
        if told_at is not None:
            self._note_span("delivery_ms", self._deliveries, now_ms(), now_ms() - told_at)

    async def flush(self, now: int) -> None:
        """Write what waits and forget what is too old, in one transaction; ``now`` in UTC ms."""
        async with self._lock:
            taken = self._buffer.take()
            samples = [*taken, *(sample for step in KEPT_MS if step != FINEST for sample in downsample(taken, step))]

            def work(conn: Connection) -> None:
                self._store.add(conn, samples)
                self._store.prune(conn, now)

            try:
                await self._database.write(work)
            except DatabaseError as error:
                # A full disk, say. They wait for the next minute; there is room for some hours of them.
                logger.warning("figures could not be written, tried again later: %s", error.orig)
                self._buffer.put_back(taken)

    def _sample_master(self, now: int) -> None:
        span, self._sampled_at = now - self._sampled_at, now
        restarts = sum(tally.restarts for tally in self._tallies.values())
        note = self._buffer.note
        if span > 0:
            note("master:restarts", now, max(0, restarts - self._restarts) * 60_000 / span)
        self._restarts = restarts
        note("master:cpu_percent", now, self._process.cpu_percent(None))
        note("master:memory_mb", now, self._process.memory_info().rss / 1_048_576)
        self._take_load(now)
        note("master:queue_depth", now, self._queue_depth)

    def _take_load(self, now: int) -> None:
        """Take over what the database measured of its writes."""
        load = self._database.take_load()
        self._queue_depth = load.deepest
        for seconds in load.seconds:
            self._note_span("write_ms", self._writes, now, seconds * 1000)

    def _note_span(self, name: str, histogram: Histogram, at: int, milliseconds: float) -> None:
        span = max(0.0, milliseconds)
        histogram.note(span / 1000)
        self._buffer.note(f"master:{name}", at, span)

    def _hear(self, event: Event) -> None:
        data = event.data
        self._latencies.hear(event)
        if isinstance(data, HeartbeatSeen):
            self._hear_beat(data)
        elif isinstance(data, Worker):
            self._tallies.setdefault(data.worker_id, WorkerTally()).changed(data)
        elif isinstance(data, Item) and event.type == "item.detected":
            self._note_span("detection_ms", self._detections, data.stored_at, data.stored_at - data.detected_at)
        elif isinstance(data, Notification):
            self._hear_notification(data)
        elif isinstance(data, Deleted) and event.type == "worker.deleted":
            self._tallies.pop(data.id, None)

    def _hear_beat(self, seen: HeartbeatSeen) -> None:
        growth = self._tallies.setdefault(seen.worker_id, WorkerTally()).beat(seen)
        values: dict[str, float] = {
            "cpu_percent": seen.cpu_percent,
            "memory_mb": seen.memory_mb,
            "accounts": seen.accounts,
            "active_tasks": seen.active_tasks,
            "backlog": seen.backlog,
        }
        if growth is not None:
            values |= {name: growth.rate(count) for name, count in growth.counters._asdict().items()}
        if seen.round_trip_ms is not None:
            values["round_trip_ms"] = seen.round_trip_ms
            self._note_span("round_trip_ms", self._round_trips, seen.at, seen.round_trip_ms)
        for name, value in values.items():
            self._buffer.note(f"worker:{seen.worker_id}:{name}", seen.at, value)

    def _hear_notification(self, row: Notification) -> None:
        if row.state != "pending":
            self._told.pop(row.id, None)
        elif row.id not in self._told:
            self._told[row.id] = now_ms()
            while len(self._told) > MOST_TOLD:
                del self._told[next(iter(self._told))]
