"""Workers are added, changed and deleted: written first, then it counts."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from master.api.events import Deleted
from master.api.schema import WorkerConfig, WorkerConfigCreate, WorkerConfigPatch
from master.services.worker_configs import WorkerConfigs
from master.services.worker_joins import JoinTokens, WorkerJoins
from master.services.worker_tables import WorkerTable
from master.tasks import Tasks
from worker.protocol.texts import Text, text


class EditHooks(Protocol):
    """What the owner of the assignments is told."""

    def worker_gone(self, worker_id: str, cause: Text) -> None:
        """The process of a worker ended, or the worker was deleted."""

    def limits_changed(self, worker_id: str) -> None:
        """A worker may have more or fewer accounts from now on."""


class WorkerEdits:
    """The verbs of a worker's configuration."""

    def __init__(
        self,
        *,
        table: WorkerTable,
        configs: WorkerConfigs,
        joins: WorkerJoins,
        tokens: JoinTokens,
        tasks: Tasks,
        hooks: Callable[[], EditHooks],
    ) -> None:
        self._table = table
        self._configs = configs
        self._joins = joins
        self._tokens = tokens
        self._tasks = tasks
        self._hooks = hooks
        self._writing = asyncio.Lock()
        """Held while a configuration is judged and written."""

    async def create(self, body: WorkerConfigCreate) -> WorkerConfig:
        """Add a worker. Raises :class:`Invalid`, or :class:`Conflict` when the id is taken."""
        async with self._writing:
            config = await self._configs.create(body, taken=self._table.find(body.worker_id) is not None)
            self._table.add(config)
        self._table.publish(config.worker_id)
        return config

    async def patch(self, worker_id: str, body: WorkerConfigPatch) -> WorkerConfig:
        """Change a worker; ``max_accounts`` counts at once, the rest from its next start on.

        Raises :class:`NotFound`, :class:`Invalid`, or :class:`Conflict` when the version is stale.
        """
        async with self._writing:
            before = self._table.get(worker_id).config
            config = await self._configs.patch(before, body)
            self._table.get(worker_id).config = config
        self._table.note(worker_id, "system", text("worker_changed", version=config.version))
        self._table.publish(worker_id)
        if config.max_accounts != before.max_accounts:
            self._hooks().limits_changed(worker_id)
        if not config.enabled and before.enabled:
            self._switch_off(worker_id)
        return config

    async def delete(self, worker_id: str) -> None:
        """Stop a worker and forget it; its accounts go to others. Raises :class:`NotFound`."""
        self._table.get(worker_id)
        await self._table.supervisor.forget(worker_id, lambda: self._configs.delete(worker_id))
        self._table.runtimes.pop(worker_id, None)
        self._tokens.worker_deleted(worker_id)
        self._table.note(worker_id, "lifecycle", text("worker_deleted"))
        self._table.publisher.publish("worker.deleted", Deleted(id=worker_id))
        self._hooks().worker_gone(worker_id, text("cause_deleted"))

    async def ensure_defaults(self) -> None:
        """Give an empty profile its two workers."""
        if not self._table.runtimes:
            for number in (1, 2):
                name = f"local-{number}"
                await self.create(WorkerConfigCreate(worker_id=name, name=name, max_accounts=500))

    def _switch_off(self, worker_id: str) -> None:
        runtime = self._table.get(worker_id)
        if runtime.foreign:
            runtime.expected = False
            self._joins.switched_off(worker_id)
        else:
            self._tasks.spawn(self._table.supervisor.stop(worker_id), name=f"stop {worker_id}")
