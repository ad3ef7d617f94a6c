"""Configurations of workers: checked, then written."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import UNSET

from master.api.schema import WorkerConfig, WorkerConfigCreate, WorkerConfigPatch, WorkerConfigSummary
from master.api.workers import DEPLOYMENT_TYPES, EXTERNAL
from master.errors import Conflict, Invalid
from master.store.engine import Database
from master.store.workers import WorkerStore
from master.supervision.restart import RestartPolicy
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text, text

NOT_ELSEWHERE: Final = ("env", "command_args", "working_directory", "max_memory_mb")
"""What only whoever starts a worker can give it."""


class WorkerConfigs:
    """The written side of :class:`~master.services.workers.WorkerService`."""

    def __init__(self, *, database: Database, store: WorkerStore[WorkerConfig]) -> None:
        self._database = database
        self._store = store

    async def all(self) -> list[WorkerConfig]:
        """Return all configurations, oldest first."""
        return await self._database.read(self._store.all_configs)

    async def create(self, body: WorkerConfigCreate, *, taken: bool) -> WorkerConfig:
        """Write a new configuration. Raises :class:`Invalid`, :class:`Conflict` when its id is ``taken``."""
        if taken:
            problem = text("field_taken", value=body.worker_id)
            raise Conflict(problem, fields={"worker_id": problem})
        await _check(msgspec.structs.asdict(body), body.deployment_type)
        config = WorkerConfig(**msgspec.structs.asdict(body), version=1, created_at=now_ms())
        await self._database.write(lambda conn: self._store.insert(conn, config))
        return config

    async def patch(self, before: WorkerConfig, body: WorkerConfigPatch) -> WorkerConfig:
        """Write what ``body`` changes. Raises :class:`Invalid`, :class:`Conflict` when its version is stale."""
        changes = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
        expected = changes.pop("version", before.version)
        if changes.get("deployment_type", before.deployment_type) != before.deployment_type:
            raise Invalid(fields={"deployment_type": text("worker_deployment_fixed")})
        await _check(changes, before.deployment_type)
        config = msgspec.structs.replace(before, **changes, version=before.version + 1)
        if expected != before.version:
            raise Conflict(text("version_stale"))
        await self._database.write(lambda conn: self._store.update(conn, config))
        return config

    async def delete(self, worker_id: str) -> None:
        """Remove a configuration, with the tokens of its worker."""
        await self._database.write(lambda conn: self._store.delete(conn, worker_id))


def summary_of(configs: Sequence[WorkerConfig]) -> WorkerConfigSummary:
    """Return the counts; capacity is that of the enabled ones."""
    enabled = [config for config in configs if config.enabled]
    return WorkerConfigSummary(
        total=len(configs),
        enabled=len(enabled),
        disabled=len(configs) - len(enabled),
        total_capacity=sum(config.max_accounts for config in enabled),
        deployment_types=dict(Counter(config.deployment_type for config in configs)),
    )


def policy_of(config: WorkerConfig) -> RestartPolicy:
    """Return what a configuration says of restarts; what is started elsewhere is not started again from here."""
    return RestartPolicy(
        auto_restart=config.auto_restart and config.enabled and config.deployment_type != EXTERNAL,
        restart_delay_ms=config.restart_delay_ms,
        max_restart_attempts=config.max_restart_attempts,
    )


async def _check(values: Mapping[str, Any], deployment: str) -> None:
    """Refuse what no process can be started with, by field."""
    fields: dict[str, Text] = {}
    if deployment not in DEPLOYMENT_TYPES:
        fields["deployment_type"] = text("field_choice", choices=", ".join(DEPLOYMENT_TYPES))
    for name, value in values.get("env", {}).items():
        if not name or "=" in name or "\x00" in name + value:
            fields["env"] = text("field_pattern", allowed="NAME=value")
    if any("\x00" in argument for argument in values.get("command_args", [])):
        fields["command_args"] = text("field_pattern", allowed="text without NUL")
    folder = values.get("working_directory")
    if folder is not None and not await asyncio.to_thread(_is_folder, folder):
        fields["working_directory"] = text("worker_folder_missing", path=folder)
    if deployment == EXTERNAL:
        fields |= {name: text("worker_external_field") for name in NOT_ELSEWHERE if values.get(name)}
    if fields:
        raise Invalid(fields=fields)


def _is_folder(path: str) -> bool:
    try:
        return "\x00" not in path and Path(path).is_absolute() and Path(path).is_dir()
    except OSError:
        # Too long to be one.
        return False
