"""The record of what was done with what needs to be kept safe."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from master.store.columns import from_json, to_json
from master.store.system_tables import audit
from worker.protocol.texts import Text


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One row; ``id`` 0 before it is written."""

    id: int = 0
    at: int
    action: str
    actor: str
    subject: str = ""
    subject_name: str = ""
    account_id: str | None = None
    text: Text
    request_id: str = ""


class AuditStore:
    """The table ``audit``: rows are added and, when they are old, deleted; never changed."""

    def insert(self, conn: Connection, records: Sequence[AuditRecord]) -> None:
        """Add rows, in this order."""
        values = [msgspec.structs.asdict(record) | {"text": to_json(record.text)} for record in records]
        for value in values:
            del value["id"]
        if values:
            conn.execute(insert(audit), values)

    def page(
        self,
        conn: Connection,
        limit: int,
        before: int | None,
        equal: Mapping[str, Any],
        since: int | None,
        until: int | None,
    ) -> list[AuditRecord]:
        """Return rows, the newest first; ``equal``: values of ``action``, ``actor``, ``account_id``."""
        statement = select(audit).order_by(audit.c.id.desc()).limit(limit)
        for name in ("action", "actor", "account_id"):
            if equal.get(name) is not None:
                statement = statement.where(audit.c[name] == equal[name])
        if before is not None:
            statement = statement.where(audit.c.id < before)
        if since is not None:
            statement = statement.where(audit.c.at >= since)
        if until is not None:
            statement = statement.where(audit.c.at < until)
        return [_record(dict(row)) for row in conn.execute(statement).mappings()]

    def count_old(self, conn: Connection, before: int) -> int:
        """Count rows that are older."""
        return conn.execute(select(func.count()).select_from(audit).where(audit.c.at < before)).scalar_one()

    def purge(self, conn: Connection, before: int) -> int:
        """Delete rows that are older."""
        return conn.execute(delete(audit).where(audit.c.at < before)).rowcount


def _record(row: dict[str, Any]) -> AuditRecord:
    row["text"] = from_json(row["text"], Text)
    return AuditRecord(**row)
