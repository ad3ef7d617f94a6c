"""The figures of this moment in the text format of Prometheus, version 0.0.4."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from prometheus_client import Metric
    from prometheus_client.registry import Collector

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

Buckets = tuple[list[tuple[str, float]], float]
"""``((bound, measurements up to it) …, sum)``, in seconds."""


class WorkerFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of one worker."""

    checks: int
    errors: int
    items: int
    restarts: int
    lease_expiries: int
    memory_bytes: int | None
    cpu_percent: float | None
    accounts: int


class Exposition(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of all figures, so that they can be written down on another thread."""

    version: str
    worker_states: Mapping[str, int]
    account_states: Mapping[str, int]
    workers: Mapping[str, WorkerFigures]
    notifications_pending: int
    clients_online: int
    master_memory_bytes: int
    queue_depth: int
    round_trips: Buckets
    detections: Buckets
    deliveries: Buckets
    writes: Buckets


def render(found: Exposition) -> bytes:
    """Return the text. Imports the library at the first call: nobody else pays for it."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_collector(list(_families(found))))
    return generate_latest(registry)


def _collector(families: list["Metric"]) -> "Collector":
    from prometheus_client.registry import Collector

    class Ready(Collector):
        """Everything was collected already."""

        def collect(self) -> Iterable["Metric"]:
            return families

    return Ready()


def _families(found: Exposition) -> Iterator["Metric"]:
    yield _gauge("build_info", "Always 1; the label says the version.", "version", {found.version: 1})
    yield _gauge("workers", "Workers in each state.", "state", found.worker_states)
    yield _gauge("accounts", "Accounts in each state.", "state", found.account_states)
    workers = found.workers.items()
    for name, help_text, values in (
        ("items", "Items that workers found, since the master started.", {k: w.items for k, w in workers}),
        ("checks", "Checks of accounts, since the master started.", {k: w.checks for k, w in workers}),
        ("check_errors", "Checks that failed, since the master started.", {k: w.errors for k, w in workers}),
        ("restarts", "Automatic restarts, since the master started.", {k: w.restarts for k, w in workers}),
        (
            "lease_expiries",
            "Leases that ended though the process stood, since the master started.",
            {k: w.lease_expiries for k, w in workers},
        ),
    ):
        yield _counter(name, help_text, "worker", values)
    memory = {k: w.memory_bytes for k, w in workers if w.memory_bytes is not None}
    cpu = {k: w.cpu_percent for k, w in workers if w.cpu_percent is not None}
    yield _gauge("worker_accounts", "Accounts that a worker has.", "worker", {k: w.accounts for k, w in workers})
    yield _gauge("worker_memory_bytes", "Resident memory of a worker's process.", "worker", memory)
    yield _gauge("worker_cpu_percent", "CPU of a worker's process, percent of one core.", "worker", cpu)
    yield _gauge("process_memory_bytes", "Resident memory of the master.", "", {"": found.master_memory_bytes})
    yield _gauge("notifications_pending", "Notifications that wait.", "", {"": found.notifications_pending})
    yield _gauge("clients_online", "Clients that are connected.", "", {"": found.clients_online})
    yield _gauge("database_queue_depth", "Most writes that waited at once lately.", "", {"": found.queue_depth})
    yield _histogram("heartbeat_round_trip", "Worker to master and back.", found.round_trips)
    yield _histogram("item_stored", "From the detection of an item until it is stored.", found.detections)
    yield _histogram("notification_delivery", "From telling a notification until a client shows it.", found.deliveries)
    yield _histogram("database_write", "One transaction of the database.", found.writes)


def _gauge(name: str, help_text: str, label: str, values: Mapping[str, float]) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"watchkeeper_{name}", help_text, labels=[label] if label else [])
    _fill(family, label, values)
    return family


def _counter(name: str, help_text: str, label: str, values: Mapping[str, float]) -> "Metric":
    from prometheus_client.core import CounterMetricFamily

    family = CounterMetricFamily(f"watchkeeper_{name}", help_text, labels=[label])
    _fill(family, label, values)
    return family


def _fill(family: Any, label: str, values: Mapping[str, float]) -> None:
    for key, value in values.items():
        family.add_metric([key] if label else [], value)


def _histogram(name: str, help_text: str, found: Buckets) -> "Metric":
    from prometheus_client.core import HistogramMetricFamily

    buckets, total = found
    family = HistogramMetricFamily(f"watchkeeper_{name}_seconds", help_text, labels=[])
    family.add_metric([], buckets, total)
    return family
