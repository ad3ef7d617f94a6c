"""Workers as they run."""

import asyncio
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Page, Rows, Time
from master.api.schema import (
    Worker,
    WorkerBatch,
    WorkerBatchReport,
    WorkerBatchResult,
    WorkerCommand,
    WorkerEvent,
    WorkerHealth,
    WorkerMetrics,
    WorkerOverview,
)
from master.errors import ServiceError
from master.rest.calls import Call, Route
from master.rest.queries import ListQuery, PageQuery, Words, given, list_page
from master.services.worker_logs import LogWish
from master.services.workers import WorkerService
from worker.protocol.log_messages import LogRecord
from worker.protocol.states import LogLevel


class WorkerLogsQuery(Body, frozen=True, kw_only=True):
    """Which lines: the last ``tail`` at ``level`` or worse, not before ``since``, that contain ``q``."""

    tail: Annotated[int, Meta(ge=1, le=5000)] = 200
    stream: Literal["stdout", "stderr"] | UnsetType = UNSET
    level: LogLevel | UnsetType = UNSET
    since: Time | UnsetType = UNSET
    q: Words | UnsetType = UNSET


class WorkerMetricsQuery(Body, frozen=True, kw_only=True):
    """From when on; an hour ago where nothing is said."""

    since: Time | UnsetType = UNSET


async def list_workers(call: Call) -> Page:
    """Return all workers."""
    rows = call.services.workers.rows()
    return list_page(rows, call.query, lambda row: row.worker_id)


async def status(call: Call) -> Worker:
    """Return one worker."""
    return call.services.workers.get(call.param("worker_id"))


async def start(call: Call) -> Worker:
    """Start a worker by hand."""
    return await call.services.workers.start(call.param("worker_id"))


async def stop(call: Call) -> Worker:
    """Stop a worker; it has ended when this is answered."""
    return await call.services.workers.stop(call.param("worker_id"), call.body)


async def restart(call: Call) -> Worker:
    """Stop a worker and start it again."""
    return await call.services.workers.restart(call.param("worker_id"), call.body)


async def logs(call: Call) -> Page:
    """Return what its processes printed, oldest first; of one that is started elsewhere, what it sent of its log."""
    query: WorkerLogsQuery = call.query
    wish = LogWish(
        tail=query.tail,
        stream=given(query.stream),
        level=given(query.level),
        since=given(query.since),
        q=given(query.q),
    )
    return Page(rows=await call.services.workers.logs(call.param("worker_id"), wish))


async def health(call: Call) -> WorkerHealth:
    """Look at everything of a worker, each thing by its name."""
    return call.services.metrics.health(call.param("worker_id"))


async def metrics(call: Call) -> WorkerMetrics:
    """Return figures of a worker over time; also of one that was deleted lately."""
    query: WorkerMetricsQuery = call.query
    return await call.services.metrics.worker(call.param("worker_id"), given(query.since))


async def overview(call: Call) -> WorkerOverview:
    """Return the sums over all workers."""
    return call.services.metrics.overview()


async def events(call: Call) -> Page:
    """Return what happened to it, newest first; also of a deleted one."""
    query: PageQuery = call.query
    return await call.services.workers.events(call.param("worker_id"), query.limit, given(query.cursor))


async def batch(call: Call) -> WorkerBatchReport:
    """Do the same with many workers at the same time."""
    body: WorkerBatch = call.body
    names = dict.fromkeys(body.worker_ids)
    results = await asyncio.gather(*(_one(call.services.workers, name, body) for name in names))
    success = sum(result.success for result in results)
    return WorkerBatchReport(
        action=body.action, total=len(results), success=success, failure=len(results) - success, results=results
    )


async def _one(workers: WorkerService, worker_id: str, body: WorkerBatch) -> WorkerBatchResult:
    try:
        if body.action == "start":
            await workers.start(worker_id)
        elif body.action == "stop":
            await workers.stop(worker_id, body.options)
        else:
            await workers.restart(worker_id, body.options)
    except ServiceError as error:
        return WorkerBatchResult(worker_id=worker_id, success=False, error=error.text)
    return WorkerBatchResult(worker_id=worker_id, success=True)


_COMMANDS = ((start, "Start a worker"), (stop, "Stop a worker, or kill it"), (restart, "Stop a worker and start it"))

ROUTES = (
    Route("GET", "/workers", list_workers, "Workers as they are now", Rows[Worker], query=ListQuery, scope="client"),
    Route("POST", "/workers/batch", batch, "Do the same with many workers", WorkerBatchReport, WorkerBatch),
    Route("GET", "/workers/{worker_id}/status", status, "One worker as it is now", Worker, scope="client"),
    Route(
        "GET",
        "/workers/{worker_id}/logs",
        logs,
        "What a worker printed, oldest first",
        Rows[LogRecord],
        query=WorkerLogsQuery,
        scope="client",
    ),
    Route("GET", "/workers/stats/overview", overview, "Sums over all workers", WorkerOverview, scope="client"),
    Route(
        "GET",
        "/workers/{worker_id}/health",
        health,
        "What is well with a worker and what is not",
        WorkerHealth,
        scope="client",
    ),
    Route(
        "GET",
        "/workers/{worker_id}/metrics",
        metrics,
        "Figures of a worker over time",
        WorkerMetrics,
        query=WorkerMetricsQuery,
        scope="client",
    ),
    Route(
        "GET",
        "/workers/{worker_id}/events",
        events,
        "What happened to a worker, newest first",
        Rows[WorkerEvent],
        query=PageQuery,
        scope="client",
    ),
    *(
        Route(
            "POST",
            f"/workers/{{worker_id}}/{command.__name__}",
            command,
            summary,
            Worker,
            WorkerCommand,
            body_optional=True,
        )
        for command, summary in _COMMANDS
    ),
)
