"""Configurations of workers, and what happened to each."""

from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from master.store.columns import from_json, to_json
from master.store.tables import worker_configs, worker_logs
from worker.protocol.texts import Text

C = TypeVar("C", bound=msgspec.Struct)

KEPT_LOGS = 1000
"""So many entries a worker are kept."""


class WorkerLogRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a worker: it was started, ended, restarted."""

    id: int
    worker_id: str
    kind: str
    at: int
    text: Text


class WorkerStore(Generic[C]):
    """The tables of workers; ``kind`` is the struct of a configuration, with a field for each column."""

    def __init__(self, kind: type[C]) -> None:
        self._kind = kind

    def all_configs(self, conn: Connection) -> list[C]:
        """Return all configurations, oldest first."""
        statement = select(worker_configs).order_by(worker_configs.c.created_at, worker_configs.c.worker_id)
        return [self._config(dict(row)) for row in conn.execute(statement).mappings()]

    def insert(self, conn: Connection, config: C) -> None:
        """Add a configuration. Raises ``IntegrityError`` when its id is taken."""
        conn.execute(insert(worker_configs).values(_values(config)))

    def update(self, conn: Connection, config: C, expected_version: int | None = None) -> bool:
        """Write a configuration; False when it is gone, or its version is another than ``expected_version``."""
        values = _values(config)
        statement = update(worker_configs).where(worker_configs.c.worker_id == values["worker_id"]).values(values)
        if expected_version is not None:
            statement = statement.where(worker_configs.c.version == expected_version)
        return conn.execute(statement).rowcount == 1

    def delete(self, conn: Connection, worker_id: str) -> None:
        """Remove a configuration and what happened to its worker."""
        conn.execute(delete(worker_configs).where(worker_configs.c.worker_id == worker_id))
        conn.execute(delete(worker_logs).where(worker_logs.c.worker_id == worker_id))

    def add_log(self, conn: Connection, worker_id: str, kind: str, at: int, text: Text) -> None:
        """Note what happened to a worker; the oldest entries beyond the limit go."""
        columns = worker_logs.c
        conn.execute(insert(worker_logs).values(worker_id=worker_id, kind=kind, at=at, text=to_json(text)))
        oldest = (
            select(columns.id)
            .where(columns.worker_id == worker_id)
            .order_by(columns.id.desc())
            .offset(KEPT_LOGS - 1)
            .limit(1)
            .scalar_subquery()
        )
        conn.execute(delete(worker_logs).where(columns.worker_id == worker_id, columns.id < oldest))

    def logs(self, conn: Connection, worker_id: str, limit: int = 200) -> list[WorkerLogRecord]:
        """Return the last ``limit`` entries, oldest first."""
        statement = (
            select(worker_logs)
            .where(worker_logs.c.worker_id == worker_id)
            .order_by(worker_logs.c.id.desc())
            .limit(limit)
        )
        rows = [dict(row) for row in conn.execute(statement).mappings()]
        return [WorkerLogRecord(**(row | {"text": from_json(row["text"], Text)})) for row in reversed(rows)]

    def _config(self, row: dict[str, Any]) -> C:
        row["env"] = from_json(row["env"], dict[str, str])
        row["command_args"] = from_json(row["command_args"], list[str])
        return self._kind(**row)


def _values(config: msgspec.Struct) -> dict[str, Any]:
    values = msgspec.structs.asdict(config)
    values["env"] = to_json(values["env"])
    values["command_args"] = to_json(values["command_args"])
    return values
