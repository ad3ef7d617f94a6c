"""Configurations of workers, what happened to each, and which process it had."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from master.store.columns import from_json, to_json
from master.store.system_tables import tokens
from master.store.worker_tables import worker_configs, worker_logs, worker_runtime
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


class RuntimeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What outlives a master: the process of a worker, how many it has had, and how the last one ended.

    A process is known by ``pid`` and ``process_created_ms`` together; ``last_exit`` is a JSON document of its reader.
    """

    worker_id: str
    status: str
    epoch: int
    restarts: int
    failures: int
    pid: int | None
    process_created_ms: int | None
    started_at: int | None
    last_exit: str | None
    updated_at: int


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
        """Remove a configuration and the tokens of its worker; what happened to it stays readable."""
        conn.execute(delete(tokens).where(tokens.c.worker_id == worker_id))
        conn.execute(delete(worker_configs).where(worker_configs.c.worker_id == worker_id))
        conn.execute(delete(worker_runtime).where(worker_runtime.c.worker_id == worker_id))

    # ------------------------------------------------------------ processes

    def runtimes(self, conn: Connection) -> dict[str, RuntimeRecord]:
        """Return what is known of every worker's last process."""
        rows = conn.execute(select(worker_runtime)).mappings()
        return {row["worker_id"]: RuntimeRecord(**row) for row in rows}

    def put_runtime(self, conn: Connection, record: RuntimeRecord) -> None:
        """Write what is known of a worker's process, unless the worker is deleted by now."""
        known = select(worker_configs.c.worker_id).where(worker_configs.c.worker_id == record.worker_id)
        if conn.execute(known).first() is None:
            return
        values = msgspec.structs.asdict(record)
        statement = upsert(worker_runtime).values(values)
        conn.execute(statement.on_conflict_do_update(index_elements=["worker_id"], set_=values))

    # ------------------------------------------------------------ events

    def add_log(self, conn: Connection, worker_id: str, kind: str, at: int, text: Text) -> WorkerLogRecord:
        """Note what happened to a worker; its oldest entries beyond the limit go."""
        columns = worker_logs.c
        values = {"worker_id": worker_id, "kind": kind, "at": at, "text": to_json(text)}
        key = conn.execute(insert(worker_logs).values(values)).inserted_primary_key
        assert key is not None
        oldest = (
            select(columns.id)
            .where(columns.worker_id == worker_id)
            .order_by(columns.id.desc())
            .offset(KEPT_LOGS - 1)
            .limit(1)
            .scalar_subquery()
        )
        conn.execute(delete(worker_logs).where(columns.worker_id == worker_id, columns.id < oldest))
        return WorkerLogRecord(id=key[0], worker_id=worker_id, kind=kind, at=at, text=text)

    def logs(
        self, conn: Connection, worker_id: str, limit: int = 200, before: int | None = None
    ) -> list[WorkerLogRecord]:
        """Return up to ``limit`` entries below the id ``before``, newest first."""
        statement = select(worker_logs).where(worker_logs.c.worker_id == worker_id)
        if before is not None:
            statement = statement.where(worker_logs.c.id < before)
        statement = statement.order_by(worker_logs.c.id.desc()).limit(limit)
        rows = [dict(row) for row in conn.execute(statement).mappings()]
        return [WorkerLogRecord(**(row | {"text": from_json(row["text"], Text)})) for row in rows]

    def last_log_at(self, conn: Connection) -> dict[str, int]:
        """Return when something last happened to each worker that has entries."""
        statement = select(worker_logs.c.worker_id, func.max(worker_logs.c.at)).group_by(worker_logs.c.worker_id)
        return {row[0]: row[1] for row in conn.execute(statement)}

    def count_logs(self, conn: Connection, before: int, gone: Sequence[str]) -> int:
        """Return how many entries :meth:`purge_logs` would remove."""
        return conn.execute(select(func.count()).where(_outdated(before, gone))).scalar_one()

    def purge_logs(self, conn: Connection, before: int, gone: Sequence[str]) -> int:
        """Remove entries older than ``before`` (UTC milliseconds) and all of the workers in ``gone``; count them."""
        return conn.execute(delete(worker_logs).where(_outdated(before, gone))).rowcount

    def _config(self, row: dict[str, Any]) -> C:
        row["env"] = from_json(row["env"], dict[str, str])
        row["command_args"] = from_json(row["command_args"], list[str])
        row["labels"] = from_json(row["labels"], list[str])
        return self._kind(**row)


def _outdated(before: int, gone: Sequence[str]) -> ColumnElement[bool]:
    return or_(worker_logs.c.at < before, worker_logs.c.worker_id.in_(gone))


def _values(config: msgspec.Struct) -> dict[str, Any]:
    values = msgspec.structs.asdict(config)
    values["env"] = to_json(values["env"])
    values["command_args"] = to_json(values["command_args"])
    values["labels"] = to_json(values["labels"])
    return values
