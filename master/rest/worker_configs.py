"""Configurations of workers."""

import msgspec

from master.api.rows import Page, Rows
from master.api.schema import WorkerConfig, WorkerConfigCreate, WorkerConfigPatch, WorkerConfigSummary
from master.rest.calls import Call, Route
from master.rest.hiding import shown_env
from master.rest.queries import ListQuery, list_page


def _shown(call: Call, config: WorkerConfig) -> WorkerConfig:
    return msgspec.structs.replace(config, env=shown_env(call, config.env))


async def list_configs(call: Call) -> Page:
    """Return all configurations, oldest first."""
    rows = [_shown(call, config) for config in call.services.workers.configs()]
    return list_page(rows, call.query, lambda row: row.worker_id)


async def create(call: Call) -> WorkerConfig:
    """Add a worker."""
    return await call.services.workers.create(call.body)


async def get(call: Call) -> WorkerConfig:
    """Return one configuration."""
    return _shown(call, call.services.workers.config(call.param("worker_id")))


async def patch(call: Call) -> WorkerConfig:
    """Change a worker."""
    return await call.services.workers.patch(call.param("worker_id"), call.body)


async def delete(call: Call) -> None:
    """Stop a worker and forget it."""
    await call.services.workers.delete(call.param("worker_id"))


async def summary(call: Call) -> WorkerConfigSummary:
    """Return the counts of all."""
    return call.services.workers.summary()


_ONE = "/worker-configs/{worker_id}"

ROUTES = (
    Route(
        "GET",
        "/worker-configs",
        list_configs,
        "Configurations of workers",
        Rows[WorkerConfig],
        query=ListQuery,
        scope="client",
    ),
    Route("POST", "/worker-configs", create, "Add a worker", WorkerConfig, WorkerConfigCreate, status=201),
    Route("GET", "/worker-configs/stats/summary", summary, "Counts", WorkerConfigSummary, scope="client"),
    Route("GET", _ONE, get, "One configuration", WorkerConfig, scope="client"),
    Route("PATCH", _ONE, patch, "Change a worker", WorkerConfig, WorkerConfigPatch),
    Route("DELETE", _ONE, delete, "Stop a worker and forget it"),
)
