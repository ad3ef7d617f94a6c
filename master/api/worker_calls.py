"""Requests about workers. Each raises :class:`~master.api.transports.ApiError`."""

from urllib.parse import quote

from master.api.rows import Rows
from master.api.schema import (
    Worker,
    WorkerBatch,
    WorkerBatchReport,
    WorkerCommand,
    WorkerConfig,
    WorkerConfigCreate,
    WorkerConfigPatch,
    WorkerConfigSummary,
    WorkerEvent,
    WorkerHealth,
    WorkerMetrics,
    WorkerOverview,
)
from master.api.transports import ANSWER_SECONDS, Transport
from worker.protocol.log_messages import LogRecord

STOP_MS = 30_000


class WorkerCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    # ------------------------------------------------------------ configurations

    async def worker_configs(self) -> list[WorkerConfig]:
        """Return all configurations."""
        return await self._transport.rows("/worker-configs", WorkerConfig)

    async def worker_config(self, worker_id: str) -> WorkerConfig:
        """Return one configuration."""
        return await self._transport.call("GET", _config(worker_id), WorkerConfig)

    async def create_worker_config(self, body: WorkerConfigCreate) -> WorkerConfig:
        """Add a worker (it is started by :meth:`start_worker`)."""
        return await self._transport.call("POST", "/worker-configs", WorkerConfig, body=body)

    async def patch_worker_config(self, worker_id: str, body: WorkerConfigPatch) -> WorkerConfig:
        """Change a worker."""
        return await self._transport.call("PATCH", _config(worker_id), WorkerConfig, body=body)

    async def delete_worker_config(self, worker_id: str) -> None:
        """Stop a worker and forget it; its accounts go to others."""
        await self._transport.call("DELETE", _config(worker_id), type(None), seconds=_seconds(STOP_MS))

    async def worker_config_summary(self) -> WorkerConfigSummary:
        """Return the counts of all configurations."""
        return await self._transport.call("GET", "/worker-configs/stats/summary", WorkerConfigSummary)

    # ------------------------------------------------------------ processes

    async def workers(self) -> list[Worker]:
        """Return all workers as they are now."""
        return await self._transport.rows("/workers", Worker)

    async def worker_status(self, worker_id: str) -> Worker:
        """Return one worker as it is now."""
        return await self._transport.call("GET", f"{_worker(worker_id)}/status", Worker)

    async def worker_health(self, worker_id: str) -> WorkerHealth:
        """Look at everything of a worker, each thing by its name."""
        return await self._transport.call("GET", f"{_worker(worker_id)}/health", WorkerHealth)

    async def worker_metrics(self, worker_id: str, since: int | None = None) -> WorkerMetrics:
        """Return figures of a worker from ``since`` (UTC ms; None: an hour ago) on."""
        path = f"{_worker(worker_id)}/metrics"
        return await self._transport.call("GET", path, WorkerMetrics, query={"since": since})

    async def worker_overview(self) -> WorkerOverview:
        """Return the sums over all workers."""
        return await self._transport.call("GET", "/workers/stats/overview", WorkerOverview)

    async def start_worker(self, worker_id: str) -> Worker:
        """Start a worker by hand."""
        return await self._transport.call("POST", f"{_worker(worker_id)}/start", Worker)

    async def stop_worker(self, worker_id: str, graceful: bool = True, timeout_ms: int = STOP_MS) -> Worker:
        """Stop a worker; it has ended when this returns. Not ``graceful``: kill it."""
        body = WorkerCommand(graceful=graceful, timeout_ms=timeout_ms)
        path = f"{_worker(worker_id)}/stop"
        return await self._transport.call("POST", path, Worker, body=body, seconds=_seconds(timeout_ms))

    async def restart_worker(self, worker_id: str, graceful: bool = True, timeout_ms: int = STOP_MS) -> Worker:
        """Stop a worker and start it again."""
        body = WorkerCommand(graceful=graceful, timeout_ms=timeout_ms)
        path = f"{_worker(worker_id)}/restart"
        return await self._transport.call("POST", path, Worker, body=body, seconds=_seconds(timeout_ms))

    async def batch_workers(self, body: WorkerBatch) -> WorkerBatchReport:
        """Do the same with many workers at the same time."""
        seconds = _seconds(body.options.timeout_ms)
        return await self._transport.call("POST", "/workers/batch", WorkerBatchReport, body=body, seconds=seconds)

    async def worker_logs(
        self,
        worker_id: str,
        tail: int = 200,
        stream: str | None = None,
        level: str | None = None,
        since: int | None = None,
        q: str | None = None,
    ) -> list[LogRecord]:
        """Return what the worker's processes printed, oldest first."""
        query = {"tail": tail, "stream": stream, "level": level, "since": since, "q": q}
        return await self._transport.rows(f"{_worker(worker_id)}/logs", LogRecord, query=query)

    async def worker_events(self, worker_id: str, limit: int = 100, cursor: str | None = None) -> Rows[WorkerEvent]:
        """Return a page of what happened to a worker, newest first; also of a deleted one."""
        query = {"limit": limit, "cursor": cursor}
        return await self._transport.call("GET", f"{_worker(worker_id)}/events", Rows[WorkerEvent], query=query)


def _config(worker_id: str) -> str:
    return f"/worker-configs/{quote(worker_id, safe='')}"


def _worker(worker_id: str) -> str:
    return f"/workers/{quote(worker_id, safe='')}"


def _seconds(timeout_ms: int) -> float:
    return timeout_ms / 1000 + ANSWER_SECONDS
